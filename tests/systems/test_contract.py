"""What every system promises, by its own declarations and examples."""

from typing import Any

import pytest

from bot.contract import CHECKS, Check
from bot.core.system import System
from bot.systems import SYSTEMS, system


def test_every_name_is_there_once() -> None:
    """A name leads to one system, and an unknown one to none."""
    names = [each.spec.name for each in SYSTEMS]
    assert len(set(names)) == len(names)
    assert all(system(each.spec.name) is each for each in SYSTEMS)
    with pytest.raises(KeyError):
        system("no-such-system")


@pytest.mark.parametrize("check", CHECKS, ids=[each.name for each in CHECKS])
@pytest.mark.parametrize("system_", SYSTEMS, ids=[each.spec.name for each in SYSTEMS])
def test_a_system_keeps_the_contract(system_: System[Any], check: Check) -> None:
    """Each promise of `bot.contract` is kept by each system that is built in."""
    check(system_)


def test_each_promise_says_what_it_is() -> None:
    """A check's docstring is the rule it keeps, and what `slipway systems check` shows."""
    assert all(each.rule.endswith(".") for each in CHECKS)
    assert len({each.name for each in CHECKS}) == len(CHECKS)
