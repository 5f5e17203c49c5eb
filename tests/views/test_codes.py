"""Every code has words, and the words ask for no more than the code tells."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from string import Formatter
from typing import Any, Final

import pytest

import bot
from bot.core.codes import Code
from bot.core.codes.systems import LABELS, Contradicted, Differs
from bot.core.verbs import SLASH
from bot.views.words import Locale, label, said
from bot.views.words.en import ENGLISH
from bot.views.words.template import Template
from bot.views.words.zh import CHINESE


def all_codes() -> list[type[Code]]:
    """Every class of codes that the product defines."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if "codes" in module.name:
            import_module(module.name)
    return sorted(
        (each for each in below(Code) if "key" in vars(each)), key=lambda each: each.__name__
    )


def below(base: type[Code]) -> Iterator[type[Code]]:
    """All classes derived from *base*."""
    for each in base.__subclasses__():
        if each.__module__.startswith("bot."):
            yield each
        yield from below(each)


CODES: Final = all_codes()
REFUSALS: Final = frozenset(
    {
        *("no_change", "usage", "in_progress", "not_creatable", "no_previous_revision"),
        *("no_such_version", "no_such_revision", "not_found", "not_deployable"),
        *("values_unknown", "no_such_chart", "no_repository", "ambiguous", "unsupported_action"),
    }
)
ALWAYS_NAMED: Final = frozenset(  # the opener is, and under broken glass nobody is asked
    {"not_allowed.incident_close", "approvals_missing.passed_over"}
)


class Everything(dict[str, Any]):
    """Parameters that are asked about: which were, and each of them is *value*."""

    def __init__(self, names: set[str], value: Any) -> None:
        super().__init__(dict.fromkeys(names, value))


def placeholders(template: Template, names: set[str]) -> set[str]:
    """The parameters that a template asks for, whether they are there or empty."""
    found = set[str]()
    for value in ("1", "", None, 0, 1, ("a",), False, True):
        text = template if isinstance(template, str) else template(Everything(names, value))
        found |= {name for _, name, _, _ in Formatter().parse(text) if name}
    return {name for name in found if not name.startswith("/")}


def test_no_key_stands_for_two_things() -> None:
    """A key leads to one class, and so to one set of parameters."""
    keys = [each.key for each in CODES]
    assert len(set(keys)) == len(keys)


def test_a_code_has_words() -> None:
    """English says every code, with nothing but the parameters that it has."""
    for code in CODES:
        words = ENGLISH[code.key]
        names = set(code.model_fields)
        assert placeholders(words.says, names) <= names, code.key
        for template in words[1:]:
            assert placeholders(template, names) <= names, code.key


def test_what_helps_elsewhere_is_said_in_both_languages() -> None:
    """Where English has words of its own for a form, or for nobody listed, Chinese has them."""
    for code in CODES:
        english, chinese = ENGLISH[code.key], CHINESE[code.key]
        assert bool(english.in_form) == bool(chinese.in_form), code.key
        assert bool(english.alone) == bool(chinese.alone), code.key


def test_whom_to_ask_is_not_said_where_nobody_is_listed() -> None:
    """To ask one of them needs somebody who is named beside it."""
    asks = [key for key, words in ENGLISH.items() if str(words.remedy).startswith("Ask one of")]
    assert [key for key in asks if not ENGLISH[key].alone and key not in ALWAYS_NAMED] == []


def test_no_words_are_left_over() -> None:
    """English says nothing that no code is for."""
    labels = {f"label.{name}" for name in LABELS}
    menu = {f"manifest.{name}" for name in SLASH}
    assert set(ENGLISH) == {each.key for each in CODES} | labels | menu


@pytest.mark.parametrize("name", sorted(LABELS))
def test_a_label_has_words(name: str) -> None:
    """What a fact is called is said in words, with the name of its thing if it has one."""
    assert label(name, Locale())
    assert label(f"{name}:web-1", Locale()).endswith(" web-1")


def test_a_foreign_name_is_no_label() -> None:
    """What a vendor calls a value stays as it is, escaped."""
    assert label("image.<tag>", Locale()) == "image.&lt;tag&gt;"


def test_a_refusal_says_what_helps() -> None:
    """What begins with a code of refusals has a remedy beside its sentence."""
    refusals = [each.key for each in CODES if each.key.partition(".")[0] in REFUSALS]
    assert [key for key in refusals if not ENGLISH[key].remedy] == []


def test_a_reason_in_a_reason_is_said_inside_the_sentence() -> None:
    """A code may have another one among its parameters."""
    inner = Differs(what="version", theirs="1.3.<0>", ours="1.4.0").reason
    words = said(Contradicted(task="JOB1", by=inner).reason, Locale())
    assert words.says == "Job JOB1 is new, but its version is 1.3.&lt;0&gt;, not 1.4.0."
