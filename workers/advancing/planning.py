"""Makes plans from the live state, and checks before each permit that they still hold."""

from bot.core.codes import Denied
from bot.core.operation import Operation
from bot.core.plan import Plan
from bot.core.records import Asked, Record
from bot.core.rules import Decided, Decision, Facts, Prepare, Send, decide, record_of
from bot.systems import system as system_named
from workers.context import WorkerContext


class Check(Record):
    """What the rules say of the next permit, and the plan as it would be made now."""

    decision: Decision
    decided: Decided  # what is kept of it
    live_plan: Plan | None = None  # None: it was not read, since a rule said no before


def plan(context: WorkerContext, operation: Operation) -> Plan | Denied:
    """Ask the target's system for the plan of *operation* as things are now.

    Raises:
        CloudError: the live state could not be read.
    """
    intent, facts = Prepare(operation=operation.id), context.facts.of_plan(operation)
    made = decide(intent, facts).denied or _live(context, operation, facts)
    if isinstance(made, Denied):
        return made
    return decide(intent, facts.model_copy(update={"live_plan": made})).denied or made


def check(context: WorkerContext, operation: Operation, step: int) -> Check | Denied:
    """Decide whether *step* may be sent now; before the first one the live state is read again.

    A refusal is the system's own: it makes no plan any more.

    Raises:
        CloudError: the live state could not be read.
        DirectoryError: the people's rights could not be read.
        SlackError: it is not known which workspace this is.
    """
    intent = Send(operation=operation.id, step=step)
    facts = context.facts.of_send(operation, None)
    decision = decide(intent, facts)
    is_first, found = not operation.was_sent, decision.decisive
    if (found is not None and found.verdict in {"no", "wait"}) or not is_first:
        return Check(decision=decision, decided=record_of(intent, facts, decision))
    live = _live(context, operation, facts)
    if isinstance(live, Denied):
        return live
    known = facts.model_copy(update={"live_plan": live})
    decision = decide(intent, known)
    decided = record_of(intent, known, decision)
    return Check(decision=decision, decided=decided, live_plan=live)


def _live(context: WorkerContext, operation: Operation, facts: Facts) -> Plan | Denied:
    target, policy = facts.target, facts.policy
    if target is None or policy is None:
        msg = f"{operation.id} was allowed without its target or policy"
        raise ValueError(msg)
    asked = Asked(
        action=operation.action,
        parameters=operation.parameters,
        past=context.journal.operations.past_steps(target.name),
    )
    flow = system_named(operation.system).prepare(target.settings, asked)
    draft = context.cloud.ask(target, flow)
    if isinstance(draft, Denied):
        return draft
    blank = operation.plan.model_copy(update={"policy_version": policy.version})
    made = blank.made(draft)
    nothing_undoes = made.no_way_back or system_named(operation.system).spec.no_rollback
    return made.model_copy(update={"no_way_back": nothing_undoes})
