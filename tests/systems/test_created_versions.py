"""Which version a create template brings where none is asked for."""

from typing import Any, Final

import pytest

from bot.core.records import Json
from bot.core.system import System
from bot.systems import system as system_named

ID: Final = "0d0b8a5e-0b6d-4c1c-8c39-7a0f0f3f1a22"
V3: Final[dict[str, Json]] = {"application_id": ID, "source_url": "swr.example/shop:{version}"}
V2: Final[dict[str, Json]] = {"application_id": ID, "artifacts": {"web": "swr.example/{version}"}}
CCE: Final[dict[str, Json]] = {"cluster_id": ID, "namespace": "web", "release": "web"}
PODS: Final[dict[str, Json]] = {
    "cluster": "test",
    "namespace": "web",
    "release": "web",
    "chart": "repo/web",
}


def _both(**instance: Json) -> Json:
    return {"component": {"name": "web"}, "instance": {"name": "web-1", **instance}}


@pytest.mark.parametrize(
    ("name", "settings", "created"),
    [
        ("servicestage-v3", {**V3, "create_body": {"name": "web", "version": "1.0"}}, "1.0"),
        ("servicestage-v3", {**V3, "create_body": {"name": "web"}}, None),
        ("servicestage-v3", {**V3, "create_body": {"name": "web", "version": ""}}, None),
        ("servicestage-v2", {**V2, "create_body": _both(version="1.0")}, "1.0"),
        ("servicestage-v2", {**V2, "create_body": _both()}, None),
        ("cce-release", {**CCE, "chart": "web", "create_body": {"version": "1.0"}}, "1.0"),
        ("cce-release", {**CCE, "chart": "web", "create_body": {}}, None),
        ("cce-release", {**CCE, "chart": ID, "create_body": {}}, ""),
        ("cce-release", {**CCE, "chart": "web", "create_body": {"chart_id": ID}}, ""),
        ("cloudpods-release", {**PODS, "create_body": {"version": "1.0"}}, "1.0"),
        ("cloudpods-release", {**PODS, "create_body": {}}, ""),
        ("cce-cluster", {"cluster_id": ID}, None),
    ],
)
def test_a_template_says_what_it_leaves_open(
    name: str, settings: dict[str, Json], created: str | None
) -> None:
    """A version of its own, one that the chart has anyway (""), or none: then one is asked for."""
    system: System[Any] = system_named(name)
    target = system.spec.target.model_validate(settings)
    assert system.spec.created_version(target) == created
