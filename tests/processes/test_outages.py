"""What is away for a while: Redis, Slack, the database; and what is there twice."""

import json
from pathlib import Path

import httpx
import pytest

from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import NO_TLS
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.house import ANN, APPROVE, House, house, locked
from tests.processes.running import until
from tests.processes.scenery import component_of


def test_a_command_without_redis_is_recorded(home: House) -> None:
    """Without Redis a command is recorded, told so, and begun once Redis is back."""
    home.redis.kill()
    target = home.target()

    answer = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)

    assert answer.ok, answer
    assert "queue" in answer.text.lower(), answer.text
    held = home.journal.operations.holder(target)
    assert held is not None
    home.start()
    home.approve(held.id)
    home.card_with(held.id, word="succeeded")
    assert home.executed(target) == 1


def test_a_call_in_flight_survives_redis(home: House) -> None:
    """A step under way ends against the journal, however long Redis is away."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_cloud("PUT", component_of(target), "after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)
    worker = home.pid(home.busy_doorbell())

    home.redis.kill()
    until(lambda: _missed_redis(home, worker), "the worker to miss Redis")
    gate.open()

    until(lambda: home.operation(operation_id).steps[0].remote_task, "the task to be recorded")
    home.start()
    home.card_with(operation_id, word="succeeded")
    assert home.executed(target) == 1
    assert not any("uncertain" in each for each in home.thread(operation_id))


def test_a_locked_database_loses_no_answer(home: House) -> None:
    """What the cloud answered is recorded once the database can be written again."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_cloud("PUT", component_of(target), "after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)

    with locked(home):
        gate.open()
        until(lambda: home.worker.events("submit.not_recorded"), "the answer to wait")

    home.card_with(operation_id, word="succeeded")
    assert home.executed(target) == 1
    assert not any("uncertain" in each for each in home.thread(operation_id))


def test_a_locked_database_records_nothing(home: House) -> None:
    """A command that cannot be journalled says so in time, and nothing comes of it."""
    target = home.target()

    with locked(home):
        answer = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)

    assert "[journal_down]" in answer.text, answer
    assert home.journal.operations.recent(1, target) == ()


def test_the_bot_waits_for_slack(tmp_path: Path, forks: Preloaded) -> None:
    """A bot that starts while Slack is away begins to serve when it is back."""
    with house(tmp_path, forks, started=False) as home:
        home.workspace.faults.add("auth.test", "drop_before", times=2)
        home.workspace.faults.add("auth.test", "server_error", times=2, status=503)

        home.start()

        # The worker asks once, too: for the workspace's name.
        assert len(home.bot.events("slack.unavailable")) >= 3
        assert home.is_ready()
        assert _errors(home) == []


def test_the_bot_waits_for_socket_mode(tmp_path: Path, forks: Preloaded) -> None:
    """So does one that cannot have its connection yet; `/readyz` says when it loses it."""
    with house(tmp_path, forks, socket_mode=True, started=False) as home:
        home.workspace.faults.add("apps.connections.open", "drop_before", times=1)
        home.workspace.faults.add("apps.connections.open", "server_error", times=1, status=503)
        home.start()
        assert len(home.bot.events("slack.unavailable")) == 2

        home.workspace.faults.add("apps.connections.open", "server_error", times=3, status=503)
        home.workspace.sockets.say_goodbye("link_disabled")
        until(lambda: home.readiness()[1].get("slack") == "SlackUnknown", "the loss to be told")
        until(lambda: len(home.bot.events("slack.unavailable")) > 3, "another try to fail")

        home.workspace.faults.clear()
        until(home.is_ready, "the connection to be there again")
        assert _errors(home) == ["readiness.lost"]


def _errors(home: House) -> list[str]:
    """Return what the bot says that wants somebody to look."""
    lines = [json.loads(each) for each in home.bot.text().splitlines()]
    return [each["event"] for each in lines if each.get("level") == "error"]


def test_the_bot_can_be_stopped_while_it_waits(tmp_path: Path, forks: Preloaded) -> None:
    """A bot that waits for Slack ends at once when it is asked to."""
    with house(tmp_path, forks, started=False) as home:
        home.workspace.faults.add("auth.test", "server_error", times=100, status=503)
        home.redis.start()
        home.bot.start()
        until(lambda: home.bot.events("slack.unavailable"), "the bot to wait")

        home.bot.terminate()

        assert home.bot.code(5) == 0


def test_two_supervisors_send_once(home: House) -> None:
    """Workers that run twice, on one host or two, send each call once and tell each end once."""
    home.another("second", "worker")
    targets = [home.target() for _ in range(3)]
    operations = {each: home.deploy(each) for each in targets}
    for operation_id in operations.values():
        home.approve(operation_id)

    for target, operation_id in operations.items():
        home.card_with(operation_id, word="succeeded")
        home.until_all_told()
        assert home.executed(target) == 1
        assert sum(" succeeded*" in each for each in home.thread(operation_id)) == 1


def _missed_redis(home: House, worker: int) -> bool:
    return any(each.get("worker") == worker for each in home.worker.events("redis.unavailable"))


@pytest.mark.parametrize("verb", ["bot", "worker"])
def test_v70_a_start_waits_for_the_database(tmp_path: Path, forks: Preloaded, verb: str) -> None:
    """V70: who starts while the database is away waits, says so, is not ready, and then begins."""
    with house(tmp_path, forks, started=False) as home:
        path = tmp_path / "slipway.db"
        path.rename(tmp_path / "kept.db")
        path.mkdir()
        home.redis.start()
        program = home.bot if verb == "bot" else home.worker
        program.start()
        until(lambda: len(program.events("journal.awaited")) > 1, "the database to be awaited")
        if verb == "bot":
            until(lambda: home.readiness() == (503, {"database": "JournalUnavailable"}), "a no")
            assert httpx.get(f"{home.url}/healthz", trust_env=False, verify=NO_TLS).text == "ok\n"
        assert program.is_running

        path.rmdir()
        (tmp_path / "kept.db").rename(path)

        until(lambda: program.events(f"{verb}{'s' * (verb == 'worker')}.ready"), "the start")
        if verb == "bot":
            until(home.is_ready, "the bot to be ready")


@pytest.mark.parametrize("verb", ["bot", "worker"])
def test_v70_who_waits_for_the_database_can_be_stopped(
    tmp_path: Path, forks: Preloaded, verb: str
) -> None:
    """V70: it ends at once when it is asked to."""
    with house(tmp_path, forks, started=False) as home:
        (tmp_path / "slipway.db").unlink()
        (tmp_path / "slipway.db").mkdir()
        home.redis.start()
        program = home.bot if verb == "bot" else home.worker
        program.start()
        until(lambda: program.events("journal.awaited"), "the database to be awaited")
        program.terminate()
        assert program.code(8) == 0
