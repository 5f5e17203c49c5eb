"""Drives a flow by a script of answers, and keeps what it asked."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias, TypeVar

from bot.core.codes.systems import VendorSaid
from bot.core.errors import CloudError, CloudRefusedError, Verdict
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.records import Json

T = TypeVar("T")

Answer: TypeAlias = "Json | Reply | CloudError"


class Driven(NamedTuple):
    """What a flow returned, and every call that it made."""

    result: Any
    calls: list[Call]


def run(flow: Flow[Any], answers: Iterable[Answer]) -> Driven:
    """Answer the calls of *flow* in turn: a body for a 200, a whole reply, or an error."""
    left = iter(answers)
    return run_by(flow, lambda _call: next(left))


def run_by(flow: Flow[Any], answer: Callable[[Call], Answer]) -> Driven:
    """Answer each call of *flow* by *answer*."""
    calls: list[Call] = []

    def reply(call: Call) -> Reply:
        calls.append(call)
        given = answer(call)
        if isinstance(given, CloudError):
            raise given
        return given if isinstance(given, Reply) else Reply(status=200, body=given)

    return Driven(drive(flow, reply), calls)


def refused(status: int, verdict: Verdict = "not_found", code: str = "") -> CloudRefusedError:
    """An error as the cloud's client throws it into a flow."""
    return CloudRefusedError(
        doing="GET /somewhere",
        why=VendorSaid(words="as it is"),
        status=status,
        verdict=verdict,
        code=code,
    )
