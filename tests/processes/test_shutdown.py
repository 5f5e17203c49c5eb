"""SIGTERM at chosen moments: nothing new begins, nothing is half done, a restart finishes it."""

import threading
import time

import pytest

from bot.sandbox.content import CHANNEL
from tests.processes.forks import PATIENCE
from tests.processes.house import ANN, APPROVE, House
from tests.processes.running import Program
from tests.processes.scenery import component_of

QUICK: float = 5.0  # seconds for a process that has nothing to do
BOUNDARY: float = 10.0  # seconds to the next step boundary


def _seconds_to_end(program: Program) -> float:
    began = time.monotonic()
    program.terminate()
    assert program.code() == 0, program.text()
    return time.monotonic() - began


def test_idle_ones_end_at_once(home: House) -> None:
    """With nothing to do, bot and workers end within five seconds, and well."""
    before = home.bot.text() + home.worker.text()

    assert _seconds_to_end(home.bot) < QUICK
    assert _seconds_to_end(home.worker) < QUICK

    after = home.bot.text() + home.worker.text()
    assert after.count("Traceback") == before.count("Traceback"), after


def test_a_call_in_flight_is_waited_for(home: House) -> None:
    """A mutating call gets its answer, and the answer is journalled, before the workers end."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_cloud("PUT", component_of(target), "after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)

    home.worker.terminate()
    opener = threading.Timer(2.0, gate.open)  # long after anything else has ended
    opener.start()

    assert home.worker.code() == 0
    ended = home.operation(operation_id)
    assert ended.phase.kind == "running"
    assert ended.steps[0].remote_task
    home.start()
    home.card_with(operation_id, word="succeeded")
    assert home.executed(target) == 1
    assert not any("uncertain" in each for each in home.thread(operation_id))


@pytest.mark.parametrize("moment", ["planning", "checking"])
def test_nothing_new_is_sent(home: House, moment: str) -> None:
    """Asked to end while it reads, a worker goes no step further: no permit, no call."""
    target = home.target()
    if moment == "planning":
        gate = home.hold_cloud("GET", component_of(target))
        operation_id = home.deploy(target)
    else:
        operation_id = home.deploy(target)
        home.card_with(operation_id, APPROVE)
        gate = home.hold_cloud("GET", component_of(target))
        home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)

    assert _seconds_to_end(home.worker) < QUICK  # the cloud has not answered yet

    gate.open()
    assert not home.operation(operation_id).was_sent
    home.start()
    if moment == "planning":
        home.approve(operation_id)
    home.card_with(operation_id, word="succeeded")
    assert home.executed(target) == 1


def test_a_reading_is_left(home: House) -> None:
    """A poller that waits for a slow cloud ends at once; the next one reads again."""
    target = home.target()
    operation_id = home.deploy(target)
    gate = home.approve_until_watched(operation_id)

    assert _seconds_to_end(home.worker) < QUICK

    home.start()
    home.card_with(operation_id, word="succeeded")
    gate.open()
    assert home.executed(target) == 1


def test_a_message_in_flight_is_waited_for(home: House) -> None:
    """What is being told to Slack is told once, however long Slack takes to say so."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_slack("chat.postMessage", target, " succeeded*", where="after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)

    home.worker.terminate()
    threading.Timer(1.0, gate.open).start()

    assert home.worker.code(BOUNDARY) == 0
    home.start()
    home.until_all_told()
    assert len([each for each in home.thread(operation_id) if " succeeded*" in each]) == 1


def test_a_command_in_flight_is_answered(home: House) -> None:
    """A bot that is asked to end answers first what it has taken."""
    target = home.target()
    gate = home.hold_slack("users.info", ANN)
    home.forget_people()
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(
            home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)
        )
    )
    asking.start()
    assert gate.arrived.wait(PATIENCE)

    home.bot.terminate()
    threading.Timer(0.3, gate.open).start()

    asking.join(PATIENCE)
    assert "op-" in answers[0].text, answers
    assert home.bot.code(BOUNDARY) == 0
