"""A slipway.yaml of very many targets is read without anybody waiting for it."""

import time
from typing import Final

from tests.catalogue.files import TARGET, a_file, built

PROMISED: Final = 10_000 / 2  # targets a second, of a processor
SLOWER: Final = 5  # than the machine that it was promised for
MANY: Final = 2_000


def test_y24_ten_thousand_targets_are_read_in_two_seconds() -> None:
    """Y24: the time is the file's: a part of it takes its part of two seconds."""
    text = a_file()
    before, _, after = text.partition(TARGET)
    many = (
        TARGET.replace("checkout:\n", f"checkout-{number}:\n", 1).replace(
            "f3f6cb89", f"{number:08x}"
        )
        for number in range(MANY)
    )
    began = time.process_time()
    catalogue = built(before + "".join(many) + after)
    assert len(catalogue.targets) == MANY
    assert time.process_time() - began < MANY / PROMISED * SLOWER
