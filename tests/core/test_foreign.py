"""Vendors' text as it is kept: one line, both ends."""

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from bot.core.foreign import one_line


@given(st.text(max_size=300), st.integers(min_value=1, max_value=120))
def test_text_is_one_line_of_bounded_length(text: str, longest: int) -> None:
    """Nothing in it breaks a line, a log or a bound."""
    kept = one_line(text, longest)
    assert len(kept) <= longest
    assert kept.splitlines() in ([], [kept])


@given(st.text(max_size=60))
def test_what_nobody_sees_becomes_a_blank(text: str) -> None:
    """Marks that turn the line around, end it or hide in it are in no text that is kept."""
    unseen = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
    words = "".join(" " if category(char) in unseen else char for char in text).split()
    assert one_line(text) == " ".join(words)


def test_of_what_is_too_long_both_ends_are_kept() -> None:
    """A cause is told last; short names are cut at their ends."""
    kept = one_line("upgrade failed " + "x" * 100_000 + " no quota left")
    assert kept.startswith("upgrade failed xx")
    assert kept.endswith("x no quota left")
    assert " … " in kept
    assert one_line("x" * 100, 20) == "x" * 19 + "…"


def test_a_whole_message_is_kept() -> None:
    """What is longer than a card has room for can be read whole elsewhere."""
    message = "word " * 400
    assert one_line(message) == message.strip()
