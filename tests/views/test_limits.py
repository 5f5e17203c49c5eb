"""The check before sending: each limit of Slack's, at its edge."""

from collections.abc import Callable
from typing import Final

import pytest

from bot.core.records import Json
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.strictness import check_message
from bot.views.blocks import faults, section, sections
from bot.views.layout import Block
from tests.views.seen import texts


def mrkdwn(length: int) -> dict[str, Json]:
    """Return a text object of so many characters."""
    return {"type": "mrkdwn", "text": "x" * length}


def plain(length: int) -> dict[str, Json]:
    """Return a plain text object of so many characters."""
    return {"type": "plain_text", "text": "x" * length}


def fields(number: int, length: int) -> Block:
    """Return a section of fields."""
    return {"type": "section", "fields": [mrkdwn(length)] * number}


def context(number: int) -> Block:
    """Return a context of so many elements."""
    return {"type": "context", "elements": [mrkdwn(1)] * number}


def button(**changes: Json) -> Block:
    """Return a row of one button."""
    good: dict[str, Json] = {
        "type": "button",
        "text": plain(75),
        "action_id": "a" * 255,
        "value": "v" * 2_000,
        "accessibility_label": "l" * 75,
    }
    return {"type": "actions", "elements": [{**good, **changes}]}


def twice(row: Block) -> Block:
    """Return a row that has everything of *row* twice."""
    elements = row["elements"]
    assert isinstance(elements, list)
    return {**row, "elements": [*elements, *elements]}


def confirm(**changes: int) -> Block:
    """Return a row of one button that asks, its texts of these lengths."""
    lengths = {"title": 100, "text": 300, "confirm": 30, "deny": 30, **changes}
    return button(confirm={name: plain(length) for name, length in lengths.items()})


def row(number: int) -> Block:
    """Return a row of so many buttons."""
    elements: list[Json] = [
        {
            "type": "button",
            "text": plain(1),
            "action_id": f"a{index}",
            "value": "v",
            "accessibility_label": "l",
        }
        for index in range(number)
    ]
    return {"type": "actions", "elements": elements}


def many(number: int) -> list[Block]:
    """Return so many sections."""
    return [section("x", f"b{index}") for index in range(number)]


EDGES: Final[dict[str, Callable[[int], list[Block]]]] = {
    "3000 text of a section": lambda n: [{"type": "section", "text": mrkdwn(n)}],
    "10 fields": lambda n: [fields(n, 1)],
    "2000 text of a field": lambda n: [fields(1, n)],
    "10 elements of a context": lambda n: [context(n)],
    "25 buttons": lambda n: [row(n)],
    "75 text of a button": lambda n: [button(text=plain(n))],
    "2000 value of a button": lambda n: [button(value="v" * n)],
    "255 action id": lambda n: [button(action_id="a" * n)],
    "75 label of a button": lambda n: [button(accessibility_label="l" * n)],
    "100 title of a confirmation": lambda n: [confirm(title=n)],
    "300 text of a confirmation": lambda n: [confirm(text=n)],
    "30 confirm of a confirmation": lambda n: [confirm(confirm=n)],
    "30 deny of a confirmation": lambda n: [confirm(deny=n)],
    "50 blocks": many,
}


@pytest.mark.parametrize("edge", EDGES)
def test_a_limit_holds_at_its_edge(edge: str) -> None:
    """At the limit a message goes out, one beyond it is a fault; the simulated Slack agrees."""
    limit = int(edge.split(maxsplit=1)[0])
    good, bad = EDGES[edge](limit), EDGES[edge](limit + 1)

    assert faults(good) == ()
    check_message("text", good)
    assert len(faults(bad)) == 1
    with pytest.raises(RefusedError):
        check_message("text", bad)


WRONG: Final[dict[str, list[Block]]] = {
    "nothing": [],
    "unknown block": [{"type": "video", "text": plain(1)}],
    "input in a message": [{"type": "input", "label": plain(1)}],
    "empty text": [{"type": "section", "text": mrkdwn(0)}],
    "blank text": [{"type": "section", "text": {"type": "mrkdwn", "text": " \n"}}],
    "empty section": [{"type": "section"}],
    "no text object": [{"type": "section", "text": "x"}],
    "unknown text type": [{"type": "section", "text": {"type": "html", "text": "x"}}],
    "mrkdwn on a button": [button(text=mrkdwn(1))],
    "style of a button": [button(style="green")],
    "no button": [{"type": "actions", "elements": ["x"]}],
    "confirm no object": [button(confirm="sure?")],
    "same block id": [section("x", "same"), section("y", "same")],
    "same action id": [twice(button())],
    "too much in all": [section("x" * 2_700, f"b{index}") for index in range(5)],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_slack_would_refuse_is_a_fault(name: str) -> None:
    """Each wrong message has exactly one fault, in words."""
    (fault,) = faults(WRONG[name])

    assert fault


@pytest.mark.parametrize(
    "element",
    [None, "x", {"type": "number_input"}, {"type": "plain_text_input", "action_id": ""}],
)
def test_a_form_needs_a_text_input(element: Json) -> None:
    """An input without its element is refused, also where inputs may stand."""
    block: Block = {"type": "input", "label": plain(1), "element": element}

    assert len(faults([block], "modal")) == 1


def test_lines_are_packed_into_few_sections() -> None:
    """Lines are never torn between two sections unless one alone is too long."""
    packed = sections(["x" * 1_400] * 5, "slipway.lines")

    assert [len(text) for text in texts(packed)] == [2_801, 2_801, 1_400]
    assert [block["block_id"] for block in packed] == [
        "slipway.lines",
        "slipway.lines.2",
        "slipway.lines.3",
    ]
    assert faults(packed) == ()
