"""Proposals: one open one of each target, with the card that shows it."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.core.codes import Code
from bot.core.errors import ConflictError
from bot.core.hooks import Answer, Event
from bot.core.ports import AuditEntry
from bot.core.proposal import AlertProposal, AnyProposal, Proposal
from bot.core.records import (
    IncidentId,
    Moment,
    OperationId,
    ProposalId,
    TargetName,
    Urgency,
    UserId,
)
from bot.core.rules import Dismissed
from bot.core.surfaces import Show, Subject
from bot.core.target import TargetEvent
from bot.journal import hook_deliveries, outbox_write
from bot.journal.audit import append
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, metadata, operations, outbox, requests, surfaces
from bot.journal.turns import take_turn

log = logging.getLogger("slipway.journal")

_EITHER: Final[TypeAdapter[Proposal | AlertProposal]] = TypeAdapter(Proposal | AlertProposal)
DELIVERY: Final = "proposal:"  # of whoever takes it up: one proposal is one operation

proposals: Final = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hook", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("record", Text, nullable=False),
    Index("proposals_of_target", "target", "phase"),
    Index("proposals_open", "phase", "expires_at"),
)

_OF: Final[Select[Any]] = select(proposals.c.id, proposals.c.record).where(
    proposals.c.id == bindparam("wanted")
)
_OPEN: Final[Select[Any]] = (
    select(proposals.c.id, proposals.c.record)
    .where(proposals.c.target == bindparam("of"), proposals.c.phase == "proposed")
    .order_by(proposals.c.created_at)
)
_OVERDUE: Final[Select[Any]] = (
    select(proposals.c.id, proposals.c.record)
    .where(proposals.c.phase == "proposed", proposals.c.expires_at <= bindparam("now", type_=Utc))
    .order_by(proposals.c.expires_at)
    .limit(100)
)
_REQUESTED: Final = (
    select(proposals.c.id, operations.c.id.label("operation"), operations.c.requester)
    .join(requests, requests.c.key == DELIVERY + proposals.c.id)
    .join(operations, operations.c.id == requests.c.subject)
    .where(proposals.c.phase == "proposed")
)
_NEW: Final = insert(proposals)
_END: Final = (
    update(proposals)
    .where(proposals.c.id == bindparam("wanted"), proposals.c.phase != "taken")
    .values(phase=bindparam("new_phase"), record=bindparam("new_record"))
)
_CARDS: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "proposal",
        surfaces.c.subject == bindparam("of"),
        surfaces.c.kind == "proposal_card",
    )
    .order_by(surfaces.c.id)
)
# A card that is being posted at this moment keeps its subject, by which it is looked up.
_FREE: Final = _CARDS.where(
    surfaces.c.channel == bindparam("where"),
    or_(
        surfaces.c.ts.is_not(None),
        exists().where(
            and_(outbox.c.surface == surfaces.c.id, outbox.c.attempts == 0, ~outbox.c.in_doubt)
        ),
    ),
)
_HAND_OVER: Final = (
    update(surfaces).where(surfaces.c.id == bindparam("card")).values(subject=bindparam("newer"))
)


class Proposals:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def find(self, proposal_id: ProposalId) -> Proposal | AlertProposal | None:
        """Return the proposal of this id; None: there is none that can be read."""
        with reading(self._database) as connection:
            row = connection.execute(_OF, {"wanted": proposal_id}).one_or_none()
        return _readable(row) if row else None

    def answered(self, hook: str, key: str) -> Answer | None:
        """Return what a delivery was answered; None: it is new."""
        with reading(self._database) as connection:
            return hook_deliveries.answered(connection, hook, key)

    def has_led(self, hook: str, wanted: str) -> bool:
        """Return whether a delivery of *hook* was answered with the id *wanted*."""
        with reading(self._database) as connection:
            return hook_deliveries.has_led(connection, hook, wanted)

    def last_delivered(self) -> dict[str, Moment]:
        """Return when each hook last delivered something that was kept."""
        with reading(self._database) as connection:
            return hook_deliveries.latest(connection)

    def propose(self, wanted: Proposal, event: Event, noted: AuditEntry) -> Answer:
        """Record *wanted* with its card, in place of what is open for its target.

        The same delivery has the same answer; what is proposed already is not proposed again.
        """
        with writing(self._database) as connection:
            take_turn(connection)  # nobody proposes for the same target meanwhile
            known = hook_deliveries.answered(connection, wanted.hook, event.key)
            if known is not None:
                return known
            before = open_ones(connection, wanted.place)
            same = next((each for each in before if each.seen == wanted.seen), None)
            answer = Answer(id=same.id if same else wanted.id, is_new=same is None)
            hook_deliveries.keep(connection, wanted.hook, event, answer, wanted.created_at)
            append(connection, noted)
            if same is None:
                _put_in_place(connection, wanted, before)
            return answer

    def keep(self, hook: str, event: Event, answer: Answer, noted: AuditEntry) -> Answer:
        """Keep what a delivery that proposes nothing is answered; the same one has the same."""
        try:
            with writing(self._database) as connection:
                known = hook_deliveries.answered(connection, hook, event.key)
                if known is not None:
                    return known
                hook_deliveries.keep(connection, hook, event, answer, noted.at)
                append(connection, noted)
        except IntegrityError:  # it came twice at the same moment
            return self.answered(hook, event.key) or answer
        return answer

    def take(
        self,
        proposal_id: ProposalId,
        by: UserId,
        at: Moment,
        *,
        operation: OperationId | None = None,
        incident: IncidentId | None = None,
    ) -> None:
        """Keep what it became; whatever else was said of it meanwhile."""
        with writing(self._database) as connection:
            row = connection.execute(_OF, {"wanted": proposal_id}).one_or_none()
            proposal = _readable(row) if row else None
            if proposal is not None and proposal.phase != "taken":
                became = {"operation": operation, "incident": incident}
                ended = {"phase": "taken", "ended_by": by, "ended_at": at, **became}
                change(connection, proposal.model_copy(update=ended), "decisive", at)

    def settle(self, now: Moment) -> int:
        """End those whose time is over, and those that an operation came of unseen.

        Returns how many these were.
        """
        with reading(self._database) as connection:
            requested = connection.execute(_REQUESTED).all()
            overdue = connection.execute(_OVERDUE, {"now": now}).first()
        for row in requested:
            self.take(row.id, row.requester, now, operation=row.operation)
        if overdue is None:
            return len(requested)
        with writing(self._database) as connection:
            over = [_readable(row) for row in connection.execute(_OVERDUE, {"now": now}).all()]
            for each in over:
                if each is not None:
                    ended = each.model_copy(update={"phase": "expired", "ended_at": now})
                    change(connection, ended, "background", now)
            hook_deliveries.forget(connection, now)
        return len(requested) + len(over)


class Dismissals:
    """What people dismissed; nothing of it holds a target."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (Dismissed,)
    table: ClassVar[Table | None] = None

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Let nothing come of the proposal.

        Raises:
            ConflictError: it ended a moment ago.
        """
        if not isinstance(event, Dismissed):
            return
        row = connection.execute(_OF, {"wanted": event.proposal}).one_or_none()
        proposal = _readable(row) if row else None
        if proposal is None or not proposal.is_open:
            raise ConflictError(event.proposal)
        ended = {"phase": "dismissed", "ended_by": event.by, "ended_at": event.at}
        change(connection, proposal.model_copy(update=ended), "decisive", event.at)

    def of(
        self,
        connection: Connection,  # noqa: ARG002 - nothing of it is kept for a target
        target: TargetName,  # noqa: ARG002
        policy: str,  # noqa: ARG002
    ) -> tuple[TargetEvent, ...]:
        """Return nothing: what was dismissed is over."""
        return ()

    def all(self, connection: Connection) -> tuple[TargetEvent, ...]:  # noqa: ARG002 - as above
        """Return nothing."""
        return ()


def open_ones(connection: Connection, place: str) -> tuple[Proposal | AlertProposal, ...]:
    """Return what is open in *place*, the oldest first."""
    found = (_readable(row) for row in connection.execute(_OPEN, {"of": place}).all())
    return tuple(each for each in found if each)


def _put_in_place(connection: Connection, wanted: Proposal, before: Sequence[AnyProposal]) -> None:
    """Record *wanted*, on the card of what it replaces where that can be had."""
    at, has_card = wanted.created_at, False
    connection.execute(_NEW, _row(wanted))
    for each in before:
        over = {"phase": "superseded", "ended_at": at, "newer": wanted.id}
        free = {"of": each.id, "where": wanted.channel}
        card = connection.execute(_FREE, free).scalar()
        if card is not None and not has_card:
            connection.execute(_HAND_OVER, {"card": card, "newer": wanted.id})
            outbox_write.draw_again(connection, card, "proposal_card", "notable", at)
            has_card = True
        change(connection, each.model_copy(update=over), "background", at)
    if not has_card:
        _show(connection, wanted)


def begin(connection: Connection, wanted: AnyProposal) -> None:
    """Record *wanted* with a card of its own, which people are notified of."""
    connection.execute(_NEW, _row(wanted))
    _show(connection, wanted)


def change(connection: Connection, after: AnyProposal, urgency: Urgency, at: Moment) -> None:
    """Keep what became of a proposal, and draw its card."""
    row = {"wanted": after.id, "new_phase": after.phase, "new_record": after.model_dump_json()}
    connection.execute(_END, row)
    for card in connection.execute(_CARDS, {"of": after.id}).scalars().all():
        outbox_write.draw_again(connection, card, "proposal_card", urgency, at)


def tell_below(connection: Connection, proposal: AnyProposal, code: Code, at: Moment) -> None:
    """Tell *code* below the card, as a message of its own: a card that changes notifies nobody."""
    told = Show(
        kind="notice",
        subject=Subject(kind="proposal", id=proposal.id),
        channel=proposal.channel,
        urgency="notable",
        below="proposal_card",
        body={"reason": code.reason.model_dump_json()},
    )
    outbox_write.show(connection, told, None, at)


def _show(connection: Connection, wanted: AnyProposal) -> None:
    subject = Subject(kind="proposal", id=wanted.id)
    shown = Show(kind="proposal_card", subject=subject, channel=wanted.channel, urgency="notable")
    outbox_write.show(connection, shown, 1, wanted.created_at)


def _row(proposal: AnyProposal) -> dict[str, Any]:
    named = ("id", "hook", "phase", "created_at", "expires_at")
    return {
        **{name: getattr(proposal, name) for name in named},
        "target": proposal.place,
        "record": proposal.model_dump_json(),
    }


def _readable(row: Row[Any]) -> Proposal | AlertProposal | None:
    """Return the proposal of a row; None: it cannot be read, and is left alone."""
    try:
        return _EITHER.validate_json(row.record)
    except ValidationError:
        log.exception("proposal.unreadable", extra={"proposal": row.id})
        return None
