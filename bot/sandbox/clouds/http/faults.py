"""Faults on demand: what a test or the sandbox tells the cloud to do wrong, by a side channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias

from pydantic import Field, JsonValue

from bot.sandbox.clouds.http.wire import Answer, JsonObject, Record

When: TypeAlias = Literal["before", "after"]
Kind: TypeAlias = Literal[
    "answer",
    "drop",
    "hang",
    "truncated",
    "slow",
    "garbage",
    "html",
    "empty",
    "huge",
    "throttled",
    "later",
    "job_status",
    "vanished_job",
]
_AFTER: Final[frozenset[Kind]] = frozenset(
    {"truncated", "slow", "garbage", "html", "empty", "huge"}
)
_OF_JOBS: Final[frozenset[Kind]] = frozenset({"job_status", "vanished_job"})
JOB_READS: Final = "GET */jobs/*"


class Fault(Record):
    """One thing that goes wrong for the next *times* requests that match; always, if None.

    *match* is ``mutation``, ``any``, or a pattern over method and path such as ``GET */jobs/*``.
    Without it, faults of jobs befall whoever reads a job, all others befall mutations.

    | kind | what happens |
    |---|---|
    | answer | *status*, *headers* and *body*, or the bytes *raw* |
    | drop | the connection is reset, nothing is answered |
    | hang | no answer for *seconds*, then a reset |
    | truncated | the body ends short of its Content-Length; ``keep`` characters arrive |
    | slow | the body comes byte by byte, *seconds* apart |
    | garbage, html, empty, huge | the body is replaced; huge has *size* bytes |
    | throttled | 429 with APIGW.0308 and *retry_after*, not executed |
    | later | *status* now, executed *seconds* later |
    | job_status | the job pretends to have the *words* one after the other |
    | vanished_job | the job is not found |

    *when* says whether that comes instead of the execution or after it. Without it, answer, drop
    and hang come before, the kinds that spoil a body after. *then* is armed once it is used up.
    """

    kind: Kind
    match: str | None = None
    times: int | None = Field(default=1, ge=1)
    when: When | None = None
    status: int = 502
    body: JsonValue = None
    raw: bytes | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    seconds: float = Field(default=60.0, ge=0)
    retry_after: str | None = None
    limit: int = 10
    size: int = Field(default=8_000_000, ge=0)
    keep: int = Field(default=10, ge=0)
    words: tuple[str, ...] = ("PARTIAL_WAITING",)
    then: "Fault | None" = None

    @property
    def executes(self) -> bool:
        """Whether the request takes effect before the fault shows."""
        if self.kind in _OF_JOBS:
            return True
        if self.kind in {"throttled", "later"}:
            return False
        return self.kind in _AFTER if self.when is None else self.when == "after"

    @property
    def is_silent(self) -> bool:
        """Whether the client gets no answer at all."""
        return self.kind in {"drop", "hang"}

    def hits(self, method: str, path: str, *, mutates: bool) -> bool:
        """Whether a request is one of those that the fault is for."""
        match self.match or (JOB_READS if self.kind in _OF_JOBS else "mutation"):
            case "mutation":
                return mutates
            case "any":
                return True
            case pattern:
                return fnmatchcase(f"{method} {path}", pattern)

    def answer(self, request_id: str) -> Answer:
        """Return what is answered instead of executing."""
        if self.kind == "throttled":
            return _throttled(self.limit, self.retry_after, request_id)
        if self.kind in _AFTER:
            return Answer(status=200, body={})
        return Answer(status=self.status, body=self.body, headers=self.headers)


@dataclass
class Armed:
    """A fault that waits for its requests, in one cloud or in several: then for all of them."""

    fault: Fault
    hits: int = 0
    is_taken_back: bool = False

    @property
    def spent(self) -> bool:
        """Whether nothing more comes of it."""
        is_used_up = self.fault.times is not None and self.hits >= self.fault.times
        return self.is_taken_back or is_used_up


@dataclass(frozen=True)
class Hit:
    """A fault that befalls a request, for the *nth* time, counted from 0."""

    fault: Fault
    nth: int

    @property
    def disguise(self) -> str | None:
        """The status that a job must pretend to have, if this is such a fault."""
        if self.fault.kind != "job_status":
            return None
        return self.fault.words[self.nth % len(self.fault.words)]

    @property
    def hides_jobs(self) -> bool:
        """Whether the job must seem gone."""
        return self.fault.kind == "vanished_job"


@dataclass
class Faults:
    """The faults that wait for their requests, first come first served."""

    _armed: list[Armed] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Arm *fault*."""
        self.arm(Armed(fault))

    def arm(self, armed: Armed) -> None:
        """Arm what may be armed elsewhere, too, and can be taken back."""
        self._armed.append(armed)

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not been used up."""
        return tuple(armed.fault for armed in self._armed if not armed.spent)

    def take(self, method: str, path: str, *, mutates: bool) -> Hit | None:
        """Return the fault that befalls this request, and count it."""
        for armed in list(self._armed):
            if not armed.spent and armed.fault.hits(method, path, mutates=mutates):
                return self._befall(armed)
        return None

    def _befall(self, armed: Armed) -> Hit:
        armed.hits += 1
        if armed.spent and armed.fault.then is not None:
            self.add(armed.fault.then)
        return Hit(armed.fault, armed.hits - 1)


def _throttled(limit: int, retry_after: str | None, request_id: str) -> Answer:
    headers: Mapping[str, str] = {} if retry_after is None else {"Retry-After": retry_after}
    body: JsonObject = {
        "error_msg": "The throttling threshold has been reached: policy user over ratelimit,"
        f"limit:{limit},time:1 minute",
        "error_code": "APIGW.0308",
        "request_id": request_id,
    }
    return Answer(status=429, body=body, headers=headers)
