"""What `cce-release` plans, and what it refuses to."""

from typing import Any, Final

import pytest

from bot.core.codes import Code, Denied
from bot.core.codes.systems import (
    AlreadyRunning,
    NotCreatedYet,
    RevisionEndedBadly,
    StatusOf,
)
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Reply
from bot.core.plan import WayBack
from bot.core.records import Action, Asked, Json, Parameters
from bot.core.system import (
    RemoteTask,
    TaskRunning,
    Work,
)
from bot.systems._helm.codes import (
    BusyRevision,
    Deleted,
    NoChartVersion,
    RevisionUnderWay,
    SameValues,
)
from bot.systems.cce_release import Release
from bot.systems.cce_release.codes import NoSuchChart, NothingAsked, SeveralCharts
from bot.systems.cce_release.examples import SAMPLE, UPGRADE_ANSWER, UPGRADE_BODY
from tests.systems.cce_release_scripts import (
    CHARTS,
    CLUSTER,
    HISTORY,
    IDS,
    PAGE,
    SEARCH,
    SYSTEM,
    ask,
    chart,
    denied,
    drafted,
    row,
    target,
)
from tests.systems.scripts import refused, run


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
        detail=RevisionUnderWay(
            revision="1", status="PENDING_INSTALL", words="Initial install underway"
        ).reason
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


BROKEN: Final[list[Json]] = [{"id": 5}, "x", None, {"id": "../x", "name": "search"}]


@pytest.mark.parametrize(
    ("charts", "version", "code"),
    [
        (
            CHARTS,
            "1.2.9",
            NoChartVersion(chart="search", version="1.2.9", near=("1.2.0", "1.1.0", "1.0.0")),
        ),
        ([], "1.2.0", NoSuchChart(chart="search")),
        ([chart("1.0.0", name="serch")], "1.0.0", NoSuchChart(chart="search", near=("serch",))),
        (
            [chart("1.0.0"), chart("1.0.0", id="x-2")],
            "1.0.0",
            SeveralCharts(chart="search", version="1.0.0", ids=(IDS["1.0.0"], "x-2")),
        ),
        (BROKEN, "1.0.0", NoSuchChart(chart="search")),
    ],
)
def test_a_chart_that_is_not_there_is_refused_with_the_nearest(
    charts: Json, version: str, code: Code
) -> None:
    """FM-70: what cannot be installed is not planned; rows that are none are passed over."""
    assert denied(ask("deploy", row(), charts, version=version)) == Denied.of(code)


def test_a_chart_id_that_is_unknown_is_named() -> None:
    """The id in slipway.yaml is wrong: that is said, and nothing is guessed."""
    by_id = target(chart=IDS["1.2.0"])
    refusal = denied(ask("deploy", row(), refused(404), release=by_id, version="1.2.0"))
    assert refusal == Denied.of(NoSuchChart(chart=IDS["1.2.0"]))
    with pytest.raises(UnreadableReplyError):
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
        ("DEPLOYED", "create", "no_change"),
    ],
)  # fmt: skip
def test_a_status_may_stand_in_the_way(status: str, action: Action, code: str) -> None:
    """What CCE would decline is not planned; a PUT of either action is declined while it works."""
    assert denied(ask(action, row(status=status), version="1.2.0")).code == code


@pytest.mark.parametrize("status", ["FAILED", "UNKNOWN", "SOMETHING_NEW", ""])
def test_any_other_status_may_be_deployed_over(status: str) -> None:
    """A failed release is mended by the next version, the same one too."""
    history = (
        [[row(status=status), HISTORY[0], HISTORY[2]]] if status in {"FAILED", "UNKNOWN"} else []
    )
    same = drafted(ask("deploy", row(status=status), CHARTS, *history, version="1.1.0"))
    assert (same.before, same.after) == ("1.1.0", "1.1.0")
    way = WayBack(revision="2", version="1.1.0") if history else None
    assert same.way_back == way
    assert drafted(ask("delete", row(status="PENDING_UPGRADE"))).after == Deleted().reason


@pytest.mark.parametrize(("status", "is_stuck"), [("PENDING_UPGRADE", True), ("DELETING", False)])
def test_what_frees_a_stuck_release_is_said(status: str, is_stuck: bool) -> None:  # noqa: FBT001 - a column
    """Only a deletion frees what hangs in a change; one that is being deleted needs none."""
    busy = BusyRevision(revision="3", status=status, is_deletable=is_stuck)
    assert denied(ask("deploy", row(status=status), version="1.2.0")) == Denied.of(busy)


def test_what_runs_already_is_no_change() -> None:
    """The same version without words, or with values that are so already, is not sent."""
    same = denied(ask("deploy", row(), CHARTS, version="1.1.0"))
    again = denied(ask("deploy", row(), CHARTS, values={"replicas": "2"}))
    assert same == Denied.of(AlreadyRunning(version="1.1.0"))
    assert again == Denied.of(SameValues())
    assert denied(ask("deploy", row())) == Denied.of(NothingAsked())


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


def back_to(number: int, to: int) -> dict[str, Any]:
    """A revision that a rollback made."""
    return row(number, description=f"Rollback to {to}")


BROKE: Final = 'Upgrade "search" failed: context deadline exceeded'


@pytest.mark.parametrize(
    ("rows", "to"),
    [
        ([row(5), back_to(4, 2), row(3), row(2), row(1)], 4),
        ([back_to(6, 4), row(5), back_to(4, 2), row(3), row(2), row(1)], 1),
        ([back_to(5, 3), row(4), back_to(3, 1), row(2), row(1)], None),
        ([row(6), back_to(5, 2), row(4), row(3), row(2), row(1)], 5),
        ([back_to(4, 2), back_to(3, 1), row(2), row(1)], 1),
        ([row(4, status="FAILED"), back_to(3, 1), row(2), row(1)], 3),
        ([row(3), row(2, status="SUPERSEDED", description=BROKE), row(1)], 1),
    ],
    ids=[
        "taken back, then another",
        "twice taken back",
        "twice taken back to the first",
        "two were taken back at once",
        "named again",
        "another failed after it",
        "failed and superseded",
    ],
)
def test_a_rollback_leads_to_what_ran_well_before(rows: list[Json], to: int | None) -> None:
    """V1: never by itself to a revision that was rolled back from or that failed."""
    driven = ask("rollback", rows[0], rows, CHARTS)
    if to is None:
        assert denied(driven).code == "no_previous_revision"
    else:
        assert drafted(driven).steps[0].parameters["release_version"] == to


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


@pytest.mark.parametrize("status", ["FAILED", "UNKNOWN"])
def test_a_revision_that_failed_is_not_said_to_be_live(status: str) -> None:
    """Who names the newest after it failed is told so."""
    rows: list[Json] = [row(2, status=status), row(1)]
    told = denied(ask("rollback", rows[0], rows, CHARTS, revision="2"))
    assert told == Denied.of(RevisionEndedBadly(revision="2", status=status, near=("1",)))


def test_history_is_sorted_and_read_strictly() -> None:
    """The newest is first, whatever the order; a revision twice, or another release, is none."""
    entries = run(SYSTEM.history(SEARCH), [HISTORY]).result
    assert [each.revision for each in entries] == ["3", "2", "1"]
    assert run(SYSTEM.history(SEARCH), [refused(404)]).result == ()
    garbled: list[Json] = [[row(), row()], [row(name="other")], {"rows": []}, [{"version": "x"}]]
    for rows in garbled:
        with pytest.raises(UnreadableReplyError):
            run(SYSTEM.history(SEARCH), [rows])
    with pytest.raises(CloudRefusedError):
        run(SYSTEM.history(SEARCH), [refused(403, "refused")])


def test_status_is_told_for_people() -> None:
    """The vendor's word, the chart's version, and what else is known."""
    report = run(SYSTEM.status(SEARCH), [row(status="PENDING_UPGRADE")]).result
    assert report.headline == StatusOf(status="pending_upgrade", version="1.1.0").reason
    assert report.facts["chart"] == "search 1.1.0"
    odd = run(SYSTEM.status(SEARCH), [row(status="")]).result
    assert odd.headline == StatusOf(status="", version="1.1.0").reason
    assert run(SYSTEM.status(SEARCH), [refused(404)]).result.headline == NotCreatedYet().reason


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


def test_the_body_may_tell_the_id_of_the_chart_that_the_target_names() -> None:
    """V5: the id is looked up, and has to be that of a chart of the name."""
    release = target(create_body={"chart_id": IDS["1.2.0"], "name": "search", "namespace": "shop"})
    draft = drafted(ask("create", refused(404), chart("1.2.0"), release=release))
    assert draft.steps[0].parameters["chart_id"] == IDS["1.2.0"]
    other = ask("create", refused(404), chart("1.2.0", name="x"), release=release)
    assert denied(other) == Denied.of(NoSuchChart(chart="search"))
