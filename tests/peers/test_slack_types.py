"""What people see has the shapes that Slack's own types give its blocks."""

import json
from typing import Any, Final

import pytest

from tests.peers.slack_compiler import UNTYPED, Compiler
from tests.peers.test_block_kit import actions, modal, payloads
from tests.sandbox.slack_blocks import button, field, mrkdwn, plain, section

MISSHAPEN: Final[dict[str, tuple[str, Any]]] = {
    "a member that nobody knows": ("message", [{**section(), "colour": "red"}]),
    "a block that nobody knows": ("message", [{"type": "banner", "text": plain("x")}]),
    "a button outside of a row": ("message", [button()]),
    "a button's style": ("message", [actions(button(style="quiet"))]),
    "a header with marks": ("message", [{"type": "header", "text": mrkdwn("x")}]),
    "words without their kind": ("message", [{"type": "section", "text": "x"}]),
    "a form without a title": ("modal", {"type": "modal", "blocks": [section()]}),
    "a form's title with marks": ("modal", modal(section(), title=mrkdwn("x"))),
    "a button as an input": ("modal", modal(field(element=button()))),
    "a title of a Home": ("home", {"type": "home", "blocks": [section()], "title": plain("x")}),
}


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    """Return Slack's types, installed once."""
    return Compiler(tmp_path_factory.mktemp("slack_types"))


def test_what_people_see_has_slack_s_own_shapes(compiler: Compiler) -> None:
    """Every message, form and Home that is kept as a golden file."""
    kept = {name: (surface, payload) for name, surface, payload in payloads()}
    assert compiler.complaints(kept) == {}
    shown = json.dumps([payload for _, payload in kept.values()])
    assert all(f'"type": "{kind}"' in shown for kind in UNTYPED)


def test_another_shape_is_refused(compiler: Compiler) -> None:
    """Each of them alone: a compiler that takes everything would say nothing above."""
    assert compiler.complaints(MISSHAPEN).keys() == MISSHAPEN.keys()
