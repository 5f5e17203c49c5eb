"""The sandbox's page: what is committed, and how it behaves in a real browser."""

import filecmp
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.processes.running import until
from tests.sandbox.browser import STATIC, message_box
from tests.sandbox.stub_content import SLIPWAY, SUCCEEDED, Record
from tests.sandbox.stub_workspace import StubWorkspace

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCES: Final = STATIC.parent / "page"
# Names in XML, and what React and one package of react-markdown's print with an error.
ALLOWED_HOSTS: Final = {"www.w3.org", "react.dev", "github.com"}


def send(page: "Page", text: str) -> None:
    """Type *text* into the message box and send it."""
    message_box(page).fill(text)
    message_box(page).press("Enter")


def built_texts() -> list[Path]:
    """Return every built file that a browser interprets."""
    return [path for path in STATIC.rglob("*") if path.suffix in {".html", ".js", ".css", ".svg"}]


def test_every_asset_that_the_page_names_is_there() -> None:
    """The built page is committed whole: a machine without Node serves it as it is."""
    index = (STATIC / "index.html").read_text(encoding="utf-8")

    named = re.findall(r'(?:src|href)="/([^"]+)"', index)

    assert len(named) == 3
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_licences_of_what_is_bundled_are_shipped() -> None:
    """Whoever gets the page gets the licences of the packages in it."""
    licences = (STATIC / "assets" / "licences.md").read_text(encoding="utf-8")

    assert "react" in licences
    assert "slack-blocks-to-jsx - 1.1.1" in licences
    assert "guanghechen" in licences  # of the parser within that package
    assert "MIT" in licences


def test_page_names_no_host_but_those_of_names_and_error_links() -> None:
    """The page asks nobody outside for anything."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in built_texts())

    hosts = set(re.findall(r"https?://([a-z0-9.-]+\.[a-z]+)", texts))

    assert hosts <= ALLOWED_HOSTS
    assert "default-src 'self'" in texts


def test_lock_holds_no_registry_address() -> None:
    """The lock works behind any mirror, on everybody's machine."""
    lock = (SOURCES / "package-lock.json").read_text(encoding="utf-8")
    settings = (SOURCES / ".npmrc").read_text(encoding="utf-8").splitlines()

    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in settings


def test_sources_build_to_the_committed_bytes(tmp_path: Path) -> None:
    """The built files are those of the sources beside them."""
    node = shutil.which("node")
    vite = SOURCES / "node_modules" / "vite" / "bin" / "vite.js"
    if node is None or not vite.is_file():
        pytest.skip("the page is not rebuilt: needs Node and `npm ci` in bot/sandbox/page")

    subprocess.run([node, vite, "build", "--outDir", tmp_path], cwd=SOURCES, check=True)

    built = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert built == sorted(str(path.relative_to(STATIC)) for path in STATIC.rglob("*.*"))
    assert filecmp.cmpfiles(tmp_path, STATIC, built, shallow=False)[0] == built


def test_command_reaches_the_workspace_and_its_card_appears(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A command is completed with Tab, sent with Enter, and answered in the channel."""
    message_box(page).press_sequentially("/dep")
    message_box(page).press("Tab")
    message_box(page).press_sequentially("checkout 1.4.0")
    message_box(page).press("Enter")

    page.get_by_text("Only visible to you").wait_for()
    page.get_by_role("button", name="Approve").wait_for()
    said = {"as": "U0ANN", "channel": "C0DEPLOYS", "thread_ts": None}
    assert workspace.done == [("say", {**said, "text": "/deploy checkout 1.4.0"})]
    assert message_box(page).input_value() == ""
    message_box(page).press("ArrowUp")
    assert message_box(page).input_value() == "/deploy checkout 1.4.0"


def test_people_are_completed_in_commands_as_well(page: "Page") -> None:
    """Whoever may be named need not be spelled: Tab takes the one that fits."""
    message_box(page).press_sequentially("/ops can @b")
    message_box(page).press("Tab")
    assert message_box(page).input_value() == "/ops can @bob "


def test_press_with_confirm_is_sent_only_once_confirmed(
    page: "Page", workspace: StubWorkspace
) -> None:
    """Escape sends nothing; the confirm button sends the press with the button's own value."""
    send(page, "/deploy checkout 1.4.0")
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("dialog", name="Reject this deployment?").press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert [verb for verb, _ in workspace.done] == ["say"]

    page.get_by_role("button", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()

    page.get_by_role("button", name="Reject").wait_for(state="detached")
    assert workspace.done[-1] == (
        "press",
        {
            "as": "U0ANN",
            "channel": "C0DEPLOYS",
            "ts": workspace.messages[-1]["ts"],
            "ephemeral": False,
            "block_id": "decide",
            "action_id": "slipway.reject",
            "value": "op-7K2M9Q4T1B",
        },
    )


def test_button_carries_its_accessibility_label(page: "Page") -> None:
    """Where the app words a button for screen readers, that is its name."""
    send(page, "/deploy checkout 1.4.0")

    page.get_by_role("button", name="Cancel checkout 1.4.0 to prod", exact=True).wait_for()


def test_press_that_is_not_taken_leaves_a_warning(page: "Page", workspace: StubWorkspace) -> None:
    """A person sees that a press came to nothing, and can press again."""
    workspace.broken_presses = True
    send(page, "/deploy checkout 1.4.0")

    page.get_by_role("button", name="Approve").click()

    page.get_by_role("alert").filter(has_text="operation_timeout").wait_for()
    assert page.get_by_role("button", name="Approve").get_attribute("aria-busy") == "false"


def test_form_shows_errors_under_their_fields_and_sends_slacks_own_values(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A refused form stays open with what was typed; values are worded as Slack words them."""
    send(page, "/deploy")
    page.get_by_label("What").select_option("checkout")
    page.get_by_label("Version").fill("9.9")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("There is no such version of checkout.").wait_for()
    page.get_by_label("Version").fill("1.4.0")
    page.get_by_label("Rolling").check()

    page.get_by_role("button", name="Ask for it").click()

    page.get_by_role("dialog").wait_for(state="detached")
    option = {"text": {"type": "plain_text", "text": "checkout"}, "value": "checkout"}
    speed = {"text": {"type": "plain_text", "text": "Rolling"}, "value": "Rolling"}
    assert workspace.done[-1] == (
        "submit",
        {
            "as": "U0ANN",
            "view_id": "V0FORM",
            "values": {
                "target": {"target": {"type": "static_select", "selected_option": option}},
                "version": {"version": {"type": "plain_text_input", "value": "1.4.0"}},
                "speed": {"speed": {"type": "radio_buttons", "selected_option": speed}},
                "reason": {"reason": {"type": "plain_text_input", "value": None}},
            },
        },
    )


def test_required_field_is_asked_for_before_anything_is_sent(
    page: "Page", workspace: StubWorkspace
) -> None:
    """What Slack refuses by itself never reaches the app; Escape closes the form for both."""
    send(page, "/deploy")

    page.get_by_role("button", name="Ask for it").click()

    page.get_by_text("Please complete this required field.").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert [verb for verb, _ in workspace.done] == ["say", "close"]


def test_thread_opens_beside_the_channel_and_takes_replies(
    page: "Page", workspace: StubWorkspace
) -> None:
    """The summary line leads into the thread; what is written there belongs to it."""
    page.get_by_text("3 replies").click()
    thread = page.get_by_role("region", name="Thread in deploys")

    thread.get_by_label("Reply").fill("Well done")
    thread.get_by_label("Reply").press("Enter")

    thread.get_by_text("Well done").wait_for()
    thread.get_by_text("4 replies").wait_for()
    assert workspace.messages[-1]["thread_ts"] == workspace.messages[3]["ts"]


def test_command_in_a_thread_is_refused_where_it_was_typed(page: "Page") -> None:
    """Slackbot's notice stands in the thread, for the person who typed only."""
    page.get_by_text("3 replies").click()
    thread = page.get_by_role("region", name="Thread in deploys")

    thread.get_by_label("Reply").fill("/ops")
    thread.get_by_label("Reply").press("Enter")

    thread.get_by_text("/ops is not supported in threads").wait_for()
    thread.get_by_text("Only visible to you").wait_for()


def end_in_sight(page: "Page") -> None:
    """Return once the list shows its last line."""
    # Not `wait_for_function`: the page's policy forbids the `eval` with which that looks again.
    below = (
        "(box => box.scrollHeight - box.scrollTop - box.clientHeight < 2)"
        "(document.querySelector('.list'))"
    )
    until(lambda: page.evaluate(below), "the end to be in sight", seconds=10)


def test_card_changes_in_place_and_the_end_stays_in_sight(
    page: "Page", workspace: StubWorkspace
) -> None:
    """A changed card is the same message; who was at the end stays there, whatever grows."""
    last = str(workspace.messages[-1]["ts"])
    card = page.locator(f'[data-ts="{last}"]')
    card.get_by_text("running, step 2 of 3").wait_for()

    workspace.change(last, [*SUCCEEDED, *SUCCEEDED])

    card.get_by_text("succeeded in 48 s").first.wait_for()
    end_in_sight(page)
    assert card.count() == 1


def test_growth_in_the_frame_of_a_scroll_does_not_lose_the_end(page: "Page") -> None:
    """A scroll to the end is told only after something grew below it: the reader never left."""
    page.locator(".list .message").last.wait_for()
    end_in_sight(page)
    page.evaluate(
        """new Promise(seen => {
            const box = document.querySelector('.list');
            box.addEventListener('scroll', () => requestAnimationFrame(seen), {once: true});
            box.scrollTop -= 10;
        })"""
    )

    page.evaluate(
        """(box => {
            box.scrollTop = box.scrollHeight;
            const grown = document.createElement('div');
            grown.style.height = '300px';
            box.querySelector('.list-content').append(grown);
        })(document.querySelector('.list'))"""
    )

    end_in_sight(page)


def test_reader_of_old_messages_is_not_moved(page: "Page", workspace: StubWorkspace) -> None:
    """News while somebody reads further up are offered, not forced."""
    scroller = page.get_by_role("region", name="Conversation in deploys")
    scroller.evaluate(
        """box => new Promise(seen => {
            box.addEventListener('scroll', () => requestAnimationFrame(seen), {once: true});
            box.scrollTop = 0;
        })"""
    )

    workspace.add(SLIPWAY, "Something new")

    page.get_by_role("button", name="New messages").wait_for()
    assert scroller.evaluate("box => box.scrollTop") == 0


def test_lost_connection_is_shown_and_nothing_is_missed(
    page: "Page", workspace: StubWorkspace
) -> None:
    """What happened while the connection was down is there once it is back."""
    workspace.hang_up()
    page.get_by_text("Reconnecting…").wait_for()

    workspace.add(SLIPWAY, "Said in between")
    workspace.be_back()

    page.get_by_text("Said in between").wait_for()
    page.get_by_text("Reconnecting…").wait_for(state="detached")


def test_person_is_switched_in_the_address(page: "Page", workspace: StubWorkspace) -> None:
    """Two windows can be two people, since the address says who looks."""
    page.get_by_role("button", name="Switch person").click()
    page.get_by_role("menuitemradio", name="Bob — approver").click()
    page.get_by_role("button", name="You are Bob. Switch person").wait_for()
    send(page, "Hello from me")

    page.get_by_text("Hello from me").wait_for()
    assert "?as=U0BOB#deploys" in page.url
    assert workspace.done[-1][1]["as"] == "U0BOB"


def test_home_is_opened_and_drawn(page: "Page", workspace: StubWorkspace) -> None:
    """Looking at the app's Home tells the app so, and what it publishes is shown."""
    page.get_by_role("button", name="Slipway", exact=True).click()

    page.get_by_role("heading", name="Waiting for your approval").wait_for()
    assert ("open_home", {"as": "U0ANN"}) in workspace.done


def test_unknown_block_leaves_a_placeholder(page: "Page", workspace: StubWorkspace) -> None:
    """What the page cannot draw is named, and takes nothing else with it."""
    broken: Record = {"type": "section", "text": {"type": "mrkdwn", "text": 7}}

    workspace.add(SLIPWAY, "x", blocks=[{"type": "hologram"}, broken, SUCCEEDED[0]])

    page.get_by_text("A block of type hologram").wait_for()
    page.get_by_text("A block of type section").wait_for()
    page.get_by_role("heading", name="Deploy checkout 1.3.2").last.wait_for()


def test_slack_text_is_drawn_with_names_and_without_markup(
    page: "Page", workspace: StubWorkspace
) -> None:
    """Mentions, dates, links and emoji are words and signs; other people's HTML stays text."""
    text = (
        "<@U0BOB> in <#C0GENERAL>: :tada: &lt;b&gt; <javascript:alert(1)|x> <!date^0^{nope}|then>"
    )

    workspace.add("U0EVE", text)

    said = page.get_by_role("article").last
    said.get_by_text("@Bob in #general: 🎉 <b> x then").wait_for()
    assert said.get_by_role("link").count() == 0


def test_narrow_window_hides_the_sidebar_behind_a_button(page: "Page") -> None:
    """At 400 pixels the channel has the room; the thread covers it."""
    page.set_viewport_size({"width": 400, "height": 760})
    channel = page.get_by_role("link", name="general")
    channel.wait_for(state="hidden")
    page.get_by_role("button", name="Show channels and people").click()
    channel.click()
    page.get_by_role("heading", name="general").first.wait_for()
    page.go_back()

    page.get_by_text("3 replies").click()

    message_box(page).wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") == 400


def test_the_drawer_is_opened_and_left_by_the_keyboard(page: "Page") -> None:
    """On a phone the focus goes into the drawer, stays before what it covers, and comes back."""
    page.set_viewport_size({"width": 420, "height": 800})
    opener = page.get_by_role("button", name="Show channels and people")
    opener.focus()
    page.keyboard.press("Enter")
    inside = "() => document.activeElement?.closest('.sidebar') !== null"
    page.wait_for_function(inside)
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body"
            " || document.activeElement.closest('.sidebar') !== null"
        )
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement?.matches('.sidebar-button')")

    page.keyboard.press("Enter")
    page.wait_for_function(inside)
    page.get_by_role("link", name="general").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="general").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.sidebar')") is None


def test_chinese_that_is_filled_in_stands_without_blanks(
    page: "Page", workspace: StubWorkspace
) -> None:
    """The page's own words have room for letters; a day that is Chinese closes up."""
    workspace.locale = "zh-CN"
    root = workspace.add("U0ANN", "x")
    workspace.add("U0BOB", "y", thread=root)

    page.reload()

    told = page.locator(f'[data-ts="{root}"] .summary-last')
    assert told.inner_text().startswith("最后回复于今天 ")


def test_page_asks_only_its_own_origin_and_breaks_none_of_its_rules(
    page: "Page", workspace: StubWorkspace, address: str
) -> None:
    """Even a message that names a picture elsewhere makes the page fetch nothing."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    picture: Record = {
        "type": "image",
        "image_url": "https://example.com/a.png",
        "alt_text": "a chart",
    }
    workspace.add(SLIPWAY, "x", blocks=[picture])

    page.reload()

    page.get_by_text("a chart").wait_for()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert complaints == []
