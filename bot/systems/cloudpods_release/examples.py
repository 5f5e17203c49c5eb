"""Cloudpods' documented calls about a release with their answers.

The release, its history and the values are those of the vendor's own documents, which show the
answers bare and the upgrade as an update. The upgrade's answer is what Helm returns, shortened;
the database row of the list is put together from the fields that the release shows.

Source: https://www.cloudpods.org/
"""

from typing import Any, Final

from bot.core.flow import Call, Method, Reply
from bot.core.records import Json, Parameters
from bot.core.system import Exchange, Sample

RELEASE_ID: Final = "d44c4dc7-618a-4070-833a-6d6464e8ad83"
_RELEASES: Final = "/releases"
_RELEASE: Final = f"{_RELEASES}/{RELEASE_ID}"

CREATE_BODY: Final[dict[str, Any]] = {
    "chart_name": "bitnami-new/etcd",
    "cluster": "test122",
    "namespace": "default",
    "release_name": "etcd-release",
}

UPDATE_BODY: Final[dict[str, Any]] = {
    "chart_name": "bitnami-new/etcd",
    "release_name": "etcd-release",
    "values_json": {"image": {"tag": "3.5.8-debian-11-r9"}},
}

ROLLBACK_BODY: Final[dict[str, Any]] = {"revision": 2}

SHOWN: Final[dict[str, Any]] = {
    "chart": "etcd",
    "chart_version": "8.11.1",
    "cluster": "test122",
    "clusterID": "2c136bb7-aab8-42f6-89d4-ed921278456c",
    "cluster_id": "2c136bb7-aab8-42f6-89d4-ed921278456c",
    "config": {},
    "created_at": "2023-05-10T18:13:39Z",
    "external_id": "2c136bb7-aab8-42f6-89d4-ed921278456c/default/etcd-release",
    "id": RELEASE_ID,
    "is_emulated": False,
    "name": "etcd-release",
    "namespace": "default",
    "namespace_id": "18f51c33-5ff4-41f6-8396-2bcb3174ffa5",
    "progress": 0,
    "project_domain": "Default",
    "repo_id": "22e3d2e4-9230-4380-8a6f-a378fe730625",
    "resources": {"k8s_service": [], "secret": [], "statefulset": []},
    "status": "deployed",
    "type": "external",
    "version": 1,
}

HISTORY: Final[list[Any]] = [
    {
        "chart": "etcd-8.11.1",
        "description": "Install complete",
        "revision": 1,
        "status": "deployed",
        "updated": "2023-05-10T18:13:41.426737434Z",
    },
    {
        "chart": "etcd-8.11.1",
        "description": "Install complete",
        "revision": 2,
        "status": "deployed",
        "updated": "2023-05-10T20:13:41.426737434Z",
    },
    {
        "chart": "etcd-8.11.2",
        "description": "Install complete",
        "revision": 3,
        "status": "deployed",
        "updated": "2023-05-10T21:13:41.426737434Z",
    },
]

_RESOLVED: Final = frozenset(
    {"cluster", "clusterID", "namespace", "project_domain", "resources", "type", "version"}
)
_ROW: Final = {name: value for name, value in SHOWN.items() if name not in _RESOLVED}
_UPGRADED: Final[dict[str, Any]] = {
    "chart": "etcd-8.12.0",
    "description": "Upgrade complete",
    "revision": 4,
    "status": "deployed",
    "updated": "2023-05-10T22:13:41.426737434Z",
}
_UPGRADE_ANSWER: Final[dict[str, Any]] = {
    "chart": {
        "metadata": {"apiVersion": "v2", "name": "etcd", "version": "8.12.0"},
        "templates": [{"data": [97, 112, 105], "name": "templates/cm.yaml"}],
        "values": {"image": {"tag": "3.5.8-debian-11-r8"}},
    },
    "config": UPDATE_BODY["values_json"],
    "info": {
        "deleted": "",
        "description": "Upgrade complete",
        "first_deployed": "2023-05-10T18:13:41.426737434Z",
        "last_deployed": "2023-05-10T22:13:41.426737434Z",
        "status": "deployed",
    },
    "manifest": "---\n# Source: etcd/templates/cm.yaml\napiVersion: v1\nkind: ConfigMap\n",
    "name": "etcd-release",
    "namespace": "default",
    "version": 4,
}


def _chart(version: str) -> dict[str, Any]:
    return {"chart": {}, "name": "etcd", "repo": "bitnami-new", "version": version}


_CHARTS: Final[dict[str, Any]] = {
    "charts": [_chart("8.12.0"), _chart("8.11.2"), _chart("8.11.1")],
    "total": 3,
}


_SHOWN_CHART: Final[dict[str, Any]] = {
    "chart": {
        "chart": {"values": {"image": {"tag": "3.5.8-debian-11-r8"}, "replicaCount": 1}},
        "name": "etcd",
        "repo": "bitnami-new",
    }
}


def _exchange(method: Method, where: str, answer: Json, body: Json = None) -> Exchange:
    call = Call(method=method, service="k8s", path=where, body=body)
    return Exchange(call=call, reply=Reply(status=200, body=answer))


def _wrapped(body: Json) -> Json:
    return {"release": body}


_CLUSTER_ROW: Final[dict[str, Any]] = {
    "id": "2c136bb7-aab8-42f6-89d4-ed921278456c", "name": "test122", "status": "running",
}  # fmt: skip
_SPACE_ROW: Final[dict[str, Any]] = {
    "id": "18f51c33-5ff4-41f6-8396-2bcb3174ffa5", "name": "default", "status": "Active",
}  # fmt: skip
_REPO_ROW: Final[dict[str, Any]] = {
    "id": "22e3d2e4-9230-4380-8a6f-a378fe730625", "name": "bitnami-new", "type": "external",
}  # fmt: skip

EXAMPLES: Final = (
    _exchange("GET", "/kubeclusters", {"kubeclusters": [_CLUSTER_ROW], "total": 1}),
    _exchange("GET", "/namespaces", {"namespaces": [_SPACE_ROW], "total": 1}),
    _exchange("GET", "/repos", {"repos": [_REPO_ROW], "total": 1}),
    _exchange("POST", _RELEASES, _wrapped({**_ROW, "status": "init"}), _wrapped(CREATE_BODY)),
    _exchange("GET", _RELEASES, {"releases": [_ROW], "total": 1}),
    _exchange("GET", _RELEASE, SHOWN),
    _exchange(
        "POST",
        f"{_RELEASE}/upgrade",
        _wrapped(_UPGRADE_ANSWER),
        _wrapped({"release_name": "etcd-release", "version": "8.12.0"}),
    ),
    _exchange("PUT", _RELEASE, _wrapped(SHOWN), UPDATE_BODY),
    _exchange("GET", f"{_RELEASE}/history", HISTORY),
    _exchange("POST", f"{_RELEASE}/rollback", _wrapped(SHOWN), _wrapped(ROLLBACK_BODY)),
    _exchange("DELETE", _RELEASE, _wrapped(SHOWN)),
    _exchange("GET", "/charts", _CHARTS),
    _exchange("GET", "/charts/etcd", _SHOWN_CHART),
)

SAMPLE: Final = Sample(
    target={
        "cluster": "test122",
        "namespace": "default",
        "release": "etcd-release",
        "chart": "bitnami-new/etcd",
        "values": UPDATE_BODY["values_json"],
        "create_body": {},
    },
    asked={  # it is there already, so it cannot be created
        "deploy": Parameters(version="8.12.0"),
        "rollback": Parameters(),
        "delete": Parameters(),
    },
    ended=(_exchange("GET", f"{_RELEASE}/history", _wrapped([_UPGRADED, *HISTORY])),),
)
