"""Somebody else's reading of Block Kit: `slackblocks`, held against what Slipway sends.

The package builds blocks, and refuses what Slack would refuse: lengths, counts, kinds of elements,
blocks of another surface. So each message and view is built anew with it, part by part, and what
comes out is compared with what went in: a member that it does not know cannot hide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import slackblocks as kit
from slackblocks.errors import InvalidUsageError

Surface = str  # "message", "modal" or "home"

# What version 3.0.0 has no word for, each with what is checked in its place.
UNKNOWN: Final = {
    "date": "an element of rich text, newer than the package: its fallback is checked as text",
}
_CALLED: Final = {  # members that the package calls otherwise
    "plain_text": {"type": "type_"},
    "mrkdwn": {"type": "type_"},
}
_BLOCKS: Final[Mapping[str, Callable[..., Any]]] = {
    "actions": kit.ActionsBlock,
    "context": kit.ContextBlock,
    "data_visualization": kit.DataVisualizationBlock,
    "divider": kit.DividerBlock,
    "header": kit.HeaderBlock,
    "input": kit.InputBlock,
    "rich_text": kit.RichTextBlock,
    "section": kit.SectionBlock,
    "table": kit.TableBlock,
}
_ELEMENTS: Final[Mapping[str, Callable[..., Any]]] = {
    "button": kit.Button,
    "checkboxes": kit.CheckboxGroup,
    "external_select": kit.ExternalSelectMenu,
    "multi_external_select": kit.ExternalMultiSelectMenu,
    "number_input": kit.NumberInput,
    "overflow": kit.OverflowMenu,
    "plain_text_input": kit.PlainTextInput,
    "radio_buttons": kit.RadioButtonGroup,
    "static_select": kit.StaticSelectMenu,
    "users_select": kit.UserSelectMenu,
}
_PARTS: Final[Mapping[str, Callable[..., Any]]] = {
    "bar": kit.BarChart,
    "line": kit.LineChart,
    "raw_text": kit.RawText,
    "rich_text_section": kit.RichTextSection,
    "text": kit.RichText,
}
_BY_TYPE: Final = {**_BLOCKS, **_ELEMENTS, **_PARTS}
_BY_PLACE: Final[Mapping[str, Callable[..., Any]]] = {  # what has no `type`, by where it stands
    "confirm": kit.ConfirmationDialogue,
    "column_settings": kit.ColumnSettings,
    "options": kit.Option,
    "initial_option": kit.Option,
    "initial_options": kit.Option,
    "series": kit.DataSeries,
    "data": kit.DataPoint,
    "axis_config": kit.AxisConfig,
}


def complaints(shown: Any, surface: Surface) -> list[str]:
    """Return what the package says against a message's blocks, or against a view."""
    try:
        whole = _message(shown) if surface == "message" else _view(shown, surface)
    except (InvalidUsageError, TypeError, KeyError, AttributeError) as error:
        return [f"{type(error).__name__}: {error}"]
    return list(_differences(shown, whole, surface))


def options_complaints(offered: Sequence[Any]) -> list[str]:
    """Return what the package says against what a picker offers."""
    try:
        built = kit.StaticSelectMenu(action_id="a", options=_built([*offered], "options"))
    except (InvalidUsageError, TypeError, KeyError) as error:
        return [f"{type(error).__name__}: {error}"]
    return list(_differences([*offered], built._resolve()["options"], "options"))  # noqa: SLF001


def _message(blocks: Any) -> Any:
    built = kit.Message(channel="C0", text="said", blocks=_built(blocks, "blocks"))
    return built.to_dict()["blocks"]


def _view(view: Mapping[str, Any], surface: Surface) -> Any:
    kinds = {"modal": kit.ModalView, "home": kit.HomeTabView}
    members = {name: _built(each, name) for name, each in view.items() if name != "type"}
    return kinds[surface](**members).to_dict()


def _built(written: Any, place: str) -> Any:
    """Return *written* as objects of the package, the innermost first."""
    if isinstance(written, list):
        return [_built(each, place) for each in written]
    if not isinstance(written, dict):
        return written
    kind = written.get("type")
    if kind == "date":
        return kit.RichText(written["fallback"])
    if kind == "rich_text" and place == "rows":  # the package wraps it itself
        (section,) = written["elements"]
        return _built(section, "elements")
    if kind in {"plain_text", "mrkdwn"}:
        return _text(written)
    maker = _BY_PLACE[place] if kind is None else _BY_TYPE[kind]
    return maker(**{name: _built(each, name) for name, each in written.items() if name != "type"})


def _text(written: Mapping[str, Any]) -> Any:
    known = {name: each for name, each in written.items() if name != "type"}
    return kit.Text(type_=kit.TextType(written["type"]), **known)


def _differences(written: Any, built: Any, at: str) -> Iterator[str]:
    """Yield where both are not the same, but for what is left out since it is the default."""
    if isinstance(written, dict) and isinstance(built, dict):
        if written.get("type") in UNKNOWN:
            return
        for name in sorted({**written, **built}):
            if name in written and name in built:
                yield from _differences(written[name], built[name], f"{at}.{name}")
            elif name in written and written[name] not in (False, ""):
                yield f"{at}.{name}: lost"
            elif name in built and name != "block_id" and built[name] is not False:
                yield f"{at}.{name}: added"
    elif isinstance(written, list) and isinstance(built, list) and len(written) == len(built):
        for place, (one, other) in enumerate(zip(written, built, strict=True)):
            yield from _differences(one, other, f"{at}[{place}]")
    elif str(written) != str(built):  # numbers stand as text in some members
        yield f"{at}: {written!r} became {built!r}"
