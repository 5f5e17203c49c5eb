"""Plans that both versions of ServiceStage make alike, from what each has read in its own way."""

from typing import Final, NamedTuple

from bot.core.codes import Denied
from bot.core.codes.systems import (
    AlreadyScaled,
    AlreadySo,
    BusyByStatus,
    BusyWithTask,
    LabelName,
    NotGiven,
    Ready,
    Replicas,
    RunState,
    StatusOf,
    label,
)
from bot.core.codes.values import NoTag
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Asked, Json
from bot.core.system import StatusReport
from bot.systems._huawei.codes import IdIsGone
from bot.systems._huawei.jobs import read_job
from bot.systems._huawei.servicestage import CHANGING, RUNNING, STOPPED
from bot.systems._wire.text import plain

_SWITCHED_TO: Final = {"start": RUNNING, "stop": STOPPED}
_DIGITS: Final = 9  # of a number of copies


class Present(NamedTuple):
    """What runs now, as far as plans of both versions need it."""

    thing: LabelName
    ids: dict[str, Json]  # that lead to it: every step names them
    word: str  # the vendor's status
    version: str
    replicas: str  # that are to run; empty where it is not told
    last_job: str
    observed: Observation
    waits: bool = False  # a job of it is open, but waits for people

    def step(self, name: str, **parameters: Json) -> PlannedStep:
        """Return a step that changes it."""
        return PlannedStep(name=name, parameters={**self.ids, **parameters})

    @property
    def report(self) -> StatusReport:
        """The same for people."""
        word = plain(self.word).lower()
        headline = StatusOf(status=word, version=self.version)
        return StatusReport(headline=headline.reason, facts=self.observed.facts)


def busy(present: Present) -> Flow[Denied | None]:
    """Look whether something changes it now: its status says so, or its last job runs."""
    if present.word in CHANGING:
        return Denied.of(BusyByStatus(thing=present.thing, status=present.word))
    if not present.last_job or present.waits:
        return None
    try:
        info = yield from read_job(present.last_job)
    except CloudRefusedError:
        return None  # the job may not be read: the status alone decides
    if info is None or not info.is_under_way:
        return None
    return Denied.of(BusyWithTask(thing=present.thing, task=present.last_job))


def scaled(present: Present, asked: Asked) -> PlanDraft | Denied:
    """Plan another number of copies."""
    wanted, before = asked.parameters.replicas, present.replicas
    if wanted is None:
        return Denied.of(NotGiven(what="number"))
    if before == str(wanted):
        return Denied.of(AlreadyScaled(replicas=wanted))
    return PlanDraft(
        observed=present.observed,
        steps=(present.step("scale", replica=wanted),),
        before=Replicas(replicas=number(before)).reason,
        after=Replicas(replicas=wanted).reason,
        changes=(Change(name=label("replicas"), before=before, after=str(wanted)),),
    )


def switched(present: Present, asked: Asked) -> PlanDraft | Denied:
    """Plan a start, stop or restart."""
    word, action = present.word, asked.action
    now = plain(word).lower() or "unknown"  # the word of the vendor's own for that
    wanted = _SWITCHED_TO.get(action)
    if word == wanted:
        return Denied.of(AlreadySo(thing=present.thing, status=word))
    return PlanDraft(
        observed=present.observed,
        steps=(present.step(action),),
        before=RunState(status=now).reason if wanted else present.version,
        after=RunState(status=wanted.lower()).reason if wanted else present.version,
    )


def without_ids(draft: PlanDraft, **gone: object) -> PlanDraft:
    """Return *draft* with a word about each id of slipway.yaml that nothing has any more."""
    told = tuple(
        Change(name=field, before=str(known), after=IdIsGone().reason)
        for field, known in gone.items()
        if known
    )
    return draft.model_copy(update={"changes": (*draft.changes, *told)})


def ready(available: str, wanted: str) -> Ready:
    """Return how many copies are ready, of how many."""
    return Ready(ready=number(available), wanted=number(wanted))


def number(text: str) -> int | None:
    """Return *text* as a number; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def not_a_tag(asked: Asked) -> Denied | None:
    """Return the refusal of a version that only a chart may have: no image's tag has a `+`."""
    version = asked.parameters.version or ""
    return Denied.of(NoTag(version=version)) if "+" in version else None
