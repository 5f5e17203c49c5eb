"""Any system, driven by its own documented answers: see `bot.contract.driving`."""

from typing import Any, Final

from bot.contract.driving import (
    NOW,
    asked,
    checking_flows,
    drafted,
    example,
    reading_flows,
    sent,
    target_of,
)
from bot.core.records import Action
from bot.core.system import System
from bot.systems import SYSTEMS

__all__ = [
    "NOW", "PLANNED", "asked", "checking_flows", "drafted", "example", "ids", "reading_flows",
    "sent", "target_of",
]  # fmt: skip

PLANNED: Final[list[tuple[System[Any], Action]]] = [
    (each, action) for each in SYSTEMS for action in sorted(each.spec.sample.asked)
]


def ids(value: object) -> str:
    """Names a parameter by what it is about."""
    return value.spec.name if hasattr(value, "spec") else str(value)
