"""Plans of Cloudpods' releases by scripts: what is planned, refused and shown."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Legacy
from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError, CloudUnavailableError, UnreadableReplyError
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters
from bot.core.system import (
    Work,
)
from bot.systems._helm.changes import value_changes
from bot.systems._helm.choice import Wanted
from bot.systems._helm.codes import MoreChanges
from bot.systems.cloudpods_release.examples import (
    RELEASE_ID,
)
from bot.systems.cloudpods_release.reads import find, read_versions
from tests.systems.cloudpods_scripts import (
    CHARTS,
    ETCD,
    FAILED,
    FIRST_FAILED,
    FIRST_PENDING,
    INSTALLED,
    ROW,
    STUCK,
    SYSTEM,
    UPGRADED,
    a_work,
    answers,
    denied,
    drafted,
    listed,
    prepared,
    revision,
    target,
    wrapped,
)
from tests.systems.scripts import Answer, refused, run, run_by


def test_a_deployment_reads_and_records_what_it_was_made_for() -> None:
    """The plan is bound to what runs and to the newest revision; without values none are sent."""
    draft = drafted(
        "deploy",
        answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=CHARTS),
        version="8.12.0",
    )
    assert draft.observed == Observation(
        revision="2",
        status="deployed",
        last_task="2",
        facts={
            "release": "test122/default/etcd-release",
            "chart": "etcd-8.11.2",
            "revision": "2",
            "updated": "2026-11-21T12:02:00.123456789Z",
        },
    )
    [step] = draft.steps
    assert step.parameters["above"] == 2
    assert step.parameters["sends_values"] is False
    assert {change.name for change in draft.changes} == {"version", label("values")}


def test_the_list_is_asked_for_one_place_and_without_details() -> None:
    """5: names are told apart by cluster and namespace; details cost a Helm read per row."""
    driven = run_by(SYSTEM.status(ETCD), answers(list=listed(ROW), history=wrapped(INSTALLED)))
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
    refusal = denied("deploy", answer, version="8.12.0")
    assert refusal.code == "ambiguous"
    assert "other-id" in refusal.reason
    with pytest.raises(CloudRefusedError, match="other-id"):
        run_by(SYSTEM.submit(ETCD, a_work()), answer)


def test_a_missing_release_is_not_found_whatever_the_other_names_are() -> None:
    """The names beside it are a courtesy: where they cannot be read, the refusal stands."""
    unread = CloudUnavailableError(doing="GET", why="away")
    script: list[Answer] = [listed(), unread]
    asked = Asked(action="deploy", parameters=Parameters(version="8.12.0"))
    refusal = run(SYSTEM.prepare(ETCD, asked), script).result
    assert (refusal.code, "Similar" in refusal.way_out) == ("not_found", False)
    assert run(SYSTEM.history(ETCD), [listed()]).result == ()
    with pytest.raises(CloudRefusedError, match="any more"):
        run(SYSTEM.submit(ETCD, a_work()), [listed()])


UNDER_WAY: Final[list[tuple[dict[str, Any], tuple[dict[str, Any], ...], Action, str]]] = [
    ({"status": "creating"}, (), "deploy", "in_progress"),
    ({"status": "init"}, (), "rollback", "in_progress"),
    ({"status": "deleting"}, UPGRADED, "rollback", "in_progress"),
    ({"status": "deleting"}, UPGRADED, "delete", "in_progress"),
    ({"status": "create_fail"}, (), "deploy", "not_found"),
    ({}, STUCK, "deploy", "in_progress"),
    ({}, FIRST_PENDING, "deploy", "in_progress"),
    ({}, (revision(2, "uninstalling"), *UPGRADED[1:]), "rollback", "in_progress"),
    ({}, (revision(1, "uninstalled"),), "deploy", "not_found"),
    ({}, FIRST_FAILED, "rollback", "no_previous_revision"),
    ({"repo_id": ""}, UPGRADED, "deploy", "no_repository"),
    ({"repo_id": None}, UPGRADED, "deploy", "no_repository"),
    ({"chart": "redis"}, UPGRADED, "deploy", "no_such_chart"),
    ({}, UPGRADED, "restart", "unsupported_action"),
    ({}, UPGRADED, "create", "no_change"),
]


@pytest.mark.parametrize(("row", "history", "action", "code"), UNDER_WAY)
def test_what_cannot_be_done_now_is_refused(
    row: dict[str, Any], history: tuple[dict[str, Any], ...], action: Action, code: str
) -> None:
    """Each refusal has its code."""
    there: Answer = wrapped(*history) if history else refused(500, "refused")
    if isinstance(there, CloudRefusedError):
        there.reason = Legacy(words="get release history: release: not found").reason
    answer = answers(list=listed({**ROW, **row}), history=there, charts=CHARTS)
    given = {"version": "8.12.0"} if action == "deploy" else {}
    assert denied(action, answer, **given).code == code


def test_another_refusal_to_tell_the_history_is_passed_on() -> None:
    """Only Helm's own "not found" means that there is none."""
    answer = answers(list=listed(ROW), history=refused(403, "refused"))
    with pytest.raises(CloudRefusedError):
        prepared("deploy", answer, version="8.12.0")


def test_a_deletion_of_what_is_stuck_says_so() -> None:
    """A first installation that hangs has no other way out; a failed one has no history."""
    answer = answers(list=listed(ROW), history=wrapped(*FIRST_PENDING))
    draft = drafted("delete", answer)
    assert (draft.before, draft.after) == ("8.11.1", "deleted")
    assert [change.name for change in draft.changes] == ["revision 1"]
    answer = answers(list=listed({**ROW, "status": "create_fail"}), history=wrapped())
    assert drafted("delete", answer).before == "create_fail"


def test_an_unread_version_must_be_named() -> None:
    """A value alone pins the running version: where that cannot be read, it is asked for."""
    history = wrapped({**UPGRADED[0], "chart": "MISSING"}, UPGRADED[1])
    answer = answers(list=listed(ROW), history=history, charts=CHARTS)
    declared = target(values={"a": 1})
    assert denied("deploy", answer, target=declared, values={"b": "2"}).code == "usage"
    draft = drafted("deploy", answer, target=declared, version="8.12.0")
    assert draft.steps[0].parameters["version"] == "8.12.0"


def test_a_failed_version_is_not_pinned_by_a_value() -> None:
    """What runs is the last deployed one; the failed version is not brought back by the way."""
    answer = answers(list=listed(ROW), history=wrapped(*FAILED))
    draft = drafted("deploy", answer, target=target(values={"a": 1}), values={"b": "2"})
    assert draft.steps[0].parameters["version"] == "8.11.2"
    assert draft.observed.revision == "2"
    assert draft.observed.last_task == "3"
    assert draft.after == "8.11.2, other values"


def test_the_same_again_is_possible_after_a_failure_alone() -> None:
    """What is deployed already is no change; after a failed revision it is a repair."""
    charts = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=CHARTS)
    assert denied("deploy", charts, version="8.11.2").code == "no_change"
    charts = answers(list=listed(ROW), history=wrapped(*FAILED), charts=CHARTS)
    assert drafted("deploy", charts, version="8.11.2").after == "8.11.2"


NO_REVISION: Final = [
    (UPGRADED, "2", "no_change"),
    (FAILED, "3", "no_such_revision"),
    (STUCK, "3", "no_such_revision"),
    (UPGRADED, "x", "no_such_revision"),
    (UPGRADED, "0", "no_such_revision"),
    (UPGRADED, "-1", "no_such_revision"),
    ((INSTALLED,), "7", "no_such_revision"),
]


@pytest.mark.parametrize(("history", "wanted", "code"), NO_REVISION)
def test_a_rollback_names_what_ran_once(
    history: tuple[dict[str, Any], ...], wanted: str, code: str
) -> None:
    """0 and negative numbers mean something to the server: they are never sent."""
    answer = answers(list=listed(ROW), history=wrapped(*history))
    assert denied("rollback", answer, revision=wanted).code == code


TOLD: Final[dict[str, tuple[list[Answer], Any]]] = {
    "by name": ([CHARTS], ("8.12.0", "8.11.2", "8.11.1")),
    "nested": (
        [{"charts": [{"chart": {"metadata": {"name": "etcd", "version": "1.0.0"}}}]}],
        ("1.0.0",),
    ),
    "half nested": ([{"charts": [{"chart": {"name": "etcd", "version": "1.0.0"}}]}], ("1.0.0",)),
    "refused": ([refused(404)], None),
    "away": ([CloudUnavailableError(doing="GET", why="away")], None),
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
    assert (refusal.code, refusal.way_out) == ("no_such_chart", "Choose one of etcdd.")
    refusal = run(read_versions(target(chart="r/zzz")), [{"charts": []}, others]).result
    assert refusal.way_out == "Choose one of redis, etcdd."
    charts: Json = {"charts": [{"name": "redis", "version": "1"}]}
    deploying = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=charts)
    assert denied("deploy", deploying, version="8.12.0").code == "no_such_chart"
    creating = answers(list=listed(), charts=charts)
    assert denied("create", creating, target=target(create_body={})).code == "no_such_chart"


def test_a_creation_wants_a_template() -> None:
    """Without one nobody may create it."""
    assert denied("create", answers(list=listed())).code == "not_creatable"


CREATED: Final[list[tuple[dict[str, Any], str | None, Answer, str]]] = [
    ({}, "8.11.1", CHARTS, "8.11.1"),
    ({"version": "8.11.2"}, None, CHARTS, "8.11.2"),
    ({}, None, CHARTS, "8.12.0"),
    (
        {},
        None,
        {
            "charts": [
                {"name": "etcd", "version": each} for each in ("9.0.0-rc.1", "8.2.0", "8.12.0")
            ]
        },
        "8.12.0",
    ),
    ({}, None, refused(404), ""),
]


@pytest.mark.parametrize(("template", "version", "charts", "sent"), CREATED)
def test_a_creation_names_its_version_where_it_is_told(
    template: dict[str, Any], version: str | None, charts: Answer, sent: str
) -> None:
    """Asked for, of the template, or the newest but pre-releases; else the server's choice."""
    answer = answers(list=listed(), charts=charts)
    draft = drafted("create", answer, target=target(create_body=template), version=version)
    assert draft.steps[0].parameters["version"] == sent
    assert draft.before == "absent"


def test_a_creation_of_an_unknown_version_is_refused() -> None:
    """As an upgrade to one."""
    answer = answers(list=listed(), charts=CHARTS)
    refusal = denied("create", answer, target=target(create_body={}), version="8.11.9")
    assert "8.11.1" in refusal.way_out


def test_a_creation_that_answers_without_an_id_is_unreadable() -> None:
    """The id is the remote task."""
    work = Work(step=PlannedStep(name="create", parameters={"version": "", "values": {}}))
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.submit(target(create_body={}), work), [{"release": {"name": "etcd-release"}}])


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
    stuck = run_by(SYSTEM.status(ETCD), answers(list=listed(row), history=wrapped(*STUCK))).result
    assert stuck.headline == "pending-upgrade 8.11.2"
    assert stuck.facts["newest"] == "revision 3 is pending-upgrade: Preparing upgrade"
    assert stuck.facts["cloudpods"] == "update_fail"
    blank = wrapped({"revision": 1})
    odd = run_by(SYSTEM.status(ETCD), answers(list=listed(ROW), history=blank)).result
    assert odd.headline == "status unknown"
    assert odd.facts["newest"] == "revision 1 is ?"
    [entry] = run_by(SYSTEM.history(ETCD), answers(list=listed(ROW), history=blank)).result
    assert (entry.can_return, entry.description) == (False, "")
    begun = run_by(
        SYSTEM.status(ETCD), answers(list=listed({**ROW, "status": "creating"}), history=wrapped())
    ).result
    assert begun.headline == "creating"


def test_many_changes_are_cut_and_dropped_words_told() -> None:
    """A plan's record stays within bounds, and says what it leaves out."""
    values: dict[str, Json] = {f"a{number}": number for number in range(150)}
    told = value_changes(Wanted(is_sent=True, words={}, values=values, dropped=("gone.key",)), None)
    assert len(told) == 101
    assert told[0].name == label("key_value", "gone.key")
    assert told[-1].after == MoreChanges(count=53).reason
