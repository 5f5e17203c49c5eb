"""ServiceStage v3: what its tests ask and answer."""

import copy
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlannedStep
from bot.core.records import Action, Asked, Parameters
from bot.systems.servicestage_v3 import Component, ServiceStageV3
from bot.systems.servicestage_v3.examples import COMPONENT, JOB, SETTINGS
from tests.systems.scripts import Answer, refused, run

SYSTEM: Final = ServiceStageV3()


TARGET: Final = Component.model_validate(ServiceStageV3.spec.sample.target)


OLD: Final = JOB["job"]["JOB_ID"]


NEW: Final = "JOB2209202b-617c-4591-b0c6-ef2521a943a2"


NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


GONE: Final = refused(401, "not_found", "SVCSTG.00100401")


def component(**changes: Any) -> dict[str, Any]:
    """The sample component; `status_…` changes its status block."""
    view = copy.deepcopy(SETTINGS)
    for name, value in changes.items():
        if name.startswith("status_"):
            view["status"][name.removeprefix("status_")] = value
        else:
            view[name] = value
    return view


def job(status: str, *tasks: dict[str, Any], id_: str = OLD) -> dict[str, Any]:
    """A job in the lower case of v3."""
    return {"job": {"job_id": id_, "execution_status": status}, "tasks": list(tasks)}


def record(version: str, **changes: Any) -> dict[str, Any]:
    """A record of a deployment that ended well."""
    base = {
        "version": version,
        "current_used": False,
        "status": "SUCCEEDED",
        "deploy_type": "upgrade",
        "begin_time": 1689123720000,
        "end_time": 1689123780000,
        "jobs": [],
    }
    return {**base, **changes}


def records(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of records."""
    return {"count": len(rows), "records": list(rows)}


def prepare(action: Action, *answers: Answer, **given: Any) -> Any:
    """What the question leads to."""
    asked = Asked(action=action, parameters=Parameters(**given))
    return run(SYSTEM.prepare(TARGET, asked), answers).result


def denied(result: Any) -> str:
    """The code of a refusal."""
    assert isinstance(result, Denied), result
    return result.code


IDLE: Final = job("SUCCEEDED")


LIVE: Final = "2023.0712.09204"


DEPLOY: Final = PlannedStep(
    name="deploy",
    parameters={"component_id": COMPONENT, "version": "1.4.0", "url": "swr.example/shop:1.4.0"},
)


def task(name: str, status: str, index: Any = None, messages: Any = "{}") -> dict[str, Any]:
    """A row of a job in upper case."""
    return {"TASK_NAME": name, "TASK_STATUS": status, "TASK_INDEX": index, "MESSAGES": messages}
