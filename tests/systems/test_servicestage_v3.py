"""ServiceStage v3: what is planned, sent, seen and found again."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError, CloudUnavailableError, UnreadableReplyError
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters
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
from bot.systems.servicestage_v3 import Component, ServiceStageV3
from bot.systems.servicestage_v3.examples import COMPONENT, CREATE_BODY, JOB, RECORDS, SETTINGS
from tests.systems.scripts import Answer, refused, run

SYSTEM: Final = ServiceStageV3()
TARGET: Final = Component.model_validate(ServiceStageV3.spec.sample.target)
OLD: Final = JOB["job"]["JOB_ID"]
NEW: Final = "JOB2209202b-617c-4591-b0c6-ef2521a943a2"
NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
GONE: Final = refused(401, "not_found", "SVCSTG.00100401")


def component(**changes: Any) -> dict[str, Any]:
    """The sample component; `status_…` changes its status block."""
    view = copy.deepcopy(SETTINGS)
    for name, value in changes.items():
        if name.startswith("status_"):
            view["status"][name.removeprefix("status_")] = value
        else:
            view[name] = value
    return view


def job(status: str, *tasks: dict[str, Any], id_: str = OLD) -> dict[str, Any]:
    """A job in the lower case of v3."""
    return {"job": {"job_id": id_, "execution_status": status}, "tasks": list(tasks)}


def record(version: str, **changes: Any) -> dict[str, Any]:
    """A record of a deployment that ended well."""
    base = {
        "version": version,
        "current_used": False,
        "status": "SUCCEEDED",
        "deploy_type": "upgrade",
        "begin_time": 1689123720000,
        "end_time": 1689123780000,
        "jobs": [],
    }
    return {**base, **changes}


def records(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of records."""
    return {"count": len(rows), "records": list(rows)}


def prepare(action: Action, *answers: Answer, **given: Any) -> Any:
    """What the question leads to."""
    asked = Asked(action=action, parameters=Parameters(**given))
    return run(SYSTEM.prepare(TARGET, asked), answers).result


def denied(result: Any) -> str:
    """The code of a refusal."""
    assert isinstance(result, Denied), result
    return result.code


IDLE: Final = job("SUCCEEDED")


def test_a_deployment_says_what_changes() -> None:
    """The plan names the version and the image before and after."""
    draft = prepare("deploy", component(), IDLE, version="1.4.0")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == ("2023.0712.09204", "1.4.0")
    assert [change.name for change in draft.changes] == ["version", "image"]
    assert draft.observed.revision == "2023.0712.09204"
    assert draft.observed.last_task == OLD
    assert draft.observed.facts["replicas"] == "2 of 2"


def test_no_plan_shows_an_environment_variable() -> None:
    """What a component is told in secret stays out of plans."""
    draft = prepare("deploy", component(), IDLE, version="1.4.0")
    assert "testValue" not in draft.model_dump_json()


def test_the_version_that_runs_is_no_change() -> None:
    """Nothing is sent for what is there: version, image and a running status."""
    url = TARGET.url("1.4.0")
    same = {"version": "1.4.0", "source": {"kind": "image", "url": url}}
    assert denied(prepare("deploy", component(**same), IDLE, version="1.4.0")) == "no_change"
    broken = component(**same, status_component_status="FAILED")
    assert isinstance(prepare("deploy", broken, IDLE, version="1.4.0"), PlanDraft)
    elsewhere = component(version="1.4.0")
    assert isinstance(prepare("deploy", elsewhere, IDLE, version="1.4.0"), PlanDraft)


CHANGING: Final = (
    *("INITIALIZING", "UPGRADING", "STARTING", "STOPPING", "RESTARTING", "DELETING"),
)


@pytest.mark.parametrize("word", CHANGING)
@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "start", "stop", "scale"])
def test_a_component_under_way_is_left_alone(word: str, action: Action) -> None:
    """Two changes never run at once, and the refusal names the vendor's status."""
    given = {"version": "1.4.0", "replicas": 3}
    result = prepare(action, component(status_component_status=word), **given)
    assert denied(result) == "in_progress"
    assert word in result.reason


@pytest.mark.parametrize("word", ["SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"])
def test_a_job_under_way_is_waited_for(word: str) -> None:
    """A job that runs is noticed before the component's status shows it."""
    assert denied(prepare("deploy", component(), job(word), version="1.4.0")) == "in_progress"


@pytest.mark.parametrize("end", [IDLE, job("UNKNOWN"), refused(403, "refused")])
def test_a_job_that_cannot_be_judged_stands_in_no_way(end: Answer) -> None:
    """An old job that is unclear or hidden does not block a target for ever."""
    assert isinstance(prepare("deploy", component(), end, version="1.4.0"), PlanDraft)


def test_a_gray_release_is_told() -> None:
    """A gray release waits for a step by hand: people read it in the facts."""
    draft = prepare("deploy", component(status_component_status="GRAYING"), version="1.4.0")
    assert "gray release" in draft.observed.facts["release"]


@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "scale"])
def test_a_missing_component_is_told(action: Action) -> None:
    """HTTP 401 with SVCSTG.00100401 means that there is no such component."""
    result = prepare(action, GONE, version="1", replicas=1)
    assert denied(result) == "not_found"
    assert "SVCSTG.00100401" in result.reason


def test_a_refused_read_is_passed_on() -> None:
    """Another refusal is no missing component."""
    with pytest.raises(CloudRefusedError):
        prepare("deploy", refused(403, "refused"), version="1")


def test_a_rollback_goes_to_the_version_before() -> None:
    """Without a revision: the newest record before the live one that ended well."""
    draft = prepare("rollback", component(), IDLE, RECORDS)
    assert draft.after == "2023.0711.08100"
    assert draft.steps[0].parameters["action"] == "rollback_current"


LIVE: Final = "2023.0712.09204"
ROLLBACKS: Final[dict[str, tuple[list[dict[str, Any]], str | None, str, str]]] = {
    "one before": ([record(LIVE), record("1.2"), record("1.1")], None, "rollback_current", "1.2"),
    "further back": ([record(LIVE), record("1.2"), record("1.1")], "1.1", "rollback", "1.1"),
    "named, one before": ([record(LIVE), record("1.2")], "1.2", "rollback", "1.2"),
    "returned to by a job": (
        [record("1.3"), record(LIVE, jobs=[{"deploy_type": "rollback"}]), record("1.1")],
        None, "rollback", "1.1",
    ),
    "a failed one between": (
        [record(LIVE), record("1.2", status="FAILED"), record("1.1")], None, "rollback", "1.1",
    ),
    "an unfinished one between": (
        [record(LIVE), record("1.2", end_time=None), record("1.1")], None, "rollback", "1.1",
    ),
    "after a rollback": (
        [record(LIVE, deploy_type="rollback"), record("1.3"), record(LIVE), record("1.1")],
        None, "rollback", "1.1",
    ),
    "after a failed deployment": (
        [record(LIVE, status="FAILED"), record("1.2", current_used=True)],
        None, "rollback_current", "1.2",
    ),
    "the same version twice": (
        [record(LIVE), record(LIVE), record("1.2")], None, "rollback_current", "1.2",
    ),
    "listed oldest first": (
        [record("1.2", begin_time=1), record(LIVE, begin_time=2)], None, "rollback_current", "1.2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "revision", "how", "to"), ROLLBACKS.values(), ids=list(ROLLBACKS))
def test_how_a_rollback_is_asked_for(
    rows: list[dict[str, Any]], revision: str | None, how: str, to: str
) -> None:
    """`rollback_current` only where nothing lies between; a version by its name otherwise."""
    draft = prepare("rollback", component(), IDLE, records(*rows), revision=revision)
    assert isinstance(draft, PlanDraft)
    assert (draft.steps[0].parameters["action"], draft.after) == (how, to)


def test_rollbacks_that_cannot_be() -> None:
    """What the records do not hold, hold as failed, or is live cannot be returned to."""
    rows = records(record(LIVE), record("1.2"), record("1.1", status="FAILED"))
    codes = {
        revision: denied(prepare("rollback", component(), IDLE, rows, revision=revision))
        for revision in ("9.9", "1.1", LIVE)
    }
    assert codes == {"9.9": "no_such_revision", "1.1": "no_such_revision", LIVE: "no_change"}
    nothing = records(record(LIVE))
    assert denied(prepare("rollback", component(), IDLE, nothing)) == "no_previous_revision"
    near = prepare("rollback", component(), IDLE, rows, revision="1.3")
    assert "1.2" in near.way_out


def test_switches_that_change_nothing() -> None:
    """Start while it runs, stop while it stands, scale to what is: nothing is sent."""
    stopped = component(status_component_status="STOPPED")
    assert denied(prepare("start", component(), IDLE)) == "no_change"
    assert denied(prepare("stop", stopped, IDLE)) == "no_change"
    assert denied(prepare("scale", component(), IDLE, replicas=2)) == "no_change"
    assert prepare("start", stopped, IDLE).after == "running"
    assert prepare("stop", component(), IDLE).after == "stopped"
    assert prepare("scale", component(), IDLE, replicas=0).after == "0 replicas"


def test_what_was_not_named_is_asked_for() -> None:
    """A deployment without version and a scaling without number are no plans."""
    assert denied(prepare("deploy", component(), IDLE)) == "usage"
    assert denied(prepare("scale", component(), IDLE)) == "usage"


def test_creating_needs_the_template_and_a_free_name() -> None:
    """A component is created once, and with all that the API requires."""
    nobody: Json = {"count": 0, "components": []}
    there: Json = {"count": 1, "components": [component()]}
    assert prepare("create", nobody, version="1.0").before == "absent"
    assert prepare("create", nobody).after == "2023.0712.09204"
    assert denied(prepare("create", there, version="1.0")) == "no_change"
    bare = TARGET.model_copy(update={"create_body": {"name": "shop-api"}})
    question = SYSTEM.prepare(bare, Asked(action="create"))
    assert denied(run(question, []).result) == "not_creatable"


def test_lists_are_read_to_their_end() -> None:
    """R7: a second page is asked for; a list that never ends is no answer."""
    many: list[Json] = [
        component(id=f"f3f6cb89-831d-4579-8bbc-{n:012d}", name=f"c{n}") for n in range(100)
    ]
    first: Json = {"count": 101, "components": many}
    last: Json = {"count": 101, "components": [component()]}
    question = SYSTEM.prepare(TARGET, Asked(action="create"))
    driven = run(question, [first, last])
    assert denied(driven.result) == "no_change"
    assert [dict(call.query)["offset"] for call in driven.calls] == ["0", "100"]
    with pytest.raises(UnreadableReplyError):
        run(
            SYSTEM.prepare(TARGET, Asked(action="create")),
            [{"components": many}] * 101,
        )


def test_without_an_id_the_name_finds_the_component() -> None:
    """A component that Slipway created needs no id in slipway.yaml."""
    nameless = TARGET.model_copy(update={"component_id": None})
    asked = Asked(action="restart")
    found: Json = {"count": 1, "components": [component()]}
    driven = run(SYSTEM.prepare(nameless, asked), [found, component(), IDLE])
    assert driven.result.steps[0].parameters == {"component_id": COMPONENT}
    none: Json = {"count": 0, "components": []}
    assert denied(run(SYSTEM.prepare(nameless, asked), [none]).result) == "not_found"
    report = run(SYSTEM.status(nameless), [none]).result
    assert report.headline == "not created yet"
    assert run(SYSTEM.history(nameless), [none]).result == ()


DEPLOY: Final = PlannedStep(
    name="deploy",
    parameters={"component_id": COMPONENT, "version": "1.4.0", "url": "swr.example/shop:1.4.0"},
)


def deployed(**settings: Any) -> dict[str, Any]:
    """The body that deploys over a component with these settings."""
    driven = run(SYSTEM.submit(TARGET, Work(step=DEPLOY)), [component(**settings), {"job_id": NEW}])
    body = driven.calls[-1].body
    assert isinstance(body, dict)
    return body


def test_a_deployment_keeps_every_other_setting() -> None:
    """A modification replaces: what is not sent again would be lost."""
    body = deployed()
    read_only = {"id", "status", "application_id", "environment_id", "enterprise_project_id"}
    empty = {"custom_metric", "liveness_probe"}
    assert set(body) == set(SETTINGS) - read_only - empty
    changed = {"version", "source", "envs"}
    assert {k: v for k, v in body.items() if k not in changed} == {
        k: v for k, v in SETTINGS.items() if k in body and k not in changed
    }
    assert body["version"] == "1.4.0"
    assert body["source"] == {
        "kind": "image", "storage": "swr", "url": "swr.example/shop:1.4.0", "version": "1.4.0",
    }  # fmt: skip


KEPT: Final[dict[str, Json]] = {
    "workload_content": "apiVersion: apps/v1",
    "update_strategy": {"type": "RollingUpdate", "max_surge": 1},
    "config_mode": "yaml",
    "deploy_strategy": {"type": "RollingRelease", "rolling_release": {"batches": "1"}},
    "affinity": [{"condition": "required", "kind": "az", "weight": 1}],
    "storages": [{"type": "HostPath", "name": "s", "parameters": {"path": "/x"}, "mounts": []}],
    "jvm_opts": "-Xmx1g",
    "something_new": {"that": "nobody listed"},
}


@pytest.mark.parametrize("name", KEPT)
def test_settings_of_any_kind_are_sent_back(name: str) -> None:
    """Also what the vendor's kit does not know, and what nobody listed."""
    assert deployed(**{name: KEPT[name]})[name] == KEPT[name]


def test_the_platforms_own_variables_are_left_out() -> None:
    """Variables that are inner are the platform's; ours go back without that mark."""
    assert deployed()["envs"] == [{"name": "testName", "value": "testValue"}]


def test_settings_that_cannot_be_sent_back_stop_the_deployment() -> None:
    """A garbled list of variables is refused before anything is sent."""
    with pytest.raises(UnreadableReplyError):
        deployed(envs=["a"])


BODIES: Final[list[tuple[str, dict[str, Json], Json]]] = [
    ("stop", {}, {"action": "stop"}),
    ("start", {}, {"action": "start"}),
    ("restart", {}, {"action": "restart"}),
    ("scale", {"replica": 3}, {"action": "scale", "parameters": {"replica": 3}}),
    ("rollback", {"action": "rollback_current", "version": "1"}, {"action": "rollback_current"}),
    (
        "rollback",
        {"action": "rollback", "version": "1"},
        {"action": "rollback", "parameters": {"version": "1"}},
    ),
]


@pytest.mark.parametrize(("name", "parameters", "body"), BODIES)
def test_the_body_of_an_action(name: str, parameters: dict[str, Json], body: Json) -> None:
    """An action is sent as the vendor's guide prints it, without an empty `parameters`."""
    step = PlannedStep(name=name, parameters={"component_id": COMPONENT, **parameters})
    driven = run(SYSTEM.submit(TARGET, Work(step=step)), [{"job_id": NEW, "result": "succeeded"}])
    assert driven.result == RemoteTask(id=NEW)
    assert driven.calls[0].body == body
    assert driven.calls[0].path.endswith(f"/components/{COMPONENT}/action")


def test_a_creation_fills_the_template() -> None:
    """The template goes out as it is, with the version and its address."""
    url = TARGET.url("1.0")
    step = PlannedStep(name="create", parameters={"version": "1.0", "url": url})
    driven = run(
        SYSTEM.submit(TARGET, Work(step=step)), [{"job_id": NEW, "component_id": COMPONENT}]
    )
    body = driven.calls[0].body
    assert isinstance(body, dict)
    source = {**CREATE_BODY["source"], "url": url, "version": "1.0"}
    assert body == {**CREATE_BODY, "version": "1.0", "source": source}


def watch(*answers: Answer, task: str = OLD) -> Any:
    """What one look shows."""
    return run(SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=task)), answers).result


SIGHTS: Final[dict[str, type]] = {
    **dict.fromkeys(("SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING", "UNKNOWN"), TaskRunning),
    **dict.fromkeys(("FAILED", "CANCELLED", "PARTIALLY_FAILED", "ROLLBACKED"), TaskFailed),
    "SUCCEEDED": TaskSucceeded,
    "SOMETHING_NEW": TaskRunning,
}


@pytest.mark.parametrize(("word", "kind"), SIGHTS.items())
@pytest.mark.parametrize("upper", [True, False])
def test_what_a_job_status_means(word: str, kind: type, *, upper: bool) -> None:
    """Section 5: two kinds of end, in keys of either case; UNKNOWN is waited for, with a note."""
    answer: dict[str, Any] = job(word)
    if upper:
        answer = {"job": {"JOB_ID": OLD, "EXECUTION_STATUS": word}, "tasks": []}
    seen = watch(answer)
    assert type(seen) is kind
    listed = {"SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"}
    assert bool(getattr(seen, "note", "")) == (kind is TaskRunning and word not in listed)


def task(name: str, status: str, index: Any = None, messages: Any = "{}") -> dict[str, Any]:
    """A row of a job in upper case."""
    return {"TASK_NAME": name, "TASK_STATUS": status, "TASK_INDEX": index, "MESSAGES": messages}


def test_tasks_stand_in_their_order() -> None:
    """Indices have gaps and may be text; rows without one come last."""
    rows = [task("c", "RUNNING", 9), task("z", "RUNNING"), task("b", "SUCCEEDED", "4")]
    seen = watch(job("RUNNING", *rows, task("a", "SUCCEEDED", 1)))
    assert [line.name for line in seen.tasks] == ["a", "b", "c", "z"]
    assert seen.detail == "RUNNING, 2 of 4 tasks done"


MESSAGES: Final[list[tuple[Any, str]]] = [
    ("{}", "job x ended FAILED: t: FAILED"),
    ("", "job x ended FAILED: t: FAILED"),
    ('{"message": "no probe"}', "job x ended FAILED: t: no probe"),
    ('{"error": {"error_msg": "no image"}}', "job x ended FAILED: t: no image"),
    ('[{"reason": "quota"}]', "job x ended FAILED: t: quota"),
    ("plain words", "job x ended FAILED: t: plain words"),
    ('{"message": ', 'job x ended FAILED: t: {"message":'),
    ({"message": "an object"}, "job x ended FAILED: t: an object"),
    (7, "job x ended FAILED: t: FAILED"),
    ('"\\u001b[31mred\\u0007"', "job x ended FAILED: t: [31mred"),
]


@pytest.mark.parametrize(("messages", "reason"), MESSAGES)
def test_the_failing_tasks_words_are_the_reason(messages: Any, reason: str) -> None:
    """MESSAGES is text that may hold JSON; what it says is shown, else the status."""
    seen = watch(job("FAILED", task("t", "FAILED", 1, messages), id_="x"), task="x")
    assert isinstance(seen, TaskFailed)
    assert seen.reason == reason


def test_endless_words_are_cut() -> None:
    """R5: an error text of any length stays readable."""
    seen = watch(job("FAILED", task("t", "FAILED", 1, "x" * 100_000)))
    assert len(seen.reason) <= 300


def test_an_unlisted_task_status_is_noted() -> None:
    """FM-75: the word is shown as it stands, and named once."""
    seen = watch(job("RUNNING", task("t", "PARTIAL_WAITING", 1)))
    assert isinstance(seen, TaskRunning)
    assert "'PARTIAL_WAITING'" in seen.note


def test_a_job_is_looked_for_on_both_paths() -> None:
    """The guide polls by v2's path; where that knows no job, v3's is asked."""
    flow = SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=OLD))
    driven = run(flow, [refused(404), job("SUCCEEDED")])
    assert isinstance(driven.result, TaskSucceeded)
    assert [call.path[:3] for call in driven.calls] == ["/v2", "/v3"]


def test_a_vanished_job_is_neither_end() -> None:
    """FM-77: a job that neither path knows has vanished; it did not fail."""
    assert isinstance(watch(refused(404), refused(410)), TaskNotFound)
    assert isinstance(watch(GONE, refused(404, "refused", "APIGW.0101")), TaskNotFound)


def test_a_refused_look_is_passed_on() -> None:
    """FM-73: a right that was taken away is the engine's matter."""
    with pytest.raises(CloudRefusedError):
        watch(refused(403, "refused"))
    with pytest.raises(CloudUnavailableError):
        watch(CloudUnavailableError(doing="GET", why="away"))


def test_another_jobs_answer_is_not_believed() -> None:
    """FM-70: an answer about another job is no answer."""
    with pytest.raises(UnreadableReplyError):
        watch(job("SUCCEEDED", id_=NEW))


@pytest.mark.parametrize("bad", ["../jobs", "J" * 65, "JOB 1", "JOB1\r\n", "JOB1?x=1"])
def test_a_foreign_id_never_reaches_a_path(bad: str) -> None:
    """R4: only letters, digits and hyphens stand in a path."""
    with pytest.raises(UnreadableReplyError):
        watch(job("SUCCEEDED"), task=bad)


def sent(step: PlannedStep = DEPLOY, last: str | None = OLD) -> SentStep:
    """A step whose answer was lost."""
    seen = Observation(revision=LIVE, status="RUNNING", last_task=last)
    return SentStep(
        work=Work(step=step), observed=seen, permitted_at=NOW, settle=timedelta(minutes=15)
    )


def begun(offset: float, id_: str = NEW) -> dict[str, Any]:
    """A job whose first task was made so many seconds after our permit."""
    made = (NOW + timedelta(seconds=offset)).isoformat(timespec="milliseconds")
    row = {**task("t", "RUNNING", 1), "CREATED_AT": made.replace("+00:00", "Z")}
    return job("RUNNING", row, id_=id_)


def ms(offset: float) -> int:
    """Epoch milliseconds so many seconds after our permit."""
    return int((NOW + timedelta(seconds=offset)).timestamp() * 1000)


def recover(lost: SentStep, *answers: Answer) -> Any:
    """What is found of it."""
    return run(SYSTEM.recover(TARGET, lost), answers).result


OURS: Final = component(version="1.4.0", status_last_job_id=NEW)


def test_a_lost_deployment_is_adopted() -> None:
    """E2: the last job is new, of the right time, of our version, and the only one."""
    found = recover(sent(), OURS, records(), begun(2))
    assert isinstance(found, Adopted)
    assert found.task.id == NEW
    assert OLD in found.evidence
    assert "1.4.0" in found.evidence


def test_a_record_with_our_version_and_job_is_evidence() -> None:
    """The component may still show the old version while the record names ours."""
    rows = records(record("1.4.0", begin_time=ms(1), jobs=[{"job_id": NEW}]))
    found = recover(sent(), component(status_last_job_id=NEW), rows, begun(2))
    assert isinstance(found, Adopted)


TWO: Final = records(record("1.4.0", begin_time=ms(1), jobs=[{"job_id": NEW}, {"job_id": "JOB3"}]))
NOTHING: Final[dict[str, tuple[Answer, ...]]] = {
    "no new job": (component(),),
    "no job at all": (component(status_last_job_id=""),),
    "another version": (component(status_last_job_id=NEW), records()),
    "too early": (OURS, records(), begun(-61)),
    "too late": (OURS, records(), begun(15 * 60 + 1)),
    "no tasks yet": (OURS, records(), job("SUBMITTED", id_=NEW)),
    "no readable time": (
        OURS,
        records(),
        job("RUNNING", {**task("t", "RUNNING"), "CREATED_AT": "2026-02-30"}, id_=NEW),
    ),
    "job unknown": (OURS, records(), refused(404), refused(404)),
    "two candidates": (OURS, TWO, begun(-20, OLD), begun(3, "JOB3")),
    "two that began at once": (OURS, TWO, begun(-20, OLD), begun(-20, "JOB3")),
    "two, and what was before is unknown": (OURS, TWO, refused(404), refused(404)),
    "two, one of them unknown": (OURS, TWO, begun(-20, OLD), refused(404), refused(404)),
}


@pytest.mark.parametrize("answers", NOTHING.values(), ids=list(NOTHING))
def test_what_is_not_enough_to_adopt(answers: tuple[Answer, ...]) -> None:
    """E0, E1 and more than one candidate: people decide, and read what was read."""
    found = recover(sent(), *answers)
    assert isinstance(found, NothingFound)
    assert found.reason


def test_what_began_before_the_last_job_we_saw_is_no_candidate() -> None:
    """Several changes within a minute: those that were over when we looked first are not ours."""
    found = recover(sent(), OURS, TWO, begun(-20, OLD), begun(-40, "JOB3"), begun(2))
    assert isinstance(found, Adopted)
    assert found.task.id == NEW


@pytest.mark.parametrize("offset", [-60, 0, 15 * 60])
def test_the_edges_of_the_window_count(offset: float) -> None:
    """The cloud's clock may be a minute behind; a call may surface until it settles."""
    assert isinstance(recover(sent(), OURS, records(), begun(offset)), Adopted)


FITTING: Final[list[tuple[str, dict[str, Json], dict[str, Any], bool]]] = [
    ("stop", {}, {"status_component_status": "STOPPED"}, True),
    ("stop", {}, {"status_component_status": "RUNNING"}, False),
    ("start", {}, {"status_component_status": "STARTING"}, True),
    ("restart", {}, {"status_component_status": "STOPPED"}, False),
    ("restart", {}, {"status_component_status": "RESTARTING", "version": "9"}, False),
    ("scale", {"replica": 3}, {"status_replica": 3}, True),
    ("scale", {"replica": 3}, {}, False),
    ("rollback", {"version": "1.2", "action": "rollback"}, {"version": "1.2"}, True),
    ("rollback", {"version": "1.2", "action": "rollback"}, {}, False),
]


@pytest.mark.parametrize(("name", "parameters", "seen", "fits"), FITTING)
def test_a_job_that_contradicts_the_step_is_not_ours(
    name: str, parameters: dict[str, Json], seen: dict[str, Any], *, fits: bool
) -> None:
    """Somebody else's change in the same minutes is not taken for our lost call."""
    step = PlannedStep(name=name, parameters={"component_id": COMPONENT, **parameters})
    view = component(status_last_job_id=NEW, **seen)
    found = recover(sent(step), view, records(), begun(2))
    assert isinstance(found, Adopted) == fits


def test_a_lost_creation_is_found_by_name() -> None:
    """The component was not there before: one of its name with a job of that time is ours."""
    step = PlannedStep(name="create", parameters={"version": LIVE, "url": "u"})
    lost = sent(step, last=None)
    page: Json = {"count": 1, "components": [component(status_last_job_id=NEW)]}
    assert isinstance(recover(lost, page, begun(2)), Adopted)
    assert isinstance(recover(lost, {"count": 0, "components": []}), NothingFound)
    silent: Json = {"count": 1, "components": [component(status_last_job_id="")]}
    assert isinstance(recover(lost, silent), NothingFound)
    other: Json = {"count": 1, "components": [component(version="8", status_last_job_id=NEW)]}
    assert isinstance(recover(lost, other), NothingFound)


def test_status_and_history_for_people() -> None:
    """The headline says how it is; the history says what a rollback may name."""
    broken = component(status_component_status="FAILED", status_fail_detail="create_failed")
    report = run(SYSTEM.status(TARGET), [broken]).result
    assert report.headline == f"failed {LIVE}"
    assert report.facts["fault"] == "create_failed"
    rows = records(record(LIVE, current_used=True), record("1.2", begin_time="soon"))
    entries = run(SYSTEM.history(TARGET), [component(), rows]).result
    assert [entry.can_return for entry in entries] == [False, True]
    assert entries[0].when == "2023-07-12T01:02:00Z"
    assert entries[1].when == "soon"


BAD_TARGETS: Final[dict[str, dict[str, Any]]] = {
    "no mark": {"source_url": "swr.example/shop:1"},
    "two marks": {"source_url": "{version}/{version}"},
    "other braces": {"source_url": "{x}{version}"},
    "a blank": {"source_url": "a b:{version}"},
    "no uuid": {"application_id": "../x"},
    "nothing to find it by": {"component_id": None, "create_body": None},
    "a bad name": {"create_body": {"name": "a b"}},
    "an empty template": {"create_body": {}},
    "a template without a name": {"create_body": {"name": None}},
    "a name that is a number": {"create_body": {"name": 2048}},
    "a name that is a list": {"create_body": {"name": ["shop"]}},
    "an unknown key": {"comp_id": COMPONENT},
}


@pytest.mark.parametrize("changes", BAD_TARGETS.values(), ids=list(BAD_TARGETS))
def test_a_faulty_target_is_refused(changes: dict[str, Any]) -> None:
    """slipway.yaml is checked before anything is asked of the cloud."""
    with pytest.raises(ValidationError):
        Component.model_validate({**SYSTEM.spec.sample.target, **changes})
