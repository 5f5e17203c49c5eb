"""Alerts: a monitor's events join an incident that is open, or propose one to people."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple

from bot.core.codes.proposals import AlertsOver
from bot.core.errors import ConflictError, JournalUnavailableError
from bot.core.hooks import ALERTS_MAX, Alert, Alerts, Answer, Event, Hook
from bot.core.incidents import Incident, Noted, about_incident
from bot.core.outcomes import AlertJoined, Caller, IncidentDone, Outcome
from bot.core.proposal import LASTS, AlertProposal
from bot.core.records import HOOK, ChannelId, Moment, ProposalId, TargetName
from bot.core.rules import OpenIncident
from bot.core.surfaces import noticed
from bot.journal.alerts import Change
from bot.journal.proposals import DELIVERY
from bot.service.context import ServiceContext
from bot.service.deliveries import entry_of, foreign
from bot.service.incidents import join, wish

_UNNAMED: Final = "?"
_AFTER: Final = "alerts:after:"  # of what opens by itself: how many incidents there were
_TRIES: Final = 20  # a storm comes at once; each loses only against one that won
_TITLES: Final = 5  # of one delivery that are written down; the rest is counted


class _Meant(NamedTuple):
    """A change of an alert that is new, of a target of ours."""

    event: Event  # with the key of this change
    alert: Alert
    target: TargetName
    channel: ChannelId


@dataclass(frozen=True)
class Alerting:
    """What receives alerts of hooks; JournalUnavailableError: nothing more was recorded."""

    context: ServiceContext
    new_id: Callable[[], ProposalId]

    def receive(self, hook: Hook, event: Event, alerts: Alerts) -> Answer:
        """Record what one delivery says; the answer is that of the first which led to something.

        What a monitor sends byte for byte again is answered the same, whatever was new at first.
        """
        changes = {alert_key(event, each): each for each in alerts.changes}
        named = {
            key: found
            for key, each in changes.items()
            if (found := self._meant(hook, event, key, each))
        }
        asked = [*named] or [*islice(changes, ALERTS_MAX)]  # what it named before may be known
        known = self.context.journal.alerts.known(hook.name, asked)
        if not named and not known:
            return self._ignored(hook, event, alerts)
        new = [each for key, each in named.items() if key not in known][:ALERTS_MAX]
        written = self._written(hook, event, new, alerts)
        if written:
            known = self.context.journal.alerts.known(hook.name, asked)
        answers = [known[key] for key in asked if key in known]
        led = (each for each in answers if each.id)
        answer = next(chain(led, answers), Answer(ignored="unwanted_event"))
        return answer.model_copy(update={"is_new": any(each.is_new for each in written)})

    def _meant(self, hook: Hook, event: Event, key: str, alert: Alert) -> _Meant | None:
        name = hook.target_of(alert.sources)
        target = self.context.catalogue().targets.get(name) if name else None
        channel = hook.channel or (target.channel if target else None)
        if target is None or channel is None:
            return None
        return _Meant(event.model_copy(update={"key": key}), alert, target.name, channel)

    def _ignored(self, hook: Hook, event: Event, alerts: Alerts) -> Answer:
        digest = _digest(alert_key(event, each) for each in alerts.changes)
        own = event.model_copy(update={"key": f"ignored:{digest}"})
        now = self.context.clock()
        noted = entry_of(hook, own, at=now, what="ignored", subject=hook.name, why="not_mapped")
        answer = Answer(ignored="not_mapped")
        return self.context.journal.proposals.keep(hook.name, own, answer, noted)

    def _written(
        self, hook: Hook, event: Event, meant: Sequence[_Meant], said: Alerts
    ) -> list[Answer]:
        """Write what is new into the incidents that are open, and propose one of the rest.

        Where the hook opens them itself, the rest is written into the one that it has opened.
        """
        left, answers = list(meant), list[Answer]()
        for _ in range(_TRIES):
            after = self.context.journal.incidents.count() if hook.then == "open" else 0
            for incident in self.context.journal.incidents.open_ones():
                own = [each for each in left if each.target in incident.targets]
                if own:
                    answers.append(self._write_down(hook, own, incident))
                    self._tell_over(hook, own, said, incident)
                    left = [each for each in left if each not in own]
            firing = [each for each in left if each.alert.is_firing]
            if hook.then != "open" or not firing or not self._has_opened(hook, firing, after):
                break
        return [*answers, *self._proposed(hook, event, left)]

    def _has_opened(self, hook: Hook, firing: Sequence[_Meant], after: int) -> bool:
        """Open an incident by what fires, as the hook; False: it may not, and people are asked.

        What fires at the same moment opens one and no more, whichever hooks it comes by: the first
        that opens one *after* so many has it, and whoever comes second finds it open.
        """
        wanted = OpenIncident(
            title=_words(firing[0].alert.title),
            severity=min(each.alert.severity for each in firing),
            targets=tuple(dict.fromkeys(each.target for each in firing)),
            since=_begun(each.alert for each in firing),
        )
        user = f"{HOOK}{hook.name}"
        by = Caller(user=user, team=self.context.facts.team(), channel=firing[0].channel)
        outcome = wish(self.context, wanted, by=by, delivery=f"{_AFTER}{after}")
        return isinstance(outcome, IncidentDone)

    def _proposed(self, hook: Hook, event: Event, left: Sequence[_Meant]) -> list[Answer]:
        if left:
            now = self.context.clock()
            changes = [self._change(hook, each) for each in left]
            noted = entry_of(hook, event, at=now, what="proposed", subject=changes[0].wanted.id)
            answers = self.context.journal.alerts.propose(changes, noted)
            self.context.engine.wake_outbox()
            return [*answers]
        return []

    def _write_down(self, hook: Hook, own: Sequence[_Meant], incident: Incident) -> Answer:
        """Write it into the timeline, as the hook: it closes nothing and thaws nothing."""
        now, by = self.context.clock(), f"{HOOK}{hook.name}"
        written = Noted(at=now, by=by, text=_lines([each.alert for each in own]))
        delivery = f"{by}:{_digest(each.event.key for each in own)}"
        for _ in range(_TRIES):
            present = self.context.journal.incidents.load(incident.id)
            with suppress(ConflictError):  # somebody was faster: it is written after that
                self.context.engine.apply_to_incident(present, written, delivery=delivery)
                break
        else:  # nothing of it is known then, and the sender comes again
            msg = f"{incident.id} keeps changing"
            raise JournalUnavailableError(msg)
        changes = [self._change(hook, each) for each in own]
        noted = entry_of(hook, own[0].event, at=now, what="alert", subject=incident.id)
        answer = self.context.journal.alerts.belong(changes, incident.id, noted)
        self.context.engine.wake_outbox()
        return answer

    def _tell_over(
        self, hook: Hook, own: Sequence[_Meant], said: Alerts, incident: Incident
    ) -> None:
        """Tell the incident's channel where a delivery says that all of it is over.

        Once a minute at most: a storm that ends one by one would bury what people say there. What
        fires is in the timeline alone.
        """
        elsewhere = None if incident.is_private else incident.asked_in  # there is no channel yet
        channel, now = incident.channel or elsewhere, self.context.clock()
        firing = {hook.target_of(each.sources) for each in said.changes if each.is_firing}
        if channel is None or firing & {*incident.targets}:
            return
        about, name = about_incident(incident), f"over:{hook.name}:{now:%Y%m%d%H%M}"
        if not self.context.journal.notices.first(about, name, now):
            return
        titles = _titles(each.alert for each in own)
        shown = titles[:_TITLES]
        more = len(titles) - len(shown)
        code = AlertsOver(hook=hook.name, titles=tuple(shown), more=more or None)
        told = noticed(f"{HOOK}{hook.name}", channel, code)
        self.context.journal.outbox.show(told, at=now)
        self.context.engine.wake_outbox()

    def _change(self, hook: Hook, meant: _Meant) -> Change:
        now, alert = self.context.clock(), meant.alert
        wanted = AlertProposal(
            id=self.new_id(),
            hook=hook.name,
            channel=meant.channel,
            created_at=now,
            expires_at=now + LASTS,
            title=_words(alert.title),
            severity=alert.severity,
            targets=(meant.target,),
            firing=(alert.key,),
            touched_at=now,
            since=_begun([alert]),
        )
        return Change(meant.event, alert.is_firing, wanted)


def alert_key(event: Event, alert: Alert) -> str:
    """Return what is the same when a monitor says the same of an alert once more.

    Where the delivery has no key of its own, the alert with its beginning and its state is it.
    """
    return f"{event.key or alert.key}:{'firing' if alert.is_firing else 'resolved'}"


def open_proposed(context: ServiceContext, proposal: AlertProposal, *, by: Caller) -> Outcome:
    """Open the incident as whoever pressed; a second press is told of the same one.

    Where one is open for all that fires, as after another monitor's alert of the same fault, the
    alert belongs to that: it is written down there.
    """
    wanted = OpenIncident(
        title=proposal.title,
        severity=proposal.severity,
        targets=proposal.targets,
        since=proposal.since,
    )
    outcome = _joined(context, proposal, wanted, by)
    if outcome is None:
        outcome = wish(context, wanted, by=by, delivery=f"{DELIVERY}{proposal.id}")
    if isinstance(outcome, IncidentDone | AlertJoined):
        incident = outcome.incident
        who = incident.opener if isinstance(outcome, IncidentDone) else by.user
        context.journal.proposals.take(proposal.id, who, context.clock(), incident=incident.id)
        context.engine.wake_outbox()
    return outcome


def _joined(
    context: ServiceContext, proposal: AlertProposal, wanted: OpenIncident, by: Caller
) -> Outcome | None:
    """Write the alert into the incident that is open for its targets; None: there is none.

    A private one is nothing that a card could name.
    """
    words = f"firing: {proposal.title}"
    more = len(proposal.firing) - 1
    event = Noted(
        at=context.clock(),
        by=f"{HOOK}{proposal.hook}",
        text=f"{words} (+{more})" if more > 0 else words,
    )
    for _ in range(_TRIES):
        fitting = (
            each
            for each in context.journal.incidents.open_ones()
            if not each.is_private and {*proposal.targets} <= {*each.targets}
        )
        incident = next(fitting, None)
        if incident is None:
            break
        with suppress(ConflictError):
            delivery = f"{DELIVERY}{proposal.id}"
            return join(context, wanted, event, incident, by=by, delivery=delivery)
    return None


def _begun(alerts: Iterable[Alert]) -> Moment | None:
    """Return when the first of *alerts* began, where any says so."""
    return min((each.since for each in alerts if each.since), default=None)


def _lines(alerts: Sequence[Alert]) -> str:
    """Return what the timeline says of one delivery: each state with its alerts."""
    parts = []
    for state, is_firing in (("firing", True), ("resolved", False)):
        meant = [each for each in alerts if each.is_firing == is_firing]
        shown = _titles(meant)[:_TITLES]
        if meant:
            more = len(meant) - len(shown)
            parts.append(f"{state}: {'; '.join(shown)}" + (f" (+{more})" if more else ""))
    return "; ".join(parts)


def _titles(alerts: Iterable[Alert]) -> list[str]:
    """Return what they are called, each once."""
    return list(dict.fromkeys(_words(each.title) for each in alerts))


def _digest(keys: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def _words(title: str) -> str:
    return foreign(title) or _UNNAMED
