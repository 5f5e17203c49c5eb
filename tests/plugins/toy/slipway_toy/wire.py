"""What the API of toys sends, and how it is read."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, StringConstraints, ValidationError

from bot.core.codes.systems import FieldUnreadable
from bot.core.errors import UnreadableReplyError
from bot.core.flow import Call, Flow, path
from bot.core.records import Record

# An id stands in paths, so what is none never gets there.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class ToyTarget(Record):
    """The fields of a target in slipway.yaml."""

    toy_id: Id


class Toy(BaseModel):
    """A toy as the API tells of it."""

    version: str
    status: str
    last_job: Id


class Started(BaseModel):
    """The answer to a change."""

    job_id: Id


class Job(BaseModel):
    """A remote task."""

    status: str | int | None = None
    version: str = ""


Model = TypeVar("Model", bound=BaseModel)


def of_toy(target: ToyTarget) -> str:
    """Return where the toy is."""
    return path("/v1/{project_id}/toys/{toy}", toy=target.toy_id)


def read(model: type[Model], where: str) -> Flow[Model]:
    """Read what is at *where*."""
    call = Call(method="GET", service="toys", path=where)
    reply = yield call
    return parsed(model, reply.body, call)


def parsed(model: type[Model], body: object, call: Call) -> Model:
    """Return what the API answered.

    Raises:
        UnreadableReplyError: it is not what the API promises.
    """
    try:
        return model.model_validate(body)
    except (ValidationError, RecursionError) as error:
        why = FieldUnreadable(place="", fault=type(error).__name__)
        raise UnreadableReplyError(doing=call.name, why=why) from error
