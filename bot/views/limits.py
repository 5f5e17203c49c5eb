"""Slack's limits for the blocks that we write, checked over the finished JSON before sending.

A block type that no view writes is a fault: whoever adds one adds its limits here.

Source: https://docs.slack.dev/reference/block-kit/blocks/
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from bot.core.records import Json
from bot.views.layout import Block

Surface: TypeAlias = Literal["message", "modal", "home"]

BLOCKS_MAX: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
ALL_TEXT_MAX: Final = (
    13_000  # characters of all blocks of a message; msg_blocks_too_long from about 13,200 on
)
ID_MAX: Final = 255
SERIES_MAX: Final = 6  # of a chart: what older documentation allows
CATEGORIES_MAX: Final = 20
CHARTS_MAX: Final = 2  # of a message
ROWS_MAX, COLUMNS_MAX, TABLE_TEXT_MAX = 100, 20, 10_000  # of a table, of which one may be there
OPTIONS_MAX: Final = 5  # of an overflow menu

_INPUTS: Final = frozenset(
    {
        "plain_text_input",
        "number_input",
        "external_select",
        "multi_external_select",
        "static_select",
        "checkboxes",
        "radio_buttons",
    }
)
_STYLES: Final = frozenset({"primary", "danger"})


def faults(blocks: Sequence[Block], surface: Surface = "message") -> tuple[str, ...]:
    """Return what Slack would refuse in *blocks*, each with its place; nothing is good."""
    return tuple(_faults(blocks, surface))


def _faults(blocks: Sequence[Block], surface: Surface) -> Iterator[str]:
    if not 1 <= len(blocks) <= BLOCKS_MAX[surface]:
        yield f"{len(blocks)} blocks, 1 to {BLOCKS_MAX[surface]} may be there"
    for index, block in enumerate(blocks):
        kind = str(block.get("type"))
        check = _CHECKS.get(kind)
        if check is None or (kind == "input" and surface != "modal"):
            yield f"block {index}: no {kind!r} in a {surface}"
            continue
        yield from (f"block {index} ({kind}): {fault}" for fault in check(block))
    yield from _twice("block_id", [block.get("block_id") for block in blocks])
    for block in blocks:  # in another block the same name may stand again
        yield from _twice("action_id", [part.get("action_id") for part in _elements([block])])
    kinds = Counter(str(block.get("type")) for block in blocks)
    for kind, most in (("table", 1), ("data_visualization", CHARTS_MAX)):
        if kinds[kind] > most:
            yield f"{kinds[kind]} times {kind}, at most {most} may be there"
    length = sum(len(words) for words in _words(list(blocks)))
    if surface == "message" and length > ALL_TEXT_MAX:
        yield f"{length} characters in all, at most {ALL_TEXT_MAX} may be there"


def _section(block: Block) -> Iterator[str]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield "neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3_000)
    if isinstance(fields, list):
        if len(fields) > 10:  # noqa: PLR2004 - Slack's number of fields
            yield f"{len(fields)} fields"
        for field in fields:
            yield from _text(field, 2_000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Block) -> Iterator[str]:
    yield from _text(block.get("text"), 150, only="plain_text")


def _divider(_: Block) -> Iterator[str]:
    yield from ()


def _context(block: Block) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 10:  # noqa: PLR2004 - Slack's
        yield "1 to 10 elements may be there"
        return
    for element in elements:
        yield from _text(element, 3_000)


def _actions(block: Block) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:  # noqa: PLR2004 - Slack's
        yield "1 to 25 elements may be there"
        return
    for element in elements:
        yield from _element(element)


def _element(element: Json) -> Iterator[str]:
    if isinstance(element, dict) and element.get("type") == "overflow":
        yield from _overflow(element)
    else:
        yield from _button(element)


def _overflow(menu: dict[str, Json]) -> Iterator[str]:
    yield from _string("action_id", menu.get("action_id"), ID_MAX)
    options = menu.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= OPTIONS_MAX:
        yield f"1 to {OPTIONS_MAX} options may be there"
        return
    for option in options:
        yield from _option(option)


def _button(button: Json) -> Iterator[str]:
    if not isinstance(button, dict) or button.get("type") != "button":
        yield "not a button"
        return
    yield from _text(button.get("text"), 75, only="plain_text")
    yield from _string("value", button.get("value"), 2_000)
    yield from _string("action_id", button.get("action_id"), ID_MAX)
    yield from _string("accessibility_label", button.get("accessibility_label"), 75)
    if button.get("style", "primary") not in _STYLES:
        yield f"style {button['style']!r}"
    if "confirm" in button:
        yield from _confirm(button["confirm"])


def _confirm(confirm: Json) -> Iterator[str]:
    if not isinstance(confirm, dict):
        yield "confirm is no object"
        return
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from (f"confirm {name}: {fault}" for fault in _text(confirm.get(name), most))


def _input(block: Block) -> Iterator[str]:
    yield from _text(block.get("label"), 2_000, only="plain_text")
    if "hint" in block:
        yield from _text(block["hint"], 2_000, only="plain_text")
    element = block.get("element")
    if not isinstance(element, dict) or element.get("type") not in _INPUTS:
        yield "not an element of a form"
        return
    yield from _string("action_id", element.get("action_id"), ID_MAX)
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, only="plain_text")
    offered = element.get("options", [])
    first = [element["initial_option"]] if "initial_option" in element else []
    for option in [*(offered if isinstance(offered, list) else []), *first]:
        yield from _option(option)


def _option(option: Json) -> Iterator[str]:
    if not isinstance(option, dict):
        yield "an option is no object"
        return
    yield from _text(option.get("text"), 75, only="plain_text")
    yield from _string("value", option.get("value"), 150)
    if "description" in option:
        yield from _text(option["description"], 75, only="plain_text")


def _chart(block: Block) -> Iterator[str]:
    yield from _string("title", block.get("title"), 50)
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in {"bar", "line", "area"}:
        yield "no chart of bars, lines or areas"
        return
    axes, series = chart.get("axis_config"), chart.get("series")
    labels = axes.get("categories") if isinstance(axes, dict) else None
    if not isinstance(labels, list) or not 1 <= len(labels) <= CATEGORIES_MAX:
        yield f"1 to {CATEGORIES_MAX} categories may be there"
        return
    if not isinstance(series, list) or not 1 <= len(series) <= SERIES_MAX:
        yield f"1 to {SERIES_MAX} series may be there"
        return
    yield from _twice("category", labels)
    for each in labels:
        yield from _string("category", each, 20)
    for each in series:
        yield from _series(each, labels)


def _series(series: Json, labels: list[Json]) -> Iterator[str]:
    points = series.get("data") if isinstance(series, dict) else None
    if not isinstance(series, dict) or not isinstance(points, list):
        yield "a series is no object with data"
        return
    yield from _string("name", series.get("name"), 20)
    named = [each.get("label") for each in points if isinstance(each, dict)]
    if named != labels:
        yield "a series wants one point for each category, in order"


def _table(block: Block) -> Iterator[str]:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS_MAX:
        yield f"1 to {ROWS_MAX} rows may be there"
        return
    for row in rows:
        if not isinstance(row, list) or not 1 <= len(row) <= COLUMNS_MAX:
            yield f"1 to {COLUMNS_MAX} cells may be in a row"
            continue
        for cell in row:
            if isinstance(cell, dict) and cell.get("type") == "raw_text":
                yield from _string("cell", cell.get("text"), 10_000)
    length = sum(len(words) for words in _words(rows))
    if length > TABLE_TEXT_MAX:
        yield f"{length} characters in a table, at most {TABLE_TEXT_MAX} may be there"


def _text(text: Json, most: int, only: str = "") -> Iterator[str]:
    if not isinstance(text, dict):
        yield "no text object"
        return
    if text.get("type") not in ({only} if only else {"mrkdwn", "plain_text"}):
        yield f"text of type {text.get('type')!r}"
    yield from _string("text", text.get("text"), most)


def _string(name: str, words: Json, most: int) -> Iterator[str]:
    if not isinstance(words, str) or not words.strip():
        yield f"{name} is empty"
    elif len(words) > most:
        yield f"{name} of {len(words)} characters, at most {most} may be there"


def _twice(name: str, ids: Sequence[Json]) -> Iterator[str]:
    counted = Counter(str(each) for each in ids if each is not None)
    yield from (f"{name} {each!r} is there twice" for each, times in counted.items() if times > 1)


def _elements(blocks: Sequence[Block]) -> Iterator[dict[str, Json]]:
    for block in blocks:
        several = block.get("elements", [])
        for part in [
            *(several if isinstance(several, list) else []),
            block.get("element"),
            block.get("accessory"),
        ]:
            if isinstance(part, dict):
                yield part


def _words(value: Json) -> Iterator[str]:
    """Yield every string that a reader sees."""
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name == "text" and isinstance(part, str):
                yield part
            else:
                yield from _words(part)


_CHECKS: Final[Mapping[str, Callable[[Block], Iterator[str]]]] = {
    "actions": _actions,
    "context": _context,
    "data_visualization": _chart,
    "divider": _divider,
    "header": _header,
    "input": _input,
    "section": _section,
    "table": _table,
}
