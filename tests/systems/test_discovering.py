"""What is discovered in odd estates: each entry makes a target, or there is none."""

from pathlib import Path
from typing import Any, Final

import pytest

from bot.catalogue import load
from bot.core.flow import Call
from bot.core.system import Found
from bot.service.discovery import discovered
from bot.systems import system
from bot.systems.cce_release.discovery import discover as cce_releases
from bot.systems.cloudpods_release.discovery import discover as cloudpods_releases
from bot.systems.servicestage_v2.discovery import discover as instances
from bot.systems.servicestage_v3.discovery import discover as components
from tests.systems.scripts import run_by

APPLICATION: Final = "4f2c2d3e-7e86-4a5c-9d53-5a2b4f6f8a11"
THING: Final = "0d0b8a5e-0b6d-4c1c-8c39-7a0f0f3f1a22"
FLOWS: Final = {
    "servicestage-v2": instances,
    "servicestage-v3": components,
    "cce-release": cce_releases,
    "cloudpods-release": cloudpods_releases,
}
LISTS: Final = {
    "servicestage-v2": "instances",
    "servicestage-v3": "components",
    "cloudpods-release": "releases",
}
ROWS: Final[dict[str, dict[str, Any]]] = {
    "applications": {"id": APPLICATION, "name": "shop"},
    "components": {"id": THING, "name": "shop", "application_id": APPLICATION},
    "instances": {"id": THING, "name": "shop"},
    "kubeclusters": {"id": "c-1", "name": "test122"},
    "namespaces": {"id": "n-1", "name": "default"},
    "repos": {"id": "r-1", "name": "bitnami-new"},
    "releases": {"id": "e-1", "name": "etcd", "chart": "etcd", "repo_id": "r-1"},
}
HELM: Final = {"name": "etcd", "namespace": "default", "status": "DEPLOYED", "version": 1}


def found(name: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries for slipway.yaml of a system whose last list has *row*."""

    def answer(call: Call) -> Any:
        last = call.path.rpartition("/")[2]
        if last == "charts":
            return [] if name == "cce-release" else {"charts": []}
        if name == "cce-release" and last == "releases":
            return [HELM | row]
        if name == "cce-release":
            there = [{"metadata": {"uid": THING, "name": "prod"}}]
            return {"items": there if call.path.startswith("/api") else []}
        more = row if last == LISTS[name] else {}
        return {"count": 1, last: [ROWS[last] | more]}

    things = run_by(FLOWS[name](), answer).result
    return [dict(each.settings) for each in things if each.settings is not None]


def image(*urls: str, **more: Any) -> dict[str, Any]:
    """Containers by number, each with its address."""
    return {"artifacts": {f"c-{n}": {"url": url} for n, url in enumerate(urls)}, **more}


def sourced(url: str) -> dict[str, Any]:
    """A component's source."""
    return {"version": "1.2", "source": {"kind": "image", "url": url}}


ODD: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "no artifacts": ("servicestage-v2", {"version": "1.2"}),
    "null as artifacts": ("servicestage-v2", {"artifacts": None, "version": None}),
    "a blank in an address": ("servicestage-v2", image("x/a b:1.2", version="1.2")),
    "braces in an address": ("servicestage-v2", image("x/{a}:1.2", version="1.2")),
    "an endless address": ("servicestage-v2", image("x" * 1_100 + ":1.2", version="1.2")),
    "a password": ("servicestage-v2", image("https://u:hunter22@x/a-1.2.jar", version="1.2")),
    "a source of code": ("servicestage-v3", {"version": "1.2", "source": {"kind": "code"}}),
    "a blank in a source": ("servicestage-v3", sourced("x/a b:1.2")),
    "braces in a source": ("servicestage-v3", sourced("x/{a}:1.2")),
    "a password in a source": ("servicestage-v3", sourced("https://u:hunter22@x/a-1.2.jar")),
    "no chart in CCE": ("cce-release", {}),
    "no cluster": ("cloudpods-release", {"namespace_id": "n-1"}),
    "no namespace": ("cloudpods-release", {"cluster_id": "c-1"}),
    "no chart in Cloudpods": ("cloudpods-release", {"chart": None, "repo_id": None}),
}


@pytest.mark.parametrize(("name", "row"), ODD.values(), ids=list(ODD))
def test_what_is_not_told_is_to_be_filled_in(name: str, row: dict[str, Any]) -> None:
    """The entry passes `config check`, and shows no password."""
    (settings,) = found(name, row)
    system(name).spec.target.model_validate(settings)
    assert "fill-in" in str(settings)
    assert "hunter22" not in str(settings)


def test_a_container_of_another_version_keeps_its_address() -> None:
    """A sidecar's own version is no version of the target."""
    (settings,) = found("servicestage-v2", image("x/app:1.2", "x/envoy:9", version="1.2"))
    assert settings["artifacts"] == {"c-0": "x/app:{version}", "c-1": "x/envoy:9"}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("servicestage-v2", {"status_detail": {"status": "DELETED"}}),
        ("servicestage-v3", {"status": {"component_status": "DELETED"}}),
    ],
)
def test_what_was_deleted_is_no_target(name: str, row: dict[str, Any]) -> None:
    """ServiceStage may list for a while what is gone."""
    assert found(name, row) == []


def test_names_and_entries_are_such_that_the_file_is_read(tmp_path: Path) -> None:
    """What commands take for something else gets a number; what no target can be is only told."""
    file = tmp_path / "slipway.yaml"
    auth = "{identity_url: https://lab.example/v3, username: u, password: p, project: system}"
    file.write_text(f"connections:\n  lab:\n    kind: cloudpods\n    auth: {auth}\n")
    catalogue = load(file, {})
    place = {"cluster": "c", "namespace": "n", "chart": "repo/etcd"}
    rows = [
        Found(kind="release", name=name, settings={**place, "release": name})
        for name in ("all", "help", "op-0123456789", "blank here")
    ]
    connection = catalogue.connections["lab"]
    told = discovered(catalogue, connection, (), lambda _target, _flow: tuple(rows)).things
    assert [each.new_name for each in told] == ["all-2", "help-2", "op-0123456789-2", ""]
    assert [each.found.settings is None for each in told] == [False, False, False, True]
