"""The bodies that the vendor's page on managing a component through v3 prints.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from typing import Any, Final

CREATED: Final = "f3f6cb89-831d-4579-8bbc-664487889e38"
_CLUSTER: Final = "1d3091a2-1ecf-11ee-ae69-0255ac1001ba"

CREATE: Final[dict[str, Any]] = {
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
            "id": _CLUSTER,
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

UPGRADE: Final[dict[str, Any]] = {
    "source": {
        "kind": "image",
        "storage": "swr",
        "url": "swr.cn-north-7.myhuaweicloud.com/lwx554185/arm_tomcat8:v1",
    },
    "version": "2023.0717.17160",
    "refer_resources": [
        {
            "id": _CLUSTER,
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
        {"name": name, "inner": False, "value": value}
        for name, value in (
            ("PAAS_PROJECT_ID", "063a3158b1a34710b36ad208b9497d00"),
            ("CAS_APP_ID", CREATED),
            ("PAAS_CLUSTER_ID", _CLUSTER),
            ("CAS_APPLICATION_ID", "2c458700-c8e0-4651-a73b-5219b70a6572"),
            ("CAS_INSTANCE_VERSION", "2023.0717.17062"),
            ("CAS_COMPONENT_ID", "e1c3021b-df40-48e9-bd41-ef033fc77f2b"),
            ("CAS_INSTANCE_NAME", "etst1-test-arm-5xdhrd"),
            ("CAS_COMPONENT_NAME", "etst1"),
            ("PAAS_NAMESPACE", "default"),
            ("PAAS_APP_NAME", "etst1"),
            ("PAAS_PROJECT_NAME", "cn-north-7"),
            ("CAS_INSTANCE_ID", CREATED),
            ("CAS_ENVIRONMENT_NAME", "test_arm"),
            ("AOM_DISCOVERY_RULE_VERSION", "V1"),
            ("CAS_ENVIRONMENT_ID", "21a43958-f64f-4077-8ae3-3a03bf0111c7"),
            ("testName", "testValue"),
            ("PAAS_REGION_NAME", "cn-north-7"),
            ("CAS_APPLICATION_NAME", "app-test-application"),
        )
    ],
    "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": "1"}},
    "id": CREATED,
    "name": "etst1",
}
