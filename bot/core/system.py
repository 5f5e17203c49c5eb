"""The contract of a system: one cloud API, described by data and driven by flows."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from pydantic import Field

from bot.core.codes import Denied, Reason, Value
from bot.core.errors import Verdict
from bot.core.flow import Call, Flow, Reply
from bot.core.operation import RecoveryOption, TaskLine
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.proof import ErrorForm
from bot.core.records import Action, Asked, Json, Parameters, PastStep, Record

PATIENCE_MAX: Final = timedelta(seconds=90)  # a worker that is told to end waits for as long

TargetT = TypeVar("TargetT", bound=Record)
TargetT_contra = TypeVar("TargetT_contra", bound=Record, contravariant=True)


class Exchange(Record):
    """A documented call and its answer: documentation, contract test and simulator in one."""

    call: Call
    reply: Reply


class Sample(Record):
    """A target that the examples are about, and what is asked about it in them."""

    target: dict[str, Json]
    asked: dict[Action, Parameters]  # what the examples lead to a plan for
    ended: tuple[Exchange, ...] = ()  # the reads that differ once a deployment is done


class RateLimit(Record):
    """How many calls a minute one connection may make to a service, all workers together."""

    reads: int = Field(gt=0)
    writes: int = Field(gt=0)


class SystemSpec(Record, Generic[TargetT]):
    """What Slipway knows about a system without asking it."""

    name: str  # as in slipway.yaml: "servicestage-v3"
    title: str  # for people: "ServiceStage v3 component"
    connection_kind: str  # "huaweicloud", "cloudpods"
    services: frozenset[str]  # the endpoints that its calls name
    target: type[TargetT]  # the fields of a target in slipway.yaml
    identity: Callable[[TargetT], tuple[str, ...]]  # what tells its thing from all others there
    actions: frozenset[Action]
    takes_values: bool = False  # whether deploy takes `key=value`
    options: dict[Action, tuple[str, ...]] = Field(default_factory=dict)  # "no-hooks", typed --so
    cancels: bool = False  # whether deploy takes the way "cancel" without a version
    takes_json: bool = False  # whether such a value may be an object or a list
    strategies: tuple[str, ...] = ()  # how a version is brought out: "rolling:N", N from 1 to 99
    no_rollback: Reason | None = None  # why, where the API has no way back
    # what a create template brings where no version is asked for: "": the newest; None: nothing
    created_version: Callable[[TargetT], str | None] = lambda _: None
    settle: timedelta = timedelta(minutes=15)  # how long a lost call may still surface
    patience: timedelta = Field(default=timedelta(seconds=35), le=PATIENCE_MAX)  # for a mutation
    limits: dict[str, RateLimit] = Field(default_factory=dict)  # by service
    source: str  # where the API is documented
    examples: tuple[Exchange, ...]
    sample: Sample


class TaskRunning(Record):
    """The remote task is under way; `note` warns about what the reference does not list.

    `ways` are there where it waits for people, each with the step that it adds.
    """

    detail: Reason
    tasks: tuple[TaskLine, ...] = ()
    note: Reason | None = None
    ways: tuple[RecoveryOption, ...] = ()


class TaskSucceeded(Record):
    """The remote task succeeded."""

    detail: Reason | None = None
    tasks: tuple[TaskLine, ...] = ()


class TaskFailed(Record):
    """The remote task failed; `ways` are what people may do about it."""

    reason: Reason
    tasks: tuple[TaskLine, ...] = ()
    ways: tuple[RecoveryOption, ...] = ()


class TaskNotFound(Record):
    """The API does not know the remote task (any more)."""

    reason: Reason


PollResult: TypeAlias = TaskRunning | TaskSucceeded | TaskFailed | TaskNotFound


class RemoteTask(Record):
    """What a mutating call started; `detail` is what was seen of it last."""

    id: str
    detail: Reason | None = None


class Work(Record):
    """A step that is to be done, or under way."""

    step: PlannedStep
    earlier: tuple[RemoteTask, ...] = ()  # what the steps before it started, in order
    declined: tuple[Verdict, ...] = ()  # what the answers to its earlier attempts proved
    permitted_at: datetime | None = None  # when its call was, where it was made
    seen: Reason | None = None  # what the last look at it showed


class PrerequisiteSteps(Record):
    """Nothing was sent: these steps have to be done before this one after all."""

    steps: tuple[PlannedStep, ...] = Field(min_length=1)
    reason: Reason


class SentStep(Record):
    """A step whose call may have been executed: what `recover` compares with."""

    work: Work
    observed: Observation  # before the first step's call
    permitted_at: datetime
    settle: timedelta


class Adopted(Record):
    """Evidence found that the lost call started this remote task."""

    task: RemoteTask
    evidence: Reason  # for people: what was compared


class NothingFound(Record):
    """Reading shows no trace of the lost call (yet), or more than one candidate."""

    reason: Reason
    may_be_ours: bool = False  # something new is there, which may turn out to be of our call


Recovery: TypeAlias = Adopted | NothingFound


class StatusReport(Record):
    """The live state of a target, for people."""

    headline: Value  # "running 1.3.0"
    facts: Mapping[str, Value] = Field(default_factory=dict)
    can_cancel: bool = False  # whether something is open that `/ops cancel <target>` closes


class Entry(Record):
    """One row of the cloud's own history of a target."""

    revision: str
    status: str
    when: str  # as the vendor writes it, or RFC 3339
    description: Value = ""
    is_current: bool = False
    can_return: bool = False  # whether a rollback may name it


class Offer(Record):
    """A version that a target can be given."""

    version: str
    description: Value = ""
    is_current: bool = False


class LiveValues(Record):
    """The values of a release as text by dotted path, with secrets masked."""

    chart: str  # with its version, for people
    present: Mapping[str, str] | None  # those that were set; None: the API does not tell them
    defaults: Mapping[str, str] | None  # the chart's own; None: they cannot be read


Thing: TypeAlias = Literal[
    "application", "component", "instance", "cluster", "namespace", "release", "repository", "chart"
]


class Found(Record):
    """Something that a connection has; with `settings` it can be a target.

    `identity` tells it from others, by the names of the settings; where an API knows several
    names of one thing, all of them.
    """

    kind: Thing
    name: str
    place: str = ""  # where it stands, for people: an application, a cluster
    status: str = ""  # the vendor's word, or what is told in its place
    settings: dict[str, Json] | None = None
    identity: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Questions(NamedTuple):
    """What an API answers besides the status and history of a target, each by a flow.

    Where it lists no versions, those of its history are all that is known. `discover` lists what
    the connection has. `check` lets the API itself check what a plan would send, by a call that
    changes nothing; it returns whether there was anything to check.
    """

    versions: Callable[[Any], Flow[tuple[Offer, ...] | Denied]] | None = None
    values: Callable[[Any, tuple[PastStep, ...]], Flow[LiveValues | Denied]] | None = None
    discover: Callable[[], Flow[tuple[Found, ...]]] | None = None
    check: Callable[[Any, PlanDraft], Flow[bool]] | None = None


Planner: TypeAlias = Callable[[Any, Asked], Flow[PlanDraft | Denied]]  # the target, the question


class System(Protocol[TargetT_contra]):
    """One cloud API. Every method that talks is a flow; none does I/O.

    Flows that read are sent 2xx replies only; otherwise a `CloudError` is thrown into them.
    """

    spec: ClassVar[SystemSpec[Any]]
    planners: ClassVar[Mapping[Action, Planner]]  # one for each action that it has
    questions: ClassVar[Questions]

    def prepare(self, target: TargetT_contra, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the live state and say what the action would do, or why it cannot be done."""
        ...

    def submit(self, target: TargetT_contra, work: Work) -> Flow[RemoteTask | PrerequisiteSteps]:
        """Read what the call needs, then make the step's one mutating call as the last.

        Only a step after the first may give a detour, and only before its call. Where
        `work.declined` has "unsupported", the call takes its next form, or is refused before.

        Raises:
            UnreadableReplyError: it was accepted, but the answer names no remote task.
        """
        ...

    def watch(self, target: TargetT_contra, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Look at the remote task once."""
        ...

    def recover(self, target: TargetT_contra, sent: SentStep) -> Flow[Recovery]:
        """Read what the lost call may have started."""
        ...

    def status(self, target: TargetT_contra) -> Flow[StatusReport]:
        """Read the live state, for people."""
        ...

    def history(self, target: TargetT_contra) -> Flow[tuple[Entry, ...]]:
        """Read the cloud's history of the target, newest first."""
        ...

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error in the API's own form, or None where the body is not in it."""
        ...

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer to a call proves."""
        ...
