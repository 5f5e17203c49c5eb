"""Surfaces: what Slack shows of which subject, and what an event makes of that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import Field

from bot.core import events as ev
from bot.core.codes import Code
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Failed, Operation, Waiting
from bot.core.records import ChannelId, Record, TargetName, Urgency, UserId

SubjectKind: TypeAlias = Literal[
    "operation", "target", "incident", "person", "installation", "proposal"
]
# Of each kind `workers.slack.kinds` knows how it is drawn.
SurfaceKind: TypeAlias = Literal[
    "operation_card",
    "operation_reply",
    "whisper",
    "answer",
    "direct",
    "notice",
    "incident_card",
    "incident_suspects",
    "incident_line",
    "incident_announcement",
    "incident_channel",
    "incident_topic",
    "incident_purpose",
    "incident_pin",
    "incident_bookmark",
    "incident_invite",
    "incident_mark",
    "incident_export",
    "incident_canvas",
    "incident_archive",
    "proposal_card",
    "home",
]
# Slack's own names of the methods.
Method: TypeAlias = Literal[
    "chat.postMessage",
    "chat.postEphemeral",
    "views.publish",
    "conversations.create",
    "conversations.setTopic",
    "conversations.setPurpose",
    "conversations.invite",
    "conversations.replies",
    "conversations.archive",
    "conversations.canvases.create",
    "files.getUploadURLExternal",
    "pins.add",
    "bookmarks.add",
]
POSTS: Final = "chat.postMessage"
UPDATES: Final = "chat.update"
WHISPERS: Final = "chat.postEphemeral"
HOMES: Final = "views.publish"


class SurfaceSpec(NamedTuple):
    """How Slack is brought to show a kind of surface, and what becomes of it."""

    method: Method = POSTS
    is_updated: bool = False  # it is one that shows the newest state
    sequence: int = 0  # of one that is updated: it tells it from others of its subject there
    stands: bool = True  # whether it stays in the register; what stands nowhere cannot be pressed


SURFACES: Final[Mapping[SurfaceKind, SurfaceSpec]] = {
    "operation_card": SurfaceSpec(is_updated=True),
    "operation_reply": SurfaceSpec(),
    "whisper": SurfaceSpec(method=WHISPERS, stands=False),
    "answer": SurfaceSpec(stands=False),  # to a question, in its thread, for all to see
    "direct": SurfaceSpec(),
    "proposal_card": SurfaceSpec(is_updated=True),
    "notice": SurfaceSpec(stands=False),  # of the installation itself, to a channel
    "home": SurfaceSpec(method=HOMES, is_updated=True),
    "incident_card": SurfaceSpec(is_updated=True),
    "incident_suspects": SurfaceSpec(is_updated=True, sequence=1),
    "incident_line": SurfaceSpec(),
    "incident_announcement": SurfaceSpec(),
    # What is done to a channel, as its state is shown in it: each by itself, and again if it fails.
    "incident_channel": SurfaceSpec(method="conversations.create"),
    "incident_topic": SurfaceSpec(method="conversations.setTopic", is_updated=True),
    "incident_purpose": SurfaceSpec(method="conversations.setPurpose"),
    "incident_pin": SurfaceSpec(method="pins.add"),
    "incident_bookmark": SurfaceSpec(method="bookmarks.add"),
    "incident_invite": SurfaceSpec(method="conversations.invite"),
    "incident_export": SurfaceSpec(method="files.getUploadURLExternal"),
    "incident_canvas": SurfaceSpec(method="conversations.canvases.create"),
    "incident_archive": SurfaceSpec(method="conversations.archive"),
    # Whether a message is marked is looked up, and again after each reaction.
    "incident_mark": SurfaceSpec(method="conversations.replies", is_updated=True),
}


class Subject(Record):
    """What a surface is about."""

    kind: SubjectKind
    id: str


class Surface(Record):
    """A message of Slack, or one to be, and what it shows."""

    id: str
    kind: SurfaceKind
    subject: Subject
    channel: str  # of a direct message: its reader
    user: str = ""  # who alone sees it
    ts: str | None = None  # None: it was not posted yet


class Subscription(Record):
    """A place that wants a surface of whatever happens to a subject.

    Cards of operations are wanted of a target; where a card stands already, it is wanted of the
    operation itself.
    """

    subject: Subject
    kind: SurfaceKind
    channel: ChannelId


class Show(Record):
    """A surface has to show the newest state; where there is none in this channel, it begins."""

    kind: SurfaceKind
    subject: Subject
    channel: str  # of a direct message: its reader
    urgency: Urgency = "decisive"
    user: str = ""  # who alone sees it
    name: str = ""  # tells it from others of its kind and subject in this channel
    body: Mapping[str, str] = Field(default_factory=dict)  # drawn beside the subject
    waits: bool = False  # a moment, for what comes right after it
    below: SurfaceKind | None = None  # of the same subject there: not before that one stands


class Tell(Record):
    """The thread of the operation's own card has to tell this event."""

    subject: Subject
    channel: ChannelId
    sequence: int  # of the event
    urgency: Urgency
    broadcast: bool = False  # in the channel as well
    is_last: bool = False  # with it, all that has to be told before is told first
    is_pressable: bool = False  # people act on it: its buttons change as the operation goes on


class ShowPrevious(Record):
    """The cards of what was done to the target before have to be drawn anew: their buttons went."""

    target: TargetName
    operation: Subject  # which is not meant
    urgency: Urgency


class ShowLine(Record):
    """The cards of all who wait for the target have to be drawn anew: the line has moved."""

    target: TargetName
    operation: Subject  # which is not meant
    urgency: Urgency


Stale: TypeAlias = Show | Tell | ShowPrevious | ShowLine


class _News(NamedTuple):
    """How urgent an event is to the card, and to the thread; None: it tells nothing."""

    card: Urgency
    reply: Urgency | None


_NOTABLE: Final = _News("notable", "notable")
# Where people act on what an event made of it, by the phase that lasts as long as they can: the
# reply that tells it has the card's buttons.
ACTED_ON: Final[Mapping[str, tuple[type[Event], ...]]] = {
    "uncertain": (ev.AnswerLost, ev.SettleTimePassed),
    "stalled": (ev.WatchStalled,),
    "failed": (
        *(ev.StepFailed, ev.CallRefused, ev.NotExecuted, ev.ExecutedLate),
        ev.RollbackForgone,
    ),
    "running": (ev.TaskWaits, ev.DecisionAwaited, ev.RanLate, ev.SeemedStuck),
}


def lane_of(method: str, channel: str) -> str:
    """Return the name of what Slack counts together: posts by channel, other methods as a whole."""
    return f"{method}:{channel}" if method == POSTS else method


def lane_for(kind: SurfaceKind, channel: str, *, is_new: bool) -> str:
    """Return where a surface queues that is new, or is there and has to show something newer."""
    method = SURFACES[kind].method
    return lane_of(UPDATES if method == POSTS and not is_new else method, channel)


def whispered(
    user: UserId,
    channel: ChannelId,
    text: str,
    of: Subject | None = None,
    *,
    thread_ts: str | None = None,
) -> Show:
    """Return what shows *text* to *user* alone, about *of* or the person; in a thread, if given."""
    subject = of or Subject(kind="person", id=user)
    body = {"text": text, **({"thread_ts": thread_ts} if thread_ts else {})}
    return Show(kind="whisper", subject=subject, channel=channel, user=user, body=body)


def home_of(user: UserId, channel: ChannelId, urgency: Urgency = "notable") -> Show:
    """Return what shows *user* the own Home; *channel* is where the app writes to that person."""
    subject = Subject(kind="person", id=user)
    return Show(kind="home", subject=subject, channel=channel, user=user, urgency=urgency)


def answered(user: UserId, channel: ChannelId, text: str, *, thread_ts: str) -> Show:
    """Return what answers *user* in a thread, so that all who read it see the answer."""
    body = {"text": text, "thread_ts": thread_ts}
    return Show(kind="answer", subject=Subject(kind="person", id=user), channel=channel, body=body)


def told_directly(user: UserId, subject: Subject, code: Code, *, name: str) -> Show:
    """Return what tells *user* in a direct message what *code* says, once for each *name*."""
    body = {"reason": code.reason.model_dump_json()}
    return Show(kind="direct", subject=subject, channel=user, user=user, name=name, body=body)


def noticed(subject: str, channel: ChannelId, code: Code) -> Show:
    """Return what tells *channel* what *code* says of a part of the installation, as of a hook."""
    about_ = Subject(kind="installation", id=subject)
    body = {"reason": code.reason.model_dump_json()}
    return Show(kind="notice", subject=about_, channel=channel, body=body)


def about(operation: Operation) -> Subject:
    """Return *operation* as a subject."""
    return Subject(kind="operation", id=operation.id)


def subjects(operation: Operation) -> tuple[Subject, ...]:
    """Return whom and what the events of *operation* are about."""
    return (
        about(operation),
        Subject(kind="target", id=operation.target),
        Subject(kind="person", id=operation.requester),
    )


def stale(
    event: Event, operation: Operation, subscriptions: Sequence[Subscription] = ()
) -> tuple[Stale, ...]:
    """Return what Slack has to show because of *event*, which made *operation* what it is now.

    *subscriptions* are those to its subjects.
    """
    news = _news(event, operation)
    shown: list[Stale] = [*_shown(event, operation, news.card, subscriptions)]
    if news.reply is not None:
        own = Tell(
            subject=about(operation),
            channel=operation.channel,
            sequence=operation.sequence,
            urgency=news.reply,
            broadcast=_is_loud(event, operation),
            is_last=operation.is_final,
            is_pressable=is_acted_on(event, operation),
        )
        shown.append(own)
        if breaks_glass(event, operation):
            shown += (own.model_copy(update={"channel": each}) for each in _elsewhere(shown, own))
    if _changes_the_previous(event, operation):
        shown.append(
            ShowPrevious(target=operation.target, operation=about(operation), urgency="notable")
        )
    if _moves_the_line(event, operation):
        shown.append(
            ShowLine(target=operation.target, operation=about(operation), urgency="notable")
        )
    return tuple(shown)


def is_awaited(shown: Sequence[Stale]) -> bool:
    """Return whether somebody waits for it.

    A card that is merely new is posted with its plan, and of progress a second more means nothing.
    """
    return any(
        isinstance(each, Tell) or (isinstance(each, Show) and each.urgency == "decisive")
        for each in shown
    )


def _shown(
    event: Event, operation: Operation, urgency: Urgency, subscriptions: Sequence[Subscription]
) -> Iterator[Show]:
    """Yield the operation's own card, then each surface that somebody subscribed to, once."""
    waits = isinstance(event, ev.Requested)
    own = Show(
        kind="operation_card",
        subject=about(operation),
        channel=operation.channel,
        urgency=urgency,
        waits=waits,
    )
    yield own
    elsewhere: Urgency = "background" if urgency == "progress" else urgency
    seen = {(own.kind, own.subject, own.channel)}
    for each in subscriptions:
        subject = about(operation) if each.kind == "operation_card" else each.subject
        key = (each.kind, subject, each.channel)
        if key not in seen:
            seen.add(key)
            yield Show(
                kind=each.kind,
                subject=subject,
                channel=each.channel,
                urgency=elsewhere,
                waits=waits,
            )


def is_acted_on(event: Event, operation: Operation) -> bool:
    """Whether people act on what *event* made of *operation*, which stands there still."""
    if calls_for_review(event, operation):
        return operation.needs_review
    if isinstance(event, ev.TurnOffered):
        return isinstance(operation.phase, Waiting) and operation.phase.starts_by == event.until
    return isinstance(event, ACTED_ON.get(operation.phase.kind, ()))


def calls_for_review(event: Event, operation: Operation) -> bool:
    """Whether it is told to whoever may review that the glass was broken."""
    return breaks_glass(event, operation) or isinstance(event, ev.ReviewReminded)


def breaks_glass(event: Event, operation: Operation) -> bool:
    """Whether somebody breaks the glass with it: all hear of that who see the operation's card."""
    return isinstance(event, ev.Requested) and operation.break_glass is not None


def _elsewhere(shown: Sequence[Stale], own: Tell) -> Iterator[ChannelId]:
    """Yield where else the card stands: in the channels of the target's incidents."""
    for each in shown:
        if isinstance(each, Show) and each.kind == "operation_card" and each.channel != own.channel:
            yield each.channel


def _news(event: Event, operation: Operation) -> _News:
    """Return what the event itself says, but where it means less than it usually does."""
    match event:
        case ev.Requested() if breaks_glass(event, operation):
            return _News(event.card, "decisive")
        case ev.Planned() if isinstance(operation.phase, AwaitingApproval):
            return _News(event.card, "decisive")
        case ev.TaskSeen(note=note, quarter=quarter) if note or quarter:
            return _News(event.card, "notable")
        case ev.ApprovalsVoided() if operation.approvals_needed == 0:
            return _NOTABLE
        case ev.StepSucceeded() if not operation.is_final:
            return _NOTABLE
        case ev.RollbackForgone(is_moot=True):
            return _News(event.card, None)
        case _:
            return _News(event.card, event.reply)


def _is_loud(event: Event, operation: Operation) -> bool:
    """Whether the channel is told: of a failure after something was sent, of a broken glass."""
    if isinstance(event, ev.Requested):
        return breaks_glass(event, operation)
    if isinstance(event, ev.Reviewed | ev.ReviewReminded | ev.RollbackHeld | ev.RollbackBegun):
        return False
    has_failed = isinstance(operation.phase, Failed) and operation.was_sent
    return has_failed and not isinstance(event, ev.TakenBack)


def _changes_the_previous(event: Event, operation: Operation) -> bool:
    """Whether another operation's buttons went or came back.

    A plan takes the ways on from the one before, and a permit the way back; they are open again
    where nothing came of it. How a rollback ended is told where what it rolls back is told.
    """
    if operation.is_final and operation.rollback_of is not None:
        return True
    came_to_nothing = operation.is_final and operation.plan.is_made and not operation.was_sent
    is_first = isinstance(event, ev.PermitGranted) and (event.step, event.attempt) == (0, 1)
    return isinstance(event, ev.Planned | ev.SteppedAside) or is_first or came_to_nothing


def _moves_the_line(event: Event, operation: Operation) -> bool:
    """Whether those who wait for the target stand elsewhere now, or are expected at another time.

    A rollback comes in before others; how long a plan or a step takes, those behind it wait.
    """
    if isinstance(event, ev.Requested):
        return operation.action == "rollback"
    moves = ev.Planned | ev.PermitGranted | ev.TurnCame | ev.TurnOffered | ev.SteppedAside
    return operation.is_final or isinstance(event, moves)
