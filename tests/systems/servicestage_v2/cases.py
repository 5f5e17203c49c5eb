"""ServiceStage v2: what its tests ask and answer."""

import copy
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlannedStep
from bot.core.records import Action, Asked, Json, Parameters
from bot.core.system import (
    RemoteTask,
    Work,
)
from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.examples import (
    APPLICATION,
    COMPONENT,
    COMPONENT_BODY,
    INSTANCE,
    INSTANCE_BODY,
    JOB,
    POLLED,
    SETTINGS,
)
from tests.systems.scripts import Answer, Driven, run

SYSTEM: Final = ServiceStageV2()


TARGET: Final = Instance.model_validate(ServiceStageV2.spec.sample.target)


NAMELESS: Final = TARGET.model_copy(update={"component_id": None, "instance_id": None})


NEW: Final = "JOB2209202b-617c-4591-b0c6-ef2521a943a2"


NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


LIVE: Final = "1.0.0"


PATH: Final = (
    f"/v2/{{project_id}}/cas/applications/{APPLICATION}/components/{COMPONENT}/instances/{INSTANCE}"
)


IDLE: Final[Json] = JOB


IDS: Final[dict[str, Json]] = {"component_id": COMPONENT, "instance_id": INSTANCE}


URL: Final = "registry.example.com:20202/xxxxxxxx/junit-platformstest"


def instance(**changes: Any) -> dict[str, Any]:
    """The sample instance; `status_…` changes its status block."""
    view = copy.deepcopy(SETTINGS)
    for name, value in changes.items():
        if name.startswith("status_"):
            field = name.removeprefix("status_") or "status"
            view["status_detail"][field] = value
        else:
            view[name] = value
    return view


def artifacts(url: str, **changes: Any) -> dict[str, Any]:
    """Artifacts of one container."""
    base = INSTANCE_BODY["artifacts"]["container-name"]
    return {"container-name": {**base, "url": url, **changes}}


def job(status: str, *, id_: str = POLLED, begun: str = "") -> dict[str, Any]:
    """A job in the upper case of v2."""
    row = {"TASK_NAME": "t", "TASK_STATUS": "RUNNING", "TASK_INDEX": 1, "CREATED_AT": begun}
    return {"job": {"JOB_ID": id_, "EXECUTION_STATUS": status}, "tasks": [row] if begun else []}


def snapshot(version: Any, made: Any = 1571647078435, words: Any = "") -> dict[str, Any]:
    """A version to go back to."""
    return {"version": version, "create_time": made, "description": words, "instance_id": INSTANCE}


def snapshots(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of snapshots."""
    return {"count": len(rows), "snapshots": list(rows)}


def prepare(action: Action, *answers: Answer, target: Instance = TARGET, **given: Any) -> Any:
    """What the question leads to."""
    past = given.pop("past", ())
    asked = Asked(action=action, parameters=Parameters(**given), past=past)
    return run(SYSTEM.prepare(target, asked), answers).result


def denied(result: Any) -> str:
    """The code of a refusal."""
    assert isinstance(result, Denied), result
    return result.code


def submit(step: PlannedStep, *answers: Answer, earlier: tuple[str, ...] = ()) -> Driven:
    """Send a step."""
    work = Work(step=step, earlier=tuple(RemoteTask(id=each) for each in earlier))
    return run(SYSTEM.submit(TARGET, work), answers)


OBJECT: Final = {"endpoint": "obs.example", "bucket": "shop", "key": "jars/app-1.jar"}


CHANGING: Final = (
    *("INITIALIZING", "UPGRADING", "STARTING", "STOPPING", "RESTARTING", "DELETING"),
)


def component(**changes: Any) -> dict[str, Any]:
    """The created component."""
    return {"id": COMPONENT, **COMPONENT_BODY, "status": 0, **changes}


def components(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of components."""
    return {"count": len(rows), "components": list(rows)}


def instances(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of instances."""
    return {"count": len(rows), "instances": list(rows)}


DEPLOY: Final = PlannedStep(
    name="deploy",
    parameters={**IDS, "version": "1.4.0", "addresses": {"container-name": "x/shop:1.4.0"}},
)


COMPONENT_STEP: Final = PlannedStep(name="create component")
