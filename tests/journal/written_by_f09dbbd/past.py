"""The past of the journal that f09dbbd wrote, planted where that journal says it happened.

Simulated clouds and the simulated Slack have no past. Here they get what the open operations
need: the remote tasks by the very ids that were recorded, and the messages that were posted. The
failed precheck of edge and its workflow alone have new ids, since the simulator makes them itself.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from bot.core.operation import Operation
from bot.sandbox.clouds.huawei.cce_clusters.state import POINTS
from bot.sandbox.slack import Message
from tests.conversations.clock import BEGINNING, GivenClock
from tests.conversations.world import World
from tests.journal.written_by_f09dbbd import clouds

STOPPED: Final = datetime.fromisoformat("2026-11-28T08:27:30+00:00")  # nothing was recorded later
PLANTED: Final = STOPPED - timedelta(minutes=3)
SHORT: Final = 20.0  # seconds that a task takes which is over when the journal is opened
LONG: Final = 200.0  # seconds that one takes which still runs then
CHART: Final = clouds.huawei().cce_releases.charts[-1].id  # of 1.2.0
METRICS: Final = ("a870253f-5dc7-11ee-bf71-0255ac100b03", "monitoring", "metrics")


@dataclass
class Ids:
    """The ids that things get which the simulators make; random where none is given."""

    waiting: deque[str] = field(default_factory=deque)

    def __call__(self) -> str:
        """Return the next id."""
        return self.waiting.popleft() if self.waiting else str(uuid4())

    def give(self, task: str | None) -> None:
        """Let the next thing be this remote task."""
        assert task
        self.waiting.append(task.removeprefix("JOB"))


def clock() -> GivenClock:
    """Return a clock that shows when the past begins."""
    made = GivenClock()
    made.move(PLANTED - BEGINNING)
    return made


def plant(world: World, ids: Ids) -> None:
    """Let there be what the open operations need; then it is the moment when all stopped."""
    open_ones = {each.target: each for each in world.recorded if not each.is_final}
    _clusters(world, ids, open_ones)
    for name in ("routes", "letters", "parcels"):
        world.cloud.take_seconds(clouds.component(name), LONG)
        ids.give(open_ones[name].steps[0].remote_task)
        world.cloud.meddle(clouds.component(name), "1.4.0")
        world.cloud.take_seconds(clouds.component(name), 1.0)
    for name in ("ledger", "invoices"):
        world.cloud.instances.take_seconds(clouds.instance(name), LONG)
        ids.give(open_ones[name].steps[0].remote_task)
        world.cloud.instances.meddle(clouds.instance(name), "2.4.0")
    world.cloud.releases.take_seconds(*METRICS, LONG)
    revision = world.cloud.releases.meddle(*METRICS, CHART)
    assert str(revision) == open_ones["metrics"].steps[0].remote_task
    world.cloud.meddle(clouds.component("points"), "1.3.9")
    world.cloud.meddle(clouds.component("refunds"), "1.4.0")  # fails, as it did
    world.machines.sleep((STOPPED - world.clock()).total_seconds())
    assert not ids.waiting
    _messages(world)


def _clusters(world: World, ids: Ids, open_ones: dict[str, Operation]) -> None:
    """Open the workflows, and let their tasks run: all but the last of a watched one are over."""
    hooks = world.cloud.clusters
    failed = next(each for each in world.recorded if each.id == open_ones["edge"].follows)
    hooks.find(clouds.cluster("edge"), clouds.DISK)
    for operation in (failed, *(open_ones[name] for name in ("north", "south", "west"))):
        cluster = clouds.cluster(operation.target)
        tasks = [each.remote_task for each in operation.steps if each.remote_task]
        ids.give(tasks[0])
        hooks.meddle(cluster, "v1.31")
        for kind, task in zip(POINTS, tasks[1:], strict=False):
            hooks.take_seconds(cluster, LONG if kind == "Cluster" else SHORT)
            ids.give(task)
            hooks.meddle_with(cluster, kind)
            world.machines.sleep(SHORT + 1)
        hooks.take_seconds(cluster, SHORT)


def _messages(world: World) -> None:
    """Let the cards and replies stand in Slack that the register holds."""
    state = world.workspace.state
    with state.lock:
        for operation in reversed(world.recorded):
            for card in world.parts.journal.surfaces.cards_of(operation.id):
                if card.ts is not None:
                    state.messages.put(
                        Message(
                            ts=card.ts,
                            channel=card.channel,
                            user=state.config.bot_user_id,
                            text=f"`{operation.id}` as f09dbbd showed it",
                        )
                    )
