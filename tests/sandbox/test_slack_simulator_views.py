"""Views are checked as a whole, and Slack's own models pass."""

from typing import Any, Final

import pytest
from slack_sdk.models import blocks as models

from bot.sandbox.slack import RefusedError, check_message, check_view
from bot.sandbox.slack.blocks import BLOCKS, SURFACES
from tests.sandbox.slack_blocks import TABLE, button, field, plain, plan, section, task

MODAL: Final[dict[str, Any]] = {
    "type": "modal",
    "title": plain("Reject"),
    "submit": plain("Reject"),
    "callback_id": "slipway.reject_reason",
    "private_metadata": "op-1",
    "blocks": [field(hint=plain("Everybody reads it"), optional=True)],
}


def text(**changes: Any) -> dict[str, Any]:
    """Return a line that is typed, with bounds."""
    return {"type": "plain_text_input", "action_id": "text", **changes}


VIEWS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "home as a modal": ({"type": "home"}, "must be modal"),
    "title": ({"title": plain("x" * 25)}, "less than 25 characters"),
    "close": ({"close": plain("x" * 25)}, "less than 25 characters"),
    "private metadata": ({"private_metadata": "x" * 3001}, "less than 3001 characters"),
    "unknown field": ({"colour": "red"}, "invalid additional property: colour"),
    "101 blocks": ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items"),
    "table in a modal": ({"blocks": [TABLE]}, "unsupported type: table"),
    "plan in a modal": ({"blocks": [plan(task("1"))]}, "unsupported type: plan"),
    "label": ({"blocks": [field(label=plain("x" * 2001))]}, "less than 2001 characters"),
    "bounds that nothing meets": (
        {"blocks": [field(element=text(min_length=9, max_length=3))]},
        "min_length must not be more than max_length",
    ),
    "words that nobody may send": (
        {"blocks": [field(element=text(initial_value="x" * 4, max_length=3))]},
        "initial_value must not be longer than max_length",
    ),
    "button as an input": ({"blocks": [field(element=button())]}, "unsupported type: button"),
}


@pytest.mark.parametrize("case", VIEWS)
def test_views_are_checked_as_a_whole(case: str) -> None:
    """A view beyond a limit is `invalid_arguments`, and the messages say where."""
    changes, message = VIEWS[case]

    with pytest.raises(RefusedError) as caught:
        check_view({**MODAL, **changes}, "modal")

    assert caught.value.code == "invalid_arguments"
    assert any(message in line for line in caught.value.messages), caught.value.messages


def test_a_form_with_an_input_needs_its_submit() -> None:
    """Without `submit` a modal may have no input."""
    view = {name: value for name, value in MODAL.items() if name != "submit"}

    with pytest.raises(RefusedError):
        check_view(view, "modal")
    assert check_view({**view, "blocks": [section()]}, "modal")


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    """Each block may be within its limits, and the whole is not."""
    blocks = [section("x" * 3000)] * 90

    with pytest.raises(RefusedError) as caught:
        check_view({**MODAL, "blocks": blocks}, "modal")
    assert caught.value.code == "view_too_large"


def test_a_sound_view_is_returned() -> None:
    """What passes comes back as it was."""
    assert check_view(MODAL, "modal") == MODAL


def test_slack_s_own_models_pass() -> None:
    """What slack_sdk renders is not refused: its names of fields are ours."""
    choice = models.Option(text="One", value="1")
    rendered = [
        models.HeaderBlock(text="Deploy"),
        models.SectionBlock(
            text="checkout",
            fields=["a", "b"],
            accessory=models.OverflowMenuElement(action_id="more", options=[choice]),
        ),
        models.ContextBlock(elements=[models.MarkdownTextObject(text="by @ann")]),
        models.ActionsBlock(
            elements=[
                models.ButtonElement(
                    text="Approve",
                    action_id="yes",
                    value="1",
                    style="primary",
                    confirm=models.ConfirmObject(title="Sure?", text="prod"),
                ),
                models.StaticSelectElement(
                    placeholder="Pick", action_id="pick", options=[choice], initial_option=choice
                ),
                models.RadioButtonsElement(action_id="radio", options=[choice]),
                models.CheckboxesElement(action_id="boxes", options=[choice]),
                models.DatePickerElement(action_id="day", initial_date="2026-11-20"),
            ]
        ),
        models.DividerBlock(),
        models.ImageBlock(image_url="https://example.com/a.png", alt_text="a", title="A"),
        models.MarkdownBlock(text="# Notes"),
        models.InputBlock(
            label="Reason",
            element=models.PlainTextInputElement(action_id="why", multiline=True, max_length=200),
        ),
        models.PlanBlock(
            title="Steps",
            tasks=[models.TaskCardBlock(task_id="1", title="Roll out", status="pending")],
        ),
        models.TableBlock(rows=[[{"type": "raw_text", "text": "a"}]]),
    ]

    check_message("text", [block.to_dict() for block in rendered])


def test_every_surface_knows_its_blocks() -> None:
    """The table of surfaces names no block that the table of blocks lacks."""
    assert {kind for kinds in SURFACES.values() for kind in kinds} == set(BLOCKS)
