"""How the values of `key=value` words are typed, and which versions there are."""

import pytest

from bot.core.codes import Denied
from bot.core.codes.values import ListInBraces, NoTag, SeveralInOne
from bot.core.records import Asked, Parameters
from bot.core.rules import Change
from bot.core.value_words import is_quoted, miswritten, quoted, unquoted
from bot.core.verbs import parse
from bot.systems import SYSTEMS
from tests.systems.contract import target_of
from tests.systems.scripts import run


def typed(words: str) -> Parameters:
    """The parameters of a deployment that is typed with *words*."""
    request = parse("deploy", f"search {words}")
    assert isinstance(request, Change), request
    return request.asked.parameters


def refused(words: str) -> Denied:
    """The refusal of such a deployment."""
    denied = parse("deploy", f"search {words}")
    assert isinstance(denied, Denied), denied
    return denied


def test_what_stands_in_quotes_is_text() -> None:
    """V23: the quotes are kept in mind, not in the value."""
    both = typed('1.1.0 a="58467965" b=58467965 c="true" d="two words" e="0.5" f="NULL"')
    assert both.values == {
        "a": "58467965",
        "b": "58467965",
        "c": "true",
        "d": "two words",
        "e": "0.5",
        "f": "NULL",
    }
    assert both.texts == ("a", "c", "e", "f")
    assert typed("a=\u201c7\u201d").texts == ("a",)


def test_quotes_are_put_on_and_taken_off() -> None:
    """A text that has only one of them is not quoted."""
    assert unquoted(quoted("x")) == "x"
    assert is_quoted(quoted(""))
    assert not any(map(is_quoted, ("", '"', 'x"', '"x', "x")))


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("a=1,b=2", SeveralInOne(word="a", instead="a=… b=…")),
        ("a.b=1,c[0].d=2,e=3", SeveralInOne(word="a.b", instead="a.b=… c[0].d=… e=…")),
        ("args={x,y}", ListInBraces(word="args", instead="args[0]=… args[1]=…")),
        ("args={x}", ListInBraces(word="args", instead="args[0]=…")),
    ],
)
def test_helms_ways_of_writing_are_refused_with_ours(word: str, code: SeveralInOne) -> None:
    """V24: nothing becomes one text in silence, and what was typed is not repeated."""
    assert refused(f"1.1.0 {word}") == Denied.of(code)


@pytest.mark.parametrize(
    "word", ['a="1,b=2"', 'args="{x,y}"', "hosts=a.com,b.com", "opts=-Dx=1,-Dy=2", "a={}", "a=x=y"]
)
def test_what_can_only_be_one_text_is_taken(word: str) -> None:
    """V24: quotes say that it is meant as one."""
    assert len(typed(word).values) == 1


def test_a_secret_is_not_repeated_in_a_refusal() -> None:
    """What is refused for its form may hold one all the same."""
    code = miswritten("a", "1,password=hunter2")
    assert code is not None
    assert "hunter2" not in repr(code)


@pytest.mark.parametrize("version", ["1.2.0+up1.1.0", "v1.0.0+build.7"])
def test_a_charts_version_may_have_a_plus(version: str) -> None:
    """V26: it is read, and left to the system."""
    assert typed(version).version == version


@pytest.mark.parametrize("name", ["servicestage-v3", "servicestage-v2"])
@pytest.mark.parametrize("action", ["deploy", "create"])
def test_an_images_tag_may_not(name: str, action: str) -> None:
    """V26: it is refused before anything is asked of the cloud."""
    [system] = [each for each in SYSTEMS if each.spec.name == name]
    asked = Asked.model_validate({"action": action, "parameters": {"version": "1.2.0+up1"}})
    driven = run(system.prepare(target_of(system), asked), [])
    assert driven.result == Denied.of(NoTag(version="1.2.0+up1"))
