"""ServiceStage v2's documented calls with their answers, and what its reads look like.

The create, job, upgrade, snapshot, rollback and stop exchanges are the vendor's own samples, with
ids and an address in place of its blanks, and with the list of snapshots closed where it is meant
to be. The reads are put together from the fields that its reference lists.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from typing import Any, Final

from bot.core.flow import Call, Method, Reply
from bot.core.records import Parameters
from bot.core.system import Exchange, Sample

APPLICATION: Final = "4f2c2d3e-7e86-4a5c-9d53-5a2b4f6f8a11"
COMPONENT: Final = "0d0b8a5e-0b6d-4c1c-8c39-7a0f0f3f1a22"
INSTANCE: Final = "89f5baf5-efe4-4f12-9c0d-734d2af5a184"
CREATED: Final = "JOB66761060-f209-407c-a093-4df6f531b9dc"
UPGRADED: Final = "JOB66761060-f209-407c-a093-4df6f531b9dd"
POLLED: Final = "JOB474362ef-091d-429f-9b3e-c9246b37dee6"
_CAS: Final = "/v2/{project_id}/cas"
_COMPONENTS: Final = f"{_CAS}/applications/{APPLICATION}/components"
_COMPONENT: Final = f"{_COMPONENTS}/{COMPONENT}"
_INSTANCES: Final = f"{_COMPONENT}/instances"
_INSTANCE: Final = f"{_INSTANCES}/{INSTANCE}"

COMPONENT_BODY: Final[dict[str, Any]] = {
    "name": "component-a",
    "runtime": "Tomcat8",
    "category": "Common",
    "description": "component_desc",
    "source": {
        "kind": "artifact",
        "spec": {
            "storage": "swr",
            "type": "package",
            "url": "https://registry.example.com:20202/xxx/xxx.jar",
            "auth": "iam",
        },
    },
}

INSTANCE_BODY: Final[dict[str, Any]] = {
    "name": "component-instance-name",
    "environment_id": "6e763000-9128-4a9d-adea-34c42cc5344d",
    "flavor_id": "MICRO-5G:0.5C:1G",
    "replica": 1,
    "artifacts": {
        "container-name": {
            "storage": "swr",
            "type": "image",
            "url": "registry.example.com:20202/xxxxxxxx/junit-platformstest:1.0",
            "auth": "iam",
        }
    },
    "version": "1.0.0",
    "description": "instance desc",
    "configuration": {"env": [{"name": "log-level", "value": "warn"}]},
    "refer_resources": [
        {
            "id": "b6862a62-d916-11e9-bdf1-0255ac101fd9",
            "type": "cce",
            "parameters": {"namespace": "default"},
        },
        {"id": "8c0a45cc-626f-4d65-8257-507ee059aa9a", "type": "elb"},
    ],
}

CREATED_COMPONENT: Final[dict[str, Any]] = {
    "id": COMPONENT,
    **COMPONENT_BODY,
    "project_id": "063a3158b1a34710b36ad208b9497d00",
    "application_id": APPLICATION,
    "build": None,
    "pipeline_ids": [],
    "create_time": 0,
    "update_time": 0,
}

UPGRADE_BODY: Final[dict[str, Any]] = {
    "name": "component-instance-name",
    "environment_id": "6e763000-9128-4a9d-adea-34c42cc5344d",
    "flavor_id": "MICRO-5G:0.5C:1G",
    "replica": 2,
    "version": 2,
}

SNAPSHOTS: Final[dict[str, Any]] = {
    "count": 1,
    "snapshots": [
        {
            "create_time": 1571647078435,
            "description": "xxx",
            "instance_id": INSTANCE,
            "version": "1",
        }
    ],
}


def _task(index: int, id_: str, name: str, begun: str, seen: str, **other: str) -> dict[str, Any]:
    return {
        "MESSAGES": "{}",
        "TASK_ID": f"Task-{id_}",
        "TASK_TYPE": "restful",
        "TASK_INDEX": index,
        "TASK_NAME": name,
        "TASK_STATUS": "SUCCEEDED",
        "LAST_HEALTH_CHECK": f"2020-02-04T04:01:{seen}Z",
        "CREATED_AT": f"2020-02-04T04:01:{begun}Z",
        "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        **other,
    }


JOB: Final[dict[str, Any]] = {
    "job": {
        "JOB_ID": POLLED,
        "JOB_NAME": "provision/provMain",
        "JOB_TYPE": "PROVISION",
        "SERVICE_INSTANCE_ID": "429a35a0-dee8-4648-86f6-d1f8bc74ba52",
        "PROJECT_ID": "063a3158b1a34710b36ad208b9497d00",
        "ORDER_ID": "",
        "JOB_DESC": "provision/provMain",
        "EXECUTION_STATUS": "SUCCEEDED",
        "CREATED_BY": "585cc5c16cda4954b28d4eb460f06261",
    },
    "tasks": [
        _task(
            1,
            "bc64b46c-1688-4787-b7ff-87cb53b346ea",
            "SEPARATOR_PREPARE_RESOURCES",
            "03.344",
            "03.344",
            TASK_TYPE="echo",
        ),
        _task(
            4,
            "15ec252f-bca0-401e-ae5b-798a639df92e",
            "SEPARATOR_BUILDING",
            "03.345",
            "03.346",
            TASK_TYPE="echo",
        ),
        _task(6, "52a5d1ae-2c54-46ec-8134-53e7b6a45fb7", "TN00091", "03.346", "08.924"),
        _task(7, "a149b585-d31b-4c72-a665-d820efcb0bf9", "TN00094", "08.925", "08.961"),
        _task(
            9, "a72fe8d8-8cc1-42b5-a097-0cf9e29692a7", "TN00097", "08.962", "38.975", MESSAGES=""
        ),
    ],
    "task_count": 5,
}

SETTINGS: Final[dict[str, Any]] = {
    **{name: value for name, value in INSTANCE_BODY.items() if name != "replica"},
    "id": INSTANCE,
    "platform_type": "cce",
    "creator": "ann",
    "create_time": 1571640000000,
    "update_time": 1571647000000,
    "external_accesses": [
        {
            "id": "5c3d6f0e-17c1-4f0a-9a3c-2f4b8f1f9b10",
            "protocol": "HTTP",
            "address": "shop.example.com",
            "forward_port": 8080,
            "type": "SPECIFIED",
            "status": "NORMAL",
            "create_time": 1571640000000,
            "update_time": 1571640000000,
        }
    ],
    "status_detail": {
        "status": "RUNNING",
        "available_replica": 1,
        "replica": 1,
        "fail_detail": None,
        "last_job_id": POLLED,
        "last_job_status": "SUCCEEDED",
        "enterprise_project_id": "0",
    },
}


def _exchange(method: Method, where: str, answer: dict[str, Any], body: Any = None) -> Exchange:
    call = Call(method=method, service="servicestage", path=where, body=body)
    return Exchange(call=call, reply=Reply(status=200, body=answer))


def _job(job_id: str) -> Exchange:
    job = {**JOB, "job": {**JOB["job"], "JOB_ID": job_id}}
    return _exchange("GET", f"{_CAS}/jobs/{job_id}", job)


EXAMPLES: Final = (
    _exchange("POST", _COMPONENTS, CREATED_COMPONENT, COMPONENT_BODY),
    _exchange("POST", _INSTANCES, {"instance_id": INSTANCE, "job_id": CREATED}, INSTANCE_BODY),
    _job(POLLED),
    _job(CREATED),
    _job(UPGRADED),
    _exchange("PUT", _INSTANCE, {"instance_id": INSTANCE, "job_id": UPGRADED}, UPGRADE_BODY),
    _exchange("GET", f"{_INSTANCE}/snapshots", SNAPSHOTS),
    _exchange(
        "POST",
        f"{_INSTANCE}/action",
        {"job_id": CREATED},
        {"action": "rollback", "parameters": {"version": "1"}},
    ),
    _exchange("POST", f"{_INSTANCE}/action", {"job_id": CREATED}, {"action": "stop"}),
    _exchange("DELETE", _INSTANCE, {"job_id": CREATED}),
    Exchange(
        call=Call(method="DELETE", service="servicestage", path=_COMPONENT),
        reply=Reply(status=204, body=None),
    ),
    _exchange("GET", _COMPONENT, {**CREATED_COMPONENT, "status": 0, "creator": "ann"}),
    _exchange("GET", _INSTANCE, SETTINGS),
    _exchange("GET", _COMPONENTS, {"count": 0, "components": []}),
    _exchange("GET", _INSTANCES, {"count": 0, "instances": []}),
    _exchange("GET", f"{_CAS}/applications", {"count": 1, "applications": [{"id": APPLICATION}]}),
)

SAMPLE: Final = Sample(
    target={
        "application_id": APPLICATION,
        "component_id": COMPONENT,
        "instance_id": INSTANCE,
        "artifacts": {
            "container-name": "registry.example.com:20202/xxxxxxxx/junit-platformstest:{version}"
        },
        "create_body": {"component": COMPONENT_BODY, "instance": INSTANCE_BODY},
    },
    asked={  # it runs already, so it cannot be started
        "create": Parameters(),  # the template as it stands
        "delete": Parameters(),
        "deploy": Parameters(version="2"),
        "restart": Parameters(),
        "rollback": Parameters(),
        "scale": Parameters(replicas=2),
        "stop": Parameters(),
    },
)
