"""How nodes are upgraded: from slipway.yaml through the plan to what CCE is sent."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError
from bot.core.plan import Change, PlanDraft
from bot.core.records import Asked, Parameters
from bot.core.system import RemoteTask, Work
from bot.systems.cce_cluster import Cluster, examples
from bot.systems.cce_cluster.codes import AtOnce, Priorities
from tests.systems.cce_cluster_scripts import EARLIER, SYSTEM, There, workflow
from tests.systems.scripts import run_by

SELECTOR: Final = {"key": "zone", "operator": "in", "value": ["a", "b"]}
UPGRADE: Final[dict[str, Any]] = {
    "batch": 5,
    "scope": "NodePool",
    "order": {
        "pools": {"DefaultPool": 2, "gpu": 1},
        "nodes": {"DefaultPool": [{"nodeSelector": SELECTOR, "priority": 3}]},
    },
    "addons": [
        {
            "addonTemplateName": "coredns",
            "version": "1.30.1",
            "values": {"flavor": {"replicas": 2}, "custom": {"token": "s3cr3t-of-coredns"}},
        }
    ],
}


def target(**upgrade: Any) -> Cluster:
    """The documented cluster, upgraded in some way."""
    return Cluster.model_validate({"cluster_id": examples.CLUSTER_ID, "upgrade": upgrade})


def planned(where: Cluster) -> PlanDraft:
    """The plan of an upgrade."""
    asked = Asked(action="deploy", parameters=Parameters(version="v1.19"))
    draft = run_by(SYSTEM.prepare(where, asked), There()).result
    assert isinstance(draft, PlanDraft)
    return draft


def sent(where: Cluster, draft: PlanDraft) -> Any:
    """What CCE is sent by the plan's upgrade."""
    (step,) = [each for each in draft.steps if each.name == "upgrade"]
    work = Work(step=step, earlier=(*EARLIER, RemoteTask(id="precheck"), RemoteTask(id="snap")))
    calls = run_by(SYSTEM.submit(where, work), There(open=(workflow(),))).calls
    body: Any = calls[-1].body
    return body["spec"]["clusterUpgradeAction"]


def test_where_nothing_is_said_twenty_nodes_go_at_once() -> None:
    """The documented body, and nothing in the plan that older plans lack."""
    draft = planned(target())
    assert "settings" not in draft.steps[3].parameters
    assert sent(target(), draft) == examples.UPGRADE_BODY["spec"]["clusterUpgradeAction"]


def test_everything_that_is_said_is_sent() -> None:
    """By the vendor's own words; the plan has no secret, the call has it."""
    where = target(**UPGRADE)
    draft = planned(where)
    assert "s3cr3t-of-coredns" not in draft.model_dump_json()
    action = sent(where, draft)
    assert action["strategy"]["inPlaceRollingUpdate"] == {"userDefinedStep": 5, "scope": "NodePool"}
    assert action["nodePoolOrder"] == {"DefaultPool": 2, "gpu": 1}
    assert action["nodeOrder"] == {"DefaultPool": [{"nodeSelector": SELECTOR, "priority": 3}]}
    assert action["addons"] == [{"operation": "patch", **UPGRADE["addons"][0]}]


def test_people_read_it_before_they_approve() -> None:
    """How many nodes, how many at once, which first, which add-ons."""
    told = planned(target(**UPGRADE)).changes[1:]
    first = Priorities(told="DefaultPool 2, gpu 1").reason
    within = Priorities(told="DefaultPool zone in a|b 3").reason
    assert told == (
        Change(name=label("nodes"), before="", after=AtOnce(nodes=2, batch=5, by_pool=True).reason),
        Change(name=label("pool_order"), before="", after=first),
        Change(name=label("node_order"), before="", after=within),
        Change(name=label("addon", of="coredns"), before="", after="1.30.1"),
    )


def test_what_was_approved_is_sent_whatever_the_file_says_since() -> None:
    """The step holds it; a secret that is not there any more stops the call before it is made."""
    draft = planned(target(**UPGRADE))
    other = target(**{**UPGRADE, "batch": 40})
    assert sent(other, draft)["strategy"]["inPlaceRollingUpdate"]["userDefinedStep"] == 5
    with pytest.raises(CloudRefusedError) as refused:
        sent(target(), draft)
    assert refused.value.code == "values_unknown"


def test_an_open_workflow_is_gone_on_with_alike() -> None:
    """What is left of an upgrade keeps its settings."""
    where = target(batch=3)
    asked = Asked(action="deploy", parameters=Parameters(version="v1.19"))
    there = There(open=(workflow("Pending", PreCheck="Success", Snapshot="Success"),))
    draft = run_by(SYSTEM.prepare(where, asked), there).result
    assert not isinstance(draft, Denied)
    assert draft.steps[0].parameters["settings"] == {"rolling": {"userDefinedStep": 3}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": 0},
        {"batch": 41},
        {"scope": "Pool"},
        {"order": {"pools": {"gpu": -1}}},
        {"order": {"nodes": {"gpu": [{"nodeSelector": {"key": "a", "operator": "is"}}]}}},
        {"addons": [{"addonTemplateName": "coredns"}]},
        {"addons": [{"addonTemplateName": "coredns", "version": "1", "operation": "remove"}]},
        {"pools": {}},
    ],
)
def test_what_cce_would_refuse_is_a_fault_of_the_file(wrong: dict[str, Any]) -> None:
    """Numbers, words and keys are those of the page."""
    with pytest.raises(ValidationError):
        target(**wrong)
