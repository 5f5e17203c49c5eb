"""Changes: a new operation is asked for, decided, and recorded or refused."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Literal, NamedTuple, assert_never

from bot.core.codes import Denied, Reason
from bot.core.codes.rules import NoPlanInLine
from bot.core.codes.service import (
    JournalDown,
    NoChannel,
    TooManyInAll,
    TooManyOfPerson,
    TryAgain,
)
from bot.core.errors import (
    CloudError,
    CloudRefusedError,
    ConflictError,
    JournalUnavailableError,
)
from bot.core.operation import BreakGlass, Operation, Passed, Queued
from bot.core.outcomes import DryRun, Outcome, Recorded, Repeated, Wish
from bot.core.plan import PlanDraft
from bot.core.policy import Policy, approvals_of
from bot.core.ports import (
    AlreadyAsked,
    AlreadyDelivered,
    AuditEntry,
    Created,
    LimitReached,
    QueueFull,
    TargetLocked,
)
from bot.core.queue import QueueRules, means_the_same
from bot.core.records import Asked
from bot.core.rows import UnreadableOperation
from bot.core.rules import Decision, Facts, Finding, bars, decide, passes_over, record_of, warning
from bot.core.target import Target
from bot.core.wanted import Asker, in_the_way, line_full, operation_of
from bot.facts.gatherer import Asking
from bot.journal.entering import Entered, NewOperation
from bot.service.context import ServiceContext, accounts, cloud_denial
from bot.service.lines import in_line
from bot.systems import system as system_named

_UNDER_WAY: Final = "in_progress"  # the code of all that says that something changes the target


class _Allowed(NamedTuple):
    """A wish, and the operation that shall begin."""

    wish: Wish
    facts: Facts
    new: NewOperation


class _Refused(NamedTuple):
    """Why a wish is refused, and what the audit keeps of that."""

    denied: Denied
    record: AuditEntry


def change(context: ServiceContext, wish: Wish) -> Outcome:
    """Record the wanted change, show its plan (dry run), or say why not."""
    if wish.change.dry_run:
        return _tried(context, wish)
    [outcome] = changes(context, [wish])
    return outcome


def changes(context: ServiceContext, wishes: Sequence[Wish]) -> list[Outcome]:
    """Record the wanted changes in one transaction, or say why not; none hangs on another.

    Dry runs are not for here: they ask a cloud.

    Raises:
        JournalUnavailableError: nothing of all that was recorded.
    """
    asked = [Asking(each.change, each.by.user, each.by.channel or None) for each in wishes]
    known = context.facts.of_changes(asked)
    weighed = [_weighed(context, *each) for each in zip(wishes, known, strict=True)]
    allowed = [each.new for each in weighed if isinstance(each, _Allowed)]
    records = [each.record for each in weighed if isinstance(each, _Refused)]
    made: Sequence[Entered | None]
    try:
        made, rang = context.engine.begin_all(allowed, noted=records)
    except ConflictError:
        context.journal.audit.add(*records)
        made, rang = [None] * len(allowed), True
    entered = iter(made)
    return _noted(
        context,
        [
            each.denied
            if isinstance(each, _Refused)
            else _told(context, each, next(entered), rang=rang)
            for each in weighed
        ],
    )


def _noted(context: ServiceContext, told: Sequence[Outcome | _Refused]) -> list[Outcome]:
    """Put what was refused at the door of the journal into the audit, at once; return what to say.

    What others asked for is recorded by now, so that nothing may be raised any more.
    """
    records = [each.record for each in told if isinstance(each, _Refused)]
    try:
        context.journal.audit.add(*records)
    except JournalUnavailableError:
        down = Denied.of(JournalDown())
        return [down if isinstance(each, _Refused) else each for each in told]
    return [each.denied if isinstance(each, _Refused) else each for each in told]


def _tried(context: ServiceContext, wish: Wish) -> Outcome:
    """Show the plan of what would be done; nothing is recorded but a refusal."""
    by, wanted = wish.by, wish.change
    facts = context.facts.of_change(wanted, by.user, by.channel or None)
    decision = decide(wanted, facts)
    if decision.denied is not None:
        return context.denied(
            by, wanted.target, decision.denied, record_of(wanted, facts, decision)
        )
    target, policy = _both(facts)
    line = in_line(context, wanted, facts, by)
    dry = dry_run(context, wanted.asked, target, policy)
    if not isinstance(dry, DryRun):
        return _unplanned(context, line, dry)
    known = {
        "approvers": facts.wanted(policy.approve, by.user),
        "breaks_glass": wanted.break_glass,
        "passed_over": passes_over(wanted, facts),
        "waits": line.why if line and line.lets_pass else None,
        "barred": (*bars(wanted, facts), *((line.why,) if line and not line.lets_pass else ())),
        "warned": warning(facts),
    }
    ungated = {"approvals": 0} if wanted.break_glass else {}
    return dry.model_copy(update={**known, **ungated})


def _unplanned(context: ServiceContext, line: Finding | None, denied: Denied) -> Denied | Repeated:
    """Return why there is no plan: what another operation of ours changes now waits in its line.

    Where that one does the same, it is shown itself.
    """
    if line is None or line.why is None or denied.code != _UNDER_WAY:
        return denied
    if line.lets_pass and line.operation is not None:
        return Repeated(operation=context.journal.operations.load(line.operation))
    if line.lets_pass:
        return Denied.of(NoPlanInLine(why=line.why))
    return Denied(why=line.why, operation=line.operation)


def _both(facts: Facts) -> tuple[Target, Policy]:
    if facts.target is None or facts.policy is None:
        msg = "a change was allowed without its target or policy"
        raise ValueError(msg)
    return facts.target, facts.policy


def _weighed(context: ServiceContext, wish: Wish, facts: Facts) -> _Allowed | _Refused:
    by, wanted = wish.by, wish.change
    decision = decide(wanted, facts)
    decided = record_of(wanted, facts, decision)
    denied = decision.denied
    if denied is not None:
        record = context.refused(by, wanted.target, denied, decided)
        return _Refused(denied, record)
    target, policy = _both(facts)
    if not (target.channel or by.channel):
        denied = Denied.of(NoChannel(target=target.name))
        record = context.refused(by, target.name, denied)
        return _Refused(denied, record)
    asker = Asker(context.new_id(), by.user, by.channel)
    operation = operation_of(wanted, target, policy, facts, asker)
    if wanted.break_glass:
        operation = _unheld(operation, policy, decision)
    new = NewOperation(
        operation,
        wish.delivery,
        context.limits,
        QueueRules(room=policy.queue, accounts=accounts(facts, by.user)),
        context.allowed(by, operation.id, decided),
        by.channel,
    )
    return _Allowed(wish, facts, new)


def dry_run(
    context: ServiceContext, asked: Asked, target: Target, policy: Policy
) -> DryRun | Denied:
    """Return the plan as it would be made now, or why there is none; nothing is recorded."""
    informed = asked.model_copy(update={"past": context.journal.operations.past_steps(target.name)})
    flow = system_named(target.system).prepare(target.settings, informed)
    try:
        draft = context.cloud.ask(target, flow)
    except CloudError as error:
        return cloud_denial(error, target.name)
    if isinstance(draft, Denied):
        return draft
    no_rollback = draft.no_way_back or system_named(target.system).spec.no_rollback
    needed = approvals_of(policy, asked.action, is_irreversible=no_rollback is not None)
    passed, says = _checked(context, target, draft)
    return DryRun(
        target=target,
        asked=asked,
        draft=draft,
        policy=policy,
        approvals=needed,
        check=passed,
        check_says=says,
        no_rollback=no_rollback,
    )


def _checked(
    context: ServiceContext, target: Target, draft: PlanDraft
) -> tuple[Literal["none", "passed", "refused", "unknown"], Reason | None]:
    """Let the API itself check the plan, where it has a call for that which changes nothing."""
    check = system_named(target.system).questions.check
    if check is None:
        return "none", None
    try:
        was_asked = context.cloud.ask(target, check(target.settings, draft))
    except CloudRefusedError as error:
        return "refused", error.reason
    except CloudError as error:
        return "unknown", error.reason
    return ("passed" if was_asked else "none"), None


def _unheld(operation: Operation, policy: Policy, decision: Decision) -> Operation:
    """Return *operation* without gates: the glass is broken, and that is reviewed."""
    passed = tuple(Passed(rule=each.rule, why=each.why) for each in decision.passed if each.why)
    broken = BreakGlass(due=operation.created_at + policy.review_within, passed=passed)
    ungated = {"approvals_needed": 0, "irreversible_approvals": 0, "gates": ()}
    return operation.model_copy(update={"phase": Queued(), **ungated, "break_glass": broken})


def _told(
    context: ServiceContext, allowed: _Allowed, made: Entered | None, *, rang: bool
) -> Outcome | _Refused:
    """Return what came of an operation that shall begin; None: somebody was faster every time."""
    wish, facts, new = allowed
    outcome = _outcome(context, new.operation, made, rang=rang)
    if isinstance(outcome, Denied):
        return _Refused(outcome, context.refused(wish.by, new.operation.target, outcome))
    if not isinstance(outcome, Recorded):
        return outcome
    may = facts.wanted(facts.policy.approve, wish.by.user) if facts.policy else ()
    return outcome.model_copy(update={"warned": warning(facts), "approvers": may})


def _outcome(
    context: ServiceContext, operation: Operation, made: Entered | None, *, rang: bool
) -> Outcome:
    match made:
        case Created():
            return _begun(context, made, queue_is_down=not rang)
        case AlreadyDelivered(operation=known) | AlreadyAsked(operation=known):
            return Repeated(operation=known)
        case TargetLocked(holder=holder):
            return _locked(operation, holder)
        case QueueFull(holder=holder, waiting=waiting):
            return Denied.of(line_full(holder, waiting), operation=holder.id)
        case LimitReached(scope=scope, pending=pending):
            code = TooManyOfPerson if scope == "person" else TooManyInAll
            return Denied.of(code(limit=pending))
        case None:
            return Denied.of(TryAgain())
        case _:
            assert_never(made)


def _begun(context: ServiceContext, made: Created, *, queue_is_down: bool) -> Recorded:
    operation, line = made.operation, None
    if operation.is_in_line:
        with suppress(JournalUnavailableError):  # it is recorded, and its card shows the line
            line = context.journal.queues.line(operation.target, context.clock())
    return Recorded(
        operation=operation,
        queue_is_down=queue_is_down,
        line=line,
        replaces=made.replaces,
        passes=made.passes,
    )


def _locked(wanted: Operation, holder: Operation | UnreadableOperation) -> Outcome:
    locked = in_the_way(holder)
    if isinstance(holder, UnreadableOperation):
        return Denied.of(locked)
    if means_the_same(wanted, holder):
        return Repeated(operation=holder)
    return Denied.of(locked, operation=holder.id)
