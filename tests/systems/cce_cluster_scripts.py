"""A cluster by scripts: what CCE shows of it, and flows that are driven by that."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.flow import Call
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Asked, Parameters
from bot.core.system import (
    RemoteTask,
    SentStep,
    Work,
)
from bot.systems.cce_cluster import CceCluster, Cluster, examples
from tests.systems.scripts import Driven, run, run_by

SYSTEM: Final = CceCluster()


TARGET: Final = Cluster.model_validate({"cluster_id": examples.CLUSTER_ID})


FLOW: Final = examples.WORKFLOW_ID


EARLIER: Final = (RemoteTask(id=examples.WORKFLOW_ID),)


NOW: Final = datetime(2022, 2, 7, 6, 44, 30, tzinfo=UTC)  # of the examples


FLOWS: Final = "/operation/upgradeworkflows"


def changed(body: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A copy of *body* with some of its fields, named by path, set anew: `status__phase`."""
    copied = copy.deepcopy(body)
    for name, value in parts.items():
        *way, last = name.split("__")
        inner = copied
        for key in way:
            inner = inner[key]
        inner[last] = value
    return copied


def workflow(phase: str | None = "Init", **points: Any) -> dict[str, Any]:
    """The documented workflow with other states of its points, or whole points."""
    body = copy.deepcopy(examples.WORKFLOW)
    body["metadata"] |= {
        "creationTimestamp": "2022-02-07T06:44:26Z",
        "updateTimestamp": "2022-02-07T06:44:40Z",
    }
    if phase is not None:
        body["status"]["phase"] = phase
    for point in body["status"]["pointStatuses"]:
        given = points.get(point["taskType"], {})
        point.update(given if isinstance(given, dict) else {"status": given})
    return body


_PLACES: Final = {
    "": "cluster",
    "upgradeinfo": "upgradeinfo",
    "operation/upgrade/tasks": "upgrades",
    "api/v3/clusterupgradepaths": "paths",
}


class There:
    """A cluster's answers by their place, the examples' where nothing else is said."""

    def __init__(self, **answers: Any) -> None:
        self.open = answers.pop("open", ())
        self.answers = answers

    def __call__(self, call: Call) -> Any:
        """Answer a call."""
        if call.method == "GET" and call.path.endswith(FLOWS):
            return {"items": [*self.open, examples.OLD_WORKFLOW]}
        if call.method == "GET" and FLOWS in call.path and self.open:
            return self.open[0]
        tail = call.path.rpartition(examples.CLUSTER_ID)[2].strip("/")
        if _PLACES.get(tail) in self.answers:
            return self.answers[_PLACES[tail]]
        for each in examples.EXAMPLES:
            if (each.call.method, each.call.path) == (call.method, call.path):
                return each.reply
        raise LookupError(call.name)


def prepare(there: There, version: str | None = "v1.19", **given: Any) -> Any:
    """What an upgrade would do."""
    asked = Asked(action="deploy", parameters=Parameters(version=version, **given))
    return run_by(SYSTEM.prepare(TARGET, asked), there).result


def submit(name: str, answers: list[Any], **parameters: Any) -> Driven:
    """Send a step."""
    given = {"target": "v1.19", **parameters}
    work = Work(step=PlannedStep(name=name, parameters=given), earlier=EARLIER)
    return run(SYSTEM.submit(TARGET, work), answers)


def watch(name: str, answers: list[Any], task: str = "t", **parameters: Any) -> Any:
    """Look at a step's task."""
    step = PlannedStep(name=name, parameters={"target": "v1.19", **parameters})
    return run(
        SYSTEM.watch(TARGET, Work(step=step, earlier=EARLIER), RemoteTask(id=task)), answers
    ).result


def recover(name: str, answers: list[Any], **parameters: Any) -> Any:
    """Look for what a lost call started."""
    step = PlannedStep(name=name, parameters={"target": "v1.19", **parameters})
    sent = SentStep(
        work=Work(step=step, earlier=EARLIER if name != "workflow" else ()),
        observed=Observation(last_task=examples.OLD_WORKFLOW["metadata"]["uid"]),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )
    return run(SYSTEM.recover(TARGET, sent), answers).result


# Versions and targets


def offered(*targets: str, **status: str) -> dict[str, Any]:
    """An upgrade info that offers *targets*."""
    body = changed(examples.UPGRADE_INFO, spec__versionInfo__targetVersions=list(targets))
    body["status"] |= status
    return body


RUNS: Final = "v1.17.17-r0"


INIT: Final = ("PreCheck Init", "Snapshot Init", "Cluster Init", "PostCheck Init")
