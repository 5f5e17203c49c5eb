"""The page for whoever has no mouse, hears it, or sees little: focus, names, headings, contrast."""

from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from tests.processes.running import until
from tests.sandbox.browser import message_box
from tests.sandbox.stub_content import FORM, SLIPWAY, Record
from tests.sandbox.stub_workspace import StubWorkspace

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Of an element with its text, as WCAG 2.2 counts it; backgrounds are laid over each other.
_CONTRAST: Final = """element => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const backs = [];
    for (let one = element; one; one = one.parentElement)
        backs.push(parts(getComputedStyle(one).backgroundColor));
    let back = [255, 255, 255];
    for (const [r, g, b, a = 1] of backs.reverse())
        back = [r, g, b].map((each, at) => each * a + back[at] * (1 - a));
    const light = colour => colour.slice(0, 3).map(each => each / 255)
        .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
        .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
    const both = [light(parts(getComputedStyle(element).color)), light(back)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""
_READABLE: Final = 4.5


def wait_for_focus(page: "Page", selector: str) -> None:
    """Return once what has the focus is one of *selector*."""
    has_it = "name => document.activeElement.matches(name)"
    until(lambda: page.evaluate(has_it, selector), f"the focus on {selector}", 5)


def test_the_focus_comes_back_from_a_thread(page: "Page") -> None:
    """Whoever opens a thread by the keyboard and leaves it by Escape is where they were."""
    summary = page.get_by_role("button", name="3 replies")
    summary.focus()
    page.keyboard.press("Enter")
    thread = page.get_by_role("region", name="Thread in deploys")
    thread.wait_for()

    page.keyboard.press("Escape")

    thread.wait_for(state="detached")
    wait_for_focus(page, ".summary")


def test_the_focus_is_at_hand_when_nobody_had_it_before_a_form(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A form that was open when the page was loaded leaves the focus in the message box."""
    workspace.views = [FORM]
    page.reload()
    page.get_by_role("dialog", name="Deploy").wait_for()

    page.keyboard.press("Escape")

    page.get_by_role("dialog", name="Deploy").wait_for(state="detached")
    wait_for_focus(page, "[aria-label=Message]")


def test_who_becomes_somebody_else_keeps_the_focus(page: "Page") -> None:
    """All is drawn anew for the other person: the focus is on the button that says who one is."""
    page.get_by_role("button", name="Switch person").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.get_by_role("menuitemradio", name="Bob").press("Enter")

    page.get_by_role("button", name="You are Bob. Switch person").wait_for()

    message_box(page).wait_for()
    wait_for_focus(page, ".person-button")


def test_what_is_only_read_in_a_form_is_scrolled_by_the_keyboard(
    page: "Page", workspace: StubWorkspace
) -> None:
    """Details have no field that could have the focus: what holds them has it."""
    words: Record = {"type": "mrkdwn", "text": "\n".join(f"line {number}" for number in range(90))}
    section: Record = {"type": "section", "text": words}
    workspace.views = [{**FORM, "submit": None, "blocks": [section]}]
    page.reload()
    region = page.get_by_role("region", name="Deploy", exact=True)

    region.focus()
    page.keyboard.press("End")

    until(lambda: region.evaluate("one => one.scrollTop > 0"), "the page further down", 5)


def test_people_are_called_by_their_names(page: "Page") -> None:
    """Who steers by voice says what is to be seen; the letter of a picture is no part of it."""
    page.get_by_role("button", name="Act as Bob", exact=True).wait_for()
    page.get_by_role("button", name="Ann", exact=True).wait_for()

    assert page.get_by_role("button", name="You are Ann. Switch person").inner_text() == "Ann"


def test_mentions_can_be_read_in_light_and_dark(page: "Page", workspace: StubWorkspace) -> None:
    """Of others and of oneself, on any background, at 4.5 to 1."""
    workspace.add(SLIPWAY, "<@U0ANN> and <@U0BOB>")
    mentions = page.locator(".message").last.locator(".mention")

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.locator(f'.blocks [data-theme="{scheme}"]').first.wait_for()
        mentions.first.hover()
        seen = [each.evaluate(_CONTRAST) for each in mentions.all()]
        assert len(seen) == 2
        assert min(seen) >= _READABLE, (scheme, seen)


def test_the_place_is_the_heading_of_the_page(page: "Page") -> None:
    """Also on a phone, where the workspace's name is behind a button."""
    page.set_viewport_size({"width": 375, "height": 700})
    place = page.get_by_role("heading", level=1)

    assert [each.inner_text() for each in place.all()] == ["# deploys"]


def test_a_table_has_a_head_and_is_scrolled_by_the_keyboard(
    page: "Page", workspace: StubWorkspace
) -> None:
    """Its first row is its head; on a phone it is wider than its room."""
    rows: list[JsonValue] = [
        [{"type": "raw_text", "text": word} for word in words]
        for words in (("Target", "Version"), ("edge", "v1.31"))
    ]
    workspace.add(SLIPWAY, "x", blocks=[{"type": "table", "rows": rows}])

    page.get_by_role("columnheader", name="Version").wait_for()
    table = page.get_by_role("group", name="Table")
    table.focus()

    wait_for_focus(page, "[aria-label=Table]")


def test_what_is_clicked_is_large_enough(page: "Page", workspace: StubWorkspace) -> None:
    """At least 24 pixels each way, but for links within a sentence."""
    root = workspace.add("U0ANN", "x")
    workspace.add(SLIPWAY, "y", thread=root)
    workspace.messages[-1]["reply_broadcast"] = True
    page.reload()
    page.get_by_role("button", name="replied to a thread").wait_for()

    for each in page.locator("button:visible:not(.mention), summary:visible").all():
        box = each.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, each.inner_text()
