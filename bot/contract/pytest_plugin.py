"""The contract as a pytest plug-in: a test that takes `slipway_contract` runs once for each check.

def test_my_system_keeps_the_contract(slipway_contract):
slipway_contract(SYSTEM)
"""

from typing import Any, Final

from bot.contract import CHECKS

FIXTURE: Final = "slipway_contract"


def pytest_generate_tests(metafunc: Any) -> None:
    """Give a test that asks for it every check in turn."""
    if FIXTURE in metafunc.fixturenames:
        metafunc.parametrize(FIXTURE, CHECKS, ids=[each.name for each in CHECKS])
