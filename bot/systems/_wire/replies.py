"""Replies of any cloud API: their bodies as models, and their moments."""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.core.codes import Code
from bot.core.codes.systems import FieldUnreadable, TooDeep
from bot.core.errors import Cause, UnreadableReplyError
from bot.core.flow import Reply
from bot.systems._wire.text import plain

ModelT = TypeVar("ModelT", bound=BaseModel)


class UnfitError(ValueError):
    """What a model's own check of a field raises: the code says why it cannot be used."""

    def __init__(self, why: Code) -> None:
        super().__init__(why.key)
        self.why = why


def parse(model: type[ModelT], reply: Reply, doing: str) -> ModelT:
    """Return the body of *reply* as *model*.

    Raises:
        UnreadableReplyError: it is not what the API promises.
    """
    try:
        return model.model_validate(reply.body)
    except (ValidationError, RecursionError) as error:
        raise unreadable(doing=doing, why=_first_fault(error)) from error


def unreadable(*, doing: str, why: Cause) -> UnreadableReplyError:
    """Return the error for a 2xx whose content cannot be used."""
    return UnreadableReplyError(doing=doing, why=why)


def moment(text: str) -> datetime | None:
    """Return an ISO 8601 time with its zone; None where *text* is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _first_fault(error: ValidationError | RecursionError) -> Code:
    if isinstance(error, RecursionError):
        return TooDeep()
    fault = error.errors(include_input=False, include_url=False)[0]
    match fault.get("ctx"):
        case {"error": UnfitError(why=why)}:
            return why
        case _:
            pass
    place = ".".join(str(part) for part in fault["loc"])
    return FieldUnreadable(place=plain(place), fault=plain(fault["msg"]))
