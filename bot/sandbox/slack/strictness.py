"""What is refused in a message or view as a whole."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from bot.sandbox.slack.blocks import Surface, block_complaints
from bot.sandbox.slack.elements import OPTIONS
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject, elements_of
from bot.sandbox.slack.schema import ID_MAX, Anything, Fields, Flag, Rule, Str, complaint, plain

TEXT_MAX: Final = 40_000  # characters of a message's `text`
# Of an update's. Source: https://docs.slack.dev/reference/methods/chat.update (errors)
UPDATED_TEXT_MAX: Final = 4_000
BLOCKS_TEXT_MAX: Final = 13_200  # characters of all blocks together; reported, not documented
MARKDOWN_MAX: Final = 12_000  # characters of all markdown blocks together
TYPED_MAX: Final = 3_000  # characters that a person may type into a field
CHARTS_MAX: Final = 2  # in one message
VIEW_MAX: Final = 250_000  # bytes of a view as JSON
TABLE_TEXT_MAX: Final = 10_000  # characters of all cells together

_VIEW: Final[Mapping[str, Rule]] = {
    "type": Anything(),
    "blocks": Anything(),
    "private_metadata": Str(3000, 0),
    "callback_id": Str(ID_MAX, 0),
    "external_id": Str(ID_MAX, 0),
}
_MODAL: Final = Fields(
    {
        **_VIEW,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    frozenset({"type", "title", "blocks"}),
)
_HOME: Final = Fields(_VIEW, frozenset({"type", "blocks"}))


def check_message(text: object, blocks: object, *, text_max: int = TEXT_MAX) -> None:
    """Refuse a message that Slack would refuse, or that has no text of its own.

    Raises:
        RefusedError: `no_text` (also beside blocks, which is stricter than Slack), `msg_too_long`,
            `invalid_blocks` or `msg_blocks_too_long`.
    """
    if not isinstance(text, str) or not text.strip():
        raise RefusedError(code="no_text")
    if len(text) > text_max:
        raise RefusedError(code="msg_too_long")
    if blocks is None:
        return
    _refuse("invalid_blocks", block_complaints(blocks, "message"))
    checked = _objects(blocks)
    _refuse("invalid_blocks", _together(checked))
    if sum(len(words) for words in _words(checked)) > BLOCKS_TEXT_MAX:
        raise RefusedError(code="msg_blocks_too_long")


def check_view(view: object, surface: Surface) -> JsonObject:
    """Return *view*, refused where Slack would refuse it.

    Raises:
        RefusedError: `invalid_arguments`, with the places in its messages, or `view_too_large`.
    """
    if len(json.dumps(view)) > VIEW_MAX:
        raise RefusedError(code="view_too_large")
    if not isinstance(view, dict):
        raise RefusedError(
            code="invalid_arguments", messages=[complaint("must be an object", "/view")]
        )
    if view.get("type") != surface:
        wrong = complaint(f"must be {surface}", "/view/type")
        raise RefusedError(code="invalid_arguments", messages=[wrong])
    rule = _MODAL if surface == "modal" else _HOME
    _refuse("invalid_arguments", rule.check(view, "/view"))
    _refuse("invalid_arguments", block_complaints(view["blocks"], surface, "/view/blocks"))
    _refuse("invalid_arguments", _together(_objects(view["blocks"]), "/view/blocks"))
    if surface == "modal" and "submit" not in view and _has_input(view["blocks"]):
        wrong = complaint("missing required field: submit", "/view")
        raise RefusedError(code="invalid_arguments", messages=[wrong])
    return view


def check_options(body: JsonObject) -> list[JsonObject]:
    """Return what an app offers for a picker, refused where Slack would show nothing.

    Raises:
        RefusedError: `invalid_options`, with the places in its messages.
    """
    offered = body.get("options")
    if offered == []:
        return []
    _refuse("invalid_options", OPTIONS.check(offered, "/options"))
    return _objects(offered)


def _refuse(code: str, complaints: Iterator[str]) -> None:
    messages = tuple(complaints)
    if messages:
        raise RefusedError(code=code, messages=messages)


def _objects(blocks: object) -> list[JsonObject]:
    return (
        [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    )


def _has_input(blocks: list[JsonObject]) -> bool:
    return any(block["type"] == "input" for block in blocks)


def _together(blocks: list[JsonObject], at: str = "/blocks") -> Iterator[str]:
    yield from _repeated("block_id", [block.get("block_id") for block in blocks], at)
    for block in blocks:  # in another block the same name may stand again
        ids = [each.get("action_id") for each in elements_of(block)]
        yield from _repeated("action_id", ids, at)
    elements = [each for block in blocks for each in elements_of(block)]
    if sum(each.get("focus_on_load", False) for each in elements) > 1:
        yield complaint("focus_on_load is for one element alone", at)
    for each in elements:
        yield from _chosen(each, at)
        yield from _entered(each, at)
    yield from _tables(_of_type(blocks, "table"), at)
    yield from _charts(_of_type(blocks, "data_visualization"), at)
    yield from _steps(blocks, at)
    markdown = sum(len(block["text"]) for block in _of_type(blocks, "markdown"))
    if markdown > MARKDOWN_MAX:
        yield complaint(f"markdown blocks are limited to {MARKDOWN_MAX} characters together", at)


def _repeated(name: str, ids: list[str | None], at: str) -> Iterator[str]:
    for value, times in Counter(ids).items():
        if value is not None and times > 1:
            yield complaint(f"{name} {value!r} already exists", at)


def _chosen(element: JsonObject, at: str) -> Iterator[str]:
    """Yield what is wrong with the options of a control, and with what it begins with.

    Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
    """
    if {"options", "option_groups"} <= element.keys():
        yield complaint("options and option_groups exclude each other", at)
    if element["type"].endswith("external_select"):
        return  # its options are the app's own
    grouped = [each for group in element.get("option_groups", []) for each in group["options"]]
    offered = [*element.get("options", []), *grouped]
    first = [element["initial_option"]] if "initial_option" in element else []
    if any(each not in offered for each in [*first, *element.get("initial_options", [])]):
        yield complaint("initial_option must match one of the options", at)


def _entered(element: JsonObject, at: str) -> Iterator[str]:
    """Yield what is wrong with the bounds of a text, and with what it begins with."""
    most = element.get("max_length", TYPED_MAX)
    if element.get("min_length", 0) > most:
        yield complaint("min_length must not be more than max_length", at)
    if element["type"] == "plain_text_input" and len(element.get("initial_value", "")) > most:
        yield complaint("initial_value must not be longer than max_length", at)


def _of_type(blocks: list[JsonObject], kind: str) -> list[JsonObject]:
    return [block for block in blocks if block["type"] == kind]


def _tables(tables: list[JsonObject], at: str) -> Iterator[str]:
    if len(tables) > 1:
        yield complaint("only one table allowed", at)
    if sum(len(words) for words in _words(tables)) > TABLE_TEXT_MAX:
        yield complaint(f"tables are limited to {TABLE_TEXT_MAX} characters", at)


def _charts(charts: list[JsonObject], at: str) -> Iterator[str]:
    if len(charts) > CHARTS_MAX:
        yield complaint(f"only {CHARTS_MAX} charts allowed", at)
    for each in charts:
        series = each["chart"].get("series", [])
        labels = each["chart"].get("axis_config", {}).get("categories", [])
        yield from _repeated("series", [one["name"] for one in series], at)
        yield from _repeated("category", labels, at)
        if any([point["label"] for point in one["data"]] != labels for one in series):
            yield complaint("each series wants one point for each category, in order", at)


def _steps(blocks: list[JsonObject], at: str) -> Iterator[str]:
    plans, cards = _of_type(blocks, "plan"), _of_type(blocks, "task_card")
    if len(plans) > 1:
        yield complaint("only one plan allowed", at)
    if plans and cards:
        yield complaint("a plan and task cards of their own exclude each other", at)
    if any(card["status"] == "pending" for card in cards):
        yield complaint("a task card of its own cannot be pending", at)
    tasks = [task for plan in plans for task in plan.get("tasks", [])] + cards
    yield from _repeated("task_id", [task["task_id"] for task in tasks], at)


_SHOWN: Final = frozenset({"text", "title", "alt_text", "label", "hint", "placeholder"})


def _words(value: object) -> Iterator[str]:
    """Yield every string that a reader sees."""
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, str) and name in _SHOWN:
                yield part
            else:
                yield from _words(part)
