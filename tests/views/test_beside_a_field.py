"""What is said beside a field of a form: plain text, since Slack draws no marks there."""

from typing import Final

import pytest

from bot.core.codes import Code, Denied
from bot.core.codes.service import HeldByOperation
from bot.core.rules.freeze import FrozenByPerson
from bot.views.answers import beside_a_field
from bot.views.words import Language, Locale
from tests.views.samples import NOON

NAMES: Final = {"U0ANN": "Ann", "S0SRE": "@sre"}
HELD: Final = {"target": "flaky", "holder": "op-0000000001", "action": "rollback", "phase": "x"}
ESCAPED: Final = "a \u2039 b \uff06 *c* \u2039@U1\u203a"  # as nothing can be mistaken for a mark
SAID: Final[list[tuple[Code, str]]] = [
    (
        HeldByOperation.model_validate({**HELD, "by": "U0ANN", "since": NOON}),
        "flaky is locked by Ann with op-0000000001 (rollback) since 2026-11-20 12:00 UTC.",
    ),
    (
        HeldByOperation.model_validate({**HELD, "by": "U0EVE", "since": NOON}),
        "flaky is locked by somebody with op-0000000001 (rollback) since 2026-11-20 12:00 UTC.",
    ),
    (
        FrozenByPerson(scope="all", name="all", by="U0ANN", since=NOON, words="a < b & *c* <@U1>"),
        f"Ann has frozen all targets since 2026-11-20 12:00 UTC: {ESCAPED}.",
    ),
]


@pytest.mark.parametrize(("code", "words"), SAID)
def test_marks_are_words_at_a_field(code: Code, words: str) -> None:
    """Mentions are names, moments are dates, and people's words are escaped as everywhere."""
    assert beside_a_field(Denied.of(code), Locale(names=NAMES)).split("\n")[0] == words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_may_help_is_named(language: Language) -> None:
    """A group has its handle, a person a name; a command stands there without marks."""
    denied = Denied.of(SAID[1][0]).model_copy(update={"who": ("S0SRE", "U0ANN", "U0EVE")})
    told = beside_a_field(denied, Locale(language=language, names=NAMES))
    assert "@sre" in told
    assert "U0" not in told
    assert not set("<>`*") & set(told)
