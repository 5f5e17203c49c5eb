"""Drives a flow by a script of answers, and keeps what it asked."""

from collections.abc import Iterable
from typing import Any

from bot.contract.driving import Answer, Driven, run_by
from bot.core.codes.systems import VendorSaid
from bot.core.errors import CloudRefusedError, Verdict
from bot.core.flow import Flow

__all__ = ["Answer", "Driven", "refused", "run", "run_by"]


def run(flow: Flow[Any], answers: Iterable[Answer]) -> Driven:
    """Answer the calls of *flow* in turn: a body for a 200, a whole reply, or an error."""
    left = iter(answers)
    return run_by(flow, lambda _call: next(left))


def refused(status: int, verdict: Verdict = "not_found", code: str = "") -> CloudRefusedError:
    """An error as the cloud's client throws it into a flow."""
    return CloudRefusedError(
        doing="GET /somewhere",
        why=VendorSaid(words="as it is"),
        status=status,
        verdict=verdict,
        code=code,
    )
