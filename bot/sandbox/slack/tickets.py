"""What the app may use once, or a few times, after a person did something."""

from typing import Final

from pydantic import BaseModel

from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.ids import fresh, secret
from bot.sandbox.slack.records import Clock

TRIGGER_LIFE: Final = 3.0  # seconds
HOOK_LIFE: Final = 30 * 60.0  # seconds
HOOK_USES: Final = 5


class _Trigger(BaseModel):
    user: str
    at: float
    used: bool = False


class Hook(BaseModel):
    """A `response_url`: where its answers appear, and what they may replace."""

    channel: str
    user: str
    at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Triggers and response addresses; used under the workspace's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, _Trigger] = {}
        self._hooks: dict[str, Hook] = {}

    def trigger(self, user: str) -> str:
        """Return a new `trigger_id` for what *user* just did."""
        now = self._clock()
        trigger_id = f"{int(now * 1000)}.{secret()[:10]}.{secret()}"
        self._triggers[trigger_id] = _Trigger(user=user, at=now)
        return trigger_id

    def holder(self, trigger_id: str) -> str:
        """Return whose trigger it is, if it can still be used.

        Raises:
            RefusedError: unknown, used, or older than three seconds.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise RefusedError(code="invalid_trigger_id")
        if trigger.used:
            raise RefusedError(code="exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_LIFE:
            raise RefusedError(code="expired_trigger_id")
        return trigger.user

    def spend(self, trigger_id: str) -> None:
        """Use the trigger up."""
        self._triggers[trigger_id].used = True

    def hook(
        self, user: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Return the secret part of a new `response_url`."""
        token = f"{fresh('H')}/{secret()}"
        self._hooks[token] = Hook(
            channel=channel,
            user=user,
            at=self._clock(),
            message_ts=message_ts,
            thread_ts=thread_ts,
        )
        return token

    def use_hook(self, token: str) -> Hook:
        """Count one use of a `response_url` and return what it stands for.

        Raises:
            RefusedError: unknown, five times used, or older than thirty minutes.
        """
        hook = self._hooks.get(token)
        if hook is None:
            raise RefusedError(code="no_such_url")
        if self._clock() - hook.at > HOOK_LIFE:
            raise RefusedError(code="expired_url")
        if hook.uses >= HOOK_USES:
            raise RefusedError(code="used_url")
        hook.uses += 1
        return hook
