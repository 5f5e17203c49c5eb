"""The two ways in which Slack reaches the bot: chosen by the environment and slipway.yaml alone."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.content import CHANNEL
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


def test_a_busy_journal_is_answered_in_time(tmp_path: Path, forks: Preloaded) -> None:
    """Several commands wait for a database that somebody holds: each is told before Slack gives up.

    One waits for the database, and the others for that one.
    """
    with house(tmp_path, forks, socket_mode=True) as home:
        assert home.workspace.sockets.wait_for(1, 10)
        texts = [f"/deploy {home.target()} 1.4.0" for _ in range(4)]
        with locked(home), ThreadPoolExecutor(len(texts)) as people:
            types = partial(home.workspace.command, by=ANN, channel=CHANNEL)
            answers = list(people.map(types, texts))
        assert [each.notice for each in answers] == [None] * len(texts)
        assert all("[journal_down]" in each.text for each in answers)


def _deploys(home: House) -> None:
    target = home.target()
    operation_id = home.deploy(target)
    home.approve(operation_id)
    home.card_with(operation_id, word="succeeded")
    home.until_all_told()
    assert home.executed(target) == 1
    assert sum(" succeeded*" in each for each in home.thread(operation_id)) == 1
    assert not home.workspace.refused
