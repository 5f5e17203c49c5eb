"""The objects of a release in its cluster, from whatever shape the cloud tells them in."""

import json
from typing import Any, Final

import pytest

from bot.systems._helm.codes import Listed, PodsAre
from bot.systems._helm.resources import facts, objects_in

POD: Final = {"kind": "Pod", "metadata": {"name": "search-0"}, "status": {"phase": "Running"}}
STUCK: Final = {"kind": "Pod", "metadata": {"name": "search-1"}, "status": {"phase": "Pending"}}
DEPLOYMENT: Final = {"kind": "Deployment", "metadata": {"name": "search"}, "status": {}}


def test_a_list_of_objects_is_told_by_kind() -> None:
    """CCE's field is a text; pods are counted, and those that are not well are named."""
    told = facts(objects_in(json.dumps([POD, DEPLOYMENT, STUCK])))
    assert told == {
        "objects:Deployment": Listed(names=("search",)).reason,
        "pods": PodsAre(well=1, total=2, unwell=("search-1 Pending",)).reason,
    }


def test_lists_by_kind_are_told_alike() -> None:
    """Cloudpods has rows with a name of their own; empty kinds are left out."""
    rows: dict[str, Any] = {"k8s_service": [{"name": "etcd"}], "secret": [], "statefulset": None}
    told = facts(objects_in(rows), {"etcd-0": "Running", "other-0": "CrashLoopBackOff"})
    assert told == {
        "objects:k8s_service": Listed(names=("etcd",)).reason,
        "pods": PodsAre(well=1, total=2, unwell=("other-0 CrashLoopBackOff",)).reason,
    }


def test_what_is_many_is_counted() -> None:
    """A chart may have hundreds of objects and pods."""
    maps = [{"kind": "ConfigMap", "metadata": {"name": f"c-{each}"}} for each in range(7)]
    pods = {f"p-{each}": "Failed" for each in range(9)}
    told = facts(objects_in(maps), pods)
    named = tuple(f"c-{each}" for each in range(5))
    assert told["objects:ConfigMap"] == Listed(names=named, more=2).reason
    unwell = tuple(f"p-{each} Failed" for each in range(5))
    assert told["pods"] == PodsAre(well=0, total=9, unwell=unwell, more=4).reason


@pytest.mark.parametrize(
    "odd",
    [None, "", "no JSON", "[1, null, {}]", 7, ["a", {"kind": 1, "name": ""}], {"pod": "none"},
     "[" * 50_000],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(odd: Any) -> None:
    """No shape is promised, so none breaks a status."""
    assert facts(objects_in(odd)) == {}
