"""Versions, paths, limits and times of clusters."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.core.flow import Reply
from bot.systems._huawei.cce import answered_at, moment
from bot.systems.cce_cluster import Cluster, examples, versions
from tests.systems.cce_cluster_scripts import (
    NOW,
    SYSTEM,
    TARGET,
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("v1.31", (1, 31)),
        ("1.31", (1, 31)),
        ("V1.19.16-r80", (1, 19, 16, 80)),
        ("v1.31.4", (1, 31, 4)),
        (" v1.31 ", (1, 31)),
        ("latest", None),
        ("v1", None),
        ("v1.31-r2", None),
        ("v1.31.4-r2-x", None),
        ("", None),
        ("v\uff11.31", None),
    ],
)
def test_versions(text: str, numbers: tuple[int, ...] | None) -> None:
    """Two to four numbers in ASCII; nothing else is a version of a cluster."""
    assert versions.parsed(text) == numbers


def test_versions_among_themselves() -> None:
    """A short version means all its patches; what is not told is not compared."""
    assert versions.written((1, 19, 16, 80)) == "v1.19.16-r80"
    assert versions.written((1, 31)) == "v1.31"
    assert versions.is_one_of("v1.31.4-r0", "v1.31")
    assert not versions.is_one_of("v1.31", "v1.31.4-r0")
    assert versions.are_akin("v1.31", "v1.31.4-r0")
    assert versions.is_lower("v1.9", "v1.31.4-r0")
    assert not versions.is_lower("v1.31", "v1.31.4-r0")
    assert not versions.is_lower("x", "v1.31")
    assert versions.nearest("v1.31", ["v1.20", "v1.32", "x", "v1.30"], 2) == ("v1.30", "v1.32")


@pytest.mark.parametrize("more", [{"flavour": "turbo"}, {"snapshot": "perhaps"}, {"version": "v1"}])
def test_a_target_is_checked(more: dict[str, Any]) -> None:
    """Unknown flavours and keys are refused."""
    with pytest.raises(ValidationError):
        Cluster.model_validate({"cluster_id": examples.CLUSTER_ID, **more})


def test_paths_of_the_flavours() -> None:
    """Autopilot's calls have the same tails below another base."""
    pilot = Cluster.model_validate({"cluster_id": examples.CLUSTER_ID, "flavour": "autopilot"})
    tail = f"/projects/{{project_id}}/clusters/{examples.CLUSTER_ID}/operation"
    assert pilot.path("operation") == f"/autopilot/v3{tail}"
    assert pilot.path("operation", version="v3.1") == f"/autopilot/v3.1{tail}"
    assert TARGET.path("operation") == f"/api/v3{tail}"
    assert pilot.paths_path == "/autopilot/v3/clusterupgradepaths"
    assert pilot.snapshot


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2022-02-07T06:44:30Z", NOW),
        ("2022-02-07 06:44:30.480136 +0000 UTC", NOW),
        ("2022-02-07T14:44:30+08:00", NOW),
        ("2022-02-07 14:44:30 +0800 CST", NOW),
        ("2022-02-07T06:44:30", None),
        ("2022-02-37T06:44:30Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times(text: str, wanted: datetime | None) -> None:
    """ISO 8601, and what Go prints; a time without a zone is none."""
    assert moment(text) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("Mon, 07 Feb 2022 06:44:30 GMT", NOW),
        ("Sat, 21 Nov 2026 06:44:30 GMT, Mon, 07 Feb 2022 06:44:30 GMT", NOW),
        ("Mon, 99 Feb 2022 06:44:30 GMT", None),
        ("now", None),
        (None, None),
    ],
)
def test_the_time_of_an_answer(header: str | None, wanted: datetime | None) -> None:
    """The header tells it; the API's own stands after one that a proxy added."""
    headers = {} if header is None else {"date": header}
    assert answered_at(Reply(status=200, headers=headers)) == wanted


# Requests and answers of the vendor's page and kit


def test_limits_are_declared() -> None:
    """Ten writes a minute were measured; reads stay well below what was throttled."""
    limit = SYSTEM.spec.limits["cce"]
    assert (limit.writes, limit.reads <= 70 * 60 / 10) == (10, True)
