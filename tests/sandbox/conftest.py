"""The sandbox's page in a real browser, in front of a stub workspace."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

from bot.sandbox.stage import Stage, stage
from tests.sandbox.browser import STATIC, message_box, served, system_browser
from tests.sandbox.stub_workspace import StubWorkspace, stub_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECONDS: Final = 1.0  # that a job takes in the clouds of the whole sandbox


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Keep one browser for all tests of a file."""
    with system_browser() as running:
        yield running


@pytest.fixture(scope="package")
def scene() -> Iterator[Stage]:
    """Set up the whole sandbox, once: it takes seconds to load."""
    with stage(0, job_seconds=SECONDS) as running:
        yield running


@pytest.fixture
def workspace() -> StubWorkspace:
    """Give each test a workspace of its own."""
    return StubWorkspace(time.time())


@pytest.fixture
def address(workspace: StubWorkspace) -> Iterator[str]:
    """Serve the workspace and the built page."""
    with served(stub_app(workspace, STATIC)) as base:
        yield base
        workspace.hang_up()


@pytest.fixture
def page(browser: "Browser", address: str) -> "Iterator[Page]":
    """Look at the channel `deploys` as Ann, in a window with no memory."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    tab = context.new_page()
    tab.goto(f"{address}/?as=U0ANN#deploys")
    message_box(tab).wait_for()
    yield tab
    context.close()
