"""The protocol without I/O: a flow yields a `Call` and is sent the `Reply`."""

from collections.abc import Awaitable, Callable, Generator
from typing import Final, Literal, TypeAlias, TypeVar
from urllib.parse import quote

from pydantic import Field

from bot.core.errors import CloudError
from bot.core.records import Json, Record

T = TypeVar("T")

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

_UNRESERVED: Final = "-._~"  # RFC 3986; letters and digits are never quoted
_PROJECT: Final = "{project_id}"


class Call(Record):
    """One request to a cloud API; endpoint, project and credentials are the connection's matter."""

    method: Method
    service: str  # which of the connection's endpoints: "servicestage", "cce", "k8s"
    path: str  # begins with "/"; `{project_id}` is filled in from the connection
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None  # None: no body

    @property
    def mutates(self) -> bool:
        """Whether it changes anything there: such a call needs a permit and is sent once."""
        return self.method != "GET"

    @property
    def name(self) -> str:
        """How errors, cards and logs speak of it: without the project, never with a body."""
        return f"{self.method} {self.path.replace(_PROJECT, '…')}"


class Reply(Record):
    """An answer as it came; `body` is None where it was empty or not JSON."""

    status: int
    headers: dict[str, str] = Field(default_factory=dict)  # names in lower case
    body: Json = None
    text: str = ""  # of what is no JSON: the first 2,000 characters

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of status codes

    @property
    def request_id(self) -> str:
        """The vendor's id of the request, to quote in a ticket."""
        return self.headers.get("x-request-id", "")


Flow: TypeAlias = Generator[Call, Reply, T]


def path(template: str, **identifiers: str) -> str:
    """Fill *template* with percent-encoded identifiers; `{project_id}` is left standing.

    Raises:
        ValueError: an identifier is empty, or is a relative path segment.
    """
    for name, value in identifiers.items():
        if value in {"", ".", ".."}:
            msg = f"{name} cannot stand in a path: {value!r}"
            raise ValueError(msg)
    quoted = {name: encoded(value) for name, value in identifiers.items()}
    return template.format(project_id=_PROJECT, **quoted)


def query_text(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return *pairs* as they are sent, and signed: sorted, a blank as `%20`."""
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(pairs))


def encoded(text: str) -> str:
    """Return *text* percent-encoded, but for letters, digits and `-._~`."""
    return quote(text, safe=_UNRESERVED)


def drive(flow: Flow[T], answer: Callable[[Call], Reply]) -> T:
    """Run *flow* to its end, answering each call; a `CloudError` is thrown into the flow."""
    try:
        call = next(flow)
        while True:
            try:
                reply = answer(call)
            except CloudError as error:
                call = flow.throw(error)
            else:
                call = flow.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result


async def drive_async(flow: Flow[T], answer: Callable[[Call], Awaitable[Reply]]) -> T:
    """Run *flow* as `drive` does, awaiting each answer."""
    try:
        call = next(flow)
        while True:
            try:
                reply = await answer(call)
            except CloudError as error:
                call = flow.throw(error)
            else:
                call = flow.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result
