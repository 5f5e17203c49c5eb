"""What goes over the wire of every simulated service: requests, answers, refusals, routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol, TypeAlias, assert_never

from pydantic import BaseModel, ConfigDict, Field, JsonValue

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
    CCE = "cce"  # errorCode, errorMessage
    KUBERNETES = "kubernetes"  # a Status with code, reason and message, and CCE's two
    KEYSTONE = "keystone"  # an error with code, title and message


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
    changed_nothing: bool = False  # what would change something was only checked


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
        return Answer(status=self.status, body=self._body(request_id))

    def _body(self, request_id: str) -> JsonObject:
        match self.form:
            case ErrorForm.GATEWAY | ErrorForm.SERVICE:
                by_gateway = self.form is ErrorForm.GATEWAY
                known: JsonObject = {"request_id": request_id} if by_gateway else {}
                return {"error_code": self.code, "error_msg": self.text, **known}
            case ErrorForm.CCE:
                return {"errorCode": self.code, "errorMessage": self.text}
            case ErrorForm.KUBERNETES:
                return {
                    "kind": "Status",
                    "apiVersion": "v1",
                    "status": "Failure",
                    "code": self.status,
                    "reason": "Conflict" if self.status == HTTPStatus.CONFLICT else "",
                    "message": self.text,
                    "errorCode": self.code,
                    "errorMessage": self.text,
                }
            case ErrorForm.KEYSTONE:
                told: JsonObject = {"title": self.code, "message": self.text}
                return {"error": {"code": self.status, **told}}
            case _:
                assert_never(self.form)


def refused_by_gateway(status: int, code: str, text: str) -> RefusedError:
    """Return a refusal of the API gateway."""
    return RefusedError(status, code, text, ErrorForm.GATEWAY)


def refused_by_service(status: int, code: str, text: str) -> RefusedError:
    """Return a refusal of ServiceStage."""
    return RefusedError(status, code, text, ErrorForm.SERVICE)


class Refusing(Protocol):
    """Words the refusal of a request that cannot be read."""

    def __call__(self, *, why: str) -> RefusedError:
        """Return the refusal."""
        ...


def bad_request(*, why: str) -> RefusedError:
    """Return ServiceStage's refusal of a request that cannot be read."""
    return refused_by_service(400, "SVCSTG.00100400", why)


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
    """One call of a service: *path* has its names in braces, *query* lists the fields it knows.

    *bad_request* words the refusal of a query or body that cannot be read. A login is open to
    strangers, and changes nothing.
    """

    method: str
    path: str
    handle: Callable[[Call], Answer]
    query: frozenset[str] = frozenset()
    takes_body: bool = False
    bad_request: Refusing = bad_request
    is_login: bool = False

    @property
    def mutates(self) -> bool:
        """Whether the call changes something."""
        return self.method != "GET" and not self.is_login

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


class ReadyToken(Record):
    """A token that IAM is taken to have issued before; *expires_at* is in seconds since 1970."""

    token: str = Field(min_length=1, repr=False)
    name: str = "slipway"
    expires_at: float | None = None
