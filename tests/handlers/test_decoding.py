"""Decoding: one body has one meaning, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.decoding import DEPTH_MAX, MislabelledError, UnreadableError, decode

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5))
def test_json_means_what_it_says(content: dict[str, object]) -> None:
    """Every object that can be written without ambiguity is read back as it was."""
    assert decode(json.dumps(content).encode(), is_json=True).content == content


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(body: bytes, is_json: bool) -> None:  # noqa: FBT001 - a property's input
    """No bytes end in another exception than the refusal."""
    try:
        decoded = decode(body, is_json=is_json)
    except UnreadableError:
        return

    assert decoded.form in {"fields", "payload", "json"}


def test_depth_is_capped() -> None:
    """What is nested as deeply as allowed is read, one level more is not."""
    levels = DEPTH_MAX

    decode(b'{"a":' * levels + b"1" + b"}" * levels, is_json=True)
    with pytest.raises(UnreadableError):
        decode(b'{"a":' * (levels + 1) + b"1" + b"}" * (levels + 1), is_json=True)


@pytest.mark.parametrize(
    "body", [b"", b"command=%2Fops", b"[]", b'"x"', b"null", b"\xef\xbb\xbf{}"]
)
def test_json_is_an_object(body: bytes) -> None:
    """What is labelled as JSON and does not begin an object carries the wrong label."""
    with pytest.raises(MislabelledError):
        decode(body, is_json=True)


def test_a_field_that_looks_like_json_is_a_text() -> None:
    """Only the field `payload` holds JSON, and only as the whole of an interaction."""
    decoded = decode(b"command=%2Fops&text=%7B%22payload%22%3A1%7D", is_json=False)

    assert decoded.form == "fields"
    assert decoded.content == {"command": "/ops", "text": '{"payload":1}'}
