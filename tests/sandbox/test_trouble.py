"""The whole sandbox in a real browser: trouble from its menu, and what the cards make of it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import Message
from bot.sandbox.stage import Stage
from tests.processes.running import lives, until
from tests.sandbox.browser import message_box
from tests.sandbox.conftest import SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE: Final = 60_000.0  # milliseconds, for what waits as long as it is told


@pytest.fixture
def page(browser: "Browser", scene: Stage) -> "Iterator[Page]":
    """Look at the channel `deploys` as Ann."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    tab.goto(f"{scene.url}/?as=U0ANN#deploys")
    message_box(tab).wait_for()
    yield tab
    for each in httpx.get(f"{scene.url}/sandbox/state", verify=NO_TLS).json()["troubles"]:
        body = {"as": "U0ANN", "name": each["name"], "armed": False}
        httpx.post(f"{scene.url}/sandbox/trouble", json=body, verify=NO_TLS).raise_for_status()
    context.close()


def trouble(page: "Page", title: str) -> None:
    """Open the menu, press the button of one trouble, and close the menu."""
    page.get_by_role("button", name="Make trouble").click()
    page.get_by_role("dialog").get_by_role("button", name=title).click()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


class Card:
    """The card of one operation: where it stands in the workspace, and as the page shows it."""

    def __init__(self, page: "Page", scene: Stage, operation: str) -> None:
        self.operation: Final = operation
        self._page: Final = page
        self._scene: Final = scene

    def says(self, words: str) -> None:
        """Wait until its text, which those hear who see nothing, has *words*."""
        until(lambda: words in self._message().text, f"the card to say {words}", 60)

    def shows(self, words: str) -> None:
        """Wait until the page shows *words* on it."""
        until(lambda: self._message().ts, "the card to be there", 60)
        shown = self._page.locator(f'[data-ts="{self._message().ts}"]')
        shown.get_by_text(re.compile(words)).first.wait_for()

    def told(self) -> str:
        """Return all that its thread has told."""
        thread = self._scene.workspace.thread(CHANNEL, self._message().ts)
        return "\n".join(each.text for each in thread[1:])

    def _message(self) -> Message:
        """Return it, or a message without a time where it is not there yet."""
        for each in self._scene.workspace.messages(CHANNEL):
            named = (each.metadata or {}).get("event_payload", {}).get("operation_id")
            if named == self.operation and not each.is_reply:
                return each
        return Message(ts="", channel=CHANNEL, user="", text="")


def asked(page: "Page", scene: Stage, text: str) -> Card:
    """Type a change of a target that nobody has to approve, and return its card."""
    answers = page.get_by_text(re.compile("Recorded as op-"))
    before = answers.count()
    message_box(page).fill(text)
    message_box(page).press("Enter")
    answers.nth(before).wait_for()
    operation = re.search(r"op-\w{10}", answers.nth(before).inner_text())
    assert operation is not None
    return Card(page, scene, operation.group())


def test_a_lost_answer_is_uncertain_and_found(page: "Page", scene: Stage) -> None:
    """The card says uncertain, then goes on by itself to success; the change was sent once."""
    trouble(page, "Lose the next answer")
    page.get_by_role("button", name="Make trouble 1 armed").wait_for()
    before = len(scene.cloud.executed)

    card = asked(page, scene, "/deploy checkout-dev 1.4.0")

    card.shows("Uncertain")
    card.says("succeeded")
    page.get_by_role("button", name="Make trouble", exact=True).wait_for()
    assert len(scene.cloud.executed) == before + 1


def test_a_lost_call_stays_uncertain(page: "Page", scene: Stage) -> None:
    """Nothing reached the cloud, and nothing is sent again: people have to say what happened."""
    trouble(page, "Lose the next call")
    before = len(scene.cloud.executed)

    card = asked(page, scene, "/ops restart checkout-dev")

    card.shows("Uncertain")
    until(lambda: "is uncertain" in card.told(), "the thread to tell it")
    assert len(scene.cloud.executed) == before


def test_what_hangs_runs_until_it_is_taken_back(page: "Page", scene: Stage) -> None:
    """The clouds stand still: the card says running; they go on, and it says succeeded."""
    trouble(page, "Hang")

    card = asked(page, scene, "/ops create billing-canary")
    card.says("running")
    page.wait_for_timeout(3 * SECONDS * 1000)
    card.says("running")
    assert "billing-canary succeeded" not in card.told()
    trouble(page, "Take back: Hang")

    card.says("succeeded")


def test_a_throttled_call_is_tried_again(page: "Page", scene: Stage) -> None:
    """The thread tells of the 429; the change is made when the cloud has said, once."""
    trouble(page, "Throttle")
    before = len(scene.lab.executed)

    card = asked(page, scene, "/ops create etcd-canary")

    card.says("succeeded")
    until(lambda: "Nothing was executed" in card.told(), "the thread to tell it")
    assert len(scene.lab.executed) == before + 1


def test_a_killed_worker_is_replaced(page: "Page", scene: Stage) -> None:
    """A real process of the supervisor dies, another one takes its place, and work goes on."""
    before = scene.processes.children_of("worker")
    trouble(page, "Kill a worker")

    until(lambda: not lives(before[0]), "the oldest of the workers to be dead")
    until(lambda: len(scene.processes.children_of("worker")) == len(before), "another one")
    card = asked(page, scene, "/ops create search-canary")
    card.says("succeeded")


def test_what_slack_refuses_is_said_later(page: "Page", scene: Stage) -> None:
    """The card comes as soon as Slack takes it, with the state of then; each line comes once."""
    trouble(page, "Slack says 429")
    before = len(scene.workspace.refused)

    card = asked(page, scene, "/ops create checkout-canary")

    card.says("succeeded")
    refused = scene.workspace.refused[before:]
    assert {each.error for each in refused} == {"fault:ratelimited"}
    until(lambda: "succeeded*" in card.told(), "the thread to tell it")
    assert card.told().count("succeeded*") == 1
