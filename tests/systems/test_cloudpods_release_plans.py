"""What is planned of Cloudpods' releases, and what is refused."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied, Legacy
from bot.core.codes.systems import Absent, AlreadyRunning, label
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Action, Json
from bot.core.system import (
    Work,
)
from bot.systems._helm.changes import value_changes
from bot.systems._helm.choice import Wanted
from bot.systems._helm.codes import (
    BusyRevision,
    Deleted,
    MoreChanges,
    NoChartVersion,
    OtherValues,
)
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.codes import PassedOver
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
    answers,
    denied,
    drafted,
    listed,
    revision,
    target,
    wrapped,
)
from tests.systems.scripts import Answer, refused, run


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
            "release": verbatim("test122/default/etcd-release"),
            "chart": verbatim("etcd-8.11.2"),
            "revision": verbatim("2"),
            "updated": verbatim("2026-11-21T12:02:00.123456789Z"),
        },
    )
    [step] = draft.steps
    assert step.parameters["above"] == 2
    assert step.parameters["sends_values"] is False
    assert {change.name for change in draft.changes} == {label("version"), label("values")}


UNDER_WAY: Final[list[tuple[dict[str, Any], tuple[dict[str, Any], ...], Action, str]]] = [
    ({"status": "creating"}, (), "deploy", "in_progress"),
    ({"status": "init"}, (), "rollback", "in_progress"),
    ({"status": "deleting"}, UPGRADED, "rollback", "in_progress"),
    ({"status": "deleting"}, UPGRADED, "delete", "in_progress"),
    ({"status": "create_fail"}, (), "deploy", "not_found"),
    ({}, STUCK, "deploy", "in_progress"),
    ({}, FIRST_PENDING, "deploy", "in_progress"),
    ({}, FIRST_PENDING, "rollback", "in_progress"),
    ({}, (revision(2, "uninstalling"), *UPGRADED[1:]), "rollback", "in_progress"),
    ({}, (revision(1, "uninstalled"),), "deploy", "not_found"),
    ({}, FIRST_FAILED, "rollback", "no_previous_revision"),
    ({"repo_id": ""}, UPGRADED, "deploy", "no_repository"),
    ({"repo_id": None}, UPGRADED, "deploy", "no_repository"),
    ({"chart": "redis"}, UPGRADED, "deploy", "no_such_chart"),
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


def test_a_deletion_of_what_is_stuck_says_so() -> None:
    """A first installation that hangs has no other way out; a failed one has no history."""
    answer = answers(list=listed(ROW), history=wrapped(*FIRST_PENDING))
    draft = drafted("delete", answer)
    assert (draft.before, draft.after) == (verbatim("8.11.1"), Deleted().reason)
    [stuck] = draft.changes
    assert stuck.name == label("revision", of="1")
    assert stuck.after == PassedOver().reason
    answer = answers(list=listed({**ROW, "status": "create_fail"}), history=wrapped())
    assert drafted("delete", answer).before == verbatim("create_fail")


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
    assert draft.after == OtherValues(version="8.11.2").reason


def test_the_same_again_is_possible_after_a_failure_alone() -> None:
    """What is deployed already is no change; after a failed revision it is a repair."""
    charts = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=CHARTS)
    assert denied("deploy", charts, version="8.11.2").why == AlreadyRunning(version="8.11.2").reason
    charts = answers(list=listed(ROW), history=wrapped(*FAILED), charts=CHARTS)
    assert drafted("deploy", charts, version="8.11.2").after == verbatim("8.11.2")


@pytest.mark.parametrize("action", ["deploy", "rollback"])
def test_what_only_a_deletion_frees_says_so(action: Action) -> None:
    """A first installation that hangs has nothing to go back to."""
    answer = answers(list=listed(ROW), history=wrapped(*FIRST_PENDING))
    hangs = BusyRevision(revision="1", status="pending-install", is_deletable=True)
    given = {"version": "8.12.0"} if action == "deploy" else {}
    assert denied(action, answer, **given) == Denied.of(hangs)


NO_REVISION: Final = [
    (FIRST_FAILED, "1", "no_such_revision"),
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
    assert draft.before == Absent().reason


def test_a_creation_of_an_unknown_version_is_refused() -> None:
    """As an upgrade to one."""
    answer = answers(list=listed(), charts=CHARTS)
    refusal = denied("create", answer, target=target(create_body={}), version="8.11.9")
    near = ("8.11.2", "8.11.1", "8.12.0")
    assert refusal.why == NoChartVersion(chart=ETCD.chart, version="8.11.9", near=near).reason


def test_a_creation_that_answers_without_an_id_is_unreadable() -> None:
    """The id is the remote task."""
    work = Work(step=PlannedStep(name="create", parameters={"version": "", "values": {}}))
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.submit(target(create_body={}), work), [{"release": {"name": "etcd-release"}}])


def test_many_changes_are_cut_and_dropped_words_told() -> None:
    """A plan's record stays within bounds, and says what it leaves out."""
    values: dict[str, Json] = {f"a{number}": number for number in range(150)}
    told = value_changes(Wanted(is_sent=True, words={}, values=values, dropped=("gone.key",)), None)
    assert len(told) == 101
    assert told[0].name == label("key_value", "gone.key")
    assert told[-1].after == MoreChanges(count=52).reason
