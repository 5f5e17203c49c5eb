"""What runs where, as a table: an answer, and a part of whatever else shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from bot.core.outcomes import TargetRun, WhatRuns
from bot.core.records import Json
from bot.core.rows import UnreadableOperation
from bot.views.blocks import sections
from bot.views.layout import Block, Message
from bot.views.listings import brief
from bot.views.text import TEXT_MAX, fallback_text, plain
from bot.views.words import Locale, Marked, said, say, say_plain, spelled
from bot.views.words.naming import WAITING, state

_CELL_MAX: Final = 60  # characters; a table has 10,000
NOTHING: Final = "\N{EN DASH}"  # in a cell: none may be empty
_COLUMNS: Final = ("target", "version", "since", "by", "health", "doing")


def running_message(outcome: WhatRuns, locale: Locale) -> Message:
    """Return the table with what stands above and below it; its text says the same."""
    head = say("runs.head", locale, count=len(outcome.rows) + outcome.more)
    lines = running_lines(outcome, locale)
    blocks = [
        *sections((head,), "slipway.answer"),
        *running_table(outcome.rows, locale),
        *sections((*_holds(outcome, locale), *_more(outcome, locale)), "slipway.holds"),
        _as_of(outcome, locale),
    ]
    return Message(text=fallback_text("\n".join(lines), TEXT_MAX), blocks=blocks)


def running_lines(outcome: WhatRuns, locale: Locale) -> tuple[str, ...]:
    """Return the same in words."""
    head = say("runs.head", locale, count=len(outcome.rows) + outcome.more)
    rows = (_line(each, locale) for each in outcome.rows)
    below = (*_holds(outcome, locale), *_more(outcome, locale), _moment(outcome, locale))
    return (head, *rows, *below)


def running_table(rows: tuple[TargetRun, ...], locale: Locale) -> list[Block]:
    """Return the table alone; none without rows."""
    if not rows:
        return []
    head = [_cell(say_plain(f"runs.column_{name}", locale)) for name in _COLUMNS]
    shown: list[Json] = [head, *(_row(each, locale) for each in rows)]
    return [{"type": "table", "block_id": "slipway.runs", "rows": shown}]


def _row(row: TargetRun, locale: Locale) -> list[Json]:
    live = spelled(row.live.headline, locale) if row.live else ""
    return [
        _cell(row.target),
        _cell(spelled(row.version, locale)),
        _since(row.since),
        _cell(row.by),
        _cell(live),
        _cell(_doing(row, locale)),
    ]


def _doing(row: TargetRun, locale: Locale) -> str:
    if row.holder is None:
        return say_plain("runs.waiting", locale, count=row.waiting) if row.waiting else ""
    if isinstance(row.holder, UnreadableOperation):
        return row.holder.id
    return f"{state(row.holder, locale).spoken} · {row.holder.id}"


def _line(row: TargetRun, locale: Locale) -> str:
    live = (row.live.headline or None) if row.live else None
    doing = brief(row.holder, locale) if row.holder else Marked(_doing(row, locale))
    told = {"target": row.target, "version": row.version or None, "by": row.by or None}
    words = say("runs.line", locale, **told, since=row.since, live=live, doing=doing)
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


def _as_of(outcome: WhatRuns, locale: Locale) -> Block:
    text = _moment(outcome, locale)
    shown: Json = {"type": "mrkdwn", "text": text, "verbatim": True}
    return {"type": "context", "block_id": "slipway.as_of", "elements": [shown]}


def _moment(outcome: WhatRuns, locale: Locale) -> str:
    """Return since when nothing of it was read again: it may be a minute old."""
    moments = [each.live.at for each in outcome.rows if each.live]
    return say("runs.as_of", locale, at=min(moments, default=outcome.as_of))


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": plain(text, _CELL_MAX) or NOTHING}


def _since(at: datetime | None) -> Json:
    """Return a moment in the reader's own zone, which takes rich text in a table."""
    if at is None:
        return _cell("")
    date: Json = {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    section: Json = {"type": "rich_text_section", "elements": [date]}
    return {"type": "rich_text", "elements": [section]}
