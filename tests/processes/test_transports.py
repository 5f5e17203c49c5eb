"""The two ways in which Slack reaches the bot: chosen by the environment and slipway.yaml alone."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import Answer
from tests.processes.forks import Preloaded
from tests.processes.house import ANN, House, house, locked
from tests.processes.running import until


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket-mode"])
def test_the_same_deployment_by_either(
    tmp_path: Path, forks: Preloaded, *, socket_mode: bool
) -> None:
    """With SLACK_APP_TOKEN it is Socket Mode, with SLACK_SIGNING_SECRET HTTP; all else is equal."""
    with house(tmp_path, forks, socket_mode=socket_mode) as home:
        if socket_mode:
            assert home.workspace.sockets.wait_for(1, 10)
        ready = until(lambda: home.bot.events("bot.ready"), "the bot to be ready")
        assert ready[0]["mode"] == ("socket mode" if socket_mode else "http")

        _deploys(home)

        home.bot.terminate()
        assert home.bot.code() == 0
        if socket_mode:
            assert home.workspace.sockets.wait_for(0, 10)


def test_a_lost_connection_is_opened_again(tmp_path: Path, forks: Preloaded) -> None:
    """Slack renews connections and drops them: commands are answered after it as before."""
    with house(tmp_path, forks, socket_mode=True) as home:
        assert home.workspace.sockets.wait_for(1, 10)
        home.workspace.sockets.say_goodbye("refresh_requested")
        assert home.workspace.sockets.wait_for(0, 10)
        assert home.workspace.sockets.wait_for(1, 20)

        _deploys(home)


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket-mode"])
def test_a_busy_journal_is_answered_in_time(
    tmp_path: Path, forks: Preloaded, *, socket_mode: bool
) -> None:
    """A crowd waits for a database that somebody holds: each is told before Slack gives up.

    One waits for the database, and the others for that one. Nothing of it is recorded later.
    """
    with house(tmp_path, forks, socket_mode=socket_mode) as home:
        texts = [f"/deploy {home.target()} 1.4.0" for _ in range(40)]
        with locked(home):
            answers = _typed_at_once(home, texts)
        assert [each.notice for each in answers] == [None] * len(texts)
        assert all(re.search(r"\[(journal_down|busy)\]", each.text) for each in answers)
        assert home.journal.operations.recent(1) == ()
        counted = partial(_figure, home, "slipway_answer_seconds_count")
        until(lambda: counted() == len(texts), "all answers to be counted")


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket-mode"])
def test_who_asked_before_the_end_is_answered(
    tmp_path: Path, forks: Preloaded, *, socket_mode: bool
) -> None:
    """A bot that is asked to end gives the answer that is under way first."""
    with house(tmp_path, forks, socket_mode=socket_mode) as home:
        gate = home.hold_slack("views.open")
        with ThreadPoolExecutor(1) as people:
            asked = people.submit(home.workspace.command, "/deploy", by=ANN, channel=CHANNEL)
            assert gate.arrived.wait(10)
            home.bot.terminate()
            gate.open()
            answer = asked.result()
        assert home.bot.code() == 0
        assert answer.notice is None


def _typed_at_once(home: House, texts: list[str]) -> list[Answer]:
    with ThreadPoolExecutor(len(texts)) as people:
        return list(people.map(partial(home.workspace.command, by=ANN, channel=CHANNEL), texts))


def _figure(home: House, name: str) -> float:
    page = httpx.get(f"{home.url}/metrics", trust_env=False, verify=NO_TLS).text
    return next(float(each.split()[1]) for each in page.splitlines() if each.startswith(name))


def _deploys(home: House) -> None:
    target = home.target()
    operation_id = home.deploy(target)
    home.approve(operation_id)
    home.card_with(operation_id, word="succeeded")
    home.until_all_told()
    assert home.executed(target) == 1
    assert sum(" succeeded*" in each for each in home.thread(operation_id)) == 1
    assert not home.workspace.refused
