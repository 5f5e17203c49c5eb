"""What is pressed and picked in the sandbox's page, and what the page shows of it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.sandbox.stub_content import FAILED, SLIPWAY, WAITING, WAITING_BUTTONS, Record, button
from tests.sandbox.stub_workspace import StubWorkspace

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

CARD: Final = Path(__file__).parents[1] / "views" / "golden" / "cards" / "awaiting_approval.json"
ACTIONS: Final[Record] = WAITING[-1] if isinstance(WAITING[-1], dict) else {}
CANCEL_ONLY: Final[Record] = {**ACTIONS, "elements": WAITING_BUTTONS[2:]}
ANOTHER: Final[Record] = {**ACTIONS, "elements": [button("Another", "slipway.another")]}


def focused(page: "Page") -> str:
    """Return what stands on the element that has the focus."""
    return str(page.evaluate("document.activeElement.innerText"))


def test_buttons_of_real_cards_stand_in_their_order(page: "Page", workspace: StubWorkspace) -> None:
    """Buttons keep their order and are named for those who do not see them."""
    card = json.loads(CARD.read_text("utf-8"))

    ts = workspace.add(SLIPWAY, card["text"], blocks=card["blocks"])

    buttons = page.locator(f'[data-ts="{ts}"]').get_by_role("button")
    page.get_by_role("button", name="Reject… checkout 1.4.0", exact=True).wait_for()
    names = [one.get_attribute("aria-label") for one in buttons.all()]
    does = ("Approve", "Reject…", "Details", "Cancel request")
    assert names[:4] == [f"{each} checkout 1.4.0" for each in does]


def test_press_belongs_to_the_message_that_it_was_made_on(
    page: "Page", workspace: StubWorkspace
) -> None:
    """Cards share their action ids: each press names its own card."""
    first = workspace.add(SLIPWAY, "x", blocks=WAITING)
    second = workspace.add(SLIPWAY, "x", blocks=WAITING)
    page.locator(f'[data-ts="{second}"]').wait_for()

    page.locator(f'[data-ts="{first}"]').get_by_role("button", name="Approve").click()

    page.locator(f'[data-ts="{first}"]').get_by_text("running, step 2 of 3").wait_for()
    assert [body["ts"] for verb, body in workspace.done if verb == "press"] == [first]


def test_button_shows_that_its_answer_is_awaited_and_is_pressed_once(
    page: "Page", workspace: StubWorkspace
) -> None:
    """An impatient second click sends nothing, and nothing moves meanwhile."""
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route("**/workspace/press", hold)
    workspace.add(SLIPWAY, "x", blocks=WAITING)
    approve = page.get_by_role("button", name="Approve")
    before = approve.bounding_box()

    approve.click()
    page.locator('[aria-busy="true"]').wait_for()
    approve.click(force=True)

    assert approve.bounding_box() == before
    held[0].continue_()
    page.get_by_text("running, step 2 of 3").last.wait_for()
    assert len(held) == 1


def test_focus_never_moves_from_one_button_to_another(
    page: "Page", workspace: StubWorkspace
) -> None:
    """When a card changes, Enter cannot press what has taken the place of the focused button."""
    ts = workspace.add(SLIPWAY, "x", blocks=WAITING)
    card = page.locator(f'[data-ts="{ts}"]')
    card.get_by_role("button", name="Cancel").focus()
    workspace.change(ts, [*WAITING[:-1], CANCEL_ONLY])
    card.get_by_role("button", name="Approve").wait_for(state="detached")
    assert focused(page) == "Cancel"

    workspace.change(ts, [*WAITING[:-1], ANOTHER])
    card.get_by_role("button", name="Another").wait_for()

    assert focused(page) != "Another"


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_menu_of_further_actions_sends_the_option(
    page: "Page", workspace: StubWorkspace, way: str
) -> None:
    """An overflow menu opens, is named, closes by Escape, and sends what is chosen in it."""
    ts = workspace.add(SLIPWAY, "x", blocks=FAILED)
    card = page.locator(f'[data-ts="{ts}"]')
    more = card.get_by_role("button", name="More actions")
    more.click()
    card.get_by_role("menuitem").first.wait_for()
    more.press("Escape")
    card.get_by_role("menuitem").wait_for(state="detached")
    assert more.get_attribute("aria-expanded") == "false"

    more.click()
    with page.expect_response("**/workspace/press"):
        if way == "mouse":
            card.get_by_text("Show the log").click()
        else:
            more.press("ArrowDown")
            page.keyboard.press("Enter")

    card.get_by_role("menuitem").wait_for(state="detached")
    presses = [body for verb, body in workspace.done if verb == "press"]
    assert [(body["action_id"], body["value"]) for body in presses] == [("more", "log")]


def test_control_outside_a_form_sends_what_is_picked(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A select between the buttons of a message tells Slipway at once."""
    option: Record = {"text": {"type": "plain_text", "text": "Blue"}, "value": "blue"}
    select: Record = {
        "type": "static_select",
        "action_id": "colour",
        "options": [option],
        "placeholder": {"type": "plain_text", "text": "Colour"},
    }
    workspace.add(SLIPWAY, "x", blocks=[{"type": "actions", "block_id": "b", "elements": [select]}])

    with page.expect_response("**/workspace/press"):
        page.get_by_label("Colour").select_option("blue")

    body = workspace.done[-1][1]
    assert (body["block_id"], body["action_id"], body["value"]) == ("b", "colour", "blue")


@pytest.mark.parametrize("width", [1280, 420])
def test_the_menu_of_a_message_has_the_apps_shortcuts(
    page: "Page", workspace: StubWorkspace, width: int
) -> None:
    """Opened and left by keys as by the mouse; what is chosen belongs to its own message."""
    page.set_viewport_size({"width": width, "height": 800})
    first = workspace.add("U0BOB", "it began at 14:02")
    workspace.add("U0BOB", "restarted")
    message = page.locator(f'[data-ts="{first}"]')
    message.hover()
    opener = message.get_by_role("button", name="Shortcuts")
    opener.click()
    message.get_by_role("menuitem", name="Add to timeline").wait_for()
    page.keyboard.press("Escape")
    message.get_by_role("menuitem").wait_for(state="detached")
    page.keyboard.press("Enter")
    message.get_by_role("menuitem", name="Add to timeline").click()

    page.get_by_text(f"Added {first}").wait_for()
    chosen = [body for verb, body in workspace.done if verb == "message_shortcut"]
    assert [(each["ts"], each["callback_id"]) for each in chosen] == [(first, "slipway.mark")]
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_short_label_stands_in_the_middle_of_its_button(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A label of one Chinese word is narrower than a button may be."""
    actions: Record = {**ACTIONS, "elements": [button("\u56de", "slipway.short")]}

    ts = workspace.add(SLIPWAY, "short", blocks=[actions])

    drawn = page.locator(f'[data-ts="{ts}"] .slack_blocks_to_jsx__button_element')
    left, right = drawn.evaluate(
        """button => {
          const text = document.createTreeWalker(button, NodeFilter.SHOW_TEXT).nextNode();
          const range = document.createRange();
          range.selectNodeContents(text);
          const [words, around] = [range, button].map(each => each.getBoundingClientRect());
          return [words.left - around.left, around.right - words.right];
        }"""
    )
    assert left > 12
    assert abs(left - right) < 1
