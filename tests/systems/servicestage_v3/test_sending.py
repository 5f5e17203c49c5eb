"""ServiceStage v3: what is sent."""

from typing import Any, Final

import pytest

from bot.core.errors import UnreadableReplyError
from bot.core.plan import PlannedStep
from bot.core.records import Json
from bot.core.system import (
    RemoteTask,
    Work,
)
from bot.systems.servicestage_v3.examples import COMPONENT, CREATE_BODY, SETTINGS
from tests.systems.scripts import run
from tests.systems.servicestage_v3.cases import DEPLOY, NEW, SYSTEM, TARGET, component


def deployed(**settings: Any) -> dict[str, Any]:
    """The body that deploys over a component with these settings."""
    driven = run(SYSTEM.submit(TARGET, Work(step=DEPLOY)), [component(**settings), {"job_id": NEW}])
    body = driven.calls[-1].body
    assert isinstance(body, dict)
    return body


def test_a_deployment_keeps_every_other_setting() -> None:
    """A modification replaces: what is not sent again would be lost."""
    body = deployed()
    read_only = {"id", "status", "application_id", "environment_id", "enterprise_project_id"}
    empty = {"custom_metric", "liveness_probe"}
    assert set(body) == set(SETTINGS) - read_only - empty
    changed = {"version", "source", "envs"}
    assert {k: v for k, v in body.items() if k not in changed} == {
        k: v for k, v in SETTINGS.items() if k in body and k not in changed
    }
    assert body["version"] == "1.4.0"
    assert body["source"] == {
        "kind": "image", "storage": "swr", "url": "swr.example/shop:1.4.0", "version": "1.4.0",
    }  # fmt: skip


KEPT: Final[dict[str, Json]] = {
    "workload_content": "apiVersion: apps/v1",
    "update_strategy": {"type": "RollingUpdate", "max_surge": 1},
    "config_mode": "yaml",
    "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": "1"}},
    "affinity": [{"condition": "required", "kind": "az", "weight": 1}],
    "storages": [{"type": "HostPath", "name": "s", "parameters": {"path": "/x"}, "mounts": []}],
    "jvm_opts": "-Xmx1g",
    "something_new": {"that": "nobody listed"},
}


@pytest.mark.parametrize("name", KEPT)
def test_settings_of_any_kind_are_sent_back(name: str) -> None:
    """Also what the vendor's kit does not know, and what nobody listed."""
    assert deployed(**{name: KEPT[name]})[name] == KEPT[name]


def test_the_platforms_own_variables_are_left_out() -> None:
    """Variables that are inner are the platform's; ours go back without that mark."""
    assert deployed()["envs"] == [{"name": "testName", "value": "testValue"}]


def test_settings_that_cannot_be_sent_back_stop_the_deployment() -> None:
    """A garbled list of variables is refused before anything is sent."""
    with pytest.raises(UnreadableReplyError):
        deployed(envs=["a"])


BODIES: Final[list[tuple[str, dict[str, Json], Json]]] = [
    ("stop", {}, {"action": "stop"}),
    ("start", {}, {"action": "start"}),
    ("restart", {}, {"action": "restart"}),
    ("scale", {"replica": 3}, {"action": "scale", "parameters": {"replica": 3}}),
    ("rollback", {"action": "rollback_current", "version": "1"}, {"action": "rollback_current"}),
    (
        "rollback",
        {"action": "rollback", "version": "1"},
        {"action": "rollback", "parameters": {"version": "1"}},
    ),
]


@pytest.mark.parametrize(("name", "parameters", "body"), BODIES)
def test_the_body_of_an_action(name: str, parameters: dict[str, Json], body: Json) -> None:
    """An action is sent as the vendor's guide prints it, without an empty `parameters`."""
    step = PlannedStep(name=name, parameters={"component_id": COMPONENT, **parameters})
    driven = run(SYSTEM.submit(TARGET, Work(step=step)), [{"job_id": NEW, "result": "succeeded"}])
    assert driven.result == RemoteTask(id=NEW)
    assert driven.calls[0].body == body
    assert driven.calls[0].path.endswith(f"/components/{COMPONENT}/action")


def test_a_creation_fills_the_template() -> None:
    """The template goes out as it is, with the version and its address."""
    url = TARGET.url("1.0")
    step = PlannedStep(name="create", parameters={"version": "1.0", "url": url})
    driven = run(
        SYSTEM.submit(TARGET, Work(step=step)), [{"job_id": NEW, "component_id": COMPONENT}]
    )
    body = driven.calls[0].body
    assert isinstance(body, dict)
    source = {**CREATE_BODY["source"], "url": url, "version": "1.0"}
    assert body == {**CREATE_BODY, "version": "1.0", "source": source}
