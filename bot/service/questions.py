"""Questions: what a verb tells of an operation, and what people ask about targets.

Nothing is recorded.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.catalogue import Catalogue
from bot.core.codes import Denied, Reason
from bot.core.codes.rules import (
    NoValuesShown,
    ReviewWanted,
    UnknownConnection,
    UnknownOperation,
    UnknownTarget,
)
from bot.core.errors import CloudError
from bot.core.near import nearest
from bot.core.operation import Failed, Operation, Waiting
from bot.core.outcomes import (
    Caller,
    Entries,
    Help,
    OperationStatus,
    Outcome,
    TargetLine,
    TargetQueue,
    Targets,
    TargetStatus,
    Values,
    Versions,
    WhatRuns,
)
from bot.core.queue import Line
from bot.core.records import OperationId, TargetName
from bot.core.rows import Act, UnreadableOperation
from bot.core.rules import Ask, decide, holds, is_approver, is_requester
from bot.core.system import Entry, Offer
from bot.core.target import ALL, Target
from bot.core.verbs import OPERATION, verb_of
from bot.core.verbs.verb import About
from bot.core.verbs.why import APPROVE
from bot.live_states import live_states
from bot.service.choices import has_word
from bot.service.context import ServiceContext, cloud_denial
from bot.service.discovery import discovered
from bot.service.explaining import can, why, why_of
from bot.service.forms import change_form
from bot.service.health import examined
from bot.service.incidents import answer_about
from bot.service.reports import reported
from bot.systems import system as system_named
from bot.what_runs import what_runs

RUNS_MAX: Final = 30  # targets in a table of what runs: its cells are 9,000 characters at most
_OPERATIONS: Final = 30  # of a target, whose history is told
_ACTS_MAX: Final = 15
_ACTS: Final = (  # kinds of what people do, as the audit has them
    *("requested", "approval_given", "approval_refused", "withdrawn", "reviewed"),
    *("locked", "unlocked", "freeze_begun", "freeze_ended", "halt_begun", "halt_ended"),
)


def answer_question(context: ServiceContext, question: Ask, *, by: Caller) -> Outcome:
    """Answer *question*, or say why not."""
    denied = decide(question, context.facts.of_question(by.user)).denied
    if denied is not None:
        return context.denied(by, question.topic, denied)
    catalogue = context.facts.seen_by(by.user)
    about = verb_of(question.topic).about
    if OPERATION.fullmatch(question.subject) and _is_hidden(context, catalogue, question.subject):
        return Denied.of(UnknownOperation())
    if about is not None and OPERATION.fullmatch(question.subject):
        return _about(context, about, question.subject)
    match question.topic:
        case "deploy" | "rollback" | "scale" | "create":
            return change_form(context, question.topic, by=by.user)
        case "incident_status" | "incident_list" | "incident_help":
            return answer_about(context, question, by=by)
        case "report":
            return reported(context, question, by=by)
        case "why" if OPERATION.fullmatch(question.subject):
            return why(context, question.subject)
        case "why":
            target = catalogue.find(question.subject)
            return why_of(context, target) if target else _unknown(catalogue, question.subject)
        case "can" if _is_not_there(context, catalogue, question):
            return _unknown(catalogue, question.subject)
        case "can":
            return can(context, question, by=by)
        case "help":
            return _help(context, catalogue, question.subject, by)
        case "targets":
            return _targets(context, catalogue, question.subject)
        case "status":
            return _status(context, catalogue, question.subject)
        case "queue":
            return _queue(context, catalogue, question.subject)
        case "history" | "revisions":
            return _entries(context, catalogue, question)
        case "versions":
            return _versions(context, catalogue, question.subject)
        case "discover":
            return _discovered(context, catalogue, question)
        case "doctor":
            return examined(context, catalogue)
        case "values":
            return _values(context, catalogue, question)
        case _:
            msg = f"{question.topic} is no question about {question.subject!r}"
            raise ValueError(msg)


def _is_hidden(context: ServiceContext, seen: Catalogue, subject: OperationId) -> bool:
    """Whether the operation is of a target that the person is not shown."""
    everything = context.catalogue().targets
    if len(everything) == len(seen.targets):
        return False
    operation = context.journal.operations.find(subject)
    return operation is not None and operation.target in everything.keys() - seen.targets.keys()


def _about(context: ServiceContext, about: About, subject: OperationId) -> Outcome:
    operation = context.journal.operations.find(subject)
    if operation is None:
        return Denied.of(UnknownOperation())
    told = about(operation, context.facts.of_card(operation))
    if isinstance(told, OperationStatus):
        line = _line_of(context, operation)
        return told.model_copy(update={"link": context.link(operation), "line": line})
    return told


def _help(context: ServiceContext, catalogue: Catalogue, verb: str, by: Caller) -> Help:
    """Return the help with a target that the person may change, as far as Slack tells that now."""
    if verb:
        return Help(example_target="", can_approve=False, verb=verb)
    facts = context.facts.of_question(by.user, _groups(catalogue))
    policies = catalogue.policies
    theirs = {name for name, policy in policies.items() if is_requester(policy, facts)}
    changeable = [each.name for each in catalogue.targets.values() if each.policy in theirs]
    return Help(
        example_target=changeable[0] if changeable else "",
        can_approve=any(is_approver(policy, facts) for policy in policies.values()),
    )


def _groups(catalogue: Catalogue) -> frozenset[str]:
    return frozenset().union(*(policy.groups for policy in catalogue.policies.values()))


def _targets(context: ServiceContext, catalogue: Catalogue, word: str = "") -> Outcome:
    """Return all targets, or those that have *word*, in the order of the file."""
    found = [each for each in catalogue.targets.values() if has_word(each, word)]
    if word and not found:
        return _unknown(catalogue, word)
    return Targets(lines=tuple(_line(context, each) for each in found), word=word)


def _status(context: ServiceContext, catalogue: Catalogue, subject: str) -> Outcome:
    if not subject:
        return _what_runs(context, catalogue)
    target = catalogue.find(subject)
    if target is None:
        return _unknown(catalogue, subject)
    try:
        report = context.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    return TargetStatus(line=_line(context, target), report=report)


def _what_runs(context: ServiceContext, catalogue: Catalogue) -> WhatRuns:
    """Return what runs where, in the order of the file."""
    targets = list(catalogue.targets.values())
    shown = targets[:RUNS_MAX]
    live = live_states(context.states, shown)
    rows = what_runs(context.journal, context.facts, shown, live)
    return WhatRuns(rows=rows, more=len(targets) - len(shown), as_of=context.clock())


def _queue(context: ServiceContext, catalogue: Catalogue, subject: str) -> Outcome:
    target = catalogue.find(subject)
    if target is None:
        return _unknown(catalogue, subject)
    line = context.journal.queues.line(target.name, context.clock())
    return TargetQueue(target=target, line=line, holds=holds(context.facts.of_target(target)))


def _line_of(context: ServiceContext, operation: Operation) -> Line | None:
    if not isinstance(operation.phase, Waiting):
        return None
    return context.journal.queues.line(operation.target, context.clock())


def _entries(context: ServiceContext, catalogue: Catalogue, question: Ask) -> Outcome:
    target = catalogue.find(question.subject)
    if target is None:
        return _unknown(catalogue, question.subject)
    try:
        rows = context.cloud.ask(target, system_named(target.system).history(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    if question.topic == "revisions":
        rows = tuple(row for row in rows if row.can_return or row.is_current)
        why = system_named(target.system).spec.no_rollback
        return Entries(target=target, topic="revisions", entries=rows, no_rollback=why)
    return Entries(target=target, topic="history", entries=rows, acts=_acts(context, target))


def _acts(context: ServiceContext, target: Target) -> tuple[Act, ...]:
    """Return what people did about *target*: its operations, its locks, what froze it."""
    recent = context.journal.operations.listed(_OPERATIONS, target.name)
    subjects = (target.name, target.policy, ALL, *(each.id for each in recent))
    return context.journal.audit.about(subjects, _ACTS, _ACTS_MAX)


def _versions(context: ServiceContext, catalogue: Catalogue, subject: str) -> Outcome:
    target = catalogue.find(subject)
    if target is None:
        return _unknown(catalogue, subject)
    system = system_named(target.system)
    try:
        if system.questions.versions is None:
            entries = context.cloud.ask(target, system.history(target.settings))
            return Versions(target=target, offers=_offers(entries), is_history=True)
        offers = context.cloud.ask(target, system.questions.versions(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    return offers if isinstance(offers, Denied) else Versions(target=target, offers=offers)


def _discovered(context: ServiceContext, catalogue: Catalogue, question: Ask) -> Outcome:
    connection = catalogue.connections.get(question.subject)
    if connection is None:
        near = nearest(question.subject, tuple(catalogue.connections))
        known = near or tuple(catalogue.connections)
        return Denied.of(UnknownConnection(word=question.subject[:63], known=known))
    words = tuple(question.word.split())
    return discovered(catalogue, connection, words, context.cloud.ask)


def _offers(entries: Iterable[Entry]) -> tuple[Offer, ...]:
    """Return each version of a history once, the newest first."""
    current = {each.revision for each in entries if each.is_current}
    return tuple(
        Offer(version=version, is_current=version in current)
        for version in dict.fromkeys(each.revision for each in entries)
    )


def _values(context: ServiceContext, catalogue: Catalogue, question: Ask) -> Outcome:
    target = catalogue.find(question.subject)
    if target is None:
        return _unknown(catalogue, question.subject)
    system = system_named(target.system)
    if system.questions.values is None:
        return Denied.of(NoValuesShown(system=system.spec.title, target=target.name))
    past = context.journal.operations.past_steps(target.name)
    try:
        values = context.cloud.ask(target, system.questions.values(target.settings, past))
    except CloudError as error:
        return cloud_denial(error, target.name)
    if isinstance(values, Denied):
        return values
    return Values(target=target, values=values, word=question.word)


def _is_not_there(context: ServiceContext, catalogue: Catalogue, question: Ask) -> bool:
    """Whether nobody who asks is shown what "can" asks about: a target, or what is approved.

    A target that slipway.yaml has no more may still have an operation.
    """
    word = question.subject
    if catalogue.find(word) is not None:
        return False
    if question.word != APPROVE or context.catalogue().find(word) is not None:
        return True
    return not OPERATION.fullmatch(word) and context.journal.operations.holder(word) is None


def _unknown(catalogue: Catalogue, word: str) -> Denied:
    return Denied.of(UnknownTarget(word=word[:63], near=nearest(word, catalogue.words)))


def _reviews(context: ServiceContext, target: Target) -> Iterator[Reason]:
    for each in context.journal.operations.reviews_due():
        if each.target == target.name:
            code = ReviewWanted(operation=each.id, by=each.requester, due=each.due)
            yield code.reason


def _latest(context: ServiceContext, name: TargetName) -> Operation | UnreadableOperation | None:
    """Return the newest that ended; one that turned out to be nothing to do is none."""
    newest = context.journal.operations.latest(name)
    if not isinstance(newest, Operation) or not isinstance(newest.phase, Failed) or newest.was_sent:
        return newest
    sent = context.journal.operations.last_sent(name)
    return None if isinstance(sent, Operation) and not sent.is_final else sent


def _line(context: ServiceContext, target: Target) -> TargetLine:
    return TargetLine(
        target=target,
        title=system_named(target.system).spec.title,
        holder=context.journal.operations.holder(target.name),
        latest=_latest(context, target.name),
        holds=(*holds(context.facts.of_target(target)), *_reviews(context, target)),
        waiting=len(context.journal.queues.of(target.name)),
    )
