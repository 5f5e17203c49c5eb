"""ServiceStage v3: settings and strategies that a deployment changes."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.codes.systems import Hidden, NoSuchStrategy, label
from bot.core.plan import PlanDraft
from bot.core.records import Asked, Json, Parameters
from bot.core.system import Work
from bot.systems._huawei.codes import MisformedSetting, UnknownSetting
from bot.systems.servicestage_v3 import Component
from bot.systems.servicestage_v3.codes import GrayWithoutMode
from tests.systems.scripts import run
from tests.systems.servicestage_v3.cases import (
    IDLE,
    LIVE,
    NEW,
    SYSTEM,
    TARGET,
    component,
    denied,
)


def planned(words: dict[str, str], *, target: Component = TARGET, **given: Any) -> Any:
    """What a deployment with these words leads to."""
    settings = given.pop("settings", {})
    question = Asked(action="deploy", parameters=Parameters(values=words, **given))
    return run(SYSTEM.prepare(target, question), [component(**settings), IDLE]).result


def body(draft: Any, **settings: Any) -> dict[str, Any]:
    """What is sent for a plan."""
    assert isinstance(draft, PlanDraft), draft
    flow = SYSTEM.submit(TARGET, Work(step=draft.steps[0]))
    sent = run(flow, [component(**settings), {"job_id": NEW}]).calls[-1].body
    assert isinstance(sent, dict)
    return sent


FIELDS: Final[dict[str, tuple[str, str, Json]]] = {
    "a share of a core": ("limit_cpu", "0.5", 0.5),
    "memory": ("request_memory", "2", 2.0),
    "copies": ("replica", "3", 3),
    "text": ("jvm_opts", "-Xmx1g -Xms1g", "-Xmx1g -Xms1g"),
    "a probe": ("liveness_probe", '{"type": "tcp", "port": 80}', {"type": "tcp", "port": 80}),
    "an affinity in the older form": ("affinity", '{"az": ["a"]}', {"az": ["a"]}),
    "an affinity in the newer form": ("affinity", '[{"kind": "az"}]', [{"kind": "az"}]),
    "labels": ("labels", '[{"key": "a", "value": "b"}]', [{"key": "a", "value": "b"}]),
}


@pytest.mark.parametrize(("name", "text", "value"), FIELDS.values(), ids=list(FIELDS))
def test_a_field_is_set_by_the_apis_own_name(name: str, text: str, value: Json) -> None:
    """What is typed is in the plan, beside what was before, and is sent in its own type."""
    draft = planned({name: text}, version="1.4.0")
    change = draft.changes[-1]
    assert change.name == name
    assert body(draft)[name] == value


def test_a_field_shows_what_it_was() -> None:
    """People read both sides, and approve both."""
    (change,) = planned({"limit_cpu": "0.5"}, version=LIVE, settings={"limit_cpu": 0.25}).changes[
        1:
    ]
    assert (change.name, change.before, change.after) == ("limit_cpu", "0.25", "0.5")


def test_a_variable_is_set_and_what_it_was_stays_hidden() -> None:
    """Others are kept; the platform's own are neither sent nor counted."""
    draft = planned({"env.testName": "new", "env.LOG_LEVEL": "debug=1"}, version="1.4.0")
    told = [(each.name, each.before, each.after) for each in draft.changes[2:]]
    assert told == [
        ("env.testName", Hidden().reason, "new"),
        ("env.LOG_LEVEL", "", "debug=1"),
    ]
    assert body(draft, envs=[{"name": "kept", "value": "1"}, {"name": "testName", "value": "x"}])[
        "envs"
    ] == [
        {"name": "kept", "value": "1"},
        {"name": "testName", "value": "new"},
        {"name": "LOG_LEVEL", "value": "debug=1"},
    ]
    assert "testValue" not in draft.model_dump_json()


def test_settings_alone_keep_the_version() -> None:
    """A deployment may name no version: the one that is live is sent again."""
    draft = planned({"limit_cpu": "2"})
    assert (draft.before, draft.after) == (LIVE, LIVE)
    assert body(draft)["version"] == LIVE


def test_settings_alone_keep_the_source() -> None:
    """A version need not be the image's tag, as in the vendor's guide: no other one is fetched."""
    source = {"kind": "image", "url": "swr.example.com/shop/test_02:v1", "version": "v1"}
    draft = planned({"limit_cpu": "2"}, settings={"source": source})
    assert [each.name for each in draft.changes] == ["limit_cpu"]
    assert body(draft, source=source)["source"] == source


def test_settings_that_are_so_already_are_no_change() -> None:
    """Version, image and all settings are what was asked for."""
    same = {"source": {"kind": "image", "url": TARGET.url(LIVE)}, "limit_cpu": 2.0}
    assert denied(planned({"limit_cpu": "2"}, settings=same)) == "no_change"
    assert isinstance(planned({"limit_cpu": "3"}, settings=same), PlanDraft)


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("limit_cpu", "much", "number"),
        ("limit_cpu", "-1", "number"),
        ("replica", "2.5", "count"),
        ("replica", "1001", "count"),
        ("liveness_probe", "tcp", "object"),
        ("liveness_probe", "[]", "object"),
        ("labels", "{}", "list"),
        ("affinity", "1", "object_or_list"),
        ("affinity", "[" * 100_000, "object_or_list"),
    ],
    ids=str,
)
def test_a_setting_in_another_form_is_refused(name: str, text: str, form: Any) -> None:
    """The refusal says which form is wanted, before anything is sent."""
    wanted = Denied.of(MisformedSetting(name=name, form=form))
    assert planned({name: text}, version="1.4.0") == wanted


def test_what_is_no_setting_is_refused_with_the_nearest() -> None:
    """A slip would otherwise be dropped by the API without a word."""
    refused = planned({"limit_cpus": "1"}, version="1.4.0")
    near = UnknownSetting(name="limit_cpus", near=("limit_cpu",))
    assert refused.why.params["near"][0] == near.near[0]
    assert refused.code == "bad_values"
    assert planned({"env.": "1"}, version="1.4.0").code == "bad_values"
    assert planned({"version": "1"}, version="1.4.0").code == "bad_values"


GRAY: Final[dict[str, Any]] = {"deployment_mode": 3, "remaining_batch": 2}
STORED: Final[dict[str, Any]] = {
    "type": "GrayRelease",
    "gray_release": {
        "type": "CONTENT", "replica_surge_mode": "MIRROR", "deployment_mode": 4,
        "rule_match_mode": "any", "rules": [{"key": "x"}],
    },
}  # fmt: skip
STRATEGIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "at once": ("one-batch", {"type": "OneBatchRelease"}),
    "in batches": ("rolling:3", {"type": "RollingRelease", "rolling_release": {"batches": 3}}),
    "gray": (
        "gray:20%",
        {
            "type": "GrayRelease",
            "gray_release": {
                "type": "WEIGHT", "replica_surge_mode": "MIRROR", "deployment_mode": 4,
                "first_batch_weight": 20,
            },
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("word", "sent"), STRATEGIES.values(), ids=list(STRATEGIES))
@pytest.mark.parametrize("by", ["command", "target"])
def test_a_strategy_is_sent_and_shown(word: str, sent: dict[str, Any], by: str) -> None:
    """By the command's word, else the target's; people read what it was and what it will be."""
    target = TARGET.model_copy(update={"strategy": word if by == "target" else "rolling:9"})
    typed = word if by == "command" else None
    draft = planned(
        {}, target=target, strategy=typed, version="1.4.0", settings={"deploy_strategy": STORED}
    )
    change = next(each for each in draft.changes if each.name == label("strategy"))
    assert (change.before, change.after) == ("GrayRelease", word)
    assert body(draft, deploy_strategy=STORED)["deploy_strategy"] == sent


def test_a_gray_release_needs_its_mode() -> None:
    """From slipway.yaml, else from the component itself; where neither has it, nothing is sent."""
    assert planned({}, strategy="gray:5%", version="1.4.0") == Denied.of(GrayWithoutMode())
    target = TARGET.model_copy(update={"gray_release": GRAY})
    draft = planned({}, target=target, strategy="gray:5%", version="1.4.0")
    assert body(draft)["deploy_strategy"]["gray_release"] == {
        **GRAY, "type": "WEIGHT", "replica_surge_mode": "EXTRA", "first_batch_weight": 5,
    }  # fmt: skip


@pytest.mark.parametrize("word", ["all", "rolling", "rolling:0", "gray:0%", "gray:100%", "gray:5"])
def test_what_is_no_strategy_is_refused(word: str) -> None:
    """On the command line and in slipway.yaml alike."""
    known = ("one-batch", "rolling:3", "gray:20%")
    refused = planned({}, strategy=word, version="1.4.0")
    assert refused == Denied.of(NoSuchStrategy(word=word, known=known))
    with pytest.raises(ValidationError):
        Component.model_validate({**SYSTEM.spec.sample.target, "strategy": word})
