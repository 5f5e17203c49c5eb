"""The card: an operation as the root message of its thread, in words and buttons."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.core.codes import Reason
from bot.core.operation import AwaitingApproval, Operation, Running, Succeeded, TaskLine
from bot.core.plan import Change, Plan, PlanDraft
from bot.core.rules import GateState
from bot.views.buttons import CardFacts, buttons
from bot.views.layout import Card, Field
from bot.views.notes import notes
from bot.views.steps import elapsed, step_lines
from bot.views.task_lines import finding_lines, findings
from bot.views.text import NOTHING, REASON_MAX, code, escaped, mention, moment
from bot.views.words import Locale, Marked, say, sentence, spelled, stopped, worded
from bot.views.words.naming import WAITING, YES, change, headline, state, subject

__all__ = ["Card", "CardFacts", "card", "change_lines", "usual"]

CHANGES_MAX: Final = 8  # changes that are shown; the rest is counted
APPROVALS_MAX: Final = 5  # approvals that are shown; the rest is counted
FINDINGS_MAX: Final = 10  # findings that are shown; the rest is counted
_FINDINGS_ROOM: Final = 2_400  # characters of them
_VERSIONS: Final = frozenset(
    {"version", "image tag", "label.version", "label.image"}
)  # names of what a version is a change of


def card(operation: Operation, facts: CardFacts, locale: Locale) -> Card:
    """Render *operation* as the root message of its thread."""
    shown, found = notes(operation, facts, locale), _findings(operation)
    time = _time(operation, facts, locale)
    steps = _without_rows(operation) if found else operation
    return Card(
        text=_text(operation, time, shown, locale),
        headline=f"{headline(operation, locale)}\n{state(operation, locale).marked}{time}",
        fields=tuple(_fields(operation, facts, locale)),
        notes=shown,
        changes=change_lines(operation.plan, locale),
        steps=step_lines(steps, facts.now, locale),
        findings=_finding_lines(found, locale),
        context=tuple(_context(operation, facts, locale)),
        buttons=buttons(operation, facts, locale),
    )


def change_lines(planned: Plan | PlanDraft, locale: Locale) -> tuple[str, ...]:
    """Return one line per setting that changes, but for what "from → to" says already."""
    changes = [each for each in planned.changes if not _is_headline(each, planned)]
    lines = [_change_line(each, locale) for each in changes[:CHANGES_MAX]]
    more = len(changes) - len(lines)
    return (*lines, say("card.more_changes", locale, more=more)) if more else tuple(lines)


def _change_line(change: Change, locale: Locale) -> str:
    name = worded(change.name, locale, 80)
    before, after = (code(spelled(each, locale), 120) for each in (change.before, change.after))
    is_told = not change.before and isinstance(
        change.name, Reason
    )  # a value may be new, with no before
    return f"• {name}: {after}" if is_told else f"• {name}: {before} → {after}"


def _findings(operation: Operation) -> tuple[TaskLine, ...]:
    broken = [step for step in operation.steps if step.phase == "failed"]
    return findings(broken[-1].tasks) if broken else ()


def _finding_lines(found: tuple[TaskLine, ...], locale: Locale) -> tuple[str, ...]:
    if not found:
        return ()
    lines = finding_lines(found[:FINDINGS_MAX], room=_FINDINGS_ROOM)
    more = len(found) - len(lines)
    rest = (say("card.more_findings", locale, more=more),) if more else ()
    return (say("card.findings", locale, found=len(found)), *lines, *rest)


def _without_rows(operation: Operation) -> Operation:
    """Return *operation* with steps that do not tell what the findings list already."""
    steps = tuple(step.model_copy(update={"tasks": ()}) for step in operation.steps)
    return operation.model_copy(update={"steps": steps})


def _is_headline(change: Change, planned: Plan | PlanDraft) -> bool:
    is_same = (change.before, change.after) == (planned.before, planned.after)
    name = change.name.key if isinstance(change.name, Reason) else change.name
    return is_same and name in _VERSIONS


def usual(facts: CardFacts, locale: Locale) -> str:
    """Return how long it usually takes: "usually 40 s (90 % within 1 min)"."""
    if facts.usual is None:
        return ""
    if not facts.usual.is_reliable:
        return say("time.last", locale, length=facts.usual.last)
    return say("time.usual", locale, half=facts.usual.p50, most=facts.usual.p90)


def remaining(facts: CardFacts, locale: Locale) -> str:
    """Return how long it usually takes from now on: "about 3 min left"; "" once that is over."""
    if facts.left is None or not facts.left.is_reliable or facts.left.p50 <= 0:
        return ""
    return say("time.left", locale, length=facts.left.p50)


def _text(operation: Operation, time: str, shown: tuple[str, ...], locale: Locale) -> str:
    now = state(operation, locale)
    head = say(
        "card.text",
        locale,
        symbol=Marked(now.symbol),
        subject=subject(operation, locale),
        state=now.spoken,
        time=Marked(time),
    )
    by, reason = operation.requester, operation.reason
    asked = stopped(say("card.requested", locale, by=by, reason=reason), locale)
    return " ".join((sentence(head, locale), *shown, asked, operation.id))


def _time(operation: Operation, facts: CardFacts, locale: Locale) -> str:
    """Return how long it has taken, from the first permit on, where that is of interest."""
    length = elapsed(operation, operation.finished_at or facts.now)
    if length is None:
        return ""
    if isinstance(operation.phase, Succeeded):
        return say("time.in", locale, length=length)
    return say("time.after" if operation.is_final else "time.so_far", locale, length=length)


def _fields(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[Field]:
    where = say(
        "card.where",
        locale,
        target=operation.target,
        title=facts.title or operation.system,
        connection=operation.connection,
    )
    yield _field("target", where, locale)
    yield _field("requested_by", mention(operation.requester), locale)
    if operation.plan.is_made or not operation.is_final:
        is_made = operation.plan.is_made
        made = change(operation, locale) if is_made else say("phase.reading", locale)
        yield _field("from_to", made, locale)
    if operation.reason:
        yield _field("reason", escaped(operation.reason, REASON_MAX), locale)
    if operation.approvals:
        yield _field("approved_by", _approvals(operation, locale), locale)
    if isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made:
        yield _field("waiting_for", _awaited(operation, operation.phase, facts, locale), locale)
    if operation.rollback_of:
        yield _field("rolls_back", code(operation.rollback_of), locale)
    if operation.follows:
        way = operation.parameters.way
        option = say("card.recovery", locale, option=way) if way else ""
        yield _field("continues", f"{code(operation.follows)} {option}".rstrip(), locale)


def _field(name: str, words: str, locale: Locale) -> Field:
    return Field(name=say(f"card.{name}", locale), words=words or NOTHING)


def _approvals(operation: Operation, locale: Locale) -> str:
    given = operation.approvals[:APPROVALS_MAX]
    lines = [f"{mention(each.by)} {moment(each.at)}" for each in given]
    more = len(operation.approvals) - len(given)
    return "\n".join([*lines, say("list.more", locale, more=more)] if more else lines)


def _awaited(
    operation: Operation, phase: AwaitingApproval, facts: CardFacts, locale: Locale
) -> str:
    if operation.gates:
        ends = say("card.gates_until", locale, until=phase.expires_at)
        return "\n".join((*gate_lines(facts.gates, locale), ends))
    missing = max(0, operation.approvals_needed - len(operation.approvals))
    who, until = facts.may_decide, phase.expires_at
    return say("card.approvals_missing", locale, missing=missing, who=who, until=until)


def gate_lines(gates: Iterable[GateState], locale: Locale) -> Iterator[str]:
    """Yield of each gate how many of how many have opened it, and who did or can."""
    for each in gates:
        key, mark = ("card.gate_missing", WAITING) if each.missing else ("card.gate_open", YES)
        given = [approval.by for approval in each.given]
        told = {"gate": each.gate, "needed": each.needed, "given": given, "who": each.who}
        yield f"{mark} {say(key, locale, **told, count=len(given))}"


def _is_reliable(facts: CardFacts) -> bool:
    return facts.usual is not None and facts.usual.is_reliable


def _context(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    yield f"{code(operation.id)} · {moment(operation.created_at)}"
    is_own_time = isinstance(operation.phase, Succeeded) and not _is_reliable(facts)
    if isinstance(operation.phase, Running | AwaitingApproval | Succeeded) and not is_own_time:
        yield usual(facts, locale)
    if isinstance(operation.phase, Running):
        yield remaining(facts, locale)
        yield say("card.as_of", locale, now=facts.now)
