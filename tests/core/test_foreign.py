"""Foreign text as it is kept: one line, or its own lines, and both ends."""

from itertools import pairwise
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from bot.core.foreign import one_line, own_lines


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


@given(st.text(alphabet="ab \n\r\t\u2028\u202e", max_size=60))
def test_people_keep_their_lines(text: str) -> None:
    """Each is as one line is; there is no gap at either end, nor a wider one than a line."""
    lines = own_lines(text).split("\n")
    assert [each for each in lines if each] == [*filter(None, map(one_line, text.splitlines()))]
    assert lines == [""] or (lines[0] and lines[-1])
    assert ("", "") not in pairwise(lines)


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
