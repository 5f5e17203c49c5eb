"""The kinds of surfaces: how each is drawn. A new one is a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from bot.core.codes import Reason
from bot.core.errors import SlackRefusedError
from bot.core.rows import OutboxRow
from bot.core.surfaces import SurfaceKind
from bot.views.layout import Drawn
from bot.views.words import sentence, worded
from workers.context import WorkerContext
from workers.slack.direct_messages import tell_directly, whisper_directly
from workers.slack.home_surfaces import home
from workers.slack.incident_files import export, write_canvas
from workers.slack.incident_marks import look_at_mark
from workers.slack.incident_steps import (
    Act,
    archive,
    bookmark_card,
    invite,
    make_channel,
    pin_card,
    set_purpose,
    set_topic,
    step,
    tell_failed,
)
from workers.slack.incident_surfaces import (
    incident_announcement,
    incident_card,
    incident_line,
    incident_suspects,
)
from workers.slack.operation_surfaces import operation_card, operation_directly, operation_replies
from workers.slack.proposal_surfaces import proposal_card
from workers.slack.reports import charts

_LONG: Final = 2_000  # characters of a reason that is told by itself

Draw: TypeAlias = Callable[[WorkerContext, tuple[OutboxRow, ...]], Drawn | None]
Instead: TypeAlias = Callable[[WorkerContext, OutboxRow, str], None]


@dataclass(frozen=True)
class Kind:
    """What the sender knows of a kind of surface."""

    draw: Draw | None = None  # what rows of one thread, or one row, have to show; None: nothing
    act: Act | None = None  # what is done instead, where no message shows it
    goes_together: bool = False  # several of a thread may be one message
    # An answer that was lost: the message is looked up, sent again whatever came of it, or left.
    doubt: Literal["look_up", "send_again", "leave"] = "look_up"
    is_given_up: bool = False  # where Slack refuses it: nobody waits for it any longer
    instead: Instead | None = None  # what is done where its channel cannot be written


def _text(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    body = rows[0].body
    if "report" in body:
        return charts(context, rows[0])
    return _reason(context, rows[0]) if "reason" in body else Drawn(text=str(body["text"]))


def _directly(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return what somebody is told: a reason by itself, or what a card would say."""
    if "text" in rows[0].body:
        return _text(context, rows)
    if "reason" not in rows[0].body:
        return operation_directly(context, rows)
    return _reason(context, rows[0])


def _reason(context: WorkerContext, row: OutboxRow) -> Drawn:
    reason, locale = Reason.model_validate_json(str(row.body["reason"])), context.reader(row)
    return Drawn(text=sentence(worded(reason, locale, _LONG), locale))


def _announcement_failed(context: WorkerContext, row: OutboxRow, code: str) -> None:
    error = SlackRefusedError("chat.postMessage", code)
    tell_failed(context, row, "announcement", error)


KINDS: Final[Mapping[SurfaceKind, Kind]] = {
    "operation_card": Kind(operation_card, instead=tell_directly),
    "operation_reply": Kind(operation_replies, goes_together=True, instead=tell_directly),
    "proposal_card": Kind(proposal_card),
    "home": Kind(home, doubt="send_again", is_given_up=True),
    "whisper": Kind(_text, doubt="send_again", is_given_up=True, instead=whisper_directly),
    "answer": Kind(_text, doubt="leave", is_given_up=True),
    "notice": Kind(_text, doubt="send_again", is_given_up=True),
    "direct": Kind(_directly, doubt="leave", is_given_up=True),
    "incident_card": Kind(incident_card),
    "incident_suspects": Kind(incident_suspects, is_given_up=True),
    "incident_line": Kind(incident_line, is_given_up=True),
    "incident_announcement": Kind(
        incident_announcement, is_given_up=True, instead=_announcement_failed
    ),
    "incident_channel": Kind(act=step("channel", make_channel)),
    "incident_topic": Kind(act=step("topic", set_topic)),
    "incident_purpose": Kind(act=step("purpose", set_purpose)),
    "incident_pin": Kind(act=step("pin", pin_card)),
    "incident_bookmark": Kind(act=step("bookmark", bookmark_card)),
    "incident_invite": Kind(act=step("invite", invite)),
    "incident_export": Kind(act=step("export", export)),
    "incident_canvas": Kind(act=step("canvas", write_canvas)),
    "incident_archive": Kind(act=step("archive", archive)),
    "incident_mark": Kind(act=step("mark", look_at_mark)),
}
