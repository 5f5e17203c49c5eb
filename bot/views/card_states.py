"""The head of a card that is open: what becomes of which target, and where that stands."""

from collections.abc import Iterable, Iterator

from bot.core.operation import (
    Approval,
    AwaitingApproval,
    Operation,
    Running,
    Stalled,
    Uncertain,
)
from bot.core.rules import GateState
from bot.views.buttons import CardFacts
from bot.views.card_time import due
from bot.views.words import Locale, Marked, phrases, say, when, worded
from bot.views.words.naming import (
    RUNNING,
    STALLED,
    VERSION_MAX,
    WAITING,
    WARNING,
    YES,
    action_name,
    state,
    step_name,
    steps_in_all,
)

_TO: frozenset[str] = frozenset({"deploy", "rollback", "scale"})  # actions that lead somewhere


def headline(operation: Operation, locale: Locale, *, is_short: bool = False) -> Marked:
    """Return what is changed, and from what to what: "*checkout* → *1.4.0*  _from 1.3.0_"."""
    old, new = ends(operation, locale)
    if operation.action not in _TO or not new:
        action = action_name(operation.action, locale, operation.system)
        key = "card.did" if is_short else "card.does"
        return say(key, locale, action=action, target=operation.target, what=new or old)
    key = "card.back_to" if operation.action == "rollback" else "card.to"
    before = Marked() if is_short or old == new else old
    return say(key, locale, target=operation.target, after=new, before=before)


def ends(operation: Operation, locale: Locale) -> tuple[Marked, Marked]:
    """Return from what to what it leads; before the plan is made, what was asked for."""
    plan, asked = operation.plan, operation.parameters
    if plan.is_made:
        old, new = (worded(each, locale, VERSION_MAX) for each in (plan.before, plan.after))
        return old, new
    version = asked.version or asked.revision
    if version is None and asked.replicas is not None:
        return Marked(), say("card.replicas", locale, replicas=asked.replicas)
    return Marked(), worded(version, locale, VERSION_MAX)


def state_line(operation: Operation, facts: CardFacts, locale: Locale) -> str:
    """Return where an open operation stands, and until when."""
    if operation.awaits is not None:
        return state(operation, locale).marked
    match operation.phase:
        case AwaitingApproval() as phase if operation.plan.is_made:
            return f"{WAITING} {needs(operation, phase, facts, locale)}"
        case Running(step=step, ways=ways) if ways:
            detail = operation.steps[step].detail
            return f"{WAITING} {say('card.waits', locale, detail=detail)}"
        case Running():
            return f"{RUNNING} {_doing(operation, facts, locale)}"
        case Uncertain(step=step):
            step_words = step_name(operation, step, locale)
            return f"{WARNING} {say('card.uncertain', locale, step=step_words)}"
        case Stalled(step=step, since=since, reason=why):
            at = when(since, facts.now)
            words = say(
                "card.stalled", locale, step=step_name(operation, step, locale), since=at, why=why
            )
            return f"{STALLED} {words}"
        case _:
            return state(operation, locale).marked


def needs(
    operation: Operation, phase: AwaitingApproval, facts: CardFacts, locale: Locale
) -> Marked:
    """Return how many approvals are missing, from whom, and until when the gate stays open."""
    until = when(phase.expires_at, facts.now)
    if facts.gates:
        left = sum(each.missing for each in facts.gates)
        return say("card.needs_gates", locale, missing=left, until=until)
    given = len(operation.approvals)
    missing = max(0, operation.approvals_needed - given)
    who = tuple(each for each in facts.may_decide if each != operation.requester)
    key = "card.needs_more" if given else "card.needs"
    return say(key, locale, missing=missing, who=who or facts.may_decide, until=until)


def approver(given: Approval, locale: Locale) -> str:
    """Return who approved, and in whose place."""
    return say("card.approver", locale, by=given.by, of=given.behalf)


def gate_lines(gates: Iterable[GateState], locale: Locale) -> Iterator[str]:
    """Yield of each gate how many of how many have opened it, and who did or can."""
    for each in gates:
        key, mark = ("card.gate_missing", WAITING) if each.missing else ("card.gate_open", YES)
        given = [approval.by for approval in each.given]
        told = {"gate": each.gate, "needed": each.needed, "given": given, "who": each.who}
        yield f"{mark} {say(key, locale, **told, count=len(given))}"


def _doing(operation: Operation, facts: CardFacts, locale: Locale) -> Marked:
    of_system = f"doing.{operation.system}.{operation.action}"
    known = phrases(locale)
    name = of_system if of_system in known else f"doing.{operation.action}"
    done = due(operation, facts, locale)
    total = steps_in_all(operation)
    at = operation.present_step + 1 if total > 1 else None
    return say("card.doing", locale, doing=say(name, locale), step=at, total=total, done=done)
