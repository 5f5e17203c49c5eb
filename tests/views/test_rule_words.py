"""What `why` and `can` call a rule: each has words, in each language."""

import pytest

from bot.core.rules import RULES, decide
from bot.views.words import Language, Locale, said, say
from tests.core.rules.found import wish, world
from tests.core.rules.known import PEOPLE, POLICIES

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", [each.name for each in RULES])
def test_a_rule_has_words(rule: str, language: Language) -> None:
    """Nobody is shown the name of a module."""
    assert say(f"rule.{rule}", Locale(language=language))


TRIED = {  # by whoever has no right to it: as its button, or its command, calls it
    "deploy": "deploy",
    "rollback command": "roll back",
    "restart": "restart",
    "break glass": "break the glass",
    "approve": "approve",
    "reject": "reject",
    "cancel": "cancel",
    "roll back": "roll back",
    "hold": "keep Slipway from rolling back",
    "recover": "go on with",
    "again": "deploy",
}


@pytest.mark.parametrize("name", TRIED)
def test_a_refusal_says_what_was_tried(name: str) -> None:
    """Who pressed something reads of that, and not of the right behind it."""
    known = world("planned", person=PEOPLE["unlisted"], policy=POLICIES["people"])
    [found] = [each for each in decide(wish(name), known).findings if each.rule == "rights"]
    assert found.why is not None
    assert TRIED[name] in said(found.why, Locale()).says
