"""Counts the lines that each card takes in the sandbox's page, wide and narrow.

    python -m tests.bench.card_lines [FOLDER …]

A FOLDER has the blocks of cards as JSON, as `tests/views/golden/cards` has them, which is the one
that is measured where none is named; of an older version, `git show` gives them. Lines of text and
rows of buttons are counted apart. Needs a Chromium and the `browser` group.
"""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.sandbox.browser import STATIC, message_box, served, system_browser
from tests.sandbox.stub_content import SLIPWAY
from tests.sandbox.stub_workspace import StubWorkspace, stub_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GOLDEN: Final = Path(__file__).parents[1] / "views" / "golden" / "cards"
STATES: Final = (
    *("awaiting_approval", "submitting", "watching", "timed", "late", "succeeded", "failed"),
    *("counting", "uncertain", "stalled"),
)
WIDTHS: Final = (1400, 420)
# The lines of text in a message, by where they begin; a row of buttons is one.
COUNT: Final = """message => {
    const tops = new Set();
    const walk = document.createTreeWalker(message.querySelector('.blocks'), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!node.textContent.trim()) continue;
        if (node.parentElement.closest('.hidden-text, button')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects())
            if (box.height > 4) tops.add(Math.round(box.bottom / 9));
    }
    const rows = new Set([...message.querySelectorAll('.elements button')].map(
        (button) => Math.round(button.getBoundingClientRect().top / 9)));
    const sorted = [...tops].sort((a, b) => a - b);
    const lines = sorted.filter((top, at, all) => at === 0 || top - all[at - 1] > 1);
    return [lines.length, rows.size];
}"""


def main(folders: list[Path]) -> None:
    """Print a table of the lines of text and rows of buttons of each state, by width."""
    with system_browser() as browser:
        for folder in folders:
            print(f"{folder}")  # noqa: T201
            for state, counted in measured(browser, folder).items():
                told = "   ".join(f"{lines} + {rows}" for lines, rows in counted)
                print(f"  {state:20} {told}")  # noqa: T201


def measured(browser: "Browser", folder: Path) -> dict[str, list[list[int]]]:
    """Return for each state that the folder has, and each width, lines and rows of buttons."""
    found: dict[str, list[list[int]]] = {}
    states = [each for each in STATES if (folder / f"{each}.json").exists()]
    for width in WIDTHS:
        workspace = StubWorkspace(time.time())
        with served(stub_app(workspace, STATIC)) as address:
            context = browser.new_context(viewport={"width": width, "height": 1400})
            tab = context.new_page()
            tab.goto(f"{address}/?as=U0ANN#deploys")
            message_box(tab).wait_for()
            for state in states:
                ts = workspace.add(SLIPWAY, state, blocks=_blocks(folder / f"{state}.json"))
                message = tab.locator(f'[data-ts="{ts}"]')
                message.locator(".blocks").wait_for()
                found.setdefault(state, []).append(message.evaluate(COUNT))
            workspace.hang_up()
            context.close()
    return found


def _blocks(path: Path) -> Any:
    written = json.loads(path.read_text("utf-8"))
    return written["blocks"] if isinstance(written, dict) else written


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]] or [GOLDEN])
