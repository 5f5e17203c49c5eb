"""The table of blocks: which fields each has, how long they may be, and where it may stand.

A block type that is not in the table is refused, also where Slack itself knows it.

Source: https://docs.slack.dev/reference/block-kit/blocks/
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from bot.sandbox.slack.elements import ELEMENTS, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, URL
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.schema import (
    ID_MAX,
    Amount,
    Each,
    Fields,
    Flag,
    Kinds,
    Number,
    OneOf,
    Rule,
    Str,
    Text,
    complaint,
    made_of,
    plain,
)

Surface: TypeAlias = Literal["message", "modal", "home"]

_BLOCK_ID: Final[Mapping[str, Rule]] = {"block_id": Str(ID_MAX)}
_CONTEXT_TEXT: Final = Text(3000).table
_RICH: Final = Kinds({"rich_text": RICH_TEXT})
_STATES: Final = ("pending", "in_progress", "complete", "error")
_SOURCE: Final = made_of({"url": URL, "text": Str(3000)})
_TASK: Final[Mapping[str, Rule]] = {"task_id": Str(ID_MAX), "title": Str(3000)}
_TASK_MORE: Final[Mapping[str, Rule]] = {
    "details": _RICH,
    "output": _RICH,
    "sources": Each(Kinds({"url": _SOURCE}), 100),
}
_IN_PLAN: Final = Fields(
    {"type": OneOf(("task_card",)), **_BLOCK_ID, **_TASK, **_TASK_MORE, "status": OneOf(_STATES)},
    frozenset({*_TASK, "status"}),
)
_CELL: Final = Kinds(
    {
        "raw_text": made_of({"text": Str(10_000, 0)}),
        "raw_number": made_of({"value": Number(-(2**53), 2**53)}, {"text": Str(100)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN: Final = Fields({"align": OneOf(("left", "center", "right")), "is_wrapped": Flag()})

_POINT: Final = Fields(
    {"label": Str(20), "value": Amount(-(2.0**53))}, frozenset({"label", "value"})
)
_SEGMENT: Final = Fields({"label": Str(20), "value": Amount(5e-324)}, frozenset({"label", "value"}))
_SERIES: Final = Fields({"name": Str(20), "data": Each(_POINT, 20)}, frozenset({"name", "data"}))
_AXES: Final = Fields(
    {"categories": Each(Str(20), 20), "x_label": Str(50), "y_label": Str(50)},
    frozenset({"categories"}),
)
_PLOT: Final = made_of({"series": Each(_SERIES, 12), "axis_config": _AXES})
_CHART: Final = Kinds(
    {
        **dict.fromkeys(("bar", "line", "area"), _PLOT),
        "pie": made_of({"segments": Each(_SEGMENT, 12)}),
    }
)


def _block(required: Mapping[str, Rule], **optional: Rule) -> Fields:
    return made_of(required, {**_BLOCK_ID, **optional})


BLOCKS: Final[Mapping[str, Fields]] = {
    "actions": _block({"elements": Each(IN_ACTIONS, 25)}),
    "alert": _block(
        {"text": Text(200)}, level=OneOf(("default", "info", "warning", "error", "success"))
    ),
    "context": _block({"elements": Each(Kinds({**_CONTEXT_TEXT, "image": IMAGE}), 10)}),
    "data_visualization": _block({"title": Str(50), "chart": _CHART}),
    "divider": _block({}),
    "header": _block({"text": plain(150)}, level=Number(1, 4)),
    "image": _block({"image_url": URL, "alt_text": Str(2000)}, title=plain(2000)),
    "input": _block(
        {"label": plain(2000), "element": IN_INPUT},
        hint=plain(2000),
        optional=Flag(),
        dispatch_action=Flag(),
    ),
    "markdown": _block({"text": Str(12_000)}),
    "plan": _block({"title": Str(3000)}, tasks=Each(_IN_PLAN, 50)),
    "rich_text": RICH_TEXT,
    "section": made_of(
        {},
        {
            **_BLOCK_ID,
            "text": Text(3000),
            "fields": Each(Text(2000), 10),
            "accessory": IN_SECTION,
            "expand": Flag(),
        },
        ("text", "fields"),
    ),
    "table": _block(
        {"rows": Each(Each(_CELL, 20), 100)}, column_settings=Each(_COLUMN, 20, minimum=0)
    ),
    "task_card": _block({**_TASK, "status": OneOf(_STATES)}, **_TASK_MORE),
}

SURFACES: Final[Mapping[Surface, tuple[str, ...]]] = {
    "message": tuple(sorted(BLOCKS.keys() - {"alert"})),
    "modal": (
        "actions",
        "alert",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
    ),
    "home": (
        "actions",
        "context",
        "data_visualization",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
    ),
}
BLOCKS_MAX: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}


def block_complaints(blocks: object, surface: Surface, at: str = "/blocks") -> Iterator[str]:
    """Yield what Slack would refuse in each block by itself."""
    rule = Each(Kinds(BLOCKS, SURFACES[surface]), BLOCKS_MAX[surface], minimum=0)
    yield from rule.check(blocks, at)


__all__ = [
    "BLOCKS",
    "BLOCKS_MAX",
    "ELEMENTS",
    "SURFACES",
    "Surface",
    "block_complaints",
    "complaint",
]
