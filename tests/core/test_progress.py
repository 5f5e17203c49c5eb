"""How far a step has come."""

from typing import Any, Final

import pytest

from bot.core.codes import Reason
from bot.core.progress import counted, percent, quarter

TOLD: Final[dict[str, tuple[dict[str, Any], int | None, int | None, int]]] = {
    # what is told: the vendor's percentage, what is counted, and the quarter that is passed
    "a percentage": ({"progress": "71"}, 71, None, 50),
    "the whole": ({"progress": "100"}, 100, None, 0),
    "more than the whole": ({"progress": "4711"}, 100, None, 0),
    "no number": ({"progress": "Running"}, None, None, 0),
    "another script": ({"progress": "\u0663"}, None, None, 0),
    "nothing": ({"progress": ""}, None, None, 0),
    "a part": ({"done": 1, "total": 4}, None, 25, 25),
    "none of it": ({"done": 0, "total": 4}, None, 0, 0),
    "a total of none": ({"done": 0, "total": 0}, None, None, 0),
    "no total": ({"done": 3, "total": None}, None, None, 0),
    "both": ({"progress": "10", "done": 3, "total": 4}, 10, 75, 0),
}


@pytest.mark.parametrize("told", TOLD)
def test_what_is_told_is_read(told: str) -> None:
    """The vendor's percentage goes first; what is none is not guessed."""
    params, share, part, passed = TOLD[told]
    detail = Reason(key="task.step", params=params)
    assert (percent(detail), counted(detail), quarter(detail)) == (share, part, passed)


def test_foreign_words_tell_nothing() -> None:
    """No number is read out of a sentence."""
    assert (percent("71 %"), counted("3 of 4"), quarter(None)) == (None, None, 0)
