"""ServiceStage v2: what is sent."""

from typing import Any, Final

import pytest

from bot.core.errors import UnreadableReplyError
from bot.core.plan import PlannedStep
from bot.core.records import Json
from bot.core.system import (
    RemoteTask,
)
from bot.systems.servicestage_v2.examples import (
    SETTINGS,
)
from tests.systems.servicestage_v2.cases import DEPLOY, IDS, NEW, PATH, artifacts, instance, submit


def deployed(**settings: Any) -> dict[str, Any]:
    """The body that deploys over an instance with these settings."""
    body = submit(DEPLOY, instance(**settings), {"job_id": NEW}).calls[-1].body
    assert isinstance(body, dict)
    return body


def test_a_deployment_keeps_every_other_setting() -> None:
    """All that a modification takes is sent back as it is; what it does not take is left out."""
    body = deployed()
    access = dict(SETTINGS["external_accesses"][0])
    for told in ("create_time", "update_time"):
        access.pop(told)
    assert body == {
        "version": "1.4.0",
        "artifacts": artifacts("x/shop:1.4.0"),
        "flavor_id": SETTINGS["flavor_id"],
        "configuration": SETTINGS["configuration"],
        "description": SETTINGS["description"],
        "refer_resources": SETTINGS["refer_resources"],
        "external_accesses": [access],
    }


def test_other_containers_and_fields_of_an_artifact_are_kept() -> None:
    """Only address and version of the target's own containers change."""
    one = artifacts("x/shop:1.3.0", version="1.3.0", something_new={"that": "nobody listed"})
    body = deployed(artifacts={**one, "sidecar": {"url": "side:1", "auth": None}})
    assert body["artifacts"] == {
        **artifacts("x/shop:1.4.0", version="1.4.0", something_new={"that": "nobody listed"}),
        "sidecar": {"url": "side:1"},
    }


def test_a_container_whose_address_stays_keeps_its_version() -> None:
    """An address without {version} names the same thing after a deployment."""
    same = artifacts("x/shop:1.4.0", version="fixed")
    assert deployed(artifacts=same)["artifacts"] == same


KEPT: Final[dict[str, Json]] = {
    "flavor_id": "CUSTOM-10G:0.5C-0.25C:1.6Gi-0.8Gi",
    "configuration": {"strategy": {"upgrade": "Recreate"}, "something_new": [{"x": 1}]},
    "description": "",
    "refer_resources": [],
    "external_accesses": [],
}


@pytest.mark.parametrize("name", KEPT)
def test_settings_of_any_kind_are_sent_back(name: str) -> None:
    """Also what is empty, and what nobody listed."""
    assert deployed(**{name: KEPT[name]})[name] == KEPT[name]


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_set_is_not_sent(name: str) -> None:
    """A null stands for no setting, which the API does not take back; also deep inside."""
    assert name not in deployed(**{name: None})
    nested = deployed(configuration={"env": [{"name": "A", "value": None}], "probes": None})
    assert nested["configuration"] == {"env": [{"name": "A"}]}


@pytest.mark.parametrize(
    "garbled",
    [
        {"external_accesses": ["x"]},
        {"external_accesses": {}},
        {"artifacts": {"container-name": "x"}},
        {"artifacts": {}},
        {"id": "another"},
        {"status_last_job_id": "../x"},
    ],
)
def test_what_cannot_be_sent_back_stops_the_deployment(garbled: dict[str, Any]) -> None:
    """Garbled settings, and artifacts that are gone since the plan, are refused unsent."""
    with pytest.raises(UnreadableReplyError):
        deployed(**garbled)


BODIES: Final[list[tuple[str, dict[str, Json], Json]]] = [
    ("stop", {}, {"action": "stop"}),
    ("start", {}, {"action": "start"}),
    ("restart", {}, {"action": "restart"}),
    ("scale", {"replica": 3}, {"action": "scale", "parameters": {"replica": 3}}),
    ("rollback", {"version": "1"}, {"action": "rollback", "parameters": {"version": "1"}}),
]


@pytest.mark.parametrize(("name", "parameters", "body"), BODIES)
def test_the_body_of_an_action(name: str, parameters: dict[str, Json], body: Json) -> None:
    """An action is sent as the vendor's guide prints it, without an empty `parameters`."""
    driven = submit(PlannedStep(name=name, parameters={**IDS, **parameters}), {"job_id": NEW})
    assert driven.result == RemoteTask(id=NEW)
    assert (driven.calls[0].method, driven.calls[0].path) == ("POST", PATH + "/action")
    assert driven.calls[0].body == body


def test_an_answer_about_something_else_is_not_believed() -> None:
    """FM-70: an acceptance that names another instance or component is none of ours."""
    stop = PlannedStep(name="stop", parameters=IDS)
    with pytest.raises(UnreadableReplyError):
        submit(stop, {"job_id": NEW, "instance_id": "another"})
    with pytest.raises(UnreadableReplyError):
        submit(PlannedStep(name="create component"), {"id": "c-1", "name": "another"})
