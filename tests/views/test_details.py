"""Details: what an approval is given for can be read to its last letter."""

from typing import Any, Final

import pytest

from bot.core.operation import Operation
from bot.core.plan import Change
from bot.core.records import Parameters
from bot.core.rules.readable import MOST
from bot.views.blocks import faults
from bot.views.details import details
from tests.views.conftest import Golden
from tests.views.samples import EN, STORIES, told

TAG: Final = "1." + "4" * 120


def shown(operation: Operation) -> str:
    """Return every letter of the view, as it is read."""
    view: dict[str, Any] = details(operation, EN)
    assert faults(view["blocks"], "modal") == ()
    words = "\n".join(block["text"]["text"] for block in view["blocks"])
    return words.replace("`\n`", "")


def planned(**changes: Any) -> Operation:
    """Return an operation that waits for approval, its plan with *changes*."""
    operation = told("awaiting_approval")
    return operation.model_copy(update={"plan": operation.plan.model_copy(update=changes)})


@pytest.mark.parametrize("story", STORIES)
def test_each_phase_has_its_details(story: str, golden: Golden) -> None:
    """The view changes only on purpose, and is one that Slack takes."""
    view: dict[str, Any] = details(told(story), EN)
    assert faults(view["blocks"], "modal") == ()
    golden(f"details/{story}", view)


def test_every_word_of_a_command_can_be_read() -> None:
    """V4: thirteen `key=value` words, one of which stops the service."""
    values = {f"a.key{number}": f"value-{number}" for number in range(12)}
    parameters = Parameters(version="1.4.0", values={**values, "zz.replicas": "0"})
    seen = shown(told("awaiting_approval").model_copy(update={"parameters": parameters}))
    for key, value in parameters.values.items():
        assert f"`{key}`: `{value}`" in seen


def test_what_differs_at_its_end_only_can_be_told_apart() -> None:
    """V4: two image tags of 120 characters, whose last one differs."""
    change = Change(name="image tag", before=f"{TAG}8", after=f"{TAG}9")
    seen = shown(planned(changes=(change,)))
    assert f"`{TAG}8`" in seen
    assert f"`{TAG}9`" in seen


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a  b", r'"a \u0020b"'),
        ("a\nb", r'"a\nb"'),
        ("x" * 5_000, "x" * 5_000),
        ("<&>" * 400, "&lt;&amp;&gt;" * 400),
        ("\u202eabc", r'"\u202eabc"'),
        ("é" * 900, "é" * 900),
    ],
)
def test_no_letter_is_lost(value: str, read: str) -> None:
    """Long values are shown as they are; what a line cannot show, as JSON writes it."""
    assert f"`{read}`" in shown(planned(changes=(Change(name="note", before="", after=value),)))


def test_the_largest_plan_that_is_approved_fits_into_the_view() -> None:
    """What is longer is refused before it is approved; what is not is shown whole."""
    rows = tuple(
        Change(name=f"key{number}", before="", after=f"{number}-" + "y" * 470)
        for number in range(240)
    )
    largest = planned(changes=rows)
    assert MOST * 0.9 < largest.plan.length <= MOST
    seen = shown(largest)
    assert all(str(row.after) in seen for row in rows)
