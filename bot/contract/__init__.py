"""What every system promises, as checks that run on its own documented examples.

`CHECKS` are all of them. `slipway systems check NAME` runs them; the pytest plug-in `slipway` gives
them to tests, as the fixture `slipway_contract`.
"""

from bot.contract.answers import ANSWERS
from bot.contract.flows import FLOWS
from bot.contract.promises import BrokenPromiseError, Check

__all__ = ["CHECKS", "BrokenPromiseError", "Check"]

CHECKS: tuple[Check, ...] = tuple(Check.of(each) for each in (*FLOWS, *ANSWERS))
