"""How soon a form opens while much happens: from the press to Slack's having executed `views.open`.

A trigger lives three seconds. The bot and its workers run as processes of their own, as does the
storm of `tests.bench.storm` on the same machine. Forms are opened one after the other: by `/deploy`
alone, and by *Reject…* on a card. Beside it, in turn, a client opens a view for a trigger of the
same kind with nothing in between: what Slack's own side takes here.

    python -m tests.bench.forms [--presses 200] [--without-storm]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from slack_sdk import WebClient

from bot.sandbox.slack import Message, Workspace
from tests.bench.house import House, running

LIMIT_MS: Final = 1_000.0  # of p99
CARD_SECONDS: Final = 20.0
ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
CHANNEL: Final = "C0DEPLOYS"
REJECT: Final = "slipway.reject"
STORM: Final = ("-m", "tests.bench.storm", "--operations", "50", "--seconds", "60")
VIEW: Final = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Baseline"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "nothing"}}],
}


def main() -> None:
    """Measure, print; the exit code says whether it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--without-storm", action="store_true")
    wanted = parser.parse_args()
    prefix = "slipway-bench-"
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, running(Path(folder), 0) as house:
        storm = None
        if not wanted.without_storm:
            storm = subprocess.Popen((sys.executable, *STORM), stdout=subprocess.DEVNULL)
        try:
            figures = _measured(house, wanted.presses)
            is_storm = storm is not None and storm.poll() is None
        finally:
            if storm is not None:
                storm.terminate()
                storm.wait()
    sys.exit(0 if _print(figures, is_storm=is_storm) else 1)


def _measured(house: House, presses: int) -> dict[str, list[float]]:
    workspace = house.workspace
    workspace.request_url = f"http://127.0.0.1:{house.ports['slipway']}/slack/events"
    client = WebClient(
        token=workspace.config.bot_token, base_url=workspace.api_url, retry_handlers=[]
    )
    card = _card(workspace)

    def bare() -> None:
        trigger = workspace.state.tickets.trigger(ANN)
        client.views_open(trigger_id=trigger, view=VIEW)

    def typed() -> None:
        workspace.command("/deploy", by=ANN, channel=CHANNEL)

    def pressed() -> None:
        workspace.press(REJECT, ts=card.ts, channel=CHANNEL, by=BOB)

    ways: dict[str, Callable[[], None]] = {"bare": bare, "/deploy": typed, "Reject": pressed}
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(presses):
        for name, way in ways.items():
            figures[name].append(_opened(workspace, way))
    return figures


def _opened(workspace: Workspace, way: Callable[[], None]) -> float:
    """Return the milliseconds until the form that *way* leads to was opened."""
    before = sum(each.method == "views.open" for each in workspace.executed)
    began = time.time()
    way()
    opened = [each for each in workspace.executed if each.method == "views.open"][before:]
    if not opened:
        sys.exit("no form was opened")
    for person in (ANN, BOB):
        for view in workspace.views(person):
            workspace.close_view(view.id, by=person, cleared=True)
    return (opened[0].at - began) * 1000


def _card(workspace: Workspace) -> Message:
    """Ask for a change and return its card once it can be rejected."""
    workspace.command("/deploy checkout 1.4.0", by=ANN, channel=CHANNEL)
    until = time.monotonic() + CARD_SECONDS
    while time.monotonic() < until:
        for each in workspace.messages(CHANNEL):
            if REJECT in each.action_ids:
                return each
        time.sleep(0.1)  # noqa: TID251 - a card comes when it comes
    sys.exit("no card came")


def _print(figures: dict[str, list[float]], *, is_storm: bool) -> bool:
    beside = "while the storm runs" if is_storm else "in calm"
    heads = "".join(f"{each:>9}" for each in ("p50", "p95", "p99"))
    print(f"{'':10}{heads}   ms to views.open, {beside}")  # noqa: T201
    for name, times in figures.items():
        cuts = statistics.quantiles(times, n=100)
        print(f"{name:10} {cuts[49]:8.2f} {cuts[94]:8.2f} {cuts[98]:8.2f}")  # noqa: T201
    ours = [statistics.quantiles(figures[each], n=100)[98] for each in ("/deploy", "Reject")]
    holds = max(ours) <= LIMIT_MS
    word = "holds" if holds else "does not hold"
    print(f"p99 wanted <= {LIMIT_MS:g} ms: {word}")  # noqa: T201
    return holds


if __name__ == "__main__":
    main()
