"""Whatever the data hold: no mention, no link and no oversize message comes of them."""

import re
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.operation import Failed, RecoveryOption
from bot.core.plan import PlannedStep
from bot.sandbox.slack.strictness import check_message
from bot.views.answers import answer
from bot.views.blocks import card_blocks, faults, line_blocks
from bot.views.card import card
from bot.views.layout import Block
from bot.views.text import fallback_text
from bot.views.thread import reply
from tests.core.builders import foreign
from tests.views.hostile import NASTY, TEXTS, infested
from tests.views.samples import (
    EN,
    EVENTS,
    FACTS,
    ROWS,
    STORIES,
    offering,
    told,
)
from tests.views.seen import texts
from tests.views.test_answers import OUTCOMES

_PEOPLE: Final = {"U0ANN", "U0SUE", "S0SRE"}
_OURS: Final = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)>|<!subteam\^(?P<group>S[A-Z0-9]+)>"
    r"|<#C0DEPLOYS>|\A> |<!date\^[0-9]+\^[{}_a-z ]+\|[0-9TZ:-]+>"
)


def check(text: str, blocks: Sequence[Block]) -> None:
    """Assert that a message is legal, and holds no marks but ours."""
    assert text.strip()
    assert faults(blocks) == ()
    check_message(text, list(blocks))
    for words in (text, *texts(blocks)):
        mentioned = {found["user"] or found["group"] for found in _OURS.finditer(words)}
        assert mentioned <= {*_PEOPLE, None}
        assert not set(_OURS.sub("", words)) & set("<>")


@given(st.sampled_from(sorted(STORIES)), TEXTS)
def test_no_card_carries_a_foreign_mark(story: str, foreign: list[str]) -> None:
    """A card is legal and ours whatever people and vendors wrote."""
    facts = FACTS.model_copy(update={"title": foreign[0], "no_rollback_reason": foreign[-1]})
    operation = infested(told(story), foreign)
    drawn = card(operation, offering(operation, facts), EN)

    check(drawn.text, card_blocks(drawn))


@given(st.sampled_from(sorted(EVENTS)), TEXTS)
def test_no_reply_carries_a_foreign_mark(kind: str, foreign: list[str]) -> None:
    """A reply is legal and ours, or is left out."""
    operation, event = EVENTS[kind]
    line = reply(infested(operation, foreign), infested(event, foreign), EN)

    if line is not None:
        check(line.text, line_blocks(line))


@given(st.sampled_from(sorted(OUTCOMES)), TEXTS)
def test_no_answer_carries_a_foreign_mark(name: str, foreign: list[str]) -> None:
    """An answer is legal and ours whatever was typed."""
    message = answer(infested(OUTCOMES[name], foreign), EN)

    check(message.text, message.blocks)


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("story", STORIES)
def test_no_card_grows_beyond_slacks_limits(story: str, nasty: str) -> None:
    """A hundred steps, rows, changes and approvals, all of the longest, make a legal card."""
    operation = infested(told(story), [nasty])
    plan = operation.plan.model_copy(
        update={
            "steps": operation.plan.steps + (PlannedStep(name=nasty),) * 98,
            "changes": operation.plan.changes * 100,
        }
    )
    of_others = foreign(nasty)
    rows = tuple(infested(row, [nasty]) for row in ROWS) * 100
    steps = tuple(
        step.model_copy(update={"tasks": rows, "notes": (of_others,) * 100})
        for step in operation.steps
    )
    approvals = operation.approvals * 100
    crowd = {"plan": plan, "steps": steps * 50, "approvals": approvals}
    if isinstance(operation.phase, Failed):
        crowd["phase"] = operation.phase.model_copy(update={"ways": _many_ways(nasty)})
    crowded = operation.model_copy(update=crowd)
    drawn = card(crowded, offering(crowded), EN)

    check(drawn.text, card_blocks(drawn))


def _many_ways(nasty: str) -> tuple[RecoveryOption, ...]:
    label = (nasty * 75)[:75]
    return tuple(
        RecoveryOption(
            name=f"{number:a>40}"[-40:],
            label=foreign(label),
            explanation=foreign(nasty),
            is_dangerous=True,
        )
        for number in range(100)
    )


@given(st.text(alphabet="<@U1>&;ab!^|{} ", max_size=200), st.integers(20, 100))
def test_a_fallback_fits(text: str, most: int) -> None:
    """The text that is sent alone is never empty and never too long."""
    assert 1 <= len(fallback_text(text, most)) <= most
