"""The one escape, and the marks that only we write."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.text import (
    code,
    duration,
    escaped,
    fallback_text,
    link,
    mention,
    moment,
    plain,
)


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
    shown = "<!date^1795176000^{date_short_pretty} {time}|2026-11-20T12:00:00Z>"

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
