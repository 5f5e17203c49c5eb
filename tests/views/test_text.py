"""The one escape, and the marks that only we write."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.text import (
    VENDOR_MAX,
    code,
    escaped,
    fallback_text,
    link,
    mention,
    moment,
    plain,
)
from bot.views.words import duration


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("zero\u200bwidth\u202eturned\ufeff", "zerowidthturned"),
        ("`code", "\u02cbcode"),
        ("אבג", "\u2068אבג\u2069"),
        ("אבג\u2069\u202e", "\u2068אבג\u2069"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("  ", ""),
        ("dial tcp 10.0.0.7:1234: refused", "dial tcp 10.0.0.7\u22361234: refused"),
        ("main.go:100: no", "main.go\u2236100: no"),
        (":x::tada:", "\u2236x:\u2236tada:"),
        ("a:x:b:c:d", "a\u2236x\u2236b\u2236c:d"),
        (":+1: :中文: :e-mail:", "\u2236+1: \u2236中文: \u2236e-mail:"),
        ("*x* **y** a*b* c", "\u2217x\u2217 \u2217\u2217y\u2217\u2217 a*b\u2217 c"),
        ("~y~ ~/.kube ~30 s", "\u223cy\u223c \u223c/.kube \u223c30 s"),
        ("_z_ __init__.py", "\u02cdz\u02cd \u02cd\u02cdinit\u02cd\u02cd.py"),
        ("> said", "\u203a said"),
        ("*~_x_~*", "\u2217\u223c\u02cdx\u02cd\u223c\u2217"),
        ("2026-11-28T12:30:45Z a_b 2*3 k: v 5000/x", "2026-11-28T12:30:45Z a_b 2*3 k: v 5000/x"),
        ("http://a.test:80/x::y", "http://a.test:80/x::y"),
    ],
)
def test_foreign_words_become_one_harmless_line(typed: str, shown: str) -> None:
    """Marks, controls and directions from outside have no effect; letters stay."""
    assert escaped(typed) == shown


@given(st.text(), st.integers(min_value=3, max_value=400))
def test_escaped_words_hold_no_marks_and_are_never_too_long(typed: str, most: int) -> None:
    """Whatever is typed: no angle bracket, no open entity, no backtick, one line, cut in time."""
    shown = escaped(typed, most)

    assert not set(shown) & set("<>`\n\r")
    assert len(shown) <= most
    bare = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in bare


_DRAWN: Final = re.compile(
    r"(?<![^\W_])[*~_]\S|\S[*~_](?![^\W_])|(?<!\d\d):[\w+'-]+:|^(&gt;|>)", re.ASCII
)


@given(st.text(alphabet="*_~:>ab1 -+'."))
def test_no_mark_of_a_vendor_is_drawn(typed: str) -> None:
    """Emoji, bold, struck out, slanted or quoted: only Slipway's own marks have an effect."""
    assert not _DRAWN.search(escaped(typed))
    assert escaped(escaped(typed)) == escaped(typed).replace("&gt;", "&amp;gt;")


def test_code_spans_hold_what_can_be_copied() -> None:
    """Slack draws no marks in them, so every letter stays."""
    assert code("*x* :100: _y_ ~z~ >") == "`*x* :100: _y_ ~z~ &gt;`"


CAUSE: Final = "caused by: quota exceeded"


@pytest.mark.parametrize("length", [301, 1_600, 3_999, 4_001, 1_000_000])
def test_of_a_long_message_both_ends_are_kept(length: int) -> None:
    """What broke is told first, and why it did last; between them stands that there is more."""
    shown = escaped("upgrade failed: " + "x" * (length - 41) + CAUSE)
    assert shown.startswith("upgrade failed: x")
    assert shown.endswith(f"x{CAUSE}")
    assert shown.count("…") >= 1
    assert len(shown) <= VENDOR_MAX


def test_names_that_differ_at_their_ends_are_told_apart() -> None:
    """Tags of images are often long, and alike but for their last letters."""
    one, other = (f"release-{'0' * 100}-{end}" for end in ("a", "b"))
    assert escaped(one, 80) != escaped(other, 80)


@given(st.text(alphabet="&<>ab", min_size=50))
def test_a_cut_is_marked(typed: str) -> None:
    """Nobody takes the beginning of a text for the whole."""
    assert escaped(typed, 20).endswith("…")


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_plain_words_need_no_entities(typed: str, most: int) -> None:
    """In plain text objects an entity may be shown as it is, so there is none."""
    shown = plain(typed, most)

    assert not set(shown) & set("<>&\n")
    assert len(shown) <= most


def test_code_of_nothing_is_a_dash() -> None:
    """An empty code span would be drawn as two backticks."""
    assert code("") == "—"
    assert code("a`b") == "`a\u02cbb`"


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("U0ANN", "<@U0ANN>"),
        ("W0ANN", "<@W0ANN>"),
        ("S0SRE", "<!subteam^S0SRE>"),
        ("anyone", "anyone"),
        ("slipway", "Slipway"),
        ("U1> <!here", "`U1&gt; &lt;!here`"),
        ("U0ANN\n", "`U0ANN`"),
    ],
)
def test_only_ids_are_mentioned(who: str, shown: str) -> None:
    """A mention is made of an id and of nothing that merely begins like one."""
    assert mention(who) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "under 1 s"),
        (0.4, "under 1 s"),
        (1, "1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (72, "1 min 12 s"),
        (3_600, "1 h"),
        (3_605, "1 h"),
        (7_500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, shown: str) -> None:
    """Long times are read at a glance."""
    assert duration(timedelta(seconds=seconds)) == shown


def test_a_moment_is_local_for_everybody() -> None:
    """Slack shows the reader's own time zone, others read RFC 3339 in UTC."""
    shanghai = timezone(timedelta(hours=8))
    shown = "<!date^1795176000^{date_short} {time}|2026-11-20T12:00:00Z>"

    assert moment(datetime(2026, 11, 20, 20, 0, tzinfo=shanghai)) == shown


def test_a_moment_that_slack_cannot_show_stays_rfc_3339() -> None:
    """A vendor's date from before 1970 is no timestamp."""
    assert moment(datetime(1901, 1, 1, tzinfo=UTC)) == "1901-01-01T00:00:00Z"


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://x.test/a|b", "https://x.test"])
def test_only_plain_addresses_are_linked(url: str) -> None:
    """A link is an http address without anything that could end it early."""
    assert link(url, "card") == ""


def test_a_fallback_is_cut_outside_marks() -> None:
    """Half a mention, date or entity would be shown as rubbish."""
    assert fallback_text("ok", 10) == "ok"
    assert fallback_text("", 10) == "…"
    assert fallback_text("see <@U0ANN> now", 10) == "see …"
    assert fallback_text("a &amp; b and more", 6) == "a …"
