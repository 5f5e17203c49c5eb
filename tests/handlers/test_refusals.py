"""What the edge itself refuses, worded with the commands as this workspace has them."""

import re
from collections.abc import Callable
from typing import Final

import pytest

from handlers.submissions import FormContext
from tests.handlers.workspace import BOB, CARD, FIRST, JSON, OPS, Workspace, an_operation

FORM: Final = {
    "callback_id": "slipway.reject_reason",
    "private_metadata": FormContext(
        value=f"{FIRST}:1:52ddc814e000", channel=OPS, opener=BOB, delivery="7.176.abcdef"
    ).model_dump_json(),
}
UNPREFIXED: Final = re.compile(r"(?<![\w-])/(deploy|upgrade|rollback|ops)\b")


def _answered(here: Workspace, name: str, **other: str) -> str:
    return str(here.command(name, "checkout 1", **other).json()["text"])


def _whispered(here: Workspace, action_id: str, *, value: str = f"{FIRST}:1:52ddc814e000") -> str:
    here.press(action_id, value)
    [(_, _, text)] = here.service.whispers
    return text


def _broken(here: Workspace) -> Workspace:
    here.service.is_wrong = True
    return here


def _at_the_field(here: Workspace) -> str:
    answer = here.post(here.submission(FORM, "no")).json()
    return str(answer["errors"]["slipway.reason"])


def _mentioned(here: Workspace) -> str:
    here.post(here.mention("<@U0BOT> status", thread=CARD), label=JSON)
    [(_, _, text)] = here.service.whispers
    return text


NAMING: Final[dict[str, tuple[Callable[[Workspace], str], str]]] = {
    "an unknown command": (lambda here: _answered(here, "/ops"), "/ship-ops help"),
    "an unreadable command": (
        lambda here: _answered(here, "/ship-ops", user_id="admin"),
        "/ship-ops status",
    ),
    "a fault of ours at a command": (
        lambda here: _answered(_broken(here), "/ship-ops"),
        "/ship-ops status",
    ),
    "an unreadable press": (
        lambda here: _whispered(here, "slipway.approve", value=""),
        "/ship-ops status",
    ),
    "a fault of ours at a press": (
        lambda here: _whispered(_broken(here), "slipway.approve"),
        "/ship-ops status",
    ),
    "a fault of ours at a form": (lambda here: _at_the_field(_broken(here)), "/ship-ops status"),
    "a fault of ours at a mention": (lambda here: _mentioned(_broken(here)), "/ship-ops status"),
}


@pytest.mark.parametrize(("refused", "named"), NAMING.values(), ids=NAMING)
def test_commands_are_named_as_they_are_called_here(
    refused: Callable[[Workspace], str], named: str
) -> None:
    """Where the commands have a prefix, no refusal sends people to another app's command."""
    here = Workspace(prefix="ship-")
    here.service.operations[FIRST] = an_operation(FIRST)

    text = refused(here)

    assert named in text
    assert not UNPREFIXED.search(text)
