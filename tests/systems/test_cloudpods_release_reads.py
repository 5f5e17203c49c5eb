"""What is read of Cloudpods' releases and charts, and what slipway.yaml may say of one."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.codes.systems import StatusOf, VendorSaid
from bot.core.errors import CloudRefusedError, CloudUnavailableError
from bot.core.records import Asked, Json, Parameters
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.codes import (
    Ambiguous,
    NoSuchChart,
    NoSuchRelease,
    ReleaseGone,
    RevisionState,
)
from bot.systems.cloudpods_release.examples import (
    RELEASE_ID,
)
from bot.systems.cloudpods_release.reads import find, read_versions
from tests.systems.cloudpods_scripts import (
    CHARTS,
    ETCD,
    INSTALLED,
    ROW,
    STUCK,
    SYSTEM,
    UPGRADED,
    a_work,
    answers,
    denied,
    listed,
    prepared,
    target,
    wrapped,
)
from tests.systems.scripts import Answer, refused, run, run_by

SILENT: Final = refused(500, "unknown")  # the cluster is not reached


def test_the_list_is_asked_for_one_place_and_without_details() -> None:
    """5: names are told apart by cluster and namespace; details cost a Helm read per row."""
    driven = run_by(
        SYSTEM.status(ETCD), answers(list=listed(ROW), history=wrapped(INSTALLED), show=SILENT)
    )
    assert driven.calls[0].query == (
        ("cluster", "test122"),
        ("namespace", "default"),
        ("name", "etcd-release"),
        ("details", "false"),
    )


def test_rows_of_other_places_are_not_taken() -> None:
    """A server that does not filter is not trusted to have done it."""
    elsewhere = [
        {**ROW, "id": "a", "name": "other"},
        {**ROW, "id": "b", "cluster": "test123", "cluster_id": "c-2"},
        {**ROW, "id": "c", "namespace": "kube-system", "namespace_id": "n-2"},
        {**ROW, "id": "d", "external_id": "c-1/kube-system/etcd-release"},
    ]
    assert run(find(ETCD), [listed(*elsewhere)]).result is None
    mine = {**ROW, "cluster": "renamed", "cluster_id": "test122", "external_id": "odd"}
    found = run(find(ETCD), [listed(mine, *elsewhere)]).result
    assert found.id == RELEASE_ID


def test_several_of_one_name_are_refused_by_their_ids() -> None:
    """None can be chosen: a plan says no, a call is not made."""
    answer = answers(list=listed(ROW, {**ROW, "id": "other-id"}))
    several = Ambiguous(place=ETCD.place, ids=(RELEASE_ID, "other-id")).reason
    assert denied("deploy", answer, version="8.12.0").why == several
    with pytest.raises(CloudRefusedError) as error:
        run_by(SYSTEM.submit(ETCD, a_work()), answer)
    assert (error.value.reason, error.value.code) == (several, "ambiguous")


def test_a_missing_release_is_not_found_whatever_the_other_names_are() -> None:
    """The names beside it are a courtesy: where they cannot be read, the refusal stands."""
    unread = CloudUnavailableError(doing="GET", why=VendorSaid(words="away"))
    script: list[Answer] = [listed(), unread]
    asked = Asked(action="deploy", parameters=Parameters(version="8.12.0"))
    refusal = run(SYSTEM.prepare(ETCD, asked), script).result
    assert refusal == Denied.of(NoSuchRelease(place=ETCD.place))
    assert run(SYSTEM.history(ETCD), [listed()]).result == ()
    with pytest.raises(CloudRefusedError) as error:
        run(SYSTEM.submit(ETCD, a_work()), [listed()])
    assert error.value.reason == ReleaseGone(place=ETCD.place).reason


def test_another_refusal_to_tell_the_history_is_passed_on() -> None:
    """Only Helm's own "not found" means that there is none."""
    answer = answers(list=listed(ROW), history=refused(403, "refused"))
    with pytest.raises(CloudRefusedError):
        prepared("deploy", answer, version="8.12.0")


TOLD: Final[dict[str, tuple[list[Answer], Any]]] = {
    "by name": ([CHARTS], ("8.12.0", "8.11.2", "8.11.1")),
    "nested": (
        [{"charts": [{"chart": {"metadata": {"name": "etcd", "version": "1.0.0"}}}]}],
        ("1.0.0",),
    ),
    "half nested": ([{"charts": [{"chart": {"name": "etcd", "version": "1.0.0"}}]}], ("1.0.0",)),
    "refused": ([refused(404)], None),
    "away": ([CloudUnavailableError(doing="GET", why=VendorSaid(words="away"))], None),
    "not all": ([{**CHARTS, "total": 4}], None),
    "unreadable": ([{"charts": "x"}], None),
    "no version": ([{"charts": [{"name": "etcd"}]}, {"charts": [{"name": "etcd"}]}], None),
    "empty": ([{"charts": []}, {"charts": []}], None),
    "empty, then refused": ([{"charts": []}, refused(404)], None),
}


@pytest.mark.parametrize("case", TOLD.values(), ids=list(TOLD))
def test_versions_are_known_or_not_told(case: tuple[list[Answer], Any]) -> None:
    """Where the repository does not tell all, no version is refused for it."""
    script, there = case
    assert run(read_versions(ETCD), script).result == there


def test_a_chart_that_the_repository_lacks_is_refused() -> None:
    """With those that it has."""
    others: Json = {"charts": [{"name": "redis", "version": "1"}, {"name": "etcdd"}]}
    refusal = run(read_versions(ETCD), [{"charts": []}, others]).result
    missing = NoSuchChart(repository="bitnami-new", chart="etcd", near=("etcdd",))
    assert refusal == Denied.of(missing)
    refusal = run(read_versions(target(chart="r/zzz")), [{"charts": []}, others]).result
    missing = NoSuchChart(repository="r", chart="zzz", near=("redis", "etcdd"))
    assert refusal == Denied.of(missing)
    charts: Json = {"charts": [{"name": "redis", "version": "1"}]}
    deploying = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=charts)
    assert denied("deploy", deploying, version="8.12.0").code == "no_such_chart"
    creating = answers(list=listed(), charts=charts)
    assert denied("create", creating, target=target(create_body={})).code == "no_such_chart"


BAD: Final[list[dict[str, Any]]] = [
    {"chart": "etcd"},
    {"chart": "a/b/c"},
    {"chart": "/etcd"},
    {"release": "x" * 54},
    {"release": "../x"},
    {"cluster": ""},
    {"namespace": "a b"},
    {"values": {"password": "******"}},
    {"values": "x"},
    {"create_body": {"release_name": "x"}},
    {"create_body": {"version": "a b"}},
]


@pytest.mark.parametrize("changes", BAD)
def test_a_wrong_target_is_a_fault_of_the_configuration(changes: dict[str, Any]) -> None:
    """It is found when slipway.yaml is read."""
    with pytest.raises(ValidationError):
        target(**changes)


def test_status_tells_what_hangs_and_what_cloudpods_itself_says() -> None:
    """The newest revision beside the one that runs; a status without a history."""
    row = {**ROW, "status": "update_fail"}
    stuck = run_by(
        SYSTEM.status(ETCD), answers(show=SILENT, list=listed(row), history=wrapped(*STUCK))
    ).result
    assert stuck.headline == StatusOf(status="pending-upgrade", version="8.11.2").reason
    newest = RevisionState(revision="3", status="pending-upgrade", words="Preparing upgrade")
    assert stuck.facts["newest"] == newest.reason
    assert stuck.facts["cloudpods"] == verbatim("update_fail")
    blank = wrapped({"revision": 1})
    odd = run_by(SYSTEM.status(ETCD), answers(show=SILENT, list=listed(ROW), history=blank)).result
    assert odd.headline == StatusOf(status="").reason
    assert odd.facts["newest"] == RevisionState(revision="1", status="").reason
    [entry] = run_by(SYSTEM.history(ETCD), answers(list=listed(ROW), history=blank)).result
    assert (entry.can_return, entry.description) == (False, verbatim(""))
    begun = run_by(
        SYSTEM.status(ETCD),
        answers(show=SILENT, list=listed({**ROW, "status": "creating"}), history=wrapped()),
    ).result
    assert begun.headline == StatusOf(status="creating").reason
