"""ServiceStage's documented calls with their answers, and what its reads look like.

The create, job, upgrade, rollback and stop exchanges are the vendor's own samples, to the letter:
the component is created as `test-component` and upgraded as `etst1` there. The reads are put
together from the fields that its reference lists.

Source: https://support.huaweicloud.com/api-servicestage/servicestage_06_0073.html
"""

from typing import Any, Final

from bot.core.flow import Call, Method, Reply
from bot.core.records import Parameters
from bot.core.system import Exchange, Sample

APPLICATION: Final = "2c458700-c8e0-4651-a73b-5219b70a6572"
COMPONENT: Final = "f3f6cb89-831d-4579-8bbc-664487889e38"
_JOBS: Final = "/v2/{project_id}/cas/jobs"
_CAS: Final = "/v3/{project_id}/cas"
_COMPONENTS: Final = f"/v3/{{project_id}}/cas/applications/{APPLICATION}/components"
_COMPONENT: Final = f"{_COMPONENTS}/{COMPONENT}"

CREATE_BODY: Final[dict[str, Any]] = {
    "name": "test-component",
    "description": "",
    "labels": [],
    "version": "2023.0712.09204",
    "environment_id": "21a43958-f64f-4077-8ae3-3a03bf0111c7",
    "application_id": "2c458700-c8e0-4651-a73b-5219b70a6572",
    "enterprise_project_id": "0",
    "runtime_stack": {
        "name": "Docker",
        "version": "",
        "type": "Docker",
        "deploy_mode": "container",
    },
    "source": {
        "kind": "image",
        "storage": "swr",
        "url": "swr.cn-north-7.myhuaweicloud.com/servicestage-demo/test_02:v1",
        "version": "v1",
    },
    "tomcat_opts": {"server_xml": ""},
    "refer_resources": [
        {
            "id": "1d3091a2-1ecf-11ee-ae69-0255ac1001ba",
            "type": "cce",
            "parameters": {"namespace": "default", "type": "VirtualMachine"},
        }
    ],
    "replica": 2,
    "config_mode": "ui",
    "limit_cpu": 0.25,
    "limit_memory": 0.5,
    "request_cpu": 0.25,
    "request_memory": 0.5,
    "external_accesses": [],
    "storages": [],
    "logs": [],
    "affinity": {"az": [], "node": [], "component": []},
    "anti_affinity": {"az": [], "node": [], "component": []},
    "update_strategy": {"type": "RollingUpdate", "max_surge": 0, "max_unavailable": 1},
    "command": {"args": [], "command": []},
    "custom_metric": {},
}

UPGRADE_BODY: Final[dict[str, Any]] = {
    "source": {
        "kind": "image",
        "storage": "swr",
        "url": "swr.cn-north-7.myhuaweicloud.com/lwx554185/arm_tomcat8:v1",
    },
    "version": "2023.0717.17160",
    "refer_resources": [
        {
            "id": "1d3091a2-1ecf-11ee-ae69-0255ac1001ba",
            "type": "cce",
            "parameters": {"namespace": "default", "type": "ARM64"},
        }
    ],
    "limit_cpu": 0.25,
    "limit_memory": 0.5,
    "request_cpu": 0.25,
    "request_memory": 0.5,
    "mesher": {},
    "affinity": {},
    "anti_affinity": {},
    "liveness_probe": {},
    "readiness_probe": {},
    "command": {"command": [], "args": []},
    "envs": [
        {"name": "PAAS_PROJECT_ID", "inner": False, "value": "063a3158b1a34710b36ad208b9497d00"},
        {"name": "CAS_APP_ID", "inner": False, "value": "f3f6cb89-831d-4579-8bbc-664487889e38"},
        {
            "name": "PAAS_CLUSTER_ID",
            "inner": False,
            "value": "1d3091a2-1ecf-11ee-ae69-0255ac1001ba",
        },
        {
            "name": "CAS_APPLICATION_ID",
            "inner": False,
            "value": "2c458700-c8e0-4651-a73b-5219b70a6572",
        },
        {"name": "CAS_INSTANCE_VERSION", "inner": False, "value": "2023.0717.17062"},
        {
            "name": "CAS_COMPONENT_ID",
            "inner": False,
            "value": "e1c3021b-df40-48e9-bd41-ef033fc77f2b",
        },
        {"name": "CAS_INSTANCE_NAME", "inner": False, "value": "etst1-test-arm-5xdhrd"},
        {"name": "CAS_COMPONENT_NAME", "inner": False, "value": "etst1"},
        {"name": "PAAS_NAMESPACE", "inner": False, "value": "default"},
        {"name": "PAAS_APP_NAME", "inner": False, "value": "etst1"},
        {"name": "PAAS_PROJECT_NAME", "inner": False, "value": "cn-north-7"},
        {
            "name": "CAS_INSTANCE_ID",
            "inner": False,
            "value": "f3f6cb89-831d-4579-8bbc-664487889e38",
        },
        {"name": "CAS_ENVIRONMENT_NAME", "inner": False, "value": "test_arm"},
        {"name": "AOM_DISCOVERY_RULE_VERSION", "inner": False, "value": "V1"},
        {
            "name": "CAS_ENVIRONMENT_ID",
            "inner": False,
            "value": "21a43958-f64f-4077-8ae3-3a03bf0111c7",
        },
        {"name": "testName", "inner": False, "value": "testValue"},
        {"name": "PAAS_REGION_NAME", "inner": False, "value": "cn-north-7"},
        {"name": "CAS_APPLICATION_NAME", "inner": False, "value": "app-test-application"},
    ],
    "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": "1"}},
    "id": "f3f6cb89-831d-4579-8bbc-664487889e38",
    "name": "etst1",
}

JOB: Final[dict[str, Any]] = {
    "job": {
        "JOB_ID": "JOB870e9ffe-227e-43a9-9c84-20a7ad02e77c",
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
        {
            "MESSAGES": "{}",
            "TASK_ID": "Task-bc64b46c-1688-4787-b7ff-87cb53b346ea",
            "TASK_TYPE": "echo",
            "TASK_INDEX": 1,
            "TASK_NAME": "SEPARATOR_PREPARE_RESOURCES",
            "TASK_STATUS": "SUCCEEDED",
            "LAST_HEALTH_CHECK": "2020-02-04T04:01:03.344Z",
            "CREATED_AT": "2020-02-04T04:01:03.344Z",
            "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        },
        {
            "MESSAGES": "{}",
            "TASK_ID": "Task-15ec252f-bca0-401e-ae5b-798a639df92e",
            "TASK_TYPE": "echo",
            "TASK_INDEX": 4,
            "TASK_NAME": "SEPARATOR_BUILDING",
            "TASK_STATUS": "SUCCEEDED",
            "LAST_HEALTH_CHECK": "2020-02-04T04:01:03.346Z",
            "CREATED_AT": "2020-02-04T04:01:03.345Z",
            "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        },
        {
            "MESSAGES": "{}",
            "TASK_ID": "Task-52a5d1ae-2c54-46ec-8134-53e7b6a45fb7",
            "TASK_TYPE": "restful",
            "TASK_INDEX": 6,
            "TASK_NAME": "TN00091",
            "TASK_STATUS": "SUCCEEDED",
            "LAST_HEALTH_CHECK": "2020-02-04T04:01:08.924Z",
            "CREATED_AT": "2020-02-04T04:01:03.346Z",
            "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        },
        {
            "MESSAGES": "{}",
            "TASK_ID": "Task-a149b585-d31b-4c72-a665-d820efcb0bf9",
            "TASK_TYPE": "restful",
            "TASK_INDEX": 7,
            "TASK_NAME": "TN00094",
            "TASK_STATUS": "SUCCEEDED",
            "LAST_HEALTH_CHECK": "2020-02-04T04:01:08.961Z",
            "CREATED_AT": "2020-02-04T04:01:08.925Z",
            "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        },
        {
            "MESSAGES": "",
            "TASK_ID": "Task-a72fe8d8-8cc1-42b5-a097-0cf9e29692a7",
            "TASK_TYPE": "restful",
            "TASK_INDEX": 9,
            "TASK_NAME": "TN00097",
            "TASK_STATUS": "SUCCEEDED",
            "LAST_HEALTH_CHECK": "2020-02-04T04:01:38.975Z",
            "CREATED_AT": "2020-02-04T04:01:08.962Z",
            "OWNER_ID": "cas-mgr-69bb87d7c-wpqwb:30114",
        },
    ],
    "task_count": 5,
}

SETTINGS: Final[dict[str, Any]] = {
    **CREATE_BODY,
    "id": COMPONENT,
    "envs": [
        {"name": "PAAS_NAMESPACE", "value": "default", "inner": True},
        {"name": "testName", "value": "testValue", "inner": False},
    ],
    "liveness_probe": {},
    "readiness_probe": {"type": "http", "delay": 5, "timeout": 2, "port": 8080, "path": "/ready"},
    "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": 1}},
    "status": {
        "component_status": "RUNNING",
        "available_replica": 2,
        "replica": 2,
        "fail_detail": "",
        "last_job_id": JOB["job"]["JOB_ID"],
        "creator": "ann",
        "create_time": 1689123720000,
        "update_time": 1689584460000,
        "artifact": {"type": "image", "url": CREATE_BODY["source"]["url"]},
    },
}

RECORDS: Final[dict[str, Any]] = {
    "count": 2,
    "records": [
        {
            "version": "2023.0712.09204",
            "current_used": True,
            "status": "SUCCEEDED",
            "deploy_type": "upgrade",
            "begin_time": 1689123720000,
            "end_time": 1689123780000,
            "description": "New Version: 2023.0712.09204",
            "instance_id": COMPONENT,
            "jobs": [{"sequence": 1, "deploy_type": "upgrade", "job_id": JOB["job"]["JOB_ID"]}],
        },
        {
            "version": "2023.0711.08100",
            "current_used": False,
            "status": "SUCCEEDED",
            "deploy_type": "install",
            "begin_time": 1689033720000,
            "end_time": 1689033780000,
            "description": {"action": "New Version: 2023.0711.08100"},
            "instance_id": COMPONENT,
            "jobs": [],
        },
    ],
}


def _exchange(method: Method, where: str, answer: dict[str, Any], body: Any = None) -> Exchange:
    call = Call(method=method, service="servicestage", path=where, body=body)
    return Exchange(call=call, reply=Reply(status=200, body=answer))


def _job(job_id: str) -> Exchange:
    job = {**JOB, "job": {**JOB["job"], "JOB_ID": job_id}}
    return _exchange("GET", f"{_JOBS}/{job_id}", job)


_SHOP: Final = {"id": APPLICATION, "name": "shop"}
_ROW: Final[dict[str, Any]] = {**SETTINGS, "application_name": "shop"}

EXAMPLES: Final = (
    _exchange(
        "POST",
        _COMPONENTS,
        {
            "job_id": "JOB870e9ffe-227e-43a9-9c84-20a7ad02e77c",
            "component_id": "f3f6cb89-831d-4579-8bbc-664487889e38",
        },
        CREATE_BODY,
    ),
    _job("JOB870e9ffe-227e-43a9-9c84-20a7ad02e77c"),
    _job("JOB2209202b-617c-4591-b0c6-ef2521a943a2"),
    _job("JOB66eb56db-062e-4462-ba95-8d3c63d5d462"),
    _exchange(
        "PUT", _COMPONENT, {"job_id": "JOB2209202b-617c-4591-b0c6-ef2521a943a2"}, UPGRADE_BODY
    ),
    _exchange(
        "POST",
        f"{_COMPONENT}/action",
        {"job_id": "JOB66eb56db-062e-4462-ba95-8d3c63d5d462"},
        {"action": "rollback_current"},
    ),
    _exchange(
        "POST",
        f"{_COMPONENT}/action",
        {"job_id": "JOB2790bf9f-7d6e-473d-827f-1bb94e0cf10d"},
        {"action": "stop"},
    ),
    Exchange(  # the vendor's SDK knows of no answer; it was seen to be {"component_id": …}
        call=Call(method="DELETE", service="servicestage", path=_COMPONENT), reply=Reply(status=200)
    ),
    _exchange("GET", _COMPONENT, SETTINGS),
    _exchange("GET", f"{_COMPONENT}/records", RECORDS),
    _exchange("GET", _COMPONENTS, {"count": 0, "components": []}),
    _exchange("GET", f"{_CAS}/applications", {"count": 1, "applications": [_SHOP]}),
    _exchange("GET", f"{_CAS}/components", {"count": 1, "components": [_ROW]}),
)

SAMPLE: Final = Sample(
    target={
        "application_id": APPLICATION,
        "component_id": COMPONENT,
        "source_url": "swr.cn-north-7.myhuaweicloud.com/servicestage-demo/test_02:{version}",
        "create_body": CREATE_BODY,
    },
    asked={  # it runs already, so it cannot be started
        "create": Parameters(version="2023.0712.09204"),
        "delete": Parameters(),
        "deploy": Parameters(version="2023.0717.17160"),
        "restart": Parameters(),
        "rollback": Parameters(),
        "scale": Parameters(replicas=3),
        "stop": Parameters(),
    },
)
