"""`kill -9` of any one process at any moment of a deployment.

A moment is reached by holding a request before or after one of the simulators, so that the
product stands exactly there; only then the victim is killed. What has no supervisor of its own
(bot, supervisor, Redis, which loses everything it held) is started again by the test.
"""

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import pytest

from tests.processes.forks import PATIENCE
from tests.processes.gates import Gate
from tests.processes.house import APPROVE, House, Role
from tests.processes.running import kill_9
from tests.processes.scenery import component_of

Victim: TypeAlias = Literal[
    "bot",
    "supervisor",
    "doorbell",
    "poller",
    "poller's horse",
    "outbox",
    "outbox's horse",
    "sweeper",
    "redis",
]
Moment: TypeAlias = Literal[
    "planning",  # the live state is being read for the plan
    "waiting",  # the card asks for approval
    "checking",  # approved; the live state is being read again, right before the permit
    "sending",  # permitted; the call is on its way and is never executed
    "sent",  # permitted and executed; the answer is on its way
    "watching",  # the remote task is being read
    "telling",  # the end is on its way to the thread
    "told",  # the thread has the end; Slack's answer is on its way
]

KILLS: Final[tuple[tuple[Moment, Victim], ...]] = (
    ("planning", "doorbell"),
    ("planning", "bot"),
    ("planning", "redis"),
    ("waiting", "bot"),
    ("waiting", "supervisor"),
    ("waiting", "outbox"),
    ("waiting", "redis"),
    ("checking", "doorbell"),
    ("checking", "supervisor"),
    ("checking", "sweeper"),
    ("checking", "redis"),
    ("sent", "doorbell"),
    ("sent", "supervisor"),
    ("sent", "bot"),
    ("sent", "redis"),
    ("watching", "poller's horse"),
    ("watching", "poller"),
    ("watching", "supervisor"),
    ("watching", "redis"),
    ("telling", "outbox's horse"),
    ("telling", "outbox"),
    ("telling", "redis"),
    ("told", "outbox's horse"),
    ("told", "supervisor"),
    ("told", "redis"),
)
# What is killed before its request was executed: the request goes with it.
VANISHING: Final = {("telling", "outbox"), ("telling", "outbox's horse")}


@pytest.mark.parametrize(("moment", "victim"), KILLS, ids=lambda each: each.replace(" ", "-"))
def test_a_killed_process_costs_nothing(home: House, moment: Moment, victim: Victim) -> None:
    """Whoever dies, whenever: it ends right, was sent once, and is told once."""
    target = home.target()
    operation_id, gate = reach(home, moment, target)

    kill(home, victim)
    if gate:
        gate.drop() if (moment, victim) in VANISHING else gate.open()
    if moment in {"planning", "waiting"}:
        home.approve(operation_id)

    _ends_well(home, operation_id, target)


def test_an_unsent_call_is_never_sent_again(home: House) -> None:
    """Killed between permit and answer, never executed: it stays uncertain, and unsent."""
    target = home.target()
    operation_id, gate = reach(home, "sending", target)

    kill(home, "doorbell")
    assert gate
    gate.drop()

    home.until_phase(operation_id, "uncertain")
    card = home.card_with(operation_id, word="uncertain")
    assert "slipway.look_again" in card.action_ids
    home.reply_with(operation_id, "is uncertain")
    # it is read again and again: two more readings of the component change nothing
    for _ in range(2):
        reading = home.hold_cloud("GET", component_of(target))
        assert reading.arrived.wait(PATIENCE)
        reading.open()
    home.until_all_told()
    assert len([each for each in home.thread(operation_id) if "is uncertain" in each]) == 1
    assert home.operation(operation_id).phase.kind == "uncertain"
    assert home.executed(target) == 0


def kill(home: House, victim: Victim) -> None:
    """Kill a process with `kill -9`, and start again what nobody else would."""
    match victim:
        case "bot":
            home.bot.kill()
        case "supervisor":
            home.worker.kill()
        case "redis":
            home.redis.kill()
        case "doorbell":
            _kill_role(home, home.busy_or_first_doorbell())
        case "poller" | "outbox" | "sweeper":
            _kill_role(home, victim)
        case "poller's horse":
            kill_9(home.horse("poller"))
        case "outbox's horse":
            kill_9(home.horse("outbox"))
    home.start()


def _kill_role(home: House, role: Role) -> None:
    kill_9(home.pid(role))


def reach(home: House, moment: Moment, target: str) -> tuple[str, Gate | None]:
    """Let Ann deploy and Bob approve, up to a moment; return the operation and what holds it."""
    hold = _holds(home, target)
    if moment == "planning":
        gate = hold[moment]()
        operation_id = home.deploy(target)
        assert gate.arrived.wait(PATIENCE)
        return operation_id, gate
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    if moment == "waiting":
        return operation_id, None
    if moment == "watching":
        return operation_id, home.approve_until_watched(operation_id)
    gate = hold[moment]()
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)
    return operation_id, gate


def _holds(home: House, target: str) -> dict[Moment, Callable[[], Gate]]:
    component = component_of(target)
    end = (target, " succeeded*", "thread_ts")
    return {
        "planning": lambda: home.hold_cloud("GET", component),
        "checking": lambda: home.hold_cloud("GET", component),
        "sending": lambda: home.hold_cloud("PUT", component),
        "sent": lambda: home.hold_cloud("PUT", component, "after"),
        "telling": lambda: home.hold_slack("chat.postMessage", *end),
        "told": lambda: home.hold_slack("chat.postMessage", *end, where="after"),
    }


def _ends_well(home: House, operation_id: str, target: str) -> None:
    home.until_phase(operation_id, "succeeded", "failed", "stalled", "cancelled", "expired")
    card = home.card_with(operation_id, word="succeeded")
    home.reply_with(operation_id, " succeeded*")
    home.until_all_told()
    thread = home.thread(operation_id)
    ends = [each for each in thread if " succeeded*" in each or "failed" in each]
    assert home.operation(operation_id).phase.kind == "succeeded"
    assert home.executed(target) == 1
    assert APPROVE not in card.action_ids
    assert ends == thread[-1:], thread
    assert len(set(thread)) == len(thread), thread
    assert not home.cloud.strictness
