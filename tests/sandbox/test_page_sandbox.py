"""What only a sandbox has on its page: steps to click, trouble, a freeze; and direct messages."""

from typing import TYPE_CHECKING

import pytest

from tests.processes.running import until
from tests.sandbox.stub_content import SLIPWAY
from tests.sandbox.stub_workspace import StubWorkspace

if TYPE_CHECKING:
    from playwright.sync_api import Page


def typed(workspace: StubWorkspace) -> list[tuple[object, object]]:
    """Return who typed what."""
    return [(body["as"], body["text"]) for verb, body in workspace.done if verb == "say"]


def test_a_step_is_typed_by_a_click(page: "Page", workspace: StubWorkspace) -> None:
    """A newcomer clicks what there is to try, and sees what comes of it."""
    page.get_by_role("button", name="As Ann: /deploy checkout 1.4.0").click()

    page.get_by_role("button", name="Approve").wait_for()
    assert typed(workspace) == [("U0ANN", "/deploy checkout 1.4.0")]


def test_a_step_of_somebody_else_makes_one_that_person(
    page: "Page", workspace: StubWorkspace
) -> None:
    """The step *be Bob now* makes one Bob, in the same channel; a step of Eve's is typed as Eve."""
    page.get_by_role("button", name="Be Bob now").click()
    page.get_by_role("button", name="You are Bob. Switch person").wait_for()
    assert "?as=U0BOB#deploys" in page.url

    page.get_by_role("button", name="As Eve: /deploy checkout 1.4.0").click()

    page.get_by_role("button", name="You are Eve. Switch person").wait_for()
    assert typed(workspace) == [("U0EVE", "/deploy checkout 1.4.0")]


def test_the_steps_are_at_hand_when_messages_have_pushed_them_away(
    page: "Page", workspace: StubWorkspace
) -> None:
    """The sidebar opens them at any time, and Escape closes them."""
    page.get_by_role("button", name="Try this").click()
    steps = page.get_by_role("dialog", name="Try this")
    steps.wait_for()
    page.keyboard.press("Escape")
    steps.wait_for(state="detached")
    page.get_by_role("button", name="Try this").click()

    steps.get_by_role("button", name="As Ann: /deploy flaky 2.1.0").click()

    steps.wait_for(state="detached")
    assert typed(workspace) == [("U0ANN", "/deploy flaky 2.1.0")]


@pytest.mark.parametrize("width", [1280, 420])
def test_trouble_is_armed_and_taken_back(page: "Page", width: int) -> None:
    """The menu says what will be seen and what is armed; the count stands on its button."""
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Make trouble").click()
    menu = page.get_by_role("dialog", name="Make trouble")
    menu.get_by_text("The card says uncertain.").wait_for()

    menu.get_by_role("button", name="Lose the next answer").click()

    menu.get_by_text("Armed").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Make trouble 1 armed").click()
    menu.get_by_role("button", name="Take back: Lose the next answer").click()
    menu.get_by_text("Armed").wait_for(state="detached")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_freeze_is_a_command_that_an_admin_types(
    page: "Page", workspace: StubWorkspace
) -> None:
    """The switch shows what the journal says, and types the real command, there and back."""
    switch = page.get_by_role("switch", name="Freeze all changes")
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    page.get_by_role("button", name="You are Lea. Switch person").wait_for()

    workspace.is_frozen = True
    workspace.tell({"type": "sandbox"})
    page.get_by_role("switch", name="Freeze all changes", checked=True).click()

    until(lambda: page.evaluate("document.activeElement !== null"), "something to have the focus")
    assert [words for _, words in typed(workspace)] == [
        '/ops freeze all "Trying a freeze" --for 30m',
        "/ops thaw all",
    ]


def test_direct_messages_are_the_apps_and_only_for_their_reader(
    page: "Page", workspace: StubWorkspace
) -> None:
    """What the app writes to Ann is no channel: it stands under the app, for Ann alone."""
    workspace.add(SLIPWAY, "Only for Ann", channel="D0ANN")
    channels = page.get_by_role("navigation", name="Channels and apps")
    page.get_by_role("button", name="Slipway 1 unread for you").click()

    page.get_by_text("Only for Ann").wait_for()
    names = [each.inner_text().split("\n")[1] for each in channels.get_by_role("link").all()]
    assert names == ["deploys", "general", "incidents"]
    page.goto(page.url.replace("U0ANN", "U0BOB"))
    page.get_by_role("main", name="Direct messages").wait_for()
    assert page.get_by_text("Only for Ann").count() == 0


def test_members_are_the_people_of_the_channel(page: "Page") -> None:
    """Apps are no members, and neither are people of other channels."""
    assert page.locator(".members").inner_text() == "4 members"


def test_a_whisper_leaves_no_mark_elsewhere(page: "Page", workspace: StubWorkspace) -> None:
    """What only one person sees raises no unread mark; a mention does."""
    workspace.add(SLIPWAY, "Only you see this", channel="C0INCIDENTS", ephemeral=True)
    workspace.add("U0BOB", "<@U0ANN> look", channel="C0GENERAL")

    page.get_by_role("link", name="general 2 unread for you").wait_for()
    assert page.get_by_role("link", name="incidents").inner_text() == "#\nincidents"


def test_the_home_tab_promises_nothing(page: "Page", workspace: StubWorkspace) -> None:
    """Until the app publishes one, the tab says that it is empty, and where to look."""
    page.route("**/workspace/open_home", lambda route: route.abort())
    page.get_by_role("button", name="Slipway", exact=True).click()
    page.get_by_role("button", name="Home", exact=True).click()

    page.get_by_text("Slipway has put nothing on this tab.").wait_for()
    assert workspace.home is None
