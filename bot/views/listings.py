"""What people ask for: targets, one target, one operation, the cloud's history."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.core.codes import Value
from bot.core.operation import Operation, Waiting
from bot.core.outcomes import (
    Entries,
    OperationStatus,
    TargetLine,
    TargetQueue,
    Targets,
    TargetStatus,
    Values,
    Versions,
)
from bot.core.queue import Spot
from bot.core.rows import Act, UnreadableOperation
from bot.core.system import Entry, Offer
from bot.views.card import change_lines
from bot.views.fitting import ANSWER_MAX, fitting
from bot.views.notes import awaited, held, in_line
from bot.views.steps import step_lines
from bot.views.text import code, escaped, local
from bot.views.words import Locale, Marked, said, say, spelled, worded
from bot.views.words.naming import (
    WAITING,
    WARNING,
    headline,
    stands,
    state,
    subject,
    system_title,
)

TARGETS_MAX: Final = 40  # targets in one answer; the rest is counted
ENTRIES_MAX: Final = 20  # rows of a history; the rest is counted
VALUES_MAX: Final = 30  # values of each kind; the rest is counted
FACTS_MAX: Final = 12  # facts of a live state
_TITLE_MAX: Final = 60
_ROWS_MAX: Final = ANSWER_MAX - 500  # characters of targets: what stands around them has the rest


def target_lines(outcome: Targets, locale: Locale) -> tuple[str, ...]:
    """Return one line per target."""
    if not outcome.lines:
        return (say("targets.none", locale),)
    found = [_target(line, locale) for line in outcome.lines[:TARGETS_MAX]]
    shown = found[: fitting(found, _ROWS_MAX)]
    head = say("targets.head", locale, count=len(outcome.lines), word=outcome.word)
    left = outcome.lines[len(shown) :]
    if not left:
        return (head, *shown)
    word = left[0].target.name  # one that is not shown, as an example
    return (head, *shown, say("targets.more", locale, more=len(left), word=word))


def target_status_lines(outcome: TargetStatus, locale: Locale) -> tuple[str, ...]:
    """Return the live state of a target, and what Slipway does with it."""
    target, report = outcome.line.target, outcome.report
    title = outcome.line.title or target.system
    shown = list(report.facts.items())[:FACTS_MAX]
    facts = [_fact(name, value, locale) for name, value in shown]
    return (
        say("status.head", locale, target=target.name, headline=report.headline),
        say("status.title", locale, title=title, connection=target.connection),
        *facts,
        *_more(len(report.facts) - len(facts), locale),
        *((say("status.can_cancel", locale, target=target.name),) if report.can_cancel else ()),
        *_operations(outcome.line, locale),
    )


def _fact(name: str, value: Value, locale: Locale) -> str:
    """Return what a live state has of this name; a time is the reader's own."""
    at = local(spelled(value, locale))
    shown = Marked(at) if at else value
    return f"• {say('status.fact', locale, name=name, value=shown)}"


def operation_lines(outcome: OperationStatus, locale: Locale) -> tuple[str, ...]:
    """Return how an operation stands."""
    return tuple(_operation(outcome, locale))


def queue_lines(outcome: TargetQueue, locale: Locale) -> tuple[str, ...]:
    """Return who has a target, then a line for each who waits, in order."""
    line, spots = outcome.line, outcome.line.spots
    first = spots[0].operation.id if spots else None
    has = line.holder is not None and line.holder.id != first
    return (
        say("queue.head", locale, target=outcome.target.name),
        *(f"{WARNING} {said(each, locale).says}" for each in outcome.holds),
        *((say("queue.free", locale),) if not line.holder and not spots else ()),
        *(_holder(line.holder, locale) if has and line.holder else ()),
        *(_spot(each, locale) for each in spots),
    )


def _holder(holder: Operation | UnreadableOperation, locale: Locale) -> Iterator[str]:
    yield say("queue.holder", locale, operation=brief(holder, locale))
    if isinstance(holder, Operation):
        yield from held(holder, locale)


def _spot(spot: Spot, locale: Locale) -> str:
    operation, phase = spot.operation, spot.operation.phase
    named = {
        "position": spot.position,
        "operation": brief(operation, locale),
        "by": operation.requester,
    }
    if isinstance(phase, Waiting) and phase.starts_by is not None:
        return say("queue.offered", locale, **named, until=phase.starts_by)
    since = phase.since if isinstance(phase, Waiting) else operation.created_at
    return say("queue.spot", locale, **named, since=since, at=spot.expected_start)


def entry_lines(outcome: Entries, locale: Locale) -> tuple[str, ...]:
    """Return the cloud's rows, newest first as they come, at most `ENTRIES_MAX` of them."""
    target, entries = outcome.target.name, outcome.entries
    is_way = outcome.topic == "revisions"
    count = sum(each.can_return for each in entries) if is_way else len(entries)
    if not count:
        why = outcome.no_rollback if is_way else None
        nothing = say(f"entries.no_{outcome.topic}", locale, target=target, why=why)
        return (nothing, *_acts(outcome.acts, locale))
    shown = [_entry(entry, locale) for entry in entries[:ENTRIES_MAX]]
    head = say(f"entries.{outcome.topic}", locale, target=target, count=count)
    return (head, *shown, *_more(len(entries) - len(shown), locale), *_acts(outcome.acts, locale))


def _acts(acts: tuple[Act, ...], locale: Locale) -> Iterator[str]:
    """Yield what people did, in the words of the audit."""
    if acts:
        yield say("history.head", locale)
    for each in acts:
        reason = each.detail.get("reason")
        told = {name: each.detail.get(name) for name in ("action", "behalf", "verdict")}
        told |= {"reason": reason if isinstance(reason, str) else None}
        key = "glass_broken" if each.detail.get("break_glass") else each.what
        words = say(f"history.{key}", locale, **told, who=each.who, subject=each.subject)
        yield f"• {say('history.at', locale, at=each.at, words=words)}"


def offer_lines(outcome: Versions, locale: Locale) -> tuple[str, ...]:
    """Return one line per version, at most `ENTRIES_MAX` of them."""
    target, count = outcome.target.name, len(outcome.offers)
    if not outcome.offers:
        return (say("versions.none", locale, target=target),)
    shown = [_offer(each, locale) for each in outcome.offers[:ENTRIES_MAX]]
    key = "versions.of_history" if outcome.is_history else "versions.head"
    head = say(key, locale, target=target, count=count)
    return (head, *shown, *_more(count - len(shown), locale))


def value_lines(outcome: Values, locale: Locale) -> tuple[str, ...]:
    """Return the values that were set, then the chart's, at most `VALUES_MAX` of each."""
    target, values, word = outcome.target.name, outcome.values, outcome.word
    return (
        say("values.head", locale, target=target, chart=values.chart, word=word),
        *_values(("values.present", "values.no_present"), values.present, outcome, locale),
        *_values(("values.defaults", "values.no_defaults"), values.defaults, outcome, locale),
    )


def _values(
    keys: tuple[str, str], values: Mapping[str, str] | None, outcome: Values, locale: Locale
) -> Iterator[str]:
    known, unknown = keys
    if values is None:
        yield say(unknown, locale)
        return
    found = [(path, text) for path, text in values.items() if outcome.word in path.lower()]
    yield say(known, locale, count=len(found))
    for path, text in found[:VALUES_MAX]:
        yield f"• {code(path, 120)}: {escaped(text, 120)}"
    more = len(found) - VALUES_MAX
    if more > 0:
        yield say("values.more", locale, more=more, target=outcome.target.name)


def _offer(offer: Offer, locale: Locale) -> str:
    parts = (
        worded(offer.description, locale, 200),
        say("entries.current", locale) if offer.is_current else "",
    )
    return " · ".join((f"• {code(offer.version)}", *(part for part in parts if part)))


def brief(operation: Operation | UnreadableOperation, locale: Locale) -> Marked:
    """Return an operation in one line: state, subject, id."""
    if isinstance(operation, UnreadableOperation):
        return say(
            "status.unreadable",
            locale,
            symbol=Marked(WARNING),
            action=operation.action,
            target=operation.target,
            operation=operation.id,
        )
    now = state(operation, locale)
    return say(
        "status.operation",
        locale,
        symbol=Marked(now.symbol),
        subject=subject(operation, locale),
        state=now.word,
        operation=operation.id,
    )


def _more(more: int, locale: Locale) -> tuple[str, ...]:
    return (say("list.more", locale, more=more),) if more else ()


def _target(line: TargetLine, locale: Locale) -> str:
    title = escaped(system_title(line.title or line.target.system, locale), _TITLE_MAX)
    aliases = ", ".join(escaped(alias, 30) for alias in line.target.aliases[:3])
    named = f"• *{escaped(line.target.name)}*" + (f" ({aliases})" if aliases else "")
    operation = line.holder or line.latest
    held = "".join(f"\n   {WARNING} {each}" for each in _holds(line, locale))
    if line.waiting:
        waits = say("status.waiting", locale, waiting=line.waiting, target=line.target.name)
        held = f"\n   {WAITING} {waits}{held}"
    return f"{named} · {title}" + (f" · {brief(operation, locale)}" if operation else "") + held


def _holds(line: TargetLine, locale: Locale) -> Iterator[str]:
    for reason in line.holds:
        yield said(reason, locale).says


def _operations(line: TargetLine, locale: Locale) -> Iterator[str]:
    yield from (f"{WARNING} {each}" for each in _holds(line, locale))
    if line.holder:
        yield say("status.in_progress", locale, operation=brief(line.holder, locale))
    if line.waiting:
        waiting, target = line.waiting, line.target.name
        yield say("status.waiting", locale, waiting=waiting, target=target)
    if line.latest:
        latest = line.latest
        ended = latest.finished_at if isinstance(latest, Operation) else None
        yield say("status.latest", locale, operation=brief(latest, locale), at=ended)


def _operation(outcome: OperationStatus, locale: Locale) -> Iterator[str]:
    operation, url = outcome.operation, outcome.link
    yield headline(operation, locale)
    yield stands(operation, locale)
    yield say(
        "status.requested",
        locale,
        by=operation.requester,
        at=operation.created_at,
        reason=operation.reason,
    )
    yield from held(operation, locale)
    yield from in_line(operation, outcome.line, locale)
    yield from awaited(operation, locale)
    yield from change_lines(operation.plan, locale)
    yield from step_lines(operation, None, locale)
    card = say("status.card", locale, url=url)
    yield f"{code(operation.id)}" + (f" · {card}" if card else "")


def _entry(entry: Entry, locale: Locale) -> str:
    is_past = not (entry.can_return or entry.is_current)
    parts = (
        say("entries.status", locale, status=entry.status),
        local(entry.when) or escaped(entry.when, 60),
        worded(entry.description, locale, 200),
        say("entries.current", locale) if entry.is_current else "",
        say("entries.no_way_back", locale) if is_past else "",
    )
    return f"• {code(entry.revision)} · " + " · ".join(part for part in parts if part)
