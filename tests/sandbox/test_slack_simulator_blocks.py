"""Blocks are checked as Slack checks them."""

from typing import Any, Final

import pytest

from bot.sandbox.slack import RefusedError, check_message
from tests.sandbox.slack_blocks import (
    PIE,
    TABLE,
    button,
    chart,
    mrkdwn,
    pie,
    plain,
    plan,
    section,
    task,
)


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return a row of elements."""
    return {"type": "actions", "elements": list(elements)}


def select(count: int, **changes: Any) -> dict[str, Any]:
    """Return a select of so many options."""
    options = [{"text": plain(str(n)), "value": str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **changes}


def rich(text: str) -> dict[str, Any]:
    """Return one line of rich text."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


CONFIRM: Final[dict[str, Any]] = {
    "title": plain("Sure?"),
    "text": mrkdwn("*checkout* to prod"),
    "confirm": plain("Deploy"),
    "deny": plain("Leave it"),
}


IMAGE: Final = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}


LEGAL: Final[dict[str, list[dict[str, Any]]]] = {
    "header": [{"type": "header", "text": plain("x" * 150), "level": 2}],
    "section": [section("x" * 3000)],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 6}],
    "accessory": [{**section(), "accessory": button(style="danger", confirm=CONFIRM)}],
    "context": [{"type": "context", "elements": [mrkdwn("x"), plain("y"), IMAGE]}],
    "actions": [actions(button(value="x" * 2000, accessibility_label="Approve"), select(100))],
    "overflow": [
        actions({"type": "overflow", "options": select(5)["options"], "action_id": "more"})
    ],
    "divider": [{"type": "divider", "block_id": "line"}],
    "image": [IMAGE],
    "rich text": [rich("hello")],
    "markdown": [{"type": "markdown", "text": "# Notes"}],
    "table": [TABLE],
    "charts": [chart(), chart("line", series=12)],
    "pie": [PIE],
    "plan": [plan(task("1"), task("2", status="complete", details=rich("ok")))],
    "task card": [{"type": "task_card", **task("1", status="in_progress")}],
    "fifty blocks": [{"type": "divider"}] * 50,
}


@pytest.mark.parametrize("case", LEGAL)
def test_what_slack_shows_passes(case: str) -> None:
    """A message within all limits is not refused."""
    check_message("text", LEGAL[case])


OPTIONS: Final = {"options": select(1)["options"]}

INVALID: Final[dict[str, tuple[list[Any], str]]] = {
    "51 blocks": (
        [{"type": "divider"}] * 51,
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
    "no block": (["divider"], "must be an object [json-pointer:/blocks/0]"),
    "unknown type": ([{"type": "carousel"}], "unsupported type: carousel"),
    "type of another kind": ([{"type": ["section"]}], "unsupported type"),
    "alert in a message": ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "unknown field": ([{**section(), "colour": "red"}], "invalid additional property: colour"),
    "header too long": ([{"type": "header", "text": plain("x" * 151)}], "less than 151 characters"),
    "header with markup": ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn"),
    "section without words": ([{"type": "section"}], "missing one of: fields, text"),
    "section too long": ([section("x" * 3001)], "/blocks/0/text/text"),
    "empty text": ([section("")], "must be more than 0 characters"),
    "bare text": ([{"type": "section", "text": "x"}], "must be an object"),
    "11 fields": ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items"),
    "field too long": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "/blocks/0/fields/0/text",
    ),
    "11 in context": ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10"),
    "26 actions": ([actions(*[button(action_id=str(n)) for n in range(26)])], "no more than 25"),
    "no actions": ([actions()], "no fewer than 1 items"),
    "bare button": ([button()], "unsupported type: button"),
    "button text": ([actions(button(text=plain("x" * 76)))], "less than 76 characters"),
    "button value": ([actions(button(value="x" * 2001))], "less than 2001 characters"),
    "button style": ([actions(button(style="default"))], "must be one of primary, danger"),
    "action id": ([actions(button(action_id="x" * 256))], "less than 256 characters"),
    "confirm": ([actions(button(confirm={"title": plain("?")}))], "missing required field: deny"),
    "confirm text": (
        [actions(button(confirm={**CONFIRM, "text": plain("x" * 301)}))],
        "less than 301 characters",
    ),
    "101 options": ([actions(select(101))], "no more than 100 items"),
    "option value": (
        [actions(select(1, options=[{"text": plain("x"), "value": "x" * 151}]))],
        "less than 151 characters",
    ),
    "select without options": (
        [actions({"type": "static_select", "action_id": "pick"})],
        "missing one of: option_groups, options",
    ),
    "six in overflow": (
        [actions({"type": "overflow", "options": select(6)["options"]})],
        "no more than 5 items",
    ),
    "text input among actions": (
        [actions({"type": "plain_text_input", "action_id": "t"})],
        "unsupported type: plain_text_input",
    ),
    "block id": ([{"type": "divider", "block_id": "x" * 256}], "less than 256 characters"),
    "block id twice": ([{"type": "divider", "block_id": "a"}] * 2, "block_id 'a' already exists"),
    "action id twice": ([actions(button(), button())], "action_id 'go' already exists"),
    "an initial option of its own": (
        [actions(select(2, initial_option={"text": plain("x"), "value": "x"}))],
        "must match one of the options",
    ),
    "options beside groups": (
        [actions(select(1, option_groups=[{"label": plain("a"), **OPTIONS}]))],
        "exclude each other",
    ),
    "an address without a scheme": ([actions(button(url="example.com/a"))], "must be a valid URL"),
    "a day that there is not": (
        [actions({"type": "datepicker", "initial_date": "2026-13-01"})],
        "must be a date",
    ),
    "an hour that there is not": (
        [actions({"type": "timepicker", "initial_time": "24:00"})],
        "must be a time of day",
    ),
    "two that have the focus": (
        [
            actions(button(focus_on_load=True)),
            actions(select(1, action_id="other", focus_on_load=True)),
        ],
        "focus_on_load is for one element alone",
    ),
    "three charts": ([PIE, PIE, PIE], "only 2 charts allowed"),
    "a chart of its own kind": ([{**PIE, "chart": {"type": "radar"}}], "unsupported type: radar"),
    "title of a chart": ([{**PIE, "title": "x" * 51}], "less than 51 characters"),
    "13 series": ([chart(series=13)], "no more than 12 items"),
    "a category without its point": ([chart(labels=("Mon", "Tue"))], "one point for each category"),
    "categories alike": ([chart(points=("Mon", "Mon"), labels=("Mon", "Mon"))], "already exists"),
    "a value in words": ([{**PIE, "chart": pie("3")}], "must be a number"),
    "an empty slice": ([{**PIE, "chart": pie(0)}], "must be at least"),
    "two tables": ([TABLE, TABLE], "only one table allowed"),
    "101 rows": ([{**TABLE, "rows": TABLE["rows"] * 101}], "no more than 100 items"),
    "table text": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 6000}] * 2]}],
        "tables are limited to 10000 characters",
    ),
    "markdown too long": (
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "markdown blocks are limited",
    ),
    "list too deep": (
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "indent": 9,
                        "elements": rich("x")["elements"],
                    }
                ],
            }
        ],
        "must be between 0 and 8",
    ),
    "two plans": ([plan(task("1")), plan(task("2"))], "only one plan allowed"),
    "plan and task card": (
        [plan(task("1")), {"type": "task_card", **task("2", status="error")}],
        "exclude each other",
    ),
    "pending task card": ([{"type": "task_card", **task("1")}], "cannot be pending"),
    "task twice": ([plan(task("1"), task("1"))], "task_id '1' already exists"),
    "task state": ([plan(task("1", status="completed"))], "must be one of pending"),
    "51 tasks": ([plan(*[task(str(n)) for n in range(51)])], "no more than 50 items"),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_slack_refuses_is_refused_with_its_place(case: str) -> None:
    """Blocks beyond a limit are `invalid_blocks`, and the messages say where."""
    blocks, message = INVALID[case]

    with pytest.raises(RefusedError) as caught:
        check_message("text", blocks)

    assert caught.value.code == "invalid_blocks"
    assert any(message in line for line in caught.value.messages), caught.value.messages


def test_all_blocks_together_are_limited() -> None:
    """Blocks that are each within their limit can be too long together."""
    with pytest.raises(RefusedError) as caught:
        check_message("text", [section("x" * 2650)] * 5)

    assert caught.value.code == "msg_blocks_too_long"
