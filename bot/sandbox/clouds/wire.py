"""What goes over the wire of every simulated service: requests, answers, refusals, routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]
Clock: TypeAlias = Callable[[], float]
"""Gives the time in seconds since 1970."""


class Record(BaseModel):
    """A frozen record without room for unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorForm(StrEnum):
    """How a body says what was wrong."""

    GATEWAY = "gateway"  # error_msg, error_code, request_id
    SERVICE = "service"  # error_code, error_msg


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came: path and query still escaped, header names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return the header *name*, or nothing said as an empty text."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True)
class Answer:
    """What a service answers."""

    status: int = 200
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request that the simulated cloud declines, in the vendor's form."""

    def __init__(self, status: int, code: str, text: str, form: ErrorForm) -> None:
        super().__init__(f"HTTP {status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text
        self.form = form

    def answer(self, request_id: str) -> Answer:
        """Word the refusal as the vendor does."""
        body: JsonObject = {"error_code": self.code, "error_msg": self.text}
        if self.form is ErrorForm.GATEWAY:
            body["request_id"] = request_id
        return Answer(status=self.status, body=body)


def refused_by_gateway(status: int, code: str, text: str) -> RefusedError:
    """Return a refusal of the API gateway."""
    return RefusedError(status, code, text, ErrorForm.GATEWAY)


def refused_by_service(status: int, code: str, text: str) -> RefusedError:
    """Return a refusal of ServiceStage."""
    return RefusedError(status, code, text, ErrorForm.SERVICE)


class Principal(Record):
    """Who asks, and in which project."""

    name: str
    project_id: str


@dataclass(frozen=True)
class Call:
    """A request that passed the gateway: known path, known caller, readable body.

    By a fault, *disguise* is the status that a job must pretend to have, and *hides_jobs* makes
    it seem gone.
    """

    at: float
    principal: Principal
    names: Mapping[str, str]
    query: Mapping[str, str]
    body: JsonObject | None
    disguise: str | None = None
    hides_jobs: bool = False


@dataclass(frozen=True)
class Route:
    """One call of a service: *path* has its names in braces, *query* lists the fields it knows."""

    method: str
    path: str
    handle: Callable[[Call], Answer]
    query: frozenset[str] = frozenset()
    takes_body: bool = False

    @property
    def mutates(self) -> bool:
        """Whether the call changes something."""
        return self.method != "GET"

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the names that *path* fills in, or nothing if it is another path."""
        mine, theirs = self.path.split("/"), path.split("/")
        if len(mine) != len(theirs):
            return None
        pairs = list(zip(mine, theirs, strict=True))
        if any(not _is_name(one) and one != other for one, other in pairs):
            return None
        return {one[1:-1]: other for one, other in pairs if _is_name(one)}


def _is_name(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
