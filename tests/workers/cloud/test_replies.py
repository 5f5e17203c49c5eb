"""Answers from bytes: strict JSON, nothing secret, few headers."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import Redactor
from workers.cloud.replies import parse_json, reply_from, retry_after

NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
GARBAGE: Final[dict[str, bytes]] = {
    "nothing": b"",
    "a page": b"<!doctype html><title>Log in</title>",
    "cut short": b'{"job_id": "JOB',
    "not a number": b'{"a": NaN}',
    "endless": b'{"a": -Infinity}',
    "a key twice": b'{"job_id": "a", "job_id": "b"}',
    "a key twice inside": b'[{"a": {"b": 1, "b": 2}}]',
    "latin-1": '{"a": "ü"}'.encode("latin-1"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "two values": b'{"a": 1} {"a": 2}',
    "half a character": b'{"a": "\\ud800"}',
    "deep": b"[" * 65 + b"]" * 65,
    "very deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "an endless number": b"9" * 5_000,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_has_no_body(content: bytes) -> None:
    """FM-65: what two readers could read differently is not read at all."""
    assert reply_from(200, {}, content, Redactor()).body is None


def test_brackets_in_texts_are_not_depth() -> None:
    """Only real nesting counts."""
    assert parse_json(json.dumps("[{" * 500 + '"')) == "[{" * 500 + '"'
    assert parse_json("[" * 64 + "]" * 64) is not None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_what_json_says_is_read(value: object) -> None:
    """Every ordinary value comes through unchanged."""
    assert parse_json(json.dumps(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_make_a_reply(content: bytes) -> None:
    """No answer whatever breaks the reader."""
    assert reply_from(200, {}, content, Redactor()).status == 200


def test_secrets_do_not_come_back() -> None:
    """R5: an error text that quotes our own credential carries it no further."""
    content = b'{"error_msg": "bad token tok-1234567890"}'
    reply = reply_from(401, {}, content, Redactor(["tok-1234567890", ""]))
    assert "tok-1234567890" not in reply.model_dump_json()
    assert reply.body == {"error_msg": "bad token [hidden]"}


def test_few_headers_are_kept() -> None:
    """R11: cookies and the rest stay outside; a request id is one only in its usual shape."""
    headers = {"set-cookie": "a=b", "x-request-id": "r-1", "content-type": "text/html"}
    assert reply_from(200, headers, b"", Redactor()).headers == {
        "content-type": "text/html",
        "x-request-id": "r-1",
    }
    assert reply_from(200, {"x-request-id": "a b<script>"}, b"", Redactor()).request_id == ""


def test_text_is_cut() -> None:
    """People see 2,000 characters at most."""
    assert len(reply_from(502, {}, b"x" * 10_000, Redactor()).text) == 2_000


WAITS: Final[list[tuple[str | None, float | None]]] = [
    (None, None),
    ("1", 1),
    ("0", 0),
    (" 2.5 ", 2.5),
    ("3600", 900),
    ("-5", None),
    ("soon", None),
    ("", None),
    ("1e3", None),
    ("٣", None),
    ("9" * 30, None),
    ("Wed, 06 May 2026 07:08:39 GMT", 30),
    ("Wed, 06 May 2026 09:08:39 GMT", 900),
    ("Wed, 06 May 2020 07:08:39 GMT", None),
    ("Wed, 06 May 2026 07:08:39 -0000", None),
    ("2026-05-06", None),
]


@pytest.mark.parametrize(("header", "seconds"), WAITS)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """FM-62: seconds and dates are obeyed up to 15 minutes, anything else is no advice."""
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_survived(header: str) -> None:
    """A header never breaks the reader, and never means a longer wait."""
    wait = retry_after(header, NOW)
    assert wait is None or 0 <= wait <= 900
