"""How YAML is read: strictly, with a place for every fault, and never beyond its means."""

import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.document import DEPTH_MAX, SIZE_MAX, read_document
from bot.core.errors import ConfigurationError


def faults_of(text: str, environment: dict[str, str] | None = None) -> list[str]:
    """Return what is wrong with *text*, be it readable or not."""
    try:
        return read_document(text, environment or {}).faults
    except ConfigurationError as error:
        return error.faults


READ: Final[tuple[tuple[str, str, object], ...]] = (
    ("float", "v: 1.10", {"v": 1.1}),
    ("three parts", "v: 1.4.0", {"v": "1.4.0"}),
    ("norway", "v: [on, NO, no]", {"v": [True, False, False]}),
    ("sexagesimal", "v: 12:30", {"v": 750}),
    ("octal", "v: 0123", {"v": 83}),
    ("underscore", "v: 1_000", {"v": 1000}),
    ("exponent", "v: [1e3, 7e10, 0o14]", {"v": ["1e3", "7e10", "0o14"]}),
    ("duration", "v: 30m", {"v": "30m"}),
    ("byte order mark", "\ufeffv: x", {"v": "x"}),
    ("carriage returns", "v: x\r\nw: y\r\n", {"v": "x", "w": "y"}),
    ("block braces", "v: host/checkout:{version}", {"v": "host/checkout:{version}"}),
    ("alias", "a: &a {k: 1}\nb: *a", {"a": {"k": 1}, "b": {"k": 1}}),
    ("merge", "a: &a {k: 1, l: 2}\nb: {<<: *a, l: 3}", {"a": {"k": 1, "l": 2},
                                                        "b": {"k": 1, "l": 3}}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "content"), [row[1:] for row in READ], ids=[r[0] for r in READ])
def test_what_yaml_makes_of_what_people_write(text: str, content: object) -> None:
    """The strict models judge these values, so they must be known."""
    assert read_document(text, {}).content == content


BROKEN: Final[tuple[tuple[str, str, str], ...]] = (
    ("Y1 empty", "", "the file is empty"),
    ("Y1 only comments", "# nothing\n", "the file is empty"),
    ("Y1 too large", "a: " + "x" * SIZE_MAX, f"larger than {SIZE_MAX} bytes"),
    ("Y3 object", "a: !!python/object:os.system {}", "line 1, column 4"),
    ("Y3 tab", "a:\n\tb: 1", "line 2, column 1"),
    ("Y3 flow braces", "a: {b: host/x:{version}}", "line 1"),
    ("Y3 control character", "a: \x00", "unacceptable character"),
    ("Y3 two documents", "a: 1\n---\nb: 2", "line 2"),
    ("Y3 no such anchor", "a: *b", "line 1"),
    ("Y3 list as key", "? [a]\n: b", "line 1"),
    ("Y3 endless", "a: &a {b: *a}", "aliases"),
    ("Y3 deep", "a: " + "[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1), "nested deeper"),
    ("Y3 far deeper than C's stack", "[" * 200_000, "nested deeper"),
    ("Y3 twice", "a: 1\nb: 2\na: 3", "a (line 3): the key is there twice"),
    ("Y3 twice within", "a:\n  b: {c: 1, c: 2}", "a.b.c (line 2): the key is there twice"),
    ("Y3 no date", "a: {b: 2026-13-45}", "a.b (line 1): 2026-13-45 is no date"),
    ("Y3 no number", "a:\n - 0b_", "a.0 (line 2): 0b_ is no date and no number"),
    ("Y3 endless number", "a: " + "9" * 5_000, "is no date and no number"),
    ("Y11 not set", 'a: "${NOPE}"', "a (line 1): the variable NOPE is not set"),
)


@pytest.mark.parametrize(("text", "says"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN])
def test_what_cannot_be_read_says_where(text: str, says: str) -> None:
    """Y1, Y3, Y11: each fault has its place and no traceback."""
    assert any(says in fault for fault in faults_of(text)), faults_of(text)


def test_an_alias_bomb_is_defused() -> None:
    """Y3: a few lines that stand for thousands of millions are refused before they are built."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    began = time.process_time()
    assert any("aliases" in fault for fault in faults_of("\n".join(lines)))
    assert time.process_time() - began < 10


def test_all_that_leaves_the_rest_readable_is_listed_at_once() -> None:
    """A key twice, a date that is none and two variables: four faults in one go."""
    text = "a: 1\na: 2\nb: 2026-13-45\nc: ${ONE}\nd: [x, '${TWO}-${ONE}']\n"
    assert faults_of(text) == [
        "a (line 2): the key is there twice",
        "b (line 3): 2026-13-45 is no date and no number; write text in quotes",
        "c (line 4): the variable ONE is not set",
        "d.1 (line 5): the variable TWO is not set",
        "d.1 (line 5): the variable ONE is not set",
    ]


@given(st.text(max_size=50))
def test_a_value_never_becomes_structure(value: str) -> None:
    """`${NAME}` is replaced in the text that was read: no value can add a key or a variable."""
    document = read_document('a: "<${NAME}>"\nb: [1]', {"NAME": value})
    assert document.content == {"a": f"<{value}>", "b": [1]}
    assert document.filled == {("a",): ("NAME",)}
    assert document.given == {("a",): {value}}


@pytest.mark.parametrize("written", ["$NAME", "${}", "${1A}", "${NAME", "{NAME}", "$${NAME"])
def test_only_the_one_way_of_writing_is_a_variable(written: str) -> None:
    """What looks only nearly like a variable stays as it is."""
    assert read_document(f"a: '{written}'", {"NAME": "x"}).content == {"a": written}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the file holds, the answer is content or faults with words."""
    assert all(faults_of(text, {"A": "x"}))


def test_a_place_is_found_above_what_is_missing() -> None:
    """A key that is not there is shown at the line of what it is missing from."""
    document = read_document("targets:\n  checkout:\n    system: x\n", {})
    assert document.place(("targets", "checkout", "policy")) == "targets.checkout.policy (line 2)"
    assert document.place(("connections",)) == "connections"
    assert document.place(()) == "the file"
