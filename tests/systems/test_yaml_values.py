"""YAML text in a vendor's body: read as Helm reads it, or not at all."""

from typing import Any

import pytest

from bot.systems._wire.yaml_values import read_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        (
            "a: 1\nb: {c: true, d: null, e: ~}\nf:\n",
            {"a": 1, "b": {"c": True, "d": None, "e": None}, "f": None},
        ),
        (
            "a: 'on'\nb: \"22:30\"\nc: 1.5\nd: -3\ne: text",
            {"a": "on", "b": "22:30", "c": 1.5, "d": -3, "e": "text"},
        ),
        ("a: [x, {b: 1}]", {"a": ["x", {"b": 1}]}),
        ("a: |\n  on\n", {"a": "on\n"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
    ],
)
def test_what_means_one_thing_is_read(text: str, values: dict[str, Any]) -> None:
    """Maps, lists, text, numbers of JSON, true, false and null."""
    assert read_values(text) == values


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a: on",
            "a: No",
            "a: 22:30",
            "a: 0o17",
            "a: 017",
            "a: 0x1F",
            "a: 1e3",
            "a: y",
            "a: 1_000",
            "a: .inf",
        ),
        *("a: 2026-11-28", "on: 1", "1: x", "null: x", "a: 1\na: 2", "{a: {b: 1, b: 2}}", "a: yes"),
        *("- a", "text", "a: [", "<<: {a: 1}", "a: True", "a: !!binary eA=="),
    ],
)
def test_what_means_two_things_is_refused(text: str) -> None:
    """Quotes decide; a key that stands twice, or is none, is never dropped in silence."""
    with pytest.raises(ValueError, match=r"quotes|twice|is no"):
        read_values(text)


def test_aliases_cannot_make_it_endless() -> None:
    """A small text may stand for a very large one."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ValueError, match="too large"):
        read_values("\n".join(lines))
