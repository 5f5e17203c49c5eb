"""How people are told where a workspace takes one message a second, whatever their channel.

So many deployments end, each in a channel of its own, when so many more are asked for:
what `python -m tests.bench.peers` measures under its limit. The simulated Slack takes one message a
second of all channels together, and refuses the rest with 429 and `Retry-After`. The events are
recorded by the real engine in the real journal; a sender in a process of its own brings Slack up to
date. Beside it, at the same time, at a Slack, a journal and a Redis of its own, a sender that knows
of channels alone, as the baseline.

    python -m tests.bench.few_messages [--ended 60] [--asked 20] [--seconds 60]
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bot.app.resources import now
from bot.core import events as ev
from bot.core.operation import Operation, Queued
from bot.core.ports import Limits
from bot.core.surfaces import POSTS
from bot.journal.entering import NewOperation
from bot.sandbox.content import workspace_config
from bot.sandbox.slack import Channel, Executed, RateLimits, Workspace, served
from tests.bench.storm import Storm, an_operation, planned, senders
from tests.bench.told import refusals
from tests.core.builders import foreign

FEW: Final = RateLimits(of_all=1.0)
REFUSALS_MAX: Final = 15  # of the sender that learns
FAILS: Final = 10  # one deployment of so many


class Told(NamedTuple):
    """What Slack took within the time."""

    cards: int  # of those that were asked for
    ends: int
    failures: list[float]  # seconds until the failures were told
    refused: int
    taken: int


def main() -> None:
    """Let both tell it; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ended", type=int, default=60)
    parser.add_argument("--asked", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    wanted = parser.parse_args()
    asked = (wanted.ended, wanted.asked, wanted.seconds)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        runs = [pool.apply_async(told, (*asked, each)) for each in ((), ("by-channel",))]
        ours, plain = (each.get() for each in runs)
    print(f"{wanted.ended} ended, {wanted.asked} asked for, {wanted.seconds:g} s")  # noqa: T201
    names = ("cards", "ends", "last failure", "refused", "messages")
    print(f"{'':24}" + "".join(f"{each:>14}" for each in names))  # noqa: T201
    print(_row("by channel alone", plain))  # noqa: T201
    print(_row("slipway", ours))  # noqa: T201
    holds = ours.refused <= REFUSALS_MAX and ours.cards == wanted.asked
    verdict = "holds" if holds else "does not hold"
    print(f"wanted: every card, refused <= {REFUSALS_MAX}: {verdict}")  # noqa: T201
    sys.exit(0 if holds else 1)


def _row(name: str, seen: Told) -> str:
    last = f"{max(seen.failures):.1f} s" if seen.failures else "none"
    return f"{name:24}{seen.cards:14}{seen.ends:14}{last:>14}{seen.refused:14}{seen.taken:14}"


def told(ended: int, asked: int, seconds: float, words: tuple[str, ...]) -> Told:
    """Return what a sender, made with these *words*, told within so many *seconds*."""
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as name:
        config = workspace_config()
        members = config.channels[0].members
        rooms = (_room(number, members) for number in range(ended + asked))
        config = config.model_copy(update={"channels": (*config.channels, *rooms)})
        workspace = Workspace(config)
        with (
            served(workspace),
            senders(Path(name), ended + asked, workspace, *words, of=1) as storm,
        ):
            begun = [_asked(storm, number) for number in range(ended)]
            _await_cards(workspace, ended)
            with workspace.state.lock:
                workspace.state.buckets.change(FEW)
                before = len(workspace.executed)
            began = time.time()
            for number, each in enumerate(begun):
                _end(storm, number, each)
            for number in range(ended, ended + asked):
                _asked(storm, number)
            time.sleep(max(0.0, began + seconds - time.time()))  # noqa: TID251 - measures
            return _seen(workspace.executed[before:], refusals(workspace), ended, began)


def _room(number: int, members: tuple[str, ...]) -> Channel:
    return Channel(id=f"C0BENCH{number:04}", name=f"bench-{number}", members=members)


def _operation(number: int) -> Operation:
    """Return one that needs nobody's approval, in a channel of its own."""
    own = {"channel": f"C0BENCH{number:04}", "phase": Queued(), "approvals_needed": 0}
    return an_operation(number).model_copy(update=own)


def _asked(storm: Storm, number: int) -> Operation:
    begun = _operation(number)
    storm.engine.begin(NewOperation(begun, begun.id, Limits(per_person=1_000, total=1_000)))
    storm.engine.apply(begun.id, ev.Planned(at=now(), plan=planned(begun)))
    return begun


def _end(storm: Storm, number: int, begun: Operation) -> None:
    for event in (
        ev.PermitGranted(at=now(), step=0, attempt=1),
        ev.TaskAccepted(at=now(), step=0, attempt=1, task=f"job-{number}"),
        ev.StepFailed(at=now(), step=0, reason=foreign("readiness probe failed"))
        if number % FAILS == 0
        else ev.StepSucceeded(at=now(), step=0),
    ):
        storm.engine.apply(begun.id, event)


def _await_cards(workspace: Workspace, count: int) -> None:
    for _ in range(600):
        if sum(each.method == POSTS for each in list(workspace.executed)) >= count:
            return
        time.sleep(0.1)  # noqa: TID251 - looks at its own pace
    sys.exit("the cards do not come")


def _seen(executed: Sequence[Executed], refused: int, ended: int, began: float) -> Told:
    posts = [each for each in executed if each.method == POSTS]
    cards = replies = 0
    failures: list[float] = []
    for each in posts:
        text, is_reply = str(each.arguments["text"]), "thread_ts" in each.arguments
        number = int(str(each.arguments["channel"]).removeprefix("C0BENCH"))
        cards += number >= ended and not is_reply
        replies += is_reply and ("succeeded*" in text or "failed" in text)
        if is_reply and "failed" in text:
            failures.append(each.at - began)
    return Told(cards, replies, failures, refused, len(posts))


if __name__ == "__main__":
    main()
