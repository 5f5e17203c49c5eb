"""The table of block elements and of the objects inside them.

Source: https://docs.slack.dev/reference/block-kit/block-elements/
Source: https://docs.slack.dev/reference/block-kit/composition-objects/
"""

import re
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
    Shaped,
    Str,
    Text,
    made_of,
    plain,
)

URL: Final = Shaped(re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"), "a valid URL")
_DATE: Final = Shaped(re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "a date")
_TIME: Final = Shaped(re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "a time of day")
ACTION_ID: Final[Mapping[str, Rule]] = {"action_id": Str(ID_MAX)}
_ID: Final = Str(ID_MAX)

CONFIRM: Final = Fields(
    {
        "title": plain(100),
        "text": Text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": OneOf(("primary", "danger")),
    },
    frozenset({"title", "text", "confirm", "deny"}),
)


def _option(text: Rule, extra: Mapping[str, Rule] | None = None) -> Fields:
    known: dict[str, Rule] = {"text": text, "value": Str(150), **(extra or {})}
    return Fields(known, frozenset({"text", "value"}))


_SELECT_OPTION: Final = _option(plain(75), {"description": plain(75)})
_CHOICE: Final = _option(Text(75), {"description": Text(75)})
_OVERFLOW_OPTION: Final = _option(plain(75), {"description": plain(75), "url": URL})
OPTIONS: Final = Each(_SELECT_OPTION, 100)
_OPTION_GROUPS: Final = Each(
    Fields({"label": plain(75), "options": OPTIONS}, frozenset({"label", "options"})), 100
)

_ACT: Final[Mapping[str, Rule]] = {**ACTION_ID, "confirm": CONFIRM, "focus_on_load": Flag()}
_PICK: Final[Mapping[str, Rule]] = {**_ACT, "placeholder": plain(150)}
_LISTED: Final[Mapping[str, Rule]] = {"options": OPTIONS, "option_groups": _OPTION_GROUPS}
_SEVERAL: Final[Mapping[str, Rule]] = {"max_selected_items": Number(1, 100)}
_DISPATCH: Final = Fields(
    {
        "trigger_actions_on": Each(OneOf(("on_enter_pressed", "on_character_entered")), 2),
    }
)
_FILTER: Final = Fields(
    {
        "include": Each(OneOf(("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)


def _pick(**optional: Rule) -> Fields:
    return made_of({}, {**_PICK, **optional})


_BUTTON: Final = made_of(
    {"text": plain(75)},
    {
        **_ACT,
        "url": URL,
        "value": Str(2000),
        "style": OneOf(("primary", "danger")),
        "accessibility_label": Str(75),
    },
)
IMAGE: Final = made_of({"image_url": URL, "alt_text": Str(2000)})

ELEMENTS: Final[Mapping[str, Fields]] = {
    "button": _BUTTON,
    "image": IMAGE,
    "overflow": made_of({"options": Each(_OVERFLOW_OPTION, 5)}, {**ACTION_ID, "confirm": CONFIRM}),
    "datepicker": _pick(initial_date=_DATE),
    "timepicker": _pick(initial_time=_TIME, timezone=Str(100)),
    "datetimepicker": made_of({}, {**_ACT, "initial_date_time": Number(0, 9_999_999_999)}),
    "static_select": made_of(
        {}, {**_PICK, **_LISTED, "initial_option": _SELECT_OPTION}, ("options", "option_groups")
    ),
    "multi_static_select": made_of(
        {},
        {**_PICK, **_LISTED, **_SEVERAL, "initial_options": OPTIONS},
        ("options", "option_groups"),
    ),
    "external_select": _pick(min_query_length=Number(0, 3000), initial_option=_SELECT_OPTION),
    "multi_external_select": _pick(
        min_query_length=Number(0, 3000), initial_options=OPTIONS, **_SEVERAL
    ),
    "users_select": _pick(initial_user=_ID),
    "multi_users_select": _pick(initial_users=Each(_ID, 100), **_SEVERAL),
    "channels_select": _pick(initial_channel=_ID, response_url_enabled=Flag()),
    "multi_channels_select": _pick(initial_channels=Each(_ID, 100), **_SEVERAL),
    "conversations_select": _pick(
        initial_conversation=_ID,
        default_to_current_conversation=Flag(),
        response_url_enabled=Flag(),
        filter=_FILTER,
    ),
    "radio_buttons": made_of(
        {"options": Each(_CHOICE, 10)},
        {**_ACT, "initial_option": _CHOICE},
    ),
    "checkboxes": made_of(
        {"options": Each(_CHOICE, 10)},
        {**_ACT, "initial_options": Each(_CHOICE, 10)},
    ),
    "plain_text_input": made_of(
        {},
        {
            **ACTION_ID,
            "placeholder": plain(150),
            "initial_value": Str(3000, 0),
            "multiline": Flag(),
            "min_length": Number(0, 3000),
            "max_length": Number(1, 3000),
            "dispatch_action_config": _DISPATCH,
            "focus_on_load": Flag(),
        },
    ),
    "number_input": made_of(
        {"is_decimal_allowed": Flag()},
        {
            **ACTION_ID,
            "placeholder": plain(150),
            "initial_value": Str(100),
            "min_value": Str(100),
            "max_value": Str(100),
            "dispatch_action_config": _DISPATCH,
            "focus_on_load": Flag(),
        },
    ),
}

_PICKERS: Final = (
    "datepicker",
    "timepicker",
    "static_select",
    "external_select",
    "users_select",
    "channels_select",
    "conversations_select",
)
_MULTI: Final = (
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_channels_select",
)
_CHOICES: Final = ("radio_buttons", "checkboxes")

IN_ACTIONS: Final = Kinds(
    ELEMENTS, ("button", "overflow", "datetimepicker", *_PICKERS, *_CHOICES, *_MULTI)
)
IN_SECTION: Final = Kinds(ELEMENTS, ("button", "image", "overflow", *_PICKERS, *_CHOICES, *_MULTI))
IN_INPUT: Final = Kinds(
    ELEMENTS,
    ("plain_text_input", "number_input", "datetimepicker", *_PICKERS, *_CHOICES, *_MULTI),
)
