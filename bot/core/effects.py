"""Effects: what must be done because of an event. Each is safe to repeat."""

from typing import Literal, TypeAlias

from bot.core.records import Moment, Record

Urgency: TypeAlias = Literal["decisive", "notable", "progress"]  # the outbox's order


class RefreshCard(Record):
    """Bring the card to the newest state."""

    kind: Literal["refresh_card"] = "refresh_card"
    urgency: Urgency = "notable"


class Reply(Record):
    """Tell the thread about this event; `broadcast` shows it in the channel as well."""

    kind: Literal["reply"] = "reply"
    urgency: Urgency = "notable"
    broadcast: bool = False


class RingDoorbell(Record):
    """Let a worker advance the operation now."""

    kind: Literal["ring_doorbell"] = "ring_doorbell"


class LookAgain(Record):
    """Let a poller look at the operation at `at`; None: as soon as its interval says."""

    kind: Literal["look_again"] = "look_again"
    at: Moment | None = None


class RefreshPrevious(Record):
    """Bring the card of the target's operation before this one up to date: its buttons went."""

    kind: Literal["refresh_previous"] = "refresh_previous"


class ReleaseLock(Record):
    """The target is free again."""

    kind: Literal["release_lock"] = "release_lock"


Effect: TypeAlias = RefreshCard | Reply | RingDoorbell | LookAgain | RefreshPrevious | ReleaseLock
