"""Explanations: every finding of the one decision, of an operation or of somebody's wish."""

from dataclasses import replace

from bot.core.codes import Denied
from bot.core.codes.rules import (
    NothingAsked,
    NothingToApprove,
    RightsUnknown,
    UnknownOperation,
)
from bot.core.errors import DirectoryError, SlackError
from bot.core.lifecycle import transition
from bot.core.operation import AwaitingApproval, Operation, Waiting
from bot.core.outcomes import Caller, Explained, Outcome
from bot.core.records import Asked, OperationId, Parameters, UserId
from bot.core.rows import UnreadableOperation
from bot.core.rules import (
    Approve,
    Ask,
    Change,
    Decision,
    Facts,
    Finding,
    Seen,
    Send,
    TakeTurn,
    decide,
)
from bot.core.target import Target
from bot.core.verbs.why import APPROVE
from bot.core.verbs.words import OPERATION
from bot.service.context import ServiceContext
from bot.service.lines import in_line

_GIVEN = "given"  # for what a wish has to have, where only the person is in question


def why(context: ServiceContext, operation_id: OperationId) -> Outcome:
    """Say what stands before the next permit; of what has ended, what was said when it began."""
    operation = context.journal.operations.find(operation_id)
    return Denied.of(UnknownOperation()) if operation is None else _why(context, operation)


def why_of(context: ServiceContext, target: Target) -> Outcome:
    """Say the same of who has the target, else of who is next in line, else of the newest."""
    operations = context.journal.operations
    holder = operations.holder(target.name)
    has_it = (holder,) if isinstance(holder, Operation) else ()
    meant = has_it or context.journal.queues.of(target.name) or operations.recent(1, target.name)
    return _why(context, meant[0]) if meant else Denied.of(NothingAsked(target=target.name))


def _why(context: ServiceContext, operation: Operation) -> Outcome:
    if operation.is_final:
        return _of_past(context, operation)
    if isinstance(operation.phase, Waiting):
        return _of_waiting(context, operation)
    try:
        facts = context.facts.of_send(operation, None)
    except (DirectoryError, SlackError):
        return Denied.of(RightsUnknown())
    decision = decide(Send(operation=operation.id, step=operation.present_step), facts)
    found = decision.decisive
    if found is not None and found.rule == "phase":  # nobody knows yet what comes after that
        decision = Decision(findings=(found,))
    return Explained(decision=decision, operation=operation, link=context.link(operation))


def _of_waiting(context: ServiceContext, operation: Operation) -> Outcome:
    line = context.journal.queues.line(operation.target, context.clock())
    decision = decide(TakeTurn(operation=operation.id), context.facts.of_turn(operation, line))
    return Explained(decision=decision, operation=operation, link=context.link(operation))


def can(context: ServiceContext, question: Ask, *, by: Caller) -> Outcome:
    """Say whether somebody may do something to a target now."""
    person = question.person or by.user
    if question.word == APPROVE:
        return _can_approve(context, question, person, by)
    intent = _wish(question)
    facts = context.facts.of_change(intent, person, by.channel or None)
    target = facts.target.name if facts.target else question.subject
    decision = decide(intent, facts)
    waits = in_line(context, intent, facts, by.model_copy(update={"user": person}))
    if waits is not None:
        decision = Decision(findings=(*decision.findings, waits))
    return Explained(
        decision=decision,
        person=person,
        action=intent.asked.action,
        target=target,
        of_another=_another(person, by),
    )


def _of_past(context: ServiceContext, operation: Operation) -> Outcome:
    """Judge the request again, by the policy and the clock of when it was asked for."""
    then = context.catalogue_then(operation.created_at)
    catalogue = then or context.catalogue()
    past = replace(context.facts, catalogue=lambda: catalogue, clock=lambda: operation.created_at)
    intent = Change(
        target=operation.target,
        asked=Asked(action=operation.action, parameters=operation.parameters),
        reason=operation.reason,
        rollback_of=operation.rollback_of,
        follows=operation.follows,
        break_glass=operation.break_glass is not None,
    )
    facts: Facts = past.of_change(intent, operation.requester)
    # What people did about the target then is not known any more; its events say what held it.
    since = {"kept": (), "is_draining": False, "overdue": None, "undone": None}
    known = facts.model_copy(update=since)
    return Explained(
        decision=_with_what_was_passed(decide(intent, known), operation),
        operation=operation,
        link=context.link(operation),
        then=operation.created_at,
        is_kept=then is not None,
        of_another=operation.requester,
    )


def _with_what_was_passed(decision: Decision, operation: Operation) -> Decision:
    """Return *decision* with what stood in the way then, and was passed over: it is kept."""
    if operation.break_glass is None:
        return decision
    passed = {each.rule: each for each in operation.break_glass.passed}
    findings = [
        Finding(verdict="passed", rule=each.rule, why=passed[each.rule].why, place=each.place)
        if each.rule in passed and each.verdict == "yes"
        else each
        for each in decision.findings
    ]
    return Decision(findings=tuple(findings))


def _another(person: UserId, by: Caller) -> UserId | None:
    return person if person != by.user else None


def _can_approve(context: ServiceContext, question: Ask, person: UserId, by: Caller) -> Outcome:
    target = context.catalogue().find(question.subject)
    name = target.name if target else question.subject
    holder = _meant(context, name)
    if holder is None and OPERATION.fullmatch(name):
        return Denied.of(UnknownOperation())
    if not isinstance(holder, Operation) or not isinstance(holder.phase, AwaitingApproval):
        return Denied.of(NothingToApprove(target=name[:63]))
    name = holder.target
    seen = Seen(round=holder.round, digest=holder.plan.digest)
    intent = Approve(operation=holder.id, seen=seen)
    facts = context.facts.of_press(intent, holder, person, is_on_card=True)
    decision = decide(intent, facts)
    later = _held_afterwards(context, intent, facts, person) if decision.is_allowed else ()
    of_another = _another(person, by)
    return Explained(
        decision=decision, person=person, target=name, later=later, of_another=of_another
    )


def _meant(context: ServiceContext, name: str) -> Operation | UnreadableOperation | None:
    """Return the operation of this id, or that which has the target of this name."""
    operations = context.journal.operations
    return operations.find(name) if OPERATION.fullmatch(name) else operations.holder(name)


def _held_afterwards(
    context: ServiceContext, wish: Approve, facts: Facts, person: UserId
) -> tuple[Finding, ...]:
    """Return what would stand before the next call once *person* had approved."""
    operation = facts.operation
    if operation is None:
        return ()
    given = wish.informed(facts).becomes(operation, person, facts.now)
    approved, _ = transition(operation, given)
    try:
        known = context.facts.of_send(approved, None)
    except (DirectoryError, SlackError):
        return ()
    decision = decide(Send(operation=approved.id, step=approved.present_step), known)
    return tuple(each for each in decision.findings if not each.lets_pass)


def _wish(question: Ask) -> Change:
    parameters = Parameters(version="1.0.0") if question.word == "deploy" else Parameters()
    asked = Asked.model_validate({"action": question.word, "parameters": parameters})
    return Change(target=question.subject, asked=asked, reason=_GIVEN)
