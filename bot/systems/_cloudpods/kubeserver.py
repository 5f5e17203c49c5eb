"""How kubeserver is called, and what all its answers have in common.

One object is wrapped in its keyword; the vendor's older documents show it bare.

Source: https://github.com/yunionio/kubecomps/tree/master/pkg/kubeserver/api
"""

from typing import Annotated, Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator

from bot.core.errors import CloudError
from bot.core.flow import Call, Flow, Method, Reply
from bot.core.records import Json
from bot.systems._wire.replies import parse
from bot.systems._wire.text import Text, listed, message_in

ModelT = TypeVar("ModelT", bound=BaseModel)

SERVICE: Final = "k8s"
_BAD_ENDS: Final = "_fail"


class Failure(NamedTuple):
    """A task that failed, as the operation log has it; empty where it has none."""

    at: str = ""  # as it is written there
    words: str = ""


class _Note(BaseModel):
    action: Text = ""
    notes: Any = None
    ops_time: Text = ""


class _Notes(BaseModel):
    """The operation log of a thing, newest first."""

    events: Annotated[list[_Note], BeforeValidator(listed)]


def call(
    method: Method, where: str, body: Json = None, query: tuple[tuple[str, str], ...] = ()
) -> Call:
    """Return a call of kubeserver's."""
    return Call(method=method, service=SERVICE, path=where, body=body, query=query)


def wrapped(keyword: str, body: dict[str, Json]) -> Json:
    """Return *body* as kubeserver takes it."""
    return {keyword: body}


def unwrapped(keyword: str, body: Json) -> Json:
    """Return the object in *body*, whether it is wrapped or bare."""
    return body[keyword] if isinstance(body, dict) and keyword in body else body


def parse_one(model: type[ModelT], keyword: str, reply: Reply, doing: str) -> ModelT:
    """Return the one object that *reply* is about.

    Raises:
        UnreadableReplyError: it is not what the API promises.
    """
    body = unwrapped(keyword, reply.body)
    return parse(model, reply.model_copy(update={"body": body}), doing)


def read_failure(keyword: str, id_: str) -> Flow[Failure]:
    """Read which task about a thing failed last, from the operation log."""
    query = (("obj_type", keyword), ("obj_id", id_))
    try:
        reply = yield call("GET", "/events", query=query)
        notes = parse(_Notes, reply, "read the operation log")
    except CloudError:
        return Failure()
    told = [each for each in notes.events if each.action.endswith(_BAD_ENDS)]
    return Failure(told[0].ops_time, message_in(told[0].notes)) if told else Failure()
