"""The peer that reads Block Kit: it takes what is shown, and bites."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.strictness import check_message
from tests.peers.block_kit import UNKNOWN, complaints, options_complaints
from tests.sandbox.slack_blocks import button, chart, field, mrkdwn, plain, section

GOLDEN: Final = Path(__file__).parents[1] / "views" / "golden"
OPTION: Final = {"text": plain("1.4.0"), "value": "1.4.0"}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def modal(*blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a form that has a button to send it."""
    known = {"type": "modal", "title": plain("Deploy"), "submit": plain("Deploy")}
    return {**known, "blocks": list(blocks), **changes}


def select(**changes: Any) -> dict[str, Any]:
    """Return an input with one select."""
    return field(element={"type": "static_select", "action_id": "a", **changes})


def row(cells: int) -> list[dict[str, str]]:
    """Return a row of a table."""
    return [{"type": "raw_text", "text": "a"}] * cells


ILLEGAL: Final[dict[str, tuple[str, Any]]] = {
    "more blocks than a message has": ("message", [section()] * 51),
    "a section that is too long": ("message", [section("x" * 3_001)]),
    "a section without words": ("message", [section("")]),
    "a header with marks": ("message", [{"type": "header", "text": mrkdwn("x")}]),
    "a header that is too long": ("message", [{"type": "header", "text": plain("x" * 151)}]),
    "a member that nobody knows": ("message", [{**section(), "colour": "red"}]),
    "a block that nobody knows": ("message", [{"type": "banner", "text": plain("x")}]),
    "a button outside of a row": ("message", [button()]),
    "more buttons than a row has": ("message", [actions(*[button()] * 26)]),
    "a button's words": ("message", [actions(button(text=plain("x" * 76)))]),
    "a button's value": ("message", [actions(button(value="x" * 2_001))]),
    "a button's name": ("message", [actions(button(accessibility_label="x" * 76))]),
    "small words": ("message", [{"type": "context", "elements": [mrkdwn("x")] * 11}]),
    "a button in small words": ("message", [{"type": "context", "elements": [button()]}]),
    "a table with too many rows": ("message", [{"type": "table", "rows": [row(1)] * 101}]),
    "a table with too many columns": ("message", [{"type": "table", "rows": [row(21)]}]),
    "three charts": ("message", [chart()] * 3),
    "a chart with a point too few": ("message", [chart(labels=("Mon", "Tue"))]),
    "a chart's title": ("message", [{**chart(), "title": "x" * 51}]),
    "an identity": ("message", [{**section(), "block_id": "x" * 256}]),
    "a form that cannot be sent": ("modal", {**modal(field()), "submit": None}),
    "a form's title": ("modal", modal(section(), title=plain("x" * 25))),
    "what a form carries": ("modal", modal(section(), private_metadata="x" * 3_001)),
    "more blocks than a form has": ("modal", modal(*[section()] * 101)),
    "a table in a form": ("modal", modal({"type": "table", "rows": [row(1)]})),
    "a chart in a form": ("modal", modal(chart())),
    "an option's words": (
        "modal",
        modal(select(options=[{**OPTION, "text": plain("x" * 76)}])),
    ),
    "an option's value": ("modal", modal(select(options=[{**OPTION, "value": "x" * 151}]))),
    "too many options": ("modal", modal(select(options=[OPTION] * 101))),
    "a button as an input": ("modal", modal(field(element=button()))),
    "more blocks than a Home has": ("home", {"type": "home", "blocks": [section()] * 101}),
    "a title of a Home": ("home", {"type": "home", "blocks": [section()], "title": plain("x")}),
}

# What the peer lets pass; the simulated Slack alone holds it (`tests/sandbox`).
LENIENT: Final[dict[str, Any]] = {
    "a button's style": [actions(button(style="quiet"))],
    "one name twice": [{**section(), "block_id": "a"}] * 2,
    "too many words in a table": [
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a" * 9}] * 20] * 100}
    ],
}


def payloads() -> Iterator[tuple[str, str, Any]]:
    """Yield name, surface and payload of each golden file that has blocks."""
    for file in sorted(GOLDEN.rglob("*.json")):
        kept, name = json.loads(file.read_text("utf-8")), f"{file.parent.name}/{file.stem}"
        if isinstance(kept, list):
            yield name, "home", {"type": "home", "blocks": kept}
        elif isinstance(kept, dict) and kept.get("type") == "modal":
            yield name, "modal", kept
        elif isinstance(kept, dict) and kept.get("blocks"):
            yield name, "message", kept["blocks"]


def test_what_people_see_is_legal_for_somebody_else_too() -> None:
    """Every message, form and Home that is kept as a golden file."""
    found = {name: complaints(kept, surface) for name, surface, kept in payloads()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert {name.split("/")[0] for name in found} == {each.name for each in GOLDEN.iterdir()}


def test_what_pickers_offer_is_legal_for_somebody_else_too() -> None:
    """Pickers are answered with options alone."""
    kept = json.loads((GOLDEN / "forms" / "options.json").read_text("utf-8"))
    assert options_complaints(kept["options"]) == []
    assert options_complaints([OPTION] * 101)


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_slack_would_refuse_is_refused(name: str) -> None:
    """A limit that the peer did not know would be held by nobody but us."""
    surface, illegal = ILLEGAL[name]
    assert complaints(illegal, surface), name


@pytest.mark.parametrize("name", LENIENT)
def test_what_the_peer_lets_pass_is_known(name: str) -> None:
    """When a newer one learns it, its line moves up; until then one judge alone refuses it."""
    assert complaints(LENIENT[name], "message") == []
    with pytest.raises(RefusedError):
        check_message("said", LENIENT[name])


def test_what_the_peer_does_not_know_is_shown() -> None:
    """What is passed over is named with its reason, and nothing is named that nobody is shown."""
    shown = json.dumps([kept for _, _, kept in payloads()])
    assert all(f'"type": "{kind}"' in shown for kind in UNKNOWN)
