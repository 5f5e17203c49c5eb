"""What monitors see: each change of an alert counts once, and one card of a hook shows them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine

from bot.core.codes.proposals import AlertsOver
from bot.core.hooks import ALERTS_MAX, Answer, Event
from bot.core.ports import AuditEntry
from bot.core.proposal import AlertProposal
from bot.core.records import IncidentId, Moment
from bot.journal import hook_deliveries
from bot.journal.audit import append
from bot.journal.database import reading, writing
from bot.journal.proposals import begin, change, open_ones, tell_below
from bot.journal.turns import take_turn

# Within it an alert joins the card that is there; later, people are notified by a new one.
JOINS: Final = timedelta(minutes=10)


class Change(NamedTuple):
    """An alert fires, or is over; alone it would be *wanted*."""

    event: Event  # with the key of this change
    is_firing: bool
    wanted: AlertProposal


class AlertLog:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def known(self, hook: str, keys: Iterable[str]) -> dict[str, Answer]:
        """Return what was answered to the changes of these keys, as far as they were here."""
        with reading(self._database) as connection:
            return hook_deliveries.answered_among(connection, hook, [*keys])

    def propose(self, changes: Sequence[Change], noted: AuditEntry) -> tuple[Answer, ...]:
        """Record what one delivery changes: on the card of its hook, or on a new one."""
        if not changes:
            return ()
        with writing(self._database) as connection:
            take_turn(connection)
            card = _Card(connection, changes[0].wanted)
            answers = tuple(_recorded(connection, card, each) for each in changes)
            card.keep()
            append(connection, noted)
        return answers

    def belong(self, changes: Sequence[Change], incident: IncidentId, noted: AuditEntry) -> Answer:
        """Record that the changes of one delivery belong to an open incident.

        What is over fires no more on the card of its hook either, where it began before.
        """
        answer, is_new = Answer(id=incident), False
        with writing(self._database) as connection:
            take_turn(connection)
            card = _Card(connection, changes[0].wanted)
            for each in changes:
                hook = each.wanted.hook
                if hook_deliveries.answered(connection, hook, each.event.key) is None:
                    is_new = True
                    hook_deliveries.keep(connection, hook, each.event, answer, noted.at)
                    if not each.is_firing:
                        card.ends(each.wanted)
            card.keep()
            if is_new:
                append(connection, noted)
        return answer.model_copy(update={"is_new": is_new})


class _Card:
    """The open proposal of a hook while one delivery changes it; it is written once."""

    def __init__(self, connection: Connection, wanted: AlertProposal) -> None:
        found = open_ones(connection, wanted.place)
        self._connection = connection
        self._at: Moment = wanted.created_at
        self._before = next((each for each in found if isinstance(each, AlertProposal)), None)
        self._is_new = False
        self.present = self._before

    def fires(self, wanted: AlertProposal) -> AlertProposal:
        """Let an alert join what is there, or begin anew after a quiet time.

        What fires there already counts once, however often it is said. A new card takes over what
        still fires on the one before: that is replaced, and nobody could take it up any more.
        """
        present = self.present
        if present is None or not present.is_open:
            self.present, self._is_new = wanted, True
        elif {*wanted.firing} <= {*present.firing}:
            self.present = present.model_copy(update=_both(present, wanted))
        elif self._at - present.touched_at <= JOINS:
            self.present = _joined(present, wanted)
        else:
            self.present, self._is_new = _taken_over(present, wanted), True
        return self.present

    def ends(self, wanted: AlertProposal) -> AlertProposal | None:
        """Let an alert be over; None: it is none of those that fire."""
        present = self.present
        if present is None or not set(present.firing) & set(wanted.firing):
            return None
        left = tuple(key for key in present.firing if key not in wanted.firing)
        over = {} if left else {"phase": "resolved", "ended_at": self._at}
        self.present = present.model_copy(update={"firing": left, **over})
        return self.present

    def keep(self) -> None:
        """Write what became of it."""
        before, after = self._before, self.present
        if after is None or after == before:
            return
        if not self._is_new:
            change(self._connection, after, "notable", self._at)
            if after.phase == "resolved":
                tell_below(self._connection, after, _over(after), self._at)
            return
        if before is not None:
            over = {"phase": "superseded", "ended_at": self._at, "newer": after.id}
            change(self._connection, before.model_copy(update=over), "notable", self._at)
        begin(self._connection, after)


def _over(proposal: AlertProposal) -> AlertsOver:
    more = proposal.count - 1
    return AlertsOver(hook=proposal.hook, titles=(proposal.title,), more=more or None)


def _recorded(connection: Connection, card: _Card, each: Change) -> Answer:
    hook = each.wanted.hook
    known = hook_deliveries.answered(connection, hook, each.event.key)
    if known is not None:
        return known
    shown = card.fires(each.wanted) if each.is_firing else card.ends(each.wanted)
    answer = Answer(id=shown.id, is_new=True) if shown else Answer(ignored="unwanted_event")
    hook_deliveries.keep(connection, hook, each.event, answer, each.wanted.created_at)
    return answer


def _joined(present: AlertProposal, wanted: AlertProposal) -> AlertProposal:
    return present.model_copy(
        update={
            **_both(present, wanted),
            "count": present.count + 1,
            "touched_at": wanted.created_at,
        }
    )


def _taken_over(before: AlertProposal, wanted: AlertProposal) -> AlertProposal:
    """Return *wanted* with what still fires of the one *before*."""
    count = len(before.firing) + 1
    return wanted.model_copy(update={**_both(before, wanted), "count": count})


def _both(first: AlertProposal, second: AlertProposal) -> dict[str, Any]:
    return {
        "firing": tuple(dict.fromkeys((*first.firing, *second.firing)))[-ALERTS_MAX:],
        "targets": tuple(dict.fromkeys((*first.targets, *second.targets))),
        "severity": min(first.severity, second.severity),
        "since": min((at for at in (first.since, second.since) if at), default=None),
    }
