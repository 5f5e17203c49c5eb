"""App Home: what waits for one person, what is theirs, what runs, and what holds changes.

Source: https://docs.slack.dev/surfaces/app-home
"""

from collections.abc import Iterator
from typing import Final

from bot.core.codes import Denied, Reason
from bot.core.incidents import Incident
from bot.core.operation import AwaitingApproval, Operation
from bot.core.outcomes import WhatRuns
from bot.core.records import Moment, Record
from bot.core.rules import Press
from bot.views.answers import answer
from bot.views.blocks import actions, context, section, sections
from bot.views.buttons import CardFacts, button_of
from bot.views.card_states import state_line
from bot.views.card_time import timing
from bot.views.doors import doors
from bot.views.layout import Block
from bot.views.standing import below_table, row_line, running_table
from bot.views.text import escaped, plain
from bot.views.words import Locale, said, say, say_plain, when
from bot.views.words.naming import WARNING, headline, state, subject

_HEADER_MAX: Final = 150
_LISTED: Final = frozenset({"incidents", "holds"})  # of which a command lists all


class HomeEntry(Record):
    """An operation as a Home shows it, and what its reader may press."""

    operation: Operation
    facts: CardFacts
    presses: tuple[Press, ...] = ()


class HomeHold(Record):
    """What holds changes, and of which target, or policy, where the words do not name it."""

    why: Reason
    target: str = ""
    policy: str = ""


class HomeShown(Record):
    """All that somebody's Home shows; of each part the first, and how many more there are."""

    now: Moment
    denied: Denied | None = None  # whoever may do nothing here is told why
    waiting: tuple[HomeEntry, ...] = ()
    waiting_more: int = 0
    is_all_known: bool = True  # whether all was looked at that may wait for the person
    reviews: tuple[HomeEntry, ...] = ()
    reviews_more: int = 0
    mine: tuple[HomeEntry, ...] = ()
    mine_more: int = 0
    running: tuple[HomeEntry, ...] = ()
    running_more: int = 0
    incidents: tuple[Incident, ...] = ()
    incidents_more: int = 0
    holds: tuple[HomeHold, ...] = ()
    holds_more: int = 0
    runs: WhatRuns | None = None


def home_blocks(home: HomeShown, locale: Locale, *, in_words: bool = False) -> list[Block]:
    """Return the Home within Slack's hundred blocks; *in_words* without a table."""
    if home.denied is not None:
        return [*answer(home.denied, locale, recorded_nothing=False).blocks]
    is_free = not home.waiting and not home.reviews
    return [
        *_waiting(home, locale),
        *_reviews(home, locale),
        *_part("mine", home.mine, home.mine_more, locale),
        *_part("running", home.running, home.running_more, locale),
        *_incidents(home, locale),
        *_holds(home, locale),
        *_runs(home.runs, locale, in_words=in_words),
        {"type": "divider"},
        *_named(actions(doors(locale, is_first=is_free)), "slipway.home.doors"),
        *context((say("home.as_of", locale, at=when(home.now, home.now)),), "slipway.home.as_of"),
    ]


def _waiting(home: HomeShown, locale: Locale) -> Iterator[Block]:
    """Yield what waits for a decision; that nothing does is said only where it is so."""
    count = len(home.waiting) + home.waiting_more
    if count:
        yield _header("waiting", locale, count if home.is_all_known else f"{count}+")
    elif home.is_all_known and not home.reviews:
        yield _header("nothing", locale, 0)
    for each in home.waiting:
        is_gate = isinstance(each.operation.phase, AwaitingApproval)
        words = "\n".join(_asked(each, home.now, locale) if is_gate else _line(each, locale))
        yield section(words, f"slipway.home.{each.operation.id}")
        yield from _row(each, locale)
    yield from _more("waiting", home.waiting_more, locale)


def _asked(entry: HomeEntry, now: Moment, locale: Locale) -> Iterator[str]:
    """Yield what is asked for, by whom, why, and until when."""
    operation, locale = entry.operation, locale.knowing(entry.facts.names)
    yield headline(operation, locale)
    if operation.plan.no_way_back or entry.facts.no_rollback_reason:
        yield f"{WARNING} {say('home.no_way_back', locale)}"
    phase = operation.phase
    until = phase.expires_at if isinstance(phase, AwaitingApproval) else None
    yield say(
        "home.asked",
        locale,
        by=operation.requester,
        at=when(operation.created_at, now),
        why=operation.reason,
        until=when(until, now) if until else None,
        channel=operation.channel,
    )


def _reviews(home: HomeShown, locale: Locale) -> Iterator[Block]:
    if home.reviews:
        yield _header("reviews", locale, len(home.reviews) + home.reviews_more)
    for each in home.reviews:
        operation = each.operation
        due = operation.break_glass.due if operation.break_glass else None
        told = say("home.review", locale, by=operation.requester, why=operation.reason, due=due)
        words = f"{headline(operation, locale)}\n{told}"
        yield section(words, f"slipway.home.review.{operation.id}")
        yield from _row(each, locale)
    yield from _more("reviews", home.reviews_more, locale)


def _part(name: str, entries: tuple[HomeEntry, ...], more: int, locale: Locale) -> Iterator[Block]:
    if entries:
        yield _header(name, locale, len(entries) + more)
    for each in entries:
        block = section("\n".join(_line(each, locale)), f"slipway.home.{name}.{each.operation.id}")
        beside = next((block for block in _row(each, locale)), None)
        element = beside["elements"] if beside else None
        one = element[0] if isinstance(element, list) and len(element) == 1 else None
        yield {**block, "accessory": one} if one else block
        if beside is not None and one is None:
            yield beside
    yield from _more(name, more, locale)


def _line(entry: HomeEntry, locale: Locale) -> Iterator[str]:
    operation = entry.operation
    if operation.is_final:
        yield f"{state(operation, locale).marked} · {subject(operation, locale)}"
        return
    yield headline(operation, locale)
    yield state_line(operation, entry.facts, locale)
    yield from timing(operation, entry.facts, locale)


def _incidents(home: HomeShown, locale: Locale) -> Iterator[Block]:
    if not home.incidents:
        return
    yield _header("incidents", locale, len(home.incidents) + home.incidents_more)
    lines = [
        say(
            "home.incident",
            locale,
            severity=each.severity,
            title=each.title,
            incident=each.id,
            since=each.opened_at,
            channel=each.channel or "",
        )
        for each in home.incidents
    ]
    yield from sections(lines, "slipway.home.incidents")
    yield from _more("incidents", home.incidents_more, locale)


def _holds(home: HomeShown, locale: Locale) -> Iterator[Block]:
    if not home.holds:
        return
    yield _header("holds", locale, len(home.holds) + home.holds_more)
    lines = [_hold(each, locale) for each in home.holds]
    yield from sections(lines, "slipway.home.holds")
    yield from _more("holds", home.holds_more, locale)


def _runs(runs: WhatRuns | None, locale: Locale, *, in_words: bool) -> Iterator[Block]:
    """Yield what runs where, with its own moment: its clouds were asked some time before."""
    if runs is None or not runs.rows:
        return
    yield _header("runs", locale, len(runs.rows) + runs.more)
    if in_words:
        yield from sections([row_line(each, locale) for each in runs.rows], "slipway.runs")
    else:
        yield from running_table(runs, locale)
    yield from context(below_table(runs, locale), "slipway.home.runs.as_of")


def _hold(hold: HomeHold, locale: Locale) -> str:
    words = said(hold.why, locale).says
    of_policy = say("home.policy", locale, policy=hold.policy) if hold.policy else ""
    whose = escaped(hold.target) or of_policy
    return f"{WARNING} *{whose}* · {words}" if whose else f"{WARNING} {words}"


def _row(entry: HomeEntry, locale: Locale) -> list[Block]:
    operation = entry.operation
    buttons = tuple(button_of(each, operation, entry.facts, locale) for each in entry.presses)
    return _named(actions(buttons), f"slipway.home.row.{operation.id}.{len(buttons)}")


def _named(blocks: list[Block], block_id: str) -> list[Block]:
    return [{**each, "block_id": block_id} for each in blocks]


def _header(name: str, locale: Locale, count: int | str) -> Block:
    words = plain(say_plain(f"home.{name}", locale, count=count), _HEADER_MAX)
    return {"type": "header", "text": {"type": "plain_text", "text": words, "emoji": False}}


def _more(name: str, more: int, locale: Locale) -> list[Block]:
    """Say how many are not shown, and by which command they are."""
    key = f"home.more_{name}" if name in _LISTED else "home.more"
    told = (say(key, locale, more=more),) if more else ()
    return context(told, f"slipway.home.{name}.more")
