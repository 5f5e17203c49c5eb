"""ServiceStage v2: settings and strategies that a deployment changes."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.codes.systems import Hidden, NoSuchStrategy, label
from bot.core.plan import PlanDraft
from bot.systems._huawei.codes import KeptStrategy, MisformedSetting, UnknownSetting
from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.codes import ReplicaByScale
from bot.systems.servicestage_v2.examples import SETTINGS
from tests.systems.servicestage_v2.cases import (
    IDLE,
    LIVE,
    NEW,
    TARGET,
    denied,
    instance,
    prepare,
    submit,
)

CONFIGURATION: Final[dict[str, Any]] = SETTINGS["configuration"]


def planned(words: dict[str, str], **given: Any) -> Any:
    """What a deployment with these words leads to."""
    return prepare("deploy", instance(), IDLE, values=words, **given)


def body(draft: Any) -> dict[str, Any]:
    """What is sent for a plan."""
    assert isinstance(draft, PlanDraft), draft
    sent = submit(draft.steps[0], instance(), {"job_id": NEW}).calls[-1].body
    assert isinstance(sent, dict)
    return sent


def test_a_flavour_is_set() -> None:
    """What is typed is in the plan, beside what was before, and is sent."""
    draft = planned({"flavor_id": "LARGE-50G:4.0C:8G"}, version="1.4.0")
    change = draft.changes[-1]
    assert (change.name, change.before) == ("flavor_id", SETTINGS["flavor_id"])
    assert body(draft)["flavor_id"] == "LARGE-50G:4.0C:8G"


def test_a_variable_is_set_and_what_it_was_stays_hidden() -> None:
    """The rest of the configuration is kept."""
    draft = planned({"env.log-level": "debug", "env.NEW": "1"})
    assert (draft.before, draft.after) == (LIVE, LIVE)
    told = [(each.name, each.before, each.after) for each in draft.changes]
    assert told == [("env.log-level", Hidden().reason, "debug"), ("env.NEW", "", "1")]
    sent = body(draft)["configuration"]
    kept = [each for each in CONFIGURATION["env"] if each["name"] != "log-level"]
    added = [{"name": "log-level", "value": "debug"}, {"name": "NEW", "value": "1"}]
    assert sent == {**CONFIGURATION, "env": [*kept, *added]}
    assert "warn" not in draft.model_dump_json()


def test_settings_alone_keep_the_artifacts() -> None:
    """A version need not be the image's tag: none is fetched from elsewhere, nor asked for."""
    own = {"container-name": {**SETTINGS["artifacts"]["container-name"], "url": "x/app:v1"}}
    live = instance(artifacts=own)
    draft = prepare("deploy", live, IDLE, values={"env.NEW": "1"})
    assert [each.name for each in draft.changes] == ["env.NEW"]
    sent = submit(draft.steps[0], live, {"job_id": NEW}).calls[-1].body
    assert isinstance(sent, dict)
    assert (sent["version"], sent["artifacts"]) == (LIVE, own)
    other = instance(artifacts={"other": own["container-name"]})
    assert isinstance(prepare("deploy", other, IDLE, values={"env.NEW": "1"}), PlanDraft)


def test_members_of_the_configuration_are_set_one_by_one() -> None:
    """Those that are not named stay as they are."""
    draft = planned({"configuration": '{"probes": {"livenessProbe": {"type": "tcp"}}}'})
    sent = body(draft)["configuration"]
    assert sent == {**CONFIGURATION, "probes": {"livenessProbe": {"type": "tcp"}}}
    assert draft.changes[-1].name == "probes"


REFUSED: Final[dict[str, tuple[dict[str, str], Any]]] = {
    "copies": ({"replica": "3"}, ReplicaByScale()),
    "no object": ({"configuration": "[]"}, MisformedSetting(name="configuration", form="object")),
    "variables by the way": (
        {"configuration": '{"env": []}'},
        UnknownSetting(name="configuration.env", near=("env.NAME",)),
    ),
}


@pytest.mark.parametrize(("words", "why"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_set_is_refused(words: dict[str, str], why: Any) -> None:
    """Before anything is sent, with the way that there is."""
    assert planned(words, version="1.4.0") == Denied.of(why)


def test_settings_that_are_so_already_are_no_change() -> None:
    """Nothing is sent for what is there."""
    target = TARGET.model_copy(
        update={"artifacts": {"container-name": instance()["artifacts"]["container-name"]["url"]}}
    )
    same = {"flavor_id": SETTINGS["flavor_id"]}
    assert denied(planned(same, target=target)) == "no_change"


@pytest.mark.parametrize(("word", "kind"), [("rolling", "RollingUpdate"), ("recreate", "Recreate")])
@pytest.mark.parametrize("by", ["command", "target"])
def test_a_strategy_is_sent(word: Any, kind: str, by: str) -> None:
    """By the command's word, else the target's."""
    target = TARGET.model_copy(update={"strategy": word if by == "target" else None})
    typed = word if by == "command" else None
    draft = planned({}, target=target, strategy=typed, version="1.4.0")
    assert body(draft)["configuration"]["strategy"] == {"upgrade": kind}


RECREATED: Final = instance(configuration={**CONFIGURATION, "strategy": {"upgrade": "Recreate"}})
KEPT: Final = KeptStrategy(word="recreate").reason


@pytest.mark.parametrize(
    ("live", "word", "told"),
    [
        (RECREATED, None, [(KEPT, KEPT)]),
        (RECREATED, "recreate", [("recreate", "recreate")]),
        (RECREATED, "rolling", [("recreate", "rolling")]),
        (instance(), None, []),
        (instance(), "rolling", []),
        (instance(), "recreate", [("rolling", "recreate")]),
    ],
)
def test_a_version_that_stops_the_one_before_is_said(
    live: dict[str, Any], word: Any, told: list[tuple[Any, Any]]
) -> None:
    """ServiceStage keeps the strategy; whoever approves reads that there will be a gap."""
    draft = prepare("deploy", live, IDLE, strategy=word, version="1.4.0")
    assert isinstance(draft, PlanDraft)
    named = label("strategy")
    assert [(each.before, each.after) for each in draft.changes if each.name == named] == told


def test_a_strategy_that_is_kept_is_nothing_to_do() -> None:
    """That it stays as it is does not make a deployment of what runs."""
    artifacts = {name: each["url"] for name, each in RECREATED["artifacts"].items()}
    target = TARGET.model_copy(update={"artifacts": artifacts})
    for word in (None, "recreate"):
        same = prepare("deploy", RECREATED, IDLE, target=target, strategy=word, version=LIVE)
        assert denied(same) == "no_change"


def test_what_is_no_strategy_is_refused() -> None:
    """On the command line and in slipway.yaml alike; gray releases are v3's."""
    refused = planned({}, strategy="gray:5%", version="1.4.0")
    assert refused == Denied.of(NoSuchStrategy(word="gray:5%", known=("rolling", "recreate")))
    with pytest.raises(ValidationError):
        Instance.model_validate({**ServiceStageV2.spec.sample.target, "strategy": "gray:5%"})
