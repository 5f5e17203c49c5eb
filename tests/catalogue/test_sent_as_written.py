"""What a target sends as it stands: text stays text, keys stay keys, and variables are named."""

from typing import Any, Final

import pytest

from bot.catalogue.document import Document, read_document
from tests.catalogue.files import ENVIRONMENT, a_file, built, faults_of

HEAD: Final = "targets:\n  search:\n    values:\n"


def read(lines: str, **environment: str) -> Document:
    """A file whose release has these values."""
    indented = "".join(f"      {line}\n" for line in lines.splitlines())
    return read_document(HEAD + indented, environment)


def values(lines: str, **environment: str) -> Any:
    """Values that have no fault."""
    document = read(lines, **environment)
    assert document.faults == []
    content: Any = document.content
    return content["targets"]["search"]["values"]


@pytest.mark.parametrize(
    "word",
    [
        *("22:30", "9022:22", "1:30:00", "on", "Off", "yes", "NO", "0o644", "0644", "-012"),
        *("1_000", "0b101", "1e3", "1.5e3", "2026-11-28", "2026-11-28 07:00:00"),
    ],
)
@pytest.mark.parametrize("place", ["{0}", "[x, {0}]", "{{deep: {0}}}"])
def test_what_one_version_of_yaml_takes_for_something_else_is_a_fault(
    word: str, place: str
) -> None:
    """V21: the fault has its line, and says how to write it."""
    [fault] = read(f"a: {place.format(word)}").faults
    assert fault.startswith("targets.search.values.a")
    assert "(line 4)" in fault
    assert fault.endswith(f'write text in quotes: "{word}"')


@pytest.mark.parametrize(
    "lines",
    [
        "create: {port: 9022:22}",
        "upgrade: {addons: [{name: dns, values: {port: 9022:22}}]}",
        "gray_release: {rules: [{value: 9022:22}]}",
    ],
)
def test_all_that_a_vendor_is_sent_is_sent_as_written(lines: str) -> None:
    """V21: bodies, the values of add-ons and the rules of a gray release as well as values."""
    [fault] = read_document(f"targets:\n  edge:\n    {lines}\n", {}).faults
    assert fault.endswith('write text in quotes: "9022:22"')


@pytest.mark.parametrize("word", ["22:30", "on", "0o644", "1_000", "2026-11-28", "0644", "1e3"])
def test_in_quotes_it_is_text(word: str) -> None:
    """V21: as it was said to be written."""
    assert values(f"a: '{word}'\nb: \"{word}\"") == {"a": word, "b": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("true", True), ("False", False), ("null", None), ("~", None), ("12", 12), ("-3", -3)),
        *(("0", 0), ("1.5", 1.5), ("0x1F", 31), ("text", "text"), ("a:b", "a:b"), ("y", "y")),
        *(("1.2.3", "1.2.3"), ("!!str 12", "12"), ("!!str on", "on")),
    ],
)
def test_what_means_the_same_to_all_is_taken(word: str, value: object) -> None:
    """V21: nobody has to quote more than is needed."""
    assert values(f"a: {word}") == {"a": value}


@pytest.mark.parametrize("key", ["1", "on", "yes", "null", "1.5", "22:30", "2026-11-28", "true"])
def test_a_key_that_is_no_text_is_a_fault(key: str) -> None:
    """V22: the same for each, and it says how to write it."""
    [fault] = read(f"{key}: x\nb: y").faults
    assert fault.startswith(f"targets.search.values.{key} (line 4): the key {key} is taken for ")
    assert fault.endswith(f'write it in quotes: "{key}"')
    assert values(f"'{key}': x") == {key: "x"}


@pytest.mark.parametrize("keys", [("1", "yes"), ("on", "true"), ("off", "no"), ("0", "false")])
def test_no_entry_is_lost(keys: tuple[str, str]) -> None:
    """V22: two keys that YAML makes one of stay two, wherever they stand."""
    first, second = keys
    document = read_document(f"policies:\n  a: {{{first}: one, {second}: two}}\n", {})
    content: Any = document.content
    assert content["policies"]["a"] == {first: "one", second: "two"}
    assert len(read(f"{first}: one\n{second}: two").faults) == 2


def test_elsewhere_words_are_what_yaml_makes_of_them() -> None:
    """Dates of a freeze, switches of a policy: their models judge them."""
    text = "policies:\n  a: {self_approval: yes, freezes: [{from: 2026-12-24}]}\n"
    assert read_document(text, {}).faults == []


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("$${HOSTNAME}", "${HOSTNAME}"),
        ("a $${HOSTNAME} b ${HOSTNAME}", "a ${HOSTNAME} b bot-1"),
        ("$$${HOSTNAME}", "$${HOSTNAME}"),
        ("$HOSTNAME $$ $${} ${", "$HOSTNAME $$ $${} ${"),
    ],
)
def test_two_dollars_are_one_that_is_sent(written: str, read_as: str) -> None:
    """V20: what the release itself is to fill in is written so."""
    assert values(f"a: '{written}'", HOSTNAME="bot-1") == {"a": read_as}


def test_an_escaped_name_needs_no_variable() -> None:
    """V20: the bot's environment has nothing to do with it."""
    assert values("a: $${NOWHERE}") == {"a": "${NOWHERE}"}


SEARCH: Final = """\
  search:
    system: cce-release
    connection: h
    cluster_id: a870253f-5dc7-11ee-bf71-0255ac100b03
    namespace: monitoring
    release: search
    chart: search
    policy: prod
    values: {host: "${HOSTNAME}", twice: "${A}-${B}-${A}", plain: x, kept: "$${HOSTNAME}"}
"""


def test_what_was_filled_in_is_named() -> None:
    """V20: the environment is the bot's own, so it is said which variables are sent."""
    text = a_file().replace("targets:\n", f"targets:\n{SEARCH}")
    environment = {**ENVIRONMENT, "HOSTNAME": "bot-1", "A": "1", "B": "2"}
    notes = built(text, environment).notes
    assert [note.partition(" (line ")[0] for note in notes if "filled in" in note] == [
        "targets.search.values.host",
        "targets.search.values.twice",
    ]
    assert notes[0].endswith("filled in from HOSTNAME")
    assert notes[1].endswith("filled in from A, B")
    assert "bot-1" not in repr(notes)
    assert faults_of(text) == [
        f"targets.search.values.{key} (line 12): the variable {name} is not set"
        for key, name in (("host", "HOSTNAME"), ("twice", "A"), ("twice", "B"), ("twice", "A"))
    ]
