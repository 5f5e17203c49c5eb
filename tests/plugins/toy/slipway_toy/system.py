"""The system `toy`: deploys a version to a toy, and watches the job."""

from collections.abc import Mapping
from typing import ClassVar

from bot.core.codes import Denied
from bot.core.codes.systems import (
    AlreadyRunning,
    Matches,
    StatusOf,
    StillLast,
    TaskEnded,
    TaskProgress,
    UnlistedStatus,
)
from bot.core.errors import Verdict
from bot.core.flow import Call, Flow, Reply, path
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.proof import ErrorForm, default_verdict
from bot.core.records import Action, Asked
from bot.core.system import (
    Adopted,
    Entry,
    NothingFound,
    Planner,
    PollResult,
    Questions,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from slipway_toy.examples import EXAMPLES, SAMPLE
from slipway_toy.wire import Job, Started, Toy, ToyTarget, of_toy, parsed, read


def plan_deploy(target: ToyTarget, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Read what runs, and say what a deployment would do."""
    toy = yield from read(Toy, of_toy(target))
    version = asked.parameters.version or ""
    if toy.version == version:
        return Denied.of(AlreadyRunning(version=version))
    return PlanDraft(
        observed=Observation(revision=toy.version, status=toy.status, last_task=toy.last_job),
        steps=(PlannedStep(name="deploy", parameters={"version": version}),),
        before=toy.version,
        after=version,
    )


class Toys:
    """Deploys versions; what it does not declare, nobody is offered."""

    planners: ClassVar[Mapping[Action, Planner]] = {"deploy": plan_deploy}
    questions: ClassVar[Questions] = Questions()
    spec: ClassVar[SystemSpec[ToyTarget]] = SystemSpec(
        name="toy",
        title="Toy",
        connection_kind="huaweicloud",  # whose connection carries the calls, and signs them
        services=frozenset({"toys"}),
        target=ToyTarget,
        identity=lambda target: (target.toy_id,),
        actions=frozenset({"deploy"}),
        source="https://toys.example/api",
        examples=EXAMPLES,
        sample=SAMPLE,
    )

    def prepare(self, target: ToyTarget, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the toy, and plan."""
        return (yield from self.planners[asked.action](target, asked))

    def submit(self, target: ToyTarget, work: Work) -> Flow[RemoteTask]:
        """Make the one call; its answer names the job."""
        body = {"version": work.step.parameters["version"]}
        call = Call(method="PUT", service="toys", path=of_toy(target), body=body)
        reply = yield call
        return RemoteTask(id=parsed(Started, reply.body, call).job_id)

    def watch(self, target: ToyTarget, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the job. Only the two words that the API's page lists are an end."""
        job = yield from read(Job, path("/v1/{project_id}/jobs/{job}", job=task.id))
        match job.status:
            case "SUCCESS":
                return TaskSucceeded()
            case "FAIL":
                return TaskFailed(reason=TaskEnded(task=task.id, status="FAIL").reason)
            case "RUNNING":
                return TaskRunning(detail=TaskProgress(status="RUNNING").reason)
            case other:
                told = TaskProgress(status=str(other))
                note = UnlistedStatus(status=str(other))
                return TaskRunning(detail=told.reason, note=note.reason)

    def recover(self, target: ToyTarget, sent: SentStep) -> Flow[Recovery]:
        """Adopt the job that is new and brings the version that was sent."""
        toy = yield from read(Toy, of_toy(target))
        if toy.last_job == sent.observed.last_task:
            return NothingFound(reason=StillLast(thing="component", task=toy.last_job).reason)
        job = yield from read(Job, path("/v1/{project_id}/jobs/{job}", job=toy.last_job))
        wanted = str(sent.work.step.parameters["version"])
        if job.version != wanted:
            return NothingFound(reason=StillLast(thing="component", task=toy.last_job).reason)
        evidence = Matches(what="version", value=wanted)
        return Adopted(task=RemoteTask(id=toy.last_job), evidence=evidence.reason)

    def status(self, target: ToyTarget) -> Flow[StatusReport]:
        """Read the toy, for people."""
        toy = yield from read(Toy, of_toy(target))
        return StatusReport(headline=StatusOf(status=toy.status, version=toy.version).reason)

    def history(self, target: ToyTarget) -> Flow[tuple[Entry, ...]]:
        """Return what runs: this API keeps no history."""
        toy = yield from read(Toy, of_toy(target))
        return (Entry(revision=toy.version, status=toy.status, when="", is_current=True),)

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error of a body in the API's own form: `{"error": …, "message": …}`."""
        match reply.body:
            case {"error": str(code), "message": str(message)}:
                return ErrorForm(code=code, message=message)
            case _:
                return None

    def verdict(self, reply: Reply) -> Verdict:
        """Return what an answer proves: here what it proves by default."""
        return default_verdict(reply, self.error_form(reply))
