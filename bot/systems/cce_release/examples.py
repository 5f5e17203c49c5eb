"""CCE's documented change of a release, and what the calls around it look like.

The upgrade and its answer are the vendor's own sample, to the letter: the answer shows the words
of an installation, and a revision that is none of the upgrade's. The other exchanges are put
together from the fields that its reference lists.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/UpdateAutopilotRelease.html
"""

from typing import Any, Final

from bot.core.flow import Call, Method, Reply
from bot.core.records import Json, Parameters
from bot.core.system import Exchange, Sample

CLUSTER: Final = "a870253f-5dc7-11ee-bf71-0255ac100b03"
CHART: Final = "af4b699e-018c-11ec-b8b0-0255ac100b05"
_RELEASE: Final = f"/autopilot/cam/v3/clusters/{CLUSTER}/namespace/monitoring/releases/testwww"
_CHARTS: Final = "/autopilot/v2/charts"

UPGRADE_BODY: Final[dict[str, Any]] = {
    "chart_id": "af4b699e-018c-11ec-b8b0-0255ac100b05",
    "action": "upgrade",
    "parameters": {
        "dry_run": False,
        "name_template": "string",
        "no_hooks": False,
        "replace": False,
        "recreate": False,
        "reset_values": False,
        "release_version": 1,
        "include_hooks": False,
    },
    "values": {"imagePullPolicy": "IfNotPresent", "imageTag": "v2"},
}

UPGRADE_ANSWER: Final[dict[str, Any]] = {
    "chart_name": "magento-mysql",
    "chart_public": False,
    "chart_version": "1.0.0",
    "cluster_id": "a870253f-5dc7-11ee-bf71-0255ac100b03",
    "cluster_name": "sfs-turbo-test",
    "create_at": "2023-11-14T20:30:57+08:00",
    "description": "Initial install underway",
    "name": "testwww",
    "namespace": "monitoring",
    "parameters": "",
    "resources": "",
    "status": "PENDING_INSTALL",
    "status_description": "Initial install underway",
    "update_at": "2023-11-14T20:30:57+08:00",
    "values": '{"basic":{"admin_password":"******","admin_username":"username",'
    '"app_name":"magento","mysql_database":"magento","mysql_name":"mysql",'
    '"mysql_password":"******","mysql_port":3306,"mysql_root_password":"******",'
    '"mysql_user":"magento","storage_class":"csi-nas","storage_mode":"ReadWriteMany",'
    '"storage_size":"10G"},"global":{"magento_EIP":"100.100.100.100","magento_EPORT":32080,'
    '"namespace":"default"},"image":{"magento_image":"example.com/everest/magento:latest",'
    '"mysql_image":"example.com/everest/mysql:5.7.14"}}',
    "version": 1,
}


def _revision(version: int, chart_version: str, status: str, description: str) -> dict[str, Any]:
    told = {"status": status, "status_description": description, "description": description}
    return {**UPGRADE_ANSWER, **told, "version": version, "chart_version": chart_version}


def _chart(chart_id: str, version: str) -> dict[str, Any]:
    return {
        "id": chart_id,
        "name": "magento-mysql",
        "values": "",
        "translate": "",
        "instruction": "README.md",
        "version": version,
        "description": "A shop with its database",
        "source": "package",
        "icon_url": "",
        "public": False,
        "chart_url": f"magento-mysql-{version}.tgz",
        "create_at": "2023-11-14T20:00:00+08:00",
        "update_at": "2023-11-14T20:00:00+08:00",
    }


_FIRST: Final = _revision(1, "0.8.0", "SUPERSEDED", "Install complete")
_PRESENT: Final = _revision(2, "0.9.0", "DEPLOYED", "Upgrade complete")
_ENDED: Final = _revision(3, "1.0.0", "DEPLOYED", "Upgrade complete")
_CHART: Final = _chart(CHART, "1.0.0")
_DEFAULTS: Final[dict[str, Any]] = {"imagePullPolicy": "IfNotPresent", "imageTag": "v1"}
_OLDER: Final = (
    _chart("af4b699e-018c-11ec-b8b0-0255ac100b03", "0.8.0"),
    _chart("af4b699e-018c-11ec-b8b0-0255ac100b04", "0.9.0"),
)


def _exchange(method: Method, where: str, answer: Json, body: Json = None) -> Exchange:
    call = Call(method=method, service="cce", path=where, body=body)
    return Exchange(call=call, reply=Reply(status=200, body=answer))


_ALL_CLUSTERS: Final = "/v3/projects/{project_id}/clusters"
_LISTED: Final[dict[str, Any]] = {
    "metadata": {"uid": CLUSTER, "name": "sfs-turbo-test"},
    "spec": {"version": "v1.28"},
    "status": {"phase": "Available"},
}

EXAMPLES: Final = (
    _exchange("GET", f"/api{_ALL_CLUSTERS}", {"kind": "List", "items": []}),
    _exchange("GET", f"/autopilot{_ALL_CLUSTERS}", {"kind": "List", "items": [_LISTED]}),
    _exchange("GET", f"/autopilot/cam/v3/clusters/{CLUSTER}/releases", [_PRESENT]),
    _exchange("PUT", _RELEASE, UPGRADE_ANSWER, UPGRADE_BODY),
    _exchange("GET", _RELEASE, _PRESENT),
    _exchange("GET", f"{_RELEASE}/history", [_PRESENT, _FIRST]),
    _exchange("DELETE", _RELEASE, "success"),
    _exchange("GET", _CHARTS, [*_OLDER, _CHART]),
    _exchange("GET", f"{_CHARTS}/{CHART}", _CHART),
    _exchange("GET", f"{_CHARTS}/{_OLDER[1]['id']}/values", {"values": {"basic": _DEFAULTS}}),
)

SAMPLE: Final = Sample(
    target={
        "cluster_id": CLUSTER,
        "flavour": "autopilot",
        "namespace": "monitoring",
        "release": "testwww",
        "chart": CHART,
        "values": UPGRADE_BODY["values"],
        "parameters": UPGRADE_BODY["parameters"],
        "create_body": {},
    },
    asked={  # it is there already, so it cannot be created
        "deploy": Parameters(version="1.0.0"),
        "rollback": Parameters(),
        "delete": Parameters(),
    },
    ended=(_exchange("GET", _RELEASE, _ENDED),),
)
