"""Releases of the simulated kubeserver: histories, upgrades, values, versions, rollbacks."""

from typing import Any, Final, Literal

import pytest

from bot.sandbox.clouds import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.config import ChartSeed, RevisionSeed
from tests.sandbox.cloudpods_client import ETCD, HELD, Lab, a_lab
from tests.sandbox.cloudpods_releases_client import unclassified

BROKEN: Final = 'cannot patch "x" with kind StatefulSet: 100% forbidden'


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation."""
    return a_lab()


def test_histories_are_those_of_the_engine(lab: Lab) -> None:
    """Section 11: install, two upgrades, rollback to 2, rollback to 0, and out of a stuck one."""
    lab.post("upgrade", version="8.11.1", values_json={"image": {"tag": "new"}})
    lab.post("upgrade", version="8.11.2")
    assert lab.history() == {
        3: ("deployed", "etcd-8.11.2", "Upgrade complete"),
        2: ("superseded", "etcd-8.11.1", "Upgrade complete"),
        1: ("superseded", "etcd-8.11.1", "Install complete"),
    }
    lab.post("rollback", revision=2)
    assert lab.history()[4] == ("deployed", "etcd-8.11.1", "Rollback to 2")
    assert lab.history()[3] == ("superseded", "etcd-8.11.2", "Upgrade complete")
    lab.post("rollback", revision=0)
    assert lab.history()[5] == ("deployed", "etcd-8.11.2", "Rollback to 3")
    lab.cloud.set_status("etcd-release", "pending-upgrade")
    assert unclassified(lab.post("upgrade", version="8.12.0")) == f"update release: {HELD}"
    lab.post("rollback", revision=3)
    assert lab.history()[6] == ("deployed", "etcd-8.11.2", "Rollback to 3")
    assert lab.history()[5] == ("pending-upgrade", "etcd-8.11.2", "Rollback to 3")
    assert lab.history()[4][0] == "superseded"


def test_failures_are_those_of_the_engine(lab: Lab) -> None:
    """Section 11: a failed upgrade leaves the previous one deployed; the next needs no repair."""
    lab.cloud.fail_next("etcd-release", BROKEN)
    told = unclassified(lab.post("upgrade", version="8.11.2"))
    assert told.startswith("update release: cannot patch")
    assert lab.history()[2] == (
        *("failed", "etcd-8.11.2"),
        f'Upgrade "etcd-release" failed: {BROKEN}',
    )
    assert lab.history()[1][0] == "deployed"
    lab.cloud.fail_next("etcd-release", BROKEN)
    assert unclassified(lab.post("rollback", revision=1)).startswith("Run rollback: cannot patch")
    assert [row[0] for row in lab.history().values()] == ["failed", "superseded", "deployed"]
    assert lab.history()[3][2] == f'Rollback "etcd-release" failed: {BROKEN}'
    assert lab.post("upgrade", version="8.12.0").status_code == 200
    assert [row[0] for row in lab.history().values()] == [
        *("deployed", "failed", "superseded", "superseded")
    ]
    assert len(lab.cloud.executed) == 3  # a failed one took effect as well


def test_history_is_in_the_order_of_its_keys(lab: Lab) -> None:
    """6.3: newest first up to 9; from 10 on as texts; `max` is not applied."""
    for _ in range(11):
        lab.post("upgrade", version="8.11.1")
    rows = lab.get(f"{ETCD}/history", max=3)
    assert [row["revision"] for row in rows] == [9, 8, 7, 6, 5, 4, 3, 2, 12, 11, 10, 1]


BAD_ROLLBACKS: Final = [
    (9, "Run rollback: release: not found"),
    (-1, "Run rollback: invalid release revision"),
    (0, "Run rollback: release: not found"),  # nothing comes before the first
]


@pytest.mark.parametrize(("revision", "text"), BAD_ROLLBACKS)
def test_rollbacks_that_are_declined(lab: Lab, revision: int, text: str) -> None:
    """6.4: unknown and negative revisions; nothing is recorded."""
    assert unclassified(lab.post("rollback", revision=revision)) == text
    assert len(lab.history()) == 1
    assert lab.cloud.executed == ()


def test_a_rollback_answers_with_details(lab: Lab) -> None:
    """12.7: the printed body, without a wrapper; numbers may be texts; the rest is ignored."""
    lab.post("upgrade", version="8.11.2")
    answer = lab.client.post(f"{ETCD}/rollback", json={"revision": "1", "description": "no"})
    assert answer.json()["release"]["version"] == 3
    assert answer.json()["release"]["info"]["description"] == "Rollback to 1"
    assert lab.post("rollback", revision=3).status_code == 200  # the current one is allowed
    assert lab.history()[4] == ("deployed", "etcd-8.11.1", "Rollback to 3")


def test_an_upgrade_answers_with_helms_object(lab: Lab) -> None:
    """6.1: no id, no status on top; the chart with its bytes as numbers."""
    answer = lab.post("upgrade", version="8.11.2", values_json={"image": {"tag": "new"}})
    release = answer.json()["release"]
    assert sorted(release) == [
        *("chart", "config", "info", "manifest", "name", "namespace", "version")
    ]
    assert release["version"] == 2
    assert release["chart"]["metadata"]["version"] == "8.11.2"
    assert release["chart"]["templates"][0]["data"][:3] == [97, 112, 105]
    assert release["config"] == {"image": {"tag": "new"}}
    assert release["info"]["status"] == "deployed"


def test_an_answer_may_have_megabytes() -> None:
    """6.1: as long as the chart is."""
    [chart] = sandbox_cloudpods().charts
    lab = a_lab(charts=(chart.model_copy(update={"template_bytes": 400_000}),))
    assert len(lab.post("upgrade", version="8.11.2").content) > 1_000_000


def test_values_are_kept_or_replaced_entirely(lab: Lab) -> None:
    """6.1: none keep the running ones; any drop all others; values_json goes over `values`."""
    lab.post("upgrade", version="8.11.1", values_json={"replicaCount": 3, "image": {"tag": "a"}})
    lab.post("upgrade", version="8.11.2")
    assert lab.cloud.values("etcd-release") == {"replicaCount": 3, "image": {"tag": "a"}}
    lab.post("upgrade", version="8.11.2", values_json={"image": {"tag": "b"}})
    assert lab.cloud.values("etcd-release") == {"image": {"tag": "b"}}
    text = "image: {tag: c, pullPolicy: Always}\nreplicaCount: 2\n"
    lab.post("upgrade", version="8.11.2", values=text, values_json={"image": {"tag": "d"}})
    assert lab.cloud.values("etcd-release") == {"image": {"tag": "d"}, "replicaCount": 2}
    lab.post("upgrade", version="8.11.2", sets={"image.tag": "e", "image.tag.x": "f"})
    assert lab.cloud.values("etcd-release") == {"image": {"tag": {"x": "f"}}}
    lab.post("upgrade", version="8.11.2", values_json={}, values="")
    assert lab.cloud.values("etcd-release") == {"image": {"tag": {"x": "f"}}}


@pytest.mark.parametrize("values", ["a: [", "- a list"])
def test_values_that_are_no_object(lab: Lab, values: str) -> None:
    """6.1: `values` is a text of YAML with an object in it."""
    assert "parse values" in unclassified(lab.post("upgrade", values=values))


VERSIONS: Final = [
    ("", "9.0.0-rc.1"),  # pre-releases included
    ("8.11.1", "8.11.1"),
    (">=8.11.0, <8.12.0", "8.11.2"),
    (">8.11.1 <=8.11.2", "8.11.2"),
    ("~8.11.0", "8.11.2"),
    ("^8.11.0", "8.12.0"),
    ("=8.12.0", "8.12.0"),
]


@pytest.mark.parametrize(("wanted", "chosen"), VERSIONS)
def test_versions_are_chosen(wanted: str, chosen: str) -> None:
    """6.1: exact, the newest of a range, or the newest of all, even if values alone change."""
    versions = ("8.11.1", "9.0.0-rc.1", "8.12.0", "8.11.2")
    chart = ChartSeed(repo="bitnami-new", name="etcd", versions=versions)
    lab = a_lab(charts=(chart,))
    lab.post("upgrade", version=wanted, values_json={"image": {"tag": "new"}})
    assert lab.history()[2][1] == f"etcd-{chosen}"
    stable = lab.get("/api/charts", repo="bitnami-new", all_version="true")["charts"]
    assert [row["version"] for row in stable] == ["8.12.0", "8.11.2", "8.11.1"]


@pytest.mark.parametrize("wanted", ["9.9.9", "nonsense"])
def test_versions_that_are_not_there(lab: Lab, wanted: str) -> None:
    """5.1: an unclassified error names what was looked for."""
    told = unclassified(lab.post("upgrade", version=wanted))
    assert told.endswith(f"no chart version found for etcd-{wanted}")


def test_what_an_upgrade_ignores(lab: Lab) -> None:
    """6.1: chart, names, place, dry_run and reuse_values change nothing; dry_run is real."""
    answer = lab.post(
        "upgrade",
        version="8.11.2",
        dry_run=True,
        reuse_values=True,
        chart_name="other/chart",
        release_name="x",
        cluster="nope",
        namespace="nope",
        values_json={"a": 1},
    )
    assert answer.status_code == 200
    assert lab.history()[2] == ("deployed", "etcd-8.11.2", "Upgrade complete")
    assert lab.cloud.values("etcd-release") == {"a": 1}


BRANCHES: Final[list[tuple[Literal["3.10", "4.0"], str, dict[str, Any]]]] = [
    ("3.10", "8.11.2", {"a": 1}),
    ("4.0", "8.11.1", {}),
]


@pytest.mark.parametrize(("branch", "version", "config"), BRANCHES)
def test_what_is_written_back(branch: str, version: str, config: dict[str, Any]) -> None:
    """Section 8: 3.10 writes config and version back after an upgrade; nobody after a rollback."""
    lab = a_lab(branch=branch)
    lab.post("upgrade", version="8.11.2", values_json={"a": 1})
    shown = lab.get()
    assert (shown["chart_version"], shown["config"]) == (version, config)
    assert ("chart_info" in shown) == (branch == "3.10")
    assert shown["version"] == 2
    assert shown["status"] == "deployed"
    lab.post("rollback", revision=1)
    shown = lab.get()
    assert (shown["chart_version"], shown["config"]) == (version, config)


def test_seeds_with_a_past() -> None:
    """A seed may have been upgraded; what show says of it is as old as the branch makes it."""
    [release] = sandbox_cloudpods().releases
    past = (RevisionSeed(version="8.11.1"), RevisionSeed(version="8.11.2", values={"a": 1}))
    seeded = release.model_copy(update={"revisions": past})
    lab, old = a_lab(releases=(seeded,)), a_lab(releases=(seeded,), branch="3.10")
    assert lab.history()[1][0] == "superseded"
    assert lab.get()["config"] == {}
    assert old.get()["config"] == {"a": 1}
