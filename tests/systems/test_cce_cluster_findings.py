"""What a precheck found, and what of it may be skipped."""

from typing import Any

import pytest

from bot.core.operation import TaskLine
from bot.core.system import (
    TaskFailed,
)
from bot.systems._huawei.cce import is_identifier
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.findings import items, selectors
from bot.systems.cce_cluster.task_codes import PrecheckFailed, PrecheckFound, Skip, SkipDoes
from tests.systems.cce_cluster_scripts import watch, workflow


def failed_precheck(**status: Any) -> TaskFailed:
    """A precheck that failed with *status*."""
    answers = [examples.precheck("Failed", **status), workflow("Pending", PreCheck="Failed")]
    seen = watch("precheck", answers, examples.PRECHECK_ID)
    assert isinstance(seen, TaskFailed)
    return seen


def test_a_finding_is_told_by_node() -> None:
    """With its level, its kind and what CCE says of it."""
    seen = failed_precheck(**examples.node_finding())
    assert seen.tasks == (
        TaskLine(
            name="node-1: disk usage",
            status="Risk/Warning",
            detail="/var is 91 % full",
            state="failed",
        ),
    )
    told = ("node-1: disk usage (Risk/Warning)",)
    assert seen.reason == PrecheckFound(exceptions=0, risks=1, findings=told).reason
    skip = seen.ways[0]
    assert (skip.name, skip.label) == ("skip", Skip(risks=1).reason)
    does = SkipDoes(risks=1, told=("disk usage (node-1)",))
    assert skip.explanation == does.reason
    assert skip.items == (f"disk usage@{examples.NODE_ID}",)
    assert skip.wants_reason


@pytest.mark.parametrize("kind", ["Exception", "", "Hazard", "risk"])
def test_only_a_risk_may_be_skipped(kind: str) -> None:
    """Whatever else it is called."""
    seen = failed_precheck(**examples.node_finding(kind))
    assert [each.name for each in seen.ways] == ["retry", "cancel"]


def test_findings_come_worst_first() -> None:
    """What cannot be skipped, then by level; the reason counts those that it leaves out."""
    rows = [
        {"name": name, "kind": kind, "level": level, "phase": "Failed"}
        for name, kind, level in (
            ("a", "Risk", "Info"), ("b", "Risk", "Fatal"), ("c", "Exception", "Warning"),
            ("d", "Risk", "Odd"), ("e", "Risk", "Warning"),
        )
    ]  # fmt: skip
    passed = {"name": "f", "kind": "Exception", "phase": "Success"}
    seen = failed_precheck(
        clusterCheckStatus={"itemsStatus": rows[:2]},
        addonCheckStatus={"itemsStatus": [*rows[2:], passed]},
    )
    assert [each.name[-1] for each in seen.tasks] == ["c", "d", "b", "e", "a"]
    worst = ("addons: c (Exception/Warning)", "addons: d (Risk/Odd)", "cluster: b (Risk/Fatal)")
    found = PrecheckFound(exceptions=1, risks=4, findings=worst, more=2)
    assert seen.reason == found.reason


def test_a_failure_without_a_finding_is_told_as_it_is() -> None:
    """There is nothing to skip."""
    seen = failed_precheck(message="a timeout")
    assert seen.reason == PrecheckFailed(status="Failed", words="a timeout").reason
    assert [each.name for each in seen.ways] == ["retry", "cancel"]


def test_a_finding_without_a_message_has_its_codes() -> None:
    """And a node without a name its id."""
    more = examples.node_finding(message="", errorCodes=["CCE.1", "CCE.2"])
    more["nodeCheckStatus"]["nodeStageStatus"][0]["nodeInfo"]["name"] = ""
    seen = failed_precheck(**more)
    assert seen.tasks[0].name == f"{examples.NODE_ID}: disk usage"
    assert seen.tasks[0].detail == "CCE.1, CCE.2"


def test_a_node_that_cannot_be_named_is_skipped_for_all() -> None:
    """Its id is no id, so the item goes without a selector."""
    more = examples.node_finding()
    more["nodeCheckStatus"]["nodeStageStatus"][0]["nodeInfo"]["uid"] = "../1"
    assert failed_precheck(**more).ways[0].items == ("disk usage",)
    assert is_identifier(examples.NODE_ID)


def test_items_are_written_and_read() -> None:
    """An at-sign in a name is part of it."""
    written = items([("a", "n-1"), ("a", "n-2"), ("a", "n-1"), ("b", ""), ("c@ d", "")])
    assert written == ("a@n-1,n-2", "b", "c@ d")
    assert [each["name"] for each in selectors(written)] == ["a", "b", "c@ d"]
    for bad in ("", "@n-1", "x" * 201):
        with pytest.raises(ValueError, match=bad or "^$"):
            selectors([bad])


# Lost calls
