"""Values of releases: what is set, what is masked, and what is made whole again."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import Code
from bot.core.keys import key_text, parse_key
from bot.core.records import Json
from bot.core.secrecy import MASK
from bot.systems._helm.codes import (
    KeyMisfit,
    KeyUnreadable,
    SetTwice,
    ValuesUnknown,
)
from bot.systems._helm.masks import leaves
from bot.systems._helm.values import (
    ValuesError,
    is_masked,
    masked,
    merged,
    overlay,
    typed,
    with_secrets,
)
from tests.systems.helm_scripts import NAMES, SECRET, TREES

DEEP: Final = ".".join("a" * 31)


KEYS: Final = st.lists(st.one_of(NAMES, st.integers(0, 9)), min_size=1, max_size=5).filter(
    lambda parts: isinstance(parts[0], str)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("0", 0),
        ("42", 42),
        ("-7", -7),
        ("007", "007"),
        ("1.5", "1.5"),
        ("3.5.8", "3.5.8"),
        ("", ""),
        ("-", "-"),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", "9223372036854775808"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("a=b", "a=b"),
    ],
)
def test_a_word_is_typed_as_helm_does(text: str, value: Json) -> None:
    """true, false, null and whole numbers of 64 bits are that; all else is text."""
    assert typed(text) == value
    assert type(typed(text)) is type(value)


@pytest.mark.parametrize(
    ("base", "words", "whole"),
    [
        ({}, {"image.tag": "3.5.8"}, {"image": {"tag": "3.5.8"}}),
        ({"image": {"name": "x"}}, {"image.uid": "1"}, {"image": {"name": "x", "uid": 1}}),
        ({"a": None}, {"a.b": "x"}, {"a": {"b": "x"}}),
        ({"a": [{"b": 1}, 2]}, {"a[0].b": "x"}, {"a": [{"b": "x"}, 2]}),
        ({"a": [1]}, {"a[2]": "c", "a[1]": "b"}, {"a": [1, "b", "c"]}),
        ({}, {"a[0][0]": "x"}, {"a": [["x"]]}),
        ({}, {r"kubernetes\.io/role": "x"}, {"kubernetes.io/role": "x"}),
        ({"a": {"b": 1}}, {"a": "x"}, {"a": "x"}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_words_are_laid_over(
    base: dict[str, Json], words: dict[str, str], whole: dict[str, Json]
) -> None:
    """Each word is set deep in the map, whatever their order, and the rest stays."""
    before = repr(base)

    assert overlay(base, words) == whole
    assert repr(base) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"": "x"}, KeyUnreadable(word="", fault="name_at_end")),
        ({"a.": "x"}, KeyUnreadable(word="a.", fault="name_at_end")),
        ({".a": "x"}, KeyUnreadable(word=".a", fault="name_before_dot")),
        ({"a..b": "x"}, KeyUnreadable(word="a..b", fault="name_before_dot")),
        ({"[0]": "x"}, KeyUnreadable(word="[0]", fault="name_before_index")),
        ({"a.[0]": "x"}, KeyUnreadable(word="a.[0]", fault="name_before_index")),
        ({"a[0]b": "x"}, KeyUnreadable(word="a[0]b", fault="dot_after_index")),
        ({"a[": "x"}, KeyUnreadable(word="a[", fault="character")),
        ({"a]": "x"}, KeyUnreadable(word="a]", fault="character")),
        ({"a\\": "x"}, KeyUnreadable(word="a\\", fault="character")),
        ({"a[x]": "x"}, KeyUnreadable(word="a[x]", fault="index")),
        ({"a[-1]": "x"}, KeyUnreadable(word="a[-1]", fault="index")),
        ({"a[70000]": "x"}, KeyUnreadable(word="a[70000]", fault="index")),
        ({"a[1]": "x"}, KeyMisfit(word="a[1]", above="a", wanted="row")),
        ({DEEP: "x"}, KeyUnreadable(word=DEEP, fault="levels")),
        ({"text.b": "x"}, KeyMisfit(word="text.b", above="text", wanted="map")),
        ({"text[0]": "x"}, KeyMisfit(word="text[0]", above="text", wanted="list")),
        ({"rows.b": "x"}, KeyMisfit(word="rows.b", above="rows", wanted="map")),
        ({"a": "1", "a.b": "2"}, SetTwice(one="a", other="a.b")),
        ({"a.b": "1", "a\\.b": "2", "a.b[0]": "3"}, SetTwice(one="a.b", other="a.b[0]")),
    ],
)
def test_a_bad_key_is_refused_with_what_is_wrong(words: dict[str, str], code: Code) -> None:
    """Nothing is guessed: a key that cannot be read, or does not fit, names its fault."""
    with pytest.raises(ValuesError) as refused:
        overlay({"text": "x", "rows": [1]}, words)
    assert refused.value.code == code


@given(KEYS)
def test_a_key_is_read_back(parts: list[str | int]) -> None:
    """What names a place for people is typed as it stands, whatever the names are made of."""
    assert parse_key(key_text(tuple(parts))) == tuple(parts)


@given(st.text(max_size=12))
def test_any_key_is_read_or_refused(text: str) -> None:
    """A key ends in a place or in a reason, never in anything else."""
    try:
        parse_key(text)
    except ValueError:
        return
    assert overlay({}, {text: "x"})


def test_maps_are_merged_deep_and_lists_replaced() -> None:
    """Map by map, as Helm merges what a user gives into what was there."""
    base: dict[str, Json] = {"a": {"b": 1, "c": [1, 2]}, "d": 1}

    assert merged(base, {"a": {"c": [3]}, "e": {"f": 2}}) == {
        "a": {"b": 1, "c": [3]},
        "d": 1,
        "e": {"f": 2},
    }
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 1}


def test_a_pair_of_name_and_value_is_judged_by_the_name() -> None:
    """Environment variables in a list are no hole."""
    env: list[Json] = [{"name": "DB_PASSWORD", "value": SECRET}, {"name": "LEVEL", "value": "info"}]

    assert masked({"env": env}) == {
        "env": [{"name": "DB_PASSWORD", "value": MASK}, {"name": "LEVEL", "value": "info"}]
    }


def test_what_the_api_masks_is_masked_here_too() -> None:
    """The vendor knows more about its charts than names tell."""
    whole: dict[str, Json] = {"license": SECRET, "user": "ann"}

    assert masked(whole, {"license": MASK, "user": "ann"}) == {"license": MASK, "user": "ann"}
    assert is_masked(MASK)
    assert not is_masked("**")
    assert not is_masked(7)


def test_secrets_are_put_back_from_the_first_who_knows() -> None:
    """Sources are asked in turn; what one of them has masked too, it does not know."""
    whole: dict[str, Json] = {"a": {"password": MASK}, "b": MASK, "c": 1}

    made = with_secrets(whole, {"a": {"password": MASK}, "b": "B"}, {"a": {"password": "A"}})

    assert made == {"a": {"password": "A"}, "b": "B", "c": 1}
    assert whole["b"] == MASK


def test_secrets_in_a_list_go_by_the_name_of_their_row() -> None:
    """A list that was reordered gives no secret to the wrong name; a row without one counts on."""
    row: dict[str, Json] = {"name": "DB_PASSWORD", "value": MASK}
    source: dict[str, Json] = {
        "env": [{"name": "LEVEL", "value": "info"}, {"name": "DB_PASSWORD", "value": SECRET}]
    }

    assert with_secrets({"env": [row]}, source) == {"env": [{**row, "value": SECRET}]}
    assert with_secrets({"tokens": [MASK]}, {"tokens": ["t"]}) == {"tokens": ["t"]}


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"env": "x"},
        {"env": []},
        {"env": [{"name": "OTHER", "value": "x"}]},
        {"env": [{"name": "A", "value": "x"}, {"name": "A", "value": "y"}]},
        {"env": [{"name": "A"}]},
        {"env": [{"name": "A", "value": {"from": "b"}}]},
    ],
)
def test_what_nobody_knows_is_named(source: dict[str, Json]) -> None:
    """A mask is never sent: whoever cannot be found is named by the path."""
    with pytest.raises(ValuesError) as refused:
        with_secrets({"env": [{"name": "A", "value": MASK}], "pins": [MASK], "pw": MASK}, source)
    assert refused.value.code == ValuesUnknown(paths=("env[0].value", "pins[0]", "pw"))


@given(TREES)
def test_masking_ends_and_changes_nothing_else(values: dict[str, Json]) -> None:
    """What is masked is masked once; every other leaf stays as it was."""
    hidden = masked(values)

    assert masked(hidden) == hidden
    for leaf, after in zip(leaves(values), leaves(hidden), strict=True):
        assert leaf.key == after.key
        assert after.value == (MASK if leaf.is_hidden else leaf.value)
