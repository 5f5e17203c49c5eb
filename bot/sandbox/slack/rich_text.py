"""The table of rich text: sections, lists, quotes, preformatted text and what they are made of.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block/
"""

from collections.abc import Mapping
from typing import Final

from bot.sandbox.slack.schema import (
    ID_MAX,
    Each,
    Fields,
    Flag,
    Kinds,
    Number,
    OneOf,
    Rule,
    Str,
    made_of,
)

_ANY: Final = 10_000  # no limit is published for the parts of rich text
_STYLE: Final[Mapping[str, Rule]] = {
    "style": Fields(
        dict.fromkeys(
            ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"),
            Flag(),
        )
    )
}
_ID: Final = Str(ID_MAX)

_INLINE: Final[Mapping[str, Fields]] = {
    "text": made_of({"text": Str(_ANY)}, _STYLE),
    "link": made_of({"url": Str(3000)}, {"text": Str(_ANY), "unsafe": Flag(), **_STYLE}),
    "emoji": made_of({"name": _ID}, {"unicode": _ID, **_STYLE}),
    "user": made_of({"user_id": _ID}, _STYLE),
    "usergroup": made_of({"usergroup_id": _ID}, _STYLE),
    "channel": made_of({"channel_id": _ID}, _STYLE),
    "broadcast": made_of({"range": OneOf(("here", "channel", "everyone"))}, _STYLE),
    "color": made_of({"value": _ID}, _STYLE),
    "date": made_of(
        {"timestamp": Number(0, 9_999_999_999), "format": Str(_ANY)},
        {"url": Str(3000), "fallback": Str(_ANY), **_STYLE},
    ),
}
_RUN: Final = Each(Kinds(_INLINE), _ANY, minimum=0)
_BORDER: Final[Mapping[str, Rule]] = {"border": Number(0, 1)}
_SECTION: Final = made_of({"elements": _RUN})

_PARTS: Final[Mapping[str, Fields]] = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": made_of({"elements": _RUN}, {**_BORDER, "language": _ID}),
    "rich_text_quote": made_of({"elements": _RUN}, _BORDER),
    "rich_text_list": made_of(
        {
            "style": OneOf(("bullet", "ordered")),
            "elements": Each(Kinds({"rich_text_section": _SECTION}), _ANY),
        },
        {**_BORDER, "indent": Number(0, 8), "offset": Number(0, _ANY)},
    ),
}

RICH_TEXT: Final = made_of(
    {"elements": Each(Kinds(_PARTS), _ANY)},
    {"block_id": Str(ID_MAX)},
)
