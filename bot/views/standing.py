"""What runs where, as a table: an answer, and a part of whatever else shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from bot.core.outcomes import LiveState, TargetRun, WhatRuns
from bot.core.records import Json
from bot.core.rows import UnreadableOperation
from bot.views.blocks import context, sections
from bot.views.fitting import fitted
from bot.views.layout import Block, Message
from bot.views.listings import brief
from bot.views.text import TEXT_MAX, date_shape, fallback_text, plain
from bot.views.words import Locale, Marked, said, say, say_plain, spelled
from bot.views.words.naming import WAITING, phase_word

_CELL_MAX: Final = 60  # characters; Slack takes 10,000 of a whole table
_HOLDS_MAX: Final = 3_000  # characters below the table, which may have 9,000 of 13,000
NOTHING: Final = "\N{EN DASH}"  # in a cell: none may be empty
_COLUMNS: Final = ("target", "version", "since", "by", "health", "doing")


def running_message(outcome: WhatRuns, locale: Locale) -> Message:
    """Return the table with what stands above and below it; its text says the same."""
    head = say("runs.head", locale, count=len(outcome.rows) + outcome.more)
    lines = running_lines(outcome, locale)
    held = fitted(_holds(outcome, locale), locale, _HOLDS_MAX)
    blocks = [
        *sections((head,), "slipway.answer"),
        *running_table(outcome, locale),
        *sections((*held, *_more(outcome, locale)), "slipway.holds"),
        *context((_moment(outcome, locale),), "slipway.as_of"),
    ]
    return Message(text=fallback_text("\n".join(lines), TEXT_MAX), blocks=blocks)


def running_lines(outcome: WhatRuns, locale: Locale) -> tuple[str, ...]:
    """Return the same in words."""
    head = say("runs.head", locale, count=len(outcome.rows) + outcome.more)
    rows = (row_line(each, locale) for each in outcome.rows)
    below = (*_holds(outcome, locale), *_more(outcome, locale), _moment(outcome, locale))
    return (head, *rows, *below)


def running_table(outcome: WhatRuns, locale: Locale) -> list[Block]:
    """Return the table alone; none without rows."""
    if not outcome.rows:
        return []
    head = [_cell(say_plain(f"runs.column_{name}", locale)) for name in _COLUMNS]
    shown: list[Json] = [head, *(_row(each, outcome.as_of, locale) for each in outcome.rows)]
    wrapped: list[Json] = [{"is_wrapped": each == _COLUMNS[-1]} for each in _COLUMNS]  # or cut off
    table: Block = {"type": "table", "block_id": "slipway.runs", "rows": shown}
    return [{**table, "column_settings": wrapped}]


def _row(row: TargetRun, now: datetime, locale: Locale) -> list[Json]:
    is_ours = _is_ours(row, locale)
    return [
        _cell(row.target),
        _cell(_version(row, locale)),
        _since(row.since if is_ours else None, now),
        _cell(row.by if is_ours else ""),
        _cell(_health(row.live, locale)),
        _cell(_doing(row, locale)),
    ]


def _version(row: TargetRun, locale: Locale) -> str:
    """Return what runs: as its cloud says, else as Slipway brought it there."""
    told = row.live.version if row.live else ""
    return told or spelled(row.version, locale)


def _is_ours(row: TargetRun, locale: Locale) -> bool:
    """Whether what runs is what Slipway brought there, as far as anybody says."""
    return _version(row, locale) == spelled(row.version, locale)


def _health(live: LiveState | None, locale: Locale) -> str:
    """Return how its cloud says that it is: "running · 2 of 2"; "" where it does not."""
    if live is None or not live.headline:
        return ""
    replicas = live.replicas or None
    return say_plain("runs.health", locale, status=live.status, replicas=replicas)


def _doing(row: TargetRun, locale: Locale) -> str:
    if row.holder is None:
        return say_plain("runs.waiting", locale, count=row.waiting) if row.waiting else ""
    if isinstance(row.holder, UnreadableOperation):
        return row.holder.id
    if row.holder.awaits is not None:
        return say_plain("runs.awaits", locale)
    return phase_word(row.holder, locale, is_plain=True)


def below_table(outcome: WhatRuns, locale: Locale) -> tuple[str, ...]:
    """Return how many are not shown, and when the clouds were asked."""
    return (*_more(outcome, locale), _moment(outcome, locale))


def row_line(row: TargetRun, locale: Locale) -> str:
    """Return a row in words."""
    doing = brief(row.holder, locale) if row.holder else Marked(_doing(row, locale))
    is_ours = _is_ours(row, locale)
    words = say(
        "runs.line",
        locale,
        target=row.target,
        version=_version(row, locale) or None,
        since=row.since if is_ours else None,
        by=(row.by or None) if is_ours else None,
        live=_health(row.live, locale) or None,
        doing=doing,
    )
    return f"• {words}"


def _holds(outcome: WhatRuns, locale: Locale) -> Iterator[str]:
    """Yield what locks, freezes and a halt say, each once."""
    named: dict[str, list[str]] = {}
    for row in outcome.rows:
        for each in row.holds:
            named.setdefault(said(each, locale).says, []).append(row.target)
    for why, targets in named.items():
        yield f"{WAITING} {say('runs.held', locale, targets=targets, why=Marked(why))}"


def _more(outcome: WhatRuns, locale: Locale) -> Iterator[str]:
    if outcome.more:
        yield say("runs.more", locale, more=outcome.more)


def _moment(outcome: WhatRuns, locale: Locale) -> str:
    """Return since when no cloud was read again: that may be a minute ago."""
    moments = [each.live.at for each in outcome.rows if each.live]
    if not moments:
        return say("runs.as_of", locale, at=outcome.as_of)
    return say("runs.read", locale, at=min(moments))


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": plain(text, _CELL_MAX) or NOTHING}


def _since(at: datetime | None, now: datetime) -> Json:
    """Return a moment in the reader's own zone, which takes rich text in a table."""
    if at is None:
        return _cell("")
    date: Json = {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": date_shape(at, now, "{date_short_pretty}"),
        "fallback": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    section: Json = {"type": "rich_text_section", "elements": [date]}
    return {"type": "rich_text", "elements": [section]}
