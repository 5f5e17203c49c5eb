"""What the vendor's page on managing a component through v2 prints, to the letter.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from typing import Any, Final

SPEC: Final = {
    "storage": "swr",
    "type": "package",
    "url": "https://{IP}:20202/xxx/xxx.jar",
    "auth": "iam",
}
CREATE_COMPONENT: Final[dict[str, Any]] = {
    "name": "component-a",
    "runtime": "Tomcat8",
    "category": "Common",
    "description": "component_desc",
    "source": {"kind": "artifact", "spec": SPEC},
}
COMPONENT_CREATED: Final[dict[str, Any]] = {
    "id": "string",
    "name": "component-a",
    "runtime": "Tomcat8",
    "category": "Common",
    "description": "component_desc",
    "project_id": "string",
    "application_id": "string",
    "source": {"kind": "artifact", "spec": SPEC},
    "build": None,
    "pipeline_ids": [],
    "create_time": 0,
    "update_time": 0,
}
CREATE_INSTANCE: Final[dict[str, Any]] = {
    "name": "component-instance-name",
    "environment_id": "6e763000-9128-4a9d-adea-34c42cc5344d",
    "flavor_id": "MICRO-5G:0.5C:1G",
    "replica": 1,
    "artifacts": {
        "container-name": {
            "storage": "swr",
            "type": "image",
            "url": "{IP}:20202/xxxxxxxx/junit-platformstest:1.0",
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
INSTANCE_CREATED: Final[dict[str, Any]] = {
    "instance_id": "89f5baf5-efe4-4f12-9c0d-734d2af5a184",
    "job_id": "JOB66761060-f209-407c-a093-4df6f531b9dc",
}
UPGRADE: Final[dict[str, Any]] = {
    "name": "component-instance-name",
    "environment_id": "6e763000-9128-4a9d-adea-34c42cc5344d",
    "flavor_id": "MICRO-5G:0.5C:1G",
    "replica": 2,
    "version": 2,
}
UPGRADE_TAKEN: Final[dict[str, Any]] = {
    "instance_id": "89f5baf5-efe4-4f12-9c0d-734d2af5a184",
    "job_id": "JOB66761060-f209-407c-a093-4df6f531b9dd",
}
SNAPSHOTS_MISPRINTED: Final = """{
    "snapshots": [{
        "create_time": 1571647078435,
        "description": "xxx",
        "instance_id": "89f5baf5-efe4-4f12-9c0d-734d2af5a184",
        "version": "1"
    },
    "count": 1]
}"""
ROLLBACK: Final[dict[str, Any]] = {"action": "rollback", "parameters": {"version": "1"}}
STOP: Final[dict[str, Any]] = {"action": "stop"}
ACTION_TAKEN: Final[dict[str, Any]] = {"job_id": "JOB66761060-f209-407c-a093-4df6f531b9dc"}
