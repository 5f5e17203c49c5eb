"""A real browser in front of a served workspace, for the fixtures of the page's tests."""

import importlib
import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import uvicorn
from starlette.applications import Starlette

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

STATIC: Final = Path(__file__).parents[2] / "bot" / "sandbox" / "static"
REQUIRED: Final = "SLIPWAY_REQUIRE_BROWSER"  # set to 1: a missing browser fails the tests
_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def _lacking() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "the package playwright is not installed (dependency group `browser`)"
    if not any(map(shutil.which, _PROGRAMS)):
        return f"no browser on the PATH: none of {', '.join(_PROGRAMS)}"
    return None


@contextmanager
def system_browser() -> "Iterator[Browser]":
    """Run the machine's own browser; skip, or fail where it is required, when there is none."""
    lacking = _lacking()
    if lacking is not None:
        refuse = pytest.fail if os.environ.get(REQUIRED) == "1" else pytest.skip
        refuse(f"the page is not tried in a browser: {lacking}")
    program = next(filter(None, map(shutil.which, _PROGRAMS)))
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve *app* on loopback from a thread of its own and yield its address."""
    config = uvicorn.Config(
        app, port=0, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def message_box(page: "Page") -> "Locator":
    """Return the message box, found as a person with a screen reader finds it."""
    return page.get_by_label("Message")
