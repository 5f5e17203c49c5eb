"""The toy keeps Slipway's contract."""

from collections.abc import Callable
from typing import Any

from slipway_toy import SYSTEM


def test_it_keeps_the_contract(slipway_contract: Callable[[Any], None]) -> None:
    """Slipway's pytest plug-in runs this once for each promise."""
    slipway_contract(SYSTEM)
