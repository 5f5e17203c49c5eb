"""Gray releases: a job brings out the first batch, and each further one waits for people."""

from typing import Any, Final, NamedTuple

from bot.core.codes import Denied, Reason
from bot.core.codes.systems import TaskProgress
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.operation import RecoveryOption
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.records import Asked, Json
from bot.core.system import PollResult, RemoteTask, TaskFailed, TaskRunning, TaskSucceeded, Work
from bot.systems._huawei.errors import is_gone
from bot.systems._huawei.servicestage import BROKEN, CHANGING
from bot.systems._wire.text import plain
from bot.systems.servicestage_v3.codes import (
    CheckExplained,
    CheckGray,
    GrayCheckFailed,
    GrayFailed,
    GrayTakenBack,
    GrayUnderWay,
    GrayWaits,
    NextBatch,
    NextBatchExplained,
    NoGrayWaits,
)
from bot.systems.servicestage_v3.reads import Live, find_row, read_component
from bot.systems.servicestage_v3.strategy import GRAY, member
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import GRAYING

CONTINUE: Final = "continue_deploy"
CHECK: Final = "check_gray_release"
WAYS: Final = frozenset({CONTINUE, CHECK})


def is_one_of_several(work: Work, seen: PollResult) -> bool:
    """Whether what was *seen* of a step's job may leave batches that wait for people.

    A check that fails ends nothing: the batch is out, and people choose. So they may where the
    next batch could not be brought out.
    """
    is_broken = work.step.name in WAYS and isinstance(seen, TaskFailed)
    return is_broken or (isinstance(seen, TaskSucceeded) and work.step.name in {"deploy", *WAYS})


class Out(NamedTuple):
    """Which batch is out, of how many, with which share of the traffic; None: not known."""

    batch: int | None = None
    of: int | None = None
    share: int | None = None

    @property
    def recorded(self) -> dict[str, Json]:
        """The part of a step's parameters that tells it."""
        return {name: each for name, each in self._asdict().items() if each is not None}

    @property
    def following(self) -> "Out":
        """The batch after it."""
        return Out() if self.batch is None else Out(self.batch + 1, self.of)


def options(work: Work, out: Out) -> tuple[RecoveryOption, ...]:
    """Return how a gray release goes on, each with the step that it takes."""
    given = {name: work.step.parameters[name] for name in ("component_id", "version")}
    following = out.following
    batch = PlannedStep(name=CONTINUE, parameters={**given, **following.recorded})
    check = PlannedStep(name=CHECK, parameters={**given, **out.recorded})
    explained = NextBatchExplained(batch=following.batch, of=following.of)
    return (
        RecoveryOption(
            name=CONTINUE, label=NextBatch().reason, explanation=explained.reason, step=batch
        ),
        RecoveryOption(
            name=CHECK, label=CheckGray().reason, explanation=CheckExplained().reason, step=check
        ),
    )


def batches(
    target: Component, work: Work, task: RemoteTask, done: TaskSucceeded | TaskFailed
) -> Flow[PollResult]:
    """Return what a job that is *done* means: in a gray release it is one batch of several."""
    component = str(work.step.parameters["component_id"])
    try:
        live = yield from read_component(target, component)
    except CloudRefusedError as error:
        if not is_gone(error) or (yield from find_row(target, component)):
            raise  # an unknown component is answered as one that may not be read
        return done  # deleted since: no batch waits
    if work.step.name == CONTINUE and isinstance(done, TaskFailed):
        return _broken(live, work, task, done)
    word, version = live.view.word, str(work.step.parameters["version"])
    if word != GRAYING and not is_gray(live.settings):
        return done
    if live.view.version not in {version, ""}:
        return TaskFailed(reason=GrayTakenBack(version=live.view.version).reason, tasks=done.tasks)
    if word == GRAYING:
        out = _out(live, work, task)
        return TaskRunning(detail=_waits(done, out), tasks=done.tasks, ways=options(work, out))
    if word in CHANGING:
        return TaskRunning(detail=TaskProgress(status=word).reason, tasks=done.tasks)
    if word in BROKEN:
        return TaskFailed(reason=GrayFailed(status=plain(word)).reason, tasks=done.tasks)
    return done


def _broken(live: Live, work: Work, task: RemoteTask, done: TaskFailed) -> TaskFailed:
    """Return how a batch failed, and how to go on where the one before it still waits."""
    if live.view.word != GRAYING or live.view.version not in {work.step.parameters["version"], ""}:
        return done
    tried = _out(live, work, task)
    before = Out() if tried.batch is None else Out(tried.batch - 1, tried.of)
    return done.model_copy(update={"ways": options(work, before)})


def _out(live: Live, work: Work, task: RemoteTask) -> Out:
    """Return which batch is out: the API does not tell, so it is counted by our own steps.

    Where the component's last job is another one, somebody went on elsewhere.
    """
    if live.view.status.last_job_id not in {"", task.id}:
        return Out()
    if work.step.name in WAYS:
        return Out(*(_count(work.step.parameters.get(name)) for name in Out._fields))
    gray = member(live.settings.get("deploy_strategy"), "gray_release")
    left, share = _count(gray.get("remaining_batch")), _count(gray.get("first_batch_weight"))
    return Out(1, None if left is None else left + 1, share)


def _count(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


def _waits(done: TaskSucceeded | TaskFailed, out: Out) -> Reason:
    if isinstance(done, TaskFailed):
        return GrayCheckFailed(because=done.reason, batch=out.batch, of=out.of).reason
    return GrayWaits(**out._asdict()).reason


def is_gray(settings: dict[str, Any]) -> bool:
    """Whether the component's own settings bring versions out in a gray release."""
    strategy = settings.get("deploy_strategy")
    return isinstance(strategy, dict) and strategy.get("type") == GRAY


def proceed(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan the next batch of a gray release, or a look at the one that waits."""
    if live.view.word != GRAYING:
        return Denied.of(NoGrayWaits(status=plain(live.view.word)))
    name = CHECK if asked.parameters.way == CHECK else CONTINUE
    version = live.view.version
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step(name, version=version),),
        before=GrayWaits().reason,
        after=version,
    )


def in_the_way(live: Live) -> Denied | None:
    """Return the refusal of another version while a gray release waits."""
    return Denied.of(GrayUnderWay(version=live.view.version)) if live.present.waits else None
