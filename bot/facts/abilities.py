"""What the system of a target can do."""

from typing import Any

from bot.core.rules import Abilities
from bot.core.system import System
from bot.core.target import Target
from bot.systems import system as system_named


def abilities(target: Target) -> Abilities:
    """Return what the system of *target* can do."""
    system: System[Any] = system_named(target.system)
    spec = system.spec
    return Abilities(
        title=spec.title,
        actions=spec.actions,
        takes_values=spec.takes_values,
        options=spec.options,
        cancels=spec.cancels,
        takes_json=spec.takes_json,
        strategies=spec.strategies,
        no_rollback=spec.no_rollback,
    )
