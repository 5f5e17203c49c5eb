"""However many faults slipway.yaml has, all are told, in time that grows as the file does."""

import gc
import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from bot.catalogue.build import build
from bot.catalogue.document import read_document
from bot.core.errors import ConfigurationError
from bot.core.system import System
from bot.systems import SYSTEMS
from tests.catalogue.files import KINDS

NAMED: Final[dict[str, System[Any]]] = {each.spec.name: each for each in SYSTEMS}
FEW: Final = 250
TIMES: Final = 8
PARTS: Final[dict[str, Callable[[int], list[str]]]] = {
    "keys that nobody knows": lambda count: [f"key{each}: 1" for each in range(count)],
    "keys that are there twice": lambda count: [
        "policies:",
        *(f"  p{each // 2}: {{}}" for each in range(count)),
    ],
    "variables without value": lambda count: [
        "connections:",
        *(f"  c{each}: {{kind: cloudpods, endpoints: '${{V{each}}}'}}" for each in range(count)),
    ],
    "names that are almost right": lambda count: [
        "policies:",
        *(f"  policy-{each}: {{}}" for each in range(count)),
        "targets:",
        *(f"  t{each}: {{policy: polici-{each}}}" for each in range(count)),
    ],
    "items of a list": lambda count: [
        "policies:",
        "  p:",
        "    request:",
        *(f"      - nobody-{each}" for each in range(count)),
    ],
    "values that are misread": lambda count: [
        *("targets:", "  t:", "    values:"),
        *(f"      key{each}: 12:30" for each in range(count)),
    ],
}


def seconds(text: str, least: int) -> float:
    """Return the time of the processor that it takes to find the faults of *text*.

    Without the collector, which would walk over all that other tests have left.
    """
    gc.disable()
    try:
        began = time.process_time()
        with pytest.raises(ConfigurationError) as caught:
            build(read_document(text, {}), NAMED, KINDS)
        took = time.process_time() - began
    finally:
        gc.enable()
    assert len(caught.value.faults) >= least
    return took


@pytest.mark.parametrize("part", PARTS)
def test_faults_take_time_as_the_file_does(part: str) -> None:
    """V71: eight times as many faults take about eight times as long, not sixty-four."""
    lines = PARTS[part]
    few = min(seconds("\n".join(lines(FEW)), FEW // 2) for _ in range(3))
    many = seconds("\n".join(lines(FEW * TIMES)), FEW * TIMES // 2)
    assert many < 2.5 * TIMES * max(few, 0.01)


def test_the_first_faults_are_told_with_what_may_have_been_meant() -> None:
    """A name that is almost right is told with the right one; of many names, some are listed."""
    text = "\n".join(PARTS["names that are almost right"](FEW))
    with pytest.raises(ConfigurationError) as caught:
        build(read_document(text, {}), NAMED, KINDS)
    told = [each for each in caught.value.faults if "no policy is called" in each]
    assert "did you mean 'policy-0'?" in told[0]
    assert told[-1].endswith("policy-18, policy-19 and 230 more")
