"""The system `cce-release` by scripts: what it plans, sends, sees and adopts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Reply
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters, PastStep
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._helm.codes import MoreChanges, SecretsSent, ValuesReplaced, ValuesUnread
from bot.systems.cce_release import CceRelease, Release
from bot.systems.cce_release.examples import SAMPLE, UPGRADE_ANSWER, UPGRADE_BODY
from tests.systems.scripts import Answer, Driven, refused, run

SYSTEM: Final = CceRelease()
NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
CLUSTER: Final = "a870253f-5dc7-11ee-bf71-0255ac100b03"
IDS: Final = {
    version: f"af4b699e-018c-11ec-b8b0-0255ac100b{number:02}"
    for number, version in enumerate(("1.0.0", "1.1.0", "1.2.0"))
}
PAGE: Final = f"/cce/cam/v3/clusters/{CLUSTER}/namespace/shop/releases/search"


def target(**given: Any) -> Release:
    """A release as slipway.yaml has it."""
    settings: dict[str, Any] = {
        "cluster_id": CLUSTER,
        "namespace": "shop",
        "release": "search",
        "chart": "search",
    }
    return Release.model_validate({**settings, **given})


SEARCH: Final = target()


def row(version: Any = 3, **given: Any) -> dict[str, Any]:
    """A release, or a revision, as CCE shows it."""
    return {
        "name": "search",
        "namespace": "shop",
        "chart_name": "search",
        "chart_version": "1.1.0",
        "status": "DEPLOYED",
        "description": "Upgrade complete",
        "status_description": "",
        "create_at": "2026-05-01T10:00:00+08:00",
        "update_at": "2026-05-06T15:08:09+08:00",
        "values": '{"replicas":2}',
        "version": version,
        **given,
    }


def chart(version: str, **given: Any) -> dict[str, Any]:
    """A version of a chart as CCE lists it."""
    return {"id": IDS[version], "name": "search", "version": version, **given}


CHARTS: Final[list[Json]] = [chart(version) for version in IDS]
HISTORY: Final[list[Json]] = [
    row(1, chart_version="1.0.0", status="SUPERSEDED"),
    row(3),
    row(2, status="SUPERSEDED", values='{"replicas":1}'),
]


def ask(
    action: Action, *answers: Answer, release: Release = SEARCH, past: Any = (), **given: Any
) -> Driven:
    """Drive `prepare`."""
    asked = Asked(action=action, parameters=Parameters(**given), past=past)
    return run(SYSTEM.prepare(release, asked), answers)


def drafted(driven: Driven) -> PlanDraft:
    """The plan, where one was made."""
    assert isinstance(driven.result, PlanDraft), driven.result
    return driven.result


def denied(driven: Driven) -> Denied:
    """The refusal, where there is one."""
    assert isinstance(driven.result, Denied), driven.result
    return driven.result


def step(name: str = "deploy", **parameters: Any) -> PlannedStep:
    """A planned step."""
    known: dict[str, Any] = {"present": 3, "chart_id": IDS["1.2.0"], "chart_name": "search"}
    rest: dict[str, Any] = {"chart_version": "1.2.0", "action": "upgrade", "sends_values": False}
    return PlannedStep(name=name, parameters={**known, **rest, **parameters})


def test_the_documents_request_and_answer() -> None:
    """[REL]: the request is sent to the letter, and its odd answer leads to the next revision."""
    release = Release.model_validate(SAMPLE.target)
    present = {**UPGRADE_ANSWER, "status": "DEPLOYED", "chart_version": "0.9.0"}
    the_chart = {"id": SAMPLE.target["chart"], "name": "magento-mysql", "version": "1.0.0"}
    asked = Asked(action="deploy", parameters=Parameters(version="1.0.0"))
    draft = drafted(run(SYSTEM.prepare(release, asked), [present, the_chart]))

    sent = run(SYSTEM.submit(release, Work(step=draft.steps[0])), [UPGRADE_ANSWER])

    assert sent.calls[-1].body == UPGRADE_BODY
    assert sent.calls[-1].method == "PUT"
    assert sent.calls[-1].path == (
        "/autopilot/cam/v3/clusters/a870253f-5dc7-11ee-bf71-0255ac100b03"
        "/namespace/monitoring/releases/testwww"
    )
    assert sent.result == RemoteTask(id="2")
    flow = SYSTEM.watch(release, Work(step=draft.steps[0]), RemoteTask(id="1"))
    assert run(flow, [UPGRADE_ANSWER]).result == TaskRunning(
        detail="revision 1 is PENDING_INSTALL: Initial install underway"
    )


def test_the_chart_is_found_with_its_version() -> None:
    """By its name among all; by its id directly, and by that one's name for another version."""
    named = drafted(ask("deploy", row(), CHARTS, version="1.2.0"))
    by_id = target(chart=IDS["1.2.0"])
    same = ask("deploy", row(), chart("1.2.0"), release=by_id, version="1.2.0")
    other = ask("deploy", row(), chart("1.2.0"), CHARTS, release=by_id, version="1.0.0")

    assert named.steps[0].parameters["chart_id"] == IDS["1.2.0"]
    assert drafted(same).steps[0].parameters["chart_id"] == IDS["1.2.0"]
    assert drafted(other).steps[0].parameters["chart_id"] == IDS["1.0.0"]
    assert [call.path for call in same.calls] == [PAGE, f"/v2/charts/{IDS['1.2.0']}"]


@pytest.mark.parametrize(
    ("charts", "version", "code", "way_out"),
    [
        (CHARTS, "1.2.9", "no_such_version", "Choose one of 1.2.0, 1.1.0, 1.0.0."),
        ([], "1.2.0", "no_such_chart", "Check `chart:` in slipway.yaml, or upload the chart."),
        ([chart("1.0.0", name="serch")], "1.0.0", "no_such_chart", "Choose one of serch."),
        ([chart("1.0.0"), chart("1.0.0", id="x-2")], "1.0.0", "ambiguous", None),
        ([{"id": 5}, "x", None, {"id": "../x", "name": "search"}], "1.0.0", "no_such_chart", None),
    ],
)
def test_a_chart_that_is_not_there_is_refused_with_the_nearest(
    charts: Json, version: str, code: str, way_out: str | None
) -> None:
    """FM-70: what cannot be installed is not planned; rows that are none are passed over."""
    refusal = denied(ask("deploy", row(), charts, version=version))

    assert refusal.code == code
    assert way_out in {None, refusal.way_out}


def test_a_chart_id_that_is_unknown_is_named() -> None:
    """The id in slipway.yaml is wrong: that is said, and nothing is guessed."""
    by_id = target(chart=IDS["1.2.0"])
    refusal = denied(ask("deploy", row(), refused(404), release=by_id, version="1.2.0"))
    assert refusal.code == "no_such_chart"
    assert IDS["1.2.0"] in refusal.reason
    with pytest.raises(UnreadableReplyError, match="another chart"):
        ask("deploy", row(), chart("1.0.0"), release=by_id, version="1.2.0")
    with pytest.raises(CloudRefusedError):
        ask("deploy", row(), refused(403, "refused"), release=by_id, version="1.2.0")


@pytest.mark.parametrize(
    ("status", "action", "code"),
    [
        *[(word, action, "in_progress") for word in ("PENDING_INSTALL", "PENDING_UPGRADE",
          "PENDING_ROLLBACK", "DELETING") for action in ("deploy", "rollback")],
        ("DELETING", "delete", "in_progress"),
        ("DELETED", "deploy", "not_found"),
        ("DEPLOYED", "restart", "unsupported_action"),
        ("DEPLOYED", "create", "no_change"),
    ],
)  # fmt: skip
def test_a_status_may_stand_in_the_way(status: str, action: Action, code: str) -> None:
    """What CCE would decline is not planned; a PUT of either action is declined while it works."""
    assert denied(ask(action, row(status=status), version="1.2.0")).code == code


@pytest.mark.parametrize("status", ["FAILED", "UNKNOWN", "SOMETHING_NEW", ""])
def test_any_other_status_may_be_deployed_over(status: str) -> None:
    """A failed release is mended by the next version, the same one too."""
    same = drafted(ask("deploy", row(status=status), CHARTS, version="1.1.0"))
    assert (same.before, same.after) == ("1.1.0", "1.1.0")
    assert drafted(ask("delete", row(status="PENDING_UPGRADE"))).after == "deleted"


def test_what_runs_already_is_no_change() -> None:
    """The same version without words, or with values that are so already, is not sent."""
    assert denied(ask("deploy", row(), CHARTS, version="1.1.0")).code == "no_change"
    again = denied(ask("deploy", row(), CHARTS, values={"replicas": "2"}))
    assert (again.code, again.reason) == ("no_change", "these values are deployed already")
    assert denied(ask("deploy", row())).code == "usage"


def test_a_declared_secret_may_have_changed() -> None:
    """Nobody can compare it, so the same version is sent again, and the plan says why."""
    declared = target(values={"replicas": 2, "db": {"password": "x"}})
    shown = row(values='{"replicas":2,"db":{"password":"******"}}')
    draft = drafted(ask("deploy", shown, CHARTS, release=declared, version="1.1.0"))
    assert [(each.name, each.after) for each in draft.changes] == [
        (label("secrets"), SecretsSent().reason)
    ]


def test_a_plan_tells_what_changes() -> None:
    """Chart, version and values; what is not known before is replaced as a whole, and said so."""
    declared = target(values={"replicas": 5, "zone": "a"}, chart="finder")
    charts: list[Json] = [{**chart("1.2.0"), "name": "finder"}]
    draft = drafted(ask("deploy", row(), charts, release=declared, version="1.2.0"))
    told = [(each.name, each.before, each.after) for each in draft.changes]
    unknown = drafted(ask("deploy", row(values="%"), charts, release=declared, version="1.2.0"))

    assert told == [
        ("chart", "search", "finder"),
        ("version", "1.1.0", "1.2.0"),
        ("replicas", "2", "5"),
        ("zone", "", "a"),
    ]
    assert (label("values"), ValuesUnread().reason, ValuesReplaced().reason) in [
        (each.name, each.before, each.after) for each in unknown.changes
    ]


def test_a_plan_stays_within_bounds() -> None:
    """A thousand changed values are counted, not recorded one by one."""
    declared = target(values={f"key{number:04}": number for number in range(1000)})
    draft = drafted(ask("deploy", row(), CHARTS, release=declared, version="1.1.0"))
    assert len(draft.changes) == 101
    assert draft.changes[-1].after == MoreChanges(count=901).reason


def test_words_that_fit_no_more_are_told() -> None:
    """A word typed for the present revision cannot be set any more: the plan says so."""
    step_before = PastStep(
        action="deploy",
        name="deploy",
        parameters={"words": {"rows[0]": "x", "zone": "b"}, "chart_version": "1.1.0"},
        task="3",
    )
    declared = target(values={"rows": 1})
    draft = drafted(
        ask("deploy", row(), CHARTS, release=declared, past=(step_before,), version="1.2.0")
    )
    assert label("key_value", "rows[0]") in [each.name for each in draft.changes]
    assert draft.observed.facts["earlier_words"] == "zone=b"
    other = step_before.model_copy(update={"parameters": {"words": {"zone": "b"}}})
    not_ours = ask("deploy", row(), CHARTS, release=declared, past=(other,), version="1.2.0")
    assert drafted(not_ours).steps[0].parameters["words"] == {}


def test_a_secret_in_a_command_is_refused() -> None:
    """It would stand in the journal and in Slack: nothing is planned with it."""
    refusal = denied(ask("deploy", row(), values={"db.password": "hunter2"}))
    assert refusal.code == "secret_in_values"
    assert "hunter2" not in repr(refusal)


@pytest.mark.parametrize(
    ("present", "revision", "to"),
    [
        (row(), None, 2),
        (row(), "1", 1),
        (row(4, description="Rollback to 2"), None, 1),
        (row(4, description="", status_description="Rollback to 3"), None, 2),
    ],
)
def test_a_rollback_leads_back(present: dict[str, Any], revision: str | None, to: int) -> None:
    """To the one before, a named one, or before what a rollback returned to."""
    older = [each for each in HISTORY if each != present]
    driven = ask("rollback", present, [present, *older], CHARTS, revision=revision)
    draft = drafted(driven)
    sent = run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])), [row(present["version"] + 1)])

    body: Any = sent.calls[-1].body
    assert body["action"] == "rollback"
    assert body["parameters"] == {"dry_run": False, "release_version": to}
    assert body["chart_id"] == IDS["1.0.0" if to == 1 else "1.1.0"]
    assert body["values"] == {}
    assert sent.result.id == str(present["version"] + 1)


@pytest.mark.parametrize(
    ("rows", "revision", "code"),
    [
        ([], None, "no_previous_revision"),
        ([row()], None, "no_previous_revision"),
        ([row(2, status="FAILED"), row()], None, "no_previous_revision"),
        (HISTORY, "3", "no_change"),
        (HISTORY, "33", "no_such_revision"),
        ([row(2, status="FAILED"), row()], "2", "no_such_revision"),
        (HISTORY, "1.0.0", "no_such_revision"),
        ([row(2, chart_version="0.9.0"), row()], None, "no_such_version"),
    ],
)
def test_a_rollback_that_cannot_be_is_refused(
    rows: list[Json], revision: str | None, code: str
) -> None:
    """Nothing to go back to, a revision that is none, or a chart that is gone."""
    assert denied(ask("rollback", row(), rows, CHARTS, revision=revision)).code == code


def test_history_is_sorted_and_read_strictly() -> None:
    """The newest is first, whatever the order; a revision twice, or another release, is none."""
    entries = run(SYSTEM.history(SEARCH), [HISTORY]).result
    assert [each.revision for each in entries] == ["3", "2", "1"]
    assert run(SYSTEM.history(SEARCH), [refused(404)]).result == ()
    garbled: list[Json] = [[row(), row()], [row(name="other")], {"rows": []}, [{"version": "3"}]]
    for rows in garbled:
        with pytest.raises(UnreadableReplyError):
            run(SYSTEM.history(SEARCH), [rows])
    with pytest.raises(CloudRefusedError):
        run(SYSTEM.history(SEARCH), [refused(403, "refused")])


def test_status_is_told_for_people() -> None:
    """The vendor's word, the chart's version, and what else is known."""
    report = run(SYSTEM.status(SEARCH), [row(status="PENDING_UPGRADE")]).result
    assert report.headline == "pending_upgrade 1.1.0"
    assert report.facts["chart"] == "search 1.1.0"
    assert run(SYSTEM.status(SEARCH), [row(status="")]).result.headline == "status unknown 1.1.0"
    assert run(SYSTEM.status(SEARCH), [refused(404)]).result.headline == "not created yet"


@pytest.mark.parametrize(
    ("create", "version", "code"),
    [
        (None, "1.2.0", "not_creatable"),
        ({}, None, "usage"),
        ({}, "1.2.1", "no_such_version"),
    ],
)
def test_a_creation_that_cannot_be_is_refused(create: Json, version: str | None, code: str) -> None:
    """Without a template, without a version, or without its chart."""
    release = target(create_body=create)
    driven = ask("create", refused(404), CHARTS, release=release, version=version)
    assert denied(driven).code == code


def test_a_creation_says_all_that_the_vendor_wants() -> None:
    """The template's parts, the target's values over the template's, secrets only in the call."""
    template = {"version": "1.2.0", "parameters": {"no_hooks": True}, "values": {"a": 1, "b": 1}}
    release = target(create_body=template, values={"b": 2, "db": {"password": "hunter2"}})
    draft = drafted(ask("create", refused(404), CHARTS, release=release))
    sent = run(SYSTEM.submit(release, Work(step=draft.steps[0])), [Reply(status=201, body=row(1))])

    assert "hunter2" not in repr(draft)
    assert sent.calls[-1].path == f"/cce/cam/v3/clusters/{CLUSTER}/releases"
    assert sent.calls[-1].body == {
        "chart_id": IDS["1.2.0"],
        "name": "search",
        "namespace": "shop",
        "version": "1.2.0",
        "values": {"a": 1, "b": 2, "db": {"password": "hunter2"}},
        "parameters": {"dry_run": False, "no_hooks": True},
    }
    assert sent.result == RemoteTask(id="1")
    by_id = target(create_body={}, chart=IDS["1.2.0"])
    own_version = ask("create", refused(404), chart("1.2.0"), release=by_id)
    assert drafted(own_version).after == "1.2.0"


@pytest.mark.parametrize(
    ("answered", "task"), [(row(3), "4"), (row(4), "4"), (row(6), "6"), (row(1), "4")]
)
def test_the_task_is_the_revision_that_our_call_makes(answered: dict[str, Any], task: str) -> None:
    """The next one, unless the answer already shows a higher one."""
    assert run(SYSTEM.submit(SEARCH, Work(step=step())), [answered]).result == RemoteTask(id=task)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "x",
        [],
        {},
        row(name="other"),
        row(namespace="x"),
        row("3"),
        row(0),
        row(version=True),
        row(2.5),
    ],
)
def test_an_acceptance_that_cannot_be_read_is_told(body: Json) -> None:
    """FM-65, FM-67: it was accepted, but names no revision of ours."""
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.submit(SEARCH, Work(step=step())), [body])


@pytest.mark.parametrize("body", ["", "success", None, {"any": "thing"}, Reply(status=204)])
def test_any_acceptance_of_a_deletion_will_do(body: Answer) -> None:
    """The vendor answers a bare text: that it is gone is seen by looking."""
    sent = run(SYSTEM.submit(SEARCH, Work(step=step("delete", status="DEPLOYED"))), [body])
    assert (sent.calls[0].method, sent.calls[0].path, sent.calls[0].body) == ("DELETE", PAGE, None)
    assert sent.result == RemoteTask(id="deletion-of-3")


def look(name: str, *answers: Answer) -> Any:
    """Drive `watch` of revision 4, or of a deletion of revision 3."""
    task = RemoteTask(id="deletion-of-3" if name == "delete" else "4")
    flow = SYSTEM.watch(SEARCH, Work(step=step(name, status="DEPLOYED")), task)
    return run(flow, answers).result


NEWER: Final = row(5, status="PENDING_UPGRADE")


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([row(4)], TaskSucceeded),
        ([row(4, status="FAILED", status_description="no node")], TaskFailed),
        ([row(4, status="UNKNOWN")], TaskFailed),
        ([row(4, status="PENDING_INSTALL")], TaskRunning),
        ([row(4, status="PENDING_UPGRADE")], TaskRunning),
        ([row(4, status="PENDING_ROLLBACK")], TaskRunning),
        ([row(4, status="DELETING")], TaskRunning),
        ([row(4, status="DELETED")], TaskNotFound),
        ([row(4, status="deployed")], TaskRunning),
        ([row(3)], TaskRunning),
        ([row(3, status="FAILED")], TaskRunning),
        ([refused(404)], TaskNotFound),
        ([NEWER, [NEWER, row(4, status="SUPERSEDED")]], TaskSucceeded),
        ([NEWER, [NEWER, row(4)]], TaskSucceeded),
        ([NEWER, [NEWER, row(4, status="FAILED")]], TaskFailed),
        ([NEWER, [NEWER, row(4, status="WEIRD")]], TaskRunning),
        ([NEWER, [NEWER]], TaskNotFound),
    ],
)
def test_what_a_look_at_a_revision_means(answers: list[Answer], kind: type[object]) -> None:
    """Only the words that CCE lists end it, and only those of our own revision."""
    assert isinstance(look("deploy", *answers), kind)


def test_a_look_tells_what_it_saw() -> None:
    """Done does not claim more than it knows; a failure has the cloud's words."""
    assert look("deploy", row(4)).detail == (
        "revision 4 is deployed, which does not mean that its pods are ready"
    )
    failed = look("deploy", row(4, status="FAILED", status_description="no node"))
    assert failed.reason == "revision 4 is FAILED: no node"
    assert look("deploy", row(4, status="FAILED", description="")).reason == "revision 4 is FAILED"
    assert look("deploy", row(3)) == TaskRunning(detail="still at revision 3, which is DEPLOYED")
    assert look("deploy", row(3, status="ODD")).note


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([refused(404)], TaskSucceeded),
        ([row(status="DELETED")], TaskSucceeded),
        ([row(1)], TaskSucceeded),
        ([row(status="DELETING")], TaskRunning),
        ([row()], TaskRunning),
        ([row(status="ODD")], TaskRunning),
        ([row(status="FAILED")], TaskFailed),
        ([row(status="UNKNOWN")], TaskFailed),
    ],
)
def test_what_a_look_at_a_deletion_means(answers: list[Answer], kind: type[object]) -> None:
    """Gone is done; so is a new release of the name; what it was before is no failure."""
    assert isinstance(look("delete", *answers), kind)


def test_a_404_of_a_wrong_endpoint_is_no_end() -> None:
    """Only the API's own word that there is no such release ends a deletion, or adopts one."""
    stray = refused(404, "refused", "APIGW.0101")
    with pytest.raises(CloudRefusedError):
        look("delete", stray)
    with pytest.raises(CloudRefusedError):
        run(SYSTEM.recover(SEARCH, sent_step(step("delete"))), [stray])


def test_a_failed_release_that_is_being_deleted_is_no_failed_deletion() -> None:
    """It was FAILED before, and may be shown so until it is gone."""
    work = Work(step=step("delete", status="FAILED"))
    flow = SYSTEM.watch(SEARCH, work, RemoteTask(id="deletion-of-3"))
    assert isinstance(run(flow, [row(status="FAILED")]).result, TaskRunning)


def sent_step(planned: PlannedStep, revision: str | None = "3") -> SentStep:
    """A step whose answer was lost."""
    return SentStep(
        work=Work(step=planned),
        observed=Observation(revision=revision, status="DEPLOYED"),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )


OURS: Final = row(4, chart_version="1.2.0")
LATE: Final = "2026-05-06T15:28:09+08:00"
VALUED: Final = step(sends_values=True, values={"replicas": 2, "db": {"password": "******"}})


@pytest.mark.parametrize(
    ("planned", "answers", "adopted", "why"),
    [
        (step(), [OURS, [OURS]], True, ""),
        (step(), [OURS, []], True, ""),
        (step(), [{**OURS, "status": "FAILED"}, [OURS]], True, ""),
        (step(), [refused(404)], False, "no such release"),
        (step(), [row(3)], False, "still at revision 3"),
        (step(), [row(2)], False, "still at revision 2"),
        (step(), [row(4), [row(4)]], False, "it has chart search 1.1.0, ours is search 1.2.0"),
        (step(), [{**OURS, "chart_name": "x"}, []], False, "it has chart x 1.2.0"),
        (step(), [row(5, chart_version="1.2.0"), [OURS]], False, "revisions 4, 5 are new"),
        (step(), [row(5, chart_version="1.2.0"), []], False, "revisions 5 are new"),
        (step(), [{**OURS, "update_at": LATE}, []], False, "too far from our call"),
        (step(), [{**OURS, "update_at": "x", "create_at": 5}, []], False, "does not tell when"),
        (step(), [{**OURS, "description": "Rollback to 1"}, []], False, "a rollback to 1"),
        (
            step("rollback", release_version=1),
            [{**OURS, "description": "Rollback to 1"}, []],
            True,
            "",
        ),
        (
            step("rollback", release_version=2),
            [{**OURS, "description": "Rollback to 1"}, []],
            False,
            "a rollback to 1",
        ),
        (VALUED, [OURS, []], False, "its value of db.password is not ours"),
        (VALUED, [{**OURS, "values": "x"}, []], True, ""),
        (
            VALUED,
            [{**OURS, "values": '{"replicas":2,"db":{"password":"******"}}'}, []],
            True,
            "",
        ),
        (
            VALUED,
            [{**OURS, "values": '{"replicas":3,"db":{"password":"x"}}'}, []],
            False,
            "replicas",
        ),
    ],
)
def test_only_evidence_is_adopted(
    planned: PlannedStep,
    answers: list[Answer],
    adopted: bool,  # noqa: FBT001 - a column of the table
    why: str,
) -> None:
    """New, alone, of the right time, chart, kind and values; anything else is left to people."""
    if planned is VALUED and "password" in why:
        planned = step(sends_values=True, values={"replicas": 2, "db": {"password": "shown"}})

    found = run(SYSTEM.recover(SEARCH, sent_step(planned)), answers).result

    assert isinstance(found, Adopted if adopted else NothingFound), found
    text = found.evidence if isinstance(found, Adopted) else found.reason
    assert why in text


def test_the_evidence_is_told() -> None:
    """What was compared is on record."""
    found = run(SYSTEM.recover(SEARCH, sent_step(step())), [OURS, []]).result
    assert found.task == RemoteTask(id="4")
    assert "at revision 3 before our call and is at 4 now" in found.evidence
    assert "search 1.2.0" in found.evidence
    created = step("create", values={}, sends_values=True)
    made = run(
        SYSTEM.recover(SEARCH, sent_step(created, None)), [row(1, chart_version="1.2.0"), []]
    ).result
    assert "at revision none before" in made.evidence


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(404), Adopted),
        (row(status="DELETING"), Adopted),
        (row(), NothingFound),
        (row(4, status="DELETING"), NothingFound),
    ],
)
def test_a_deletion_is_found_by_its_effect(answer: Answer, kind: type[object]) -> None:
    """What is gone, or going, is what was asked for."""
    planned = step("delete", status="DEPLOYED")
    assert isinstance(run(SYSTEM.recover(SEARCH, sent_step(planned)), [answer]).result, kind)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(status=403, body={"errorCode": "CCE.01403005",
                                 "errorMessage": "Update release is forbidden"}), "busy"),
        (Reply(status=400, body={"error_code": "CCE.01400001",
                                 "error_msg": "update release is forbidden"}), "busy"),
        (Reply(status=404, body={"errorCode": "CCE.01404001", "errorMessage": "x"}), "not_found"),
        (Reply(status=400, body={"errorCode": "CCE.01400001", "errorMessage": "x"}), "refused"),
        (Reply(status=504, text="<html>"), "unknown"),
        (Reply(status=200, body="deleted"), "accepted"),
        (Reply(status=201, body=row()), "accepted"),
    ],
)  # fmt: skip
def test_what_an_answer_proves(reply: Reply, verdict: str) -> None:
    """Busy waits its turn, whatever the form of the error; a proxy's page proves nothing."""
    assert SYSTEM.verdict(reply) == verdict


@pytest.mark.parametrize(
    "given",
    [
        {"cluster_id": "x"},
        {"flavour": "Autopilot"},
        {"namespace": "a/b"},
        {"namespace": "A"},
        {"release": "1st"},
        {"release": "x-"},
        {"chart": "../x"},
        {"chart": "x" * 65},
        {"values": "text"},
        {"values": {"a": "******"}},
        {"values": {"a": float("nan")}},
        {"values": {"a": "x" * 300_000}},
        {"parameters": {"dry_run": True}},
        {"parameters": {"reset_values": True}},
        {"parameters": {"replace": True}},
        {"parameters": {"force": True}},
        {"create_body": {"name": "x"}},
        {"create_body": {"values": {"a": "******"}}},
        {"unknown": 1},
    ],
)
def test_a_target_that_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    """What could not be sent, or would break a promise, is found when the file is read."""
    with pytest.raises(ValidationError):
        target(**given)


def test_nobody_sees_the_values_of_a_target() -> None:
    """Neither in logs nor in `slipway config show`, of the template neither."""
    secret = {"db": {"password": "hunter2"}}
    release = target(values=secret, create_body={"values": secret})
    assert "hunter2" not in repr(release) + release.model_dump_json()


def test_a_huge_or_deep_text_of_values_is_no_reason_to_fall() -> None:
    """FM-68: it is not understood, and everything else goes on."""
    deep = '{"a":' * 500 + "1" + "}" * 500
    large = json.dumps({"a": "x" * 300_000})
    odd = ('{"a":NaN}', '{"a":"\\ud800"}', '{"a":"\\u0000"}', deep, large)
    for text in ("[" * 100_000, '{"a":' * 2_000, "x" * 3_000_000, "[1]", "7", *odd):
        assert denied(ask("deploy", row(values=text), values={"a": "1"})).code == "values_unknown"
    whole = json.dumps({"a": {"b": [1, "2"]}})
    draft = drafted(ask("deploy", row(values=whole), CHARTS, values={"a.b[1]": "x"}))
    assert draft.steps[0].parameters["values"] == {"a": {"b": [1, "x"]}}


TREES: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(["", "nginx", "1"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["image", "env", "db.host", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
NAMES: Final = st.sampled_from(["password", "api_key", "clientSecret", "AUTH_TOKEN"])


@given(st.dictionaries(st.sampled_from("abc"), TREES, max_size=3), NAMES, st.booleans())
def test_no_secret_reaches_a_plan_and_each_is_sent(
    values: dict[str, Any],
    name: str,
    is_declared: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever the values are, declared or shown: the plan is masked, the call is whole."""
    whole = {**values, "holder": [{"inner": {name: "hunter2-Zq9"}}]}
    release = target(values=whole) if is_declared else SEARCH
    shown = row(values="" if is_declared else json.dumps(whole))
    draft = drafted(ask("deploy", shown, CHARTS, release=release, values={"typed": "7"}))

    sent = run(
        SYSTEM.submit(release, Work(step=draft.steps[0])), [*[shown] * (not is_declared), row(4)]
    )

    body: Any = sent.calls[-1].body
    assert "hunter2" not in repr(draft)
    assert body["values"] == {**whole, "typed": 7}
