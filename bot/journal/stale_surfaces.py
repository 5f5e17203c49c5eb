"""Which surfaces are stale because of what happened, found in the register and wanted anew."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, assert_never

from pydantic import ValidationError
from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.records import TargetName, Urgency
from bot.core.surfaces import (
    Show,
    ShowLine,
    ShowPrevious,
    Stale,
    Subject,
    Subscription,
    Tell,
    stale,
    subjects,
)
from bot.journal import outbox_write
from bot.journal.incident_tables import incidents
from bot.journal.outbox_write import First, begin, draw_again, first_shown
from bot.journal.schema import operations, subscriptions, surfaces

log = logging.getLogger("slipway.journal")

_SUBSCRIBED: Final = select(
    subscriptions.c.subject_kind,
    subscriptions.c.subject,
    subscriptions.c.kind,
    subscriptions.c.channel,
)
_STANDS: Final = select(
    surfaces.c.subject_kind, surfaces.c.subject, surfaces.c.kind, surfaces.c.channel
).where(
    surfaces.c.subject_kind == "operation",
    surfaces.c.subject == bindparam("operation"),
    surfaces.c.kind == "operation_card",
)
_AUDIENCE: Final = select(
    union_all(
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "operation",
            subscriptions.c.subject == bindparam("operation"),
        ),
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "target",
            subscriptions.c.subject == bindparam("target"),
        ),
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "person",
            subscriptions.c.subject == bindparam("person"),
        ),
        _STANDS,
    ).subquery()
)
_LISTENING: Final = _SUBSCRIBED.where(
    or_(
        and_(
            subscriptions.c.subject_kind == "operation",
            subscriptions.c.subject.in_(bindparam("operations", expanding=True)),
        ),
        and_(
            subscriptions.c.subject_kind == "target",
            subscriptions.c.subject.in_(bindparam("targets", expanding=True)),
        ),
        and_(
            subscriptions.c.subject_kind == "person",
            subscriptions.c.subject.in_(bindparam("people", expanding=True)),
        ),
    )
)
_BEFORE: Final = (
    select(operations.c.id)
    .where(
        operations.c.target == bindparam("target"),
        operations.c.id != bindparam("present"),
        operations.c.finished_at.is_not(None),
        operations.c.sent_at.is_not(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
    .scalar_subquery()
)
_CARDS_BEFORE: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.subject == _BEFORE,
        surfaces.c.kind == "operation_card",
    )
    .order_by(surfaces.c.id)
)

_OF_INCIDENTS: Final = (
    select(surfaces.c.id, surfaces.c.kind)
    .where(
        surfaces.c.subject_kind == "incident",
        surfaces.c.subject.in_(
            select(incidents.c.id).where(
                incidents.c.channel.in_(bindparam("channels", expanding=True))
            )
        ),
        surfaces.c.kind.in_(("incident_card", "incident_suspects")),
    )
    .order_by(surfaces.c.id)
)
_CARDS_IN_LINE: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.kind == "operation_card",
        surfaces.c.subject.in_(
            select(operations.c.id).where(
                operations.c.phase == literal_column("'waiting'"),  # as its index has it
                operations.c.target == bindparam("target"),
                operations.c.id != bindparam("present"),
            )
        ),
    )
    .order_by(surfaces.c.id)
)

_LATEST: Final = (
    select(operations.c.id)
    .where(operations.c.target == bindparam("target"), operations.c.sent_at.is_not(None))
    .order_by(operations.c.fence.desc())
    .limit(1)
    .scalar_subquery()
)
_CARDS_OF_LATEST: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.subject == _LATEST,
        surfaces.c.kind == "operation_card",
    )
    .order_by(surfaces.c.id)
)
_CARDS_BEFORE_SENT: Final = (
    select(surfaces.c.id)
    .join(operations, operations.c.id == surfaces.c.subject)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.kind == "operation_card",
        operations.c.finished_at.is_(None),
        operations.c.sent_at.is_(None),
        operations.c.target.in_(bindparam("targets", expanding=True)),
    )
    .order_by(surfaces.c.id)
)

_CARDS_IN_CHANNEL: Final = select(surfaces.c.id).where(
    surfaces.c.channel == bindparam("where"),
    surfaces.c.ts.is_not(None),
    surfaces.c.kind == "operation_card",
)


def want(connection: Connection, operation: Operation, event: Event) -> None:
    """Want Slack to show what *event* made of *operation*, which had begun before."""
    listening = audience(connection, operation)
    if operation.is_final:
        _show_incidents(connection, listening, operation, event.at)
    for each in stale(event, operation, listening):
        _want(connection, each, operation, event.at)


def want_new(connection: Connection, begun: Sequence[tuple[Operation, Event]]) -> None:
    """Want Slack to show operations that were just asked for: of them, nothing stands yet."""
    known = _listening(connection, [operation for operation, _ in begun])
    first: list[First] = []
    others: list[tuple[Stale, Operation, datetime]] = []
    for operation, event in begun:
        listening = [each for subject in subjects(operation) for each in known[subject]]
        _show_incidents(connection, listening, operation, event.at)
        for each in stale(event, operation, listening):
            if isinstance(each, Show) and each.subject.id == operation.id:
                first.append(first_shown(each, operation.sequence, event.at))
            else:
                others.append((each, operation, event.at))
    begin(connection, first)
    for shown, operation, at in others:  # such as what is told below a card
        _want(connection, shown, operation, at)


def _want(connection: Connection, stale_: Stale, operation: Operation, at: datetime) -> None:
    match stale_:
        case Show():
            outbox_write.show(connection, stale_, operation.sequence, at)
        case Tell():
            outbox_write.tell(connection, stale_, at)
        case ShowPrevious():
            _show_previous(connection, stale_, at)
        case ShowLine():
            _show_line(connection, stale_, at)
        case _:
            assert_never(stale_)


def _listening(
    connection: Connection, operations_: Sequence[Operation]
) -> Mapping[Subject, Sequence[Subscription]]:
    """Return who wants surfaces of new operations, their targets, and who asked for them."""
    named = {
        "operations": [each.id for each in operations_],
        "targets": [each.target for each in operations_],
        "people": [each.requester for each in operations_],
    }
    known: dict[Subject, list[Subscription]] = defaultdict(list)
    rows: Iterable[Row[Any]] = connection.execute(_LISTENING, named)
    for each in map(_subscription, rows):
        if each:
            known[each.subject].append(each)
    return known


def audience(connection: Connection, operation: Operation) -> tuple[Subscription, ...]:
    """Return who wants surfaces of what happens to *operation*, and where its cards stand."""
    named: dict[str, str] = {each.kind: each.id for each in subjects(operation)}
    found = map(_subscription, connection.execute(_AUDIENCE, named))
    return tuple(each for each in found if each)


def _subscription(row: Row[Any]) -> Subscription | None:
    """Return who wants what; None: it cannot be read, and must not keep an event from happening."""
    try:
        subject = Subject(kind=row.subject_kind, id=row.subject)
        return Subscription(subject=subject, kind=row.kind, channel=row.channel)
    except ValidationError:
        log.exception("subscription.unreadable", extra={"channel": row.channel})
        return None


def show_held(connection: Connection, targets: Collection[TargetName], at: datetime) -> None:
    """Want the cards that say what holds the *targets*, or warns: that began or ended.

    They are those of what waits to be sent, and of what was sent last, however it ended: what can
    be done about it changed.
    """
    if not targets:
        return
    for target in targets:
        _touch(connection, _CARDS_OF_LATEST, {"target": target}, "notable", at)
    _touch(connection, _CARDS_BEFORE_SENT, {"targets": list(targets)}, "notable", at)


def show_anew(connection: Connection, channel: str, at: datetime) -> None:
    """Want the cards that stand in *channel*, which was shown nothing for a while."""
    _touch(connection, _CARDS_IN_CHANNEL, {"where": channel}, "background", at)


def _show_previous(connection: Connection, previous: ShowPrevious, at: datetime) -> None:
    asked = {"target": previous.target, "present": previous.operation.id}
    _touch(connection, _CARDS_BEFORE, asked, previous.urgency, at)


def _show_incidents(
    connection: Connection, listening: Sequence[Subscription], operation: Operation, at: datetime
) -> None:
    """Draw the incidents of the target anew: what runs there, and which change can go back."""
    channels = [
        each.channel
        for each in listening
        if each.subject.kind == "target" or each.channel != operation.channel
    ]
    if not channels:
        return
    for each in connection.execute(_OF_INCIDENTS, {"channels": channels}).all():
        draw_again(connection, each.id, each.kind, "notable", at)


def _show_line(connection: Connection, line: ShowLine, at: datetime) -> None:
    asked = {"target": line.target, "present": line.operation.id}
    _touch(connection, _CARDS_IN_LINE, asked, line.urgency, at)


def _touch(
    connection: Connection,
    cards: Select[Any],
    asked: Mapping[str, object],
    urgency: Urgency,
    at: datetime,
) -> None:
    """Want the *cards* to be drawn anew as they are."""
    for surface in sorted(connection.execute(cards, asked).scalars()):  # all in one order
        draw_again(connection, surface, "operation_card", urgency, at)
