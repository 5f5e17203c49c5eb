"""Whatever arrives is answered below 500, and nothing that is unsigned reaches the service."""

import json
from typing import Final
from urllib.parse import quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from tests.handlers.workspace import (
    BOB,
    CARD,
    FORM,
    JSON,
    OPS,
    TEAM,
    Sent,
    Workspace,
    headers,
)

KEYS: Final = st.sampled_from(
    (
        *("type", "team", "team_id", "user", "user_id", "channel", "channel_id", "enterprise"),
        *("enterprise_id", "event", "event_id", "view", "actions", "container", "trigger_id"),
        *("api_app_id", "is_enterprise_install", "authorizations", "message", "item", "command"),
        *(
            "text",
            "payload",
            "ssl_check",
            "challenge",
            "callback_id",
            "action_id",
            "value",
            "state",
        ),
        *("values", "id", "private_metadata", "function_data", "response_urls"),
        *("is_ext_shared_channel", "thread_ts", "bot_id", "workflow_step", "response_url"),
    )
)
WORDS: Final = st.sampled_from([
    TEAM, BOB, OPS, CARD, "/deploy", "/ops", "block_actions", "view_submission", "event_callback",
    "app_mention", "url_verification", "message", "slipway.approve", "slipway.reject",
    "slipway.reject_reason", "plain_text_input", "button", "true", "",
])  # fmt: skip
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=10,
)
BASE: Final[dict[str, object]] = {"team": {"id": TEAM}, "team_id": TEAM, "user": {"id": BOB}}
OBJECTS: Final = st.dictionaries(KEYS, VALUES, max_size=8).map(lambda given: {**BASE, **given})
TYPED: Final = st.sampled_from(["block_actions", "view_submission", "event_callback"]).flatmap(
    lambda kind: OBJECTS.map(lambda given: {**given, "type": kind})
)
PAYLOADS: Final = TYPED.map(lambda given: b"payload=" + quote(json.dumps(given)).encode())
FIELDS: Final = st.dictionaries(KEYS, st.text(max_size=8) | WORDS, max_size=8).map(
    lambda given: urlencode(
        {"command": "/ops", "team_id": TEAM, **given}, errors="replace"
    ).encode()
)
BODIES: Final = st.binary(min_size=1, max_size=300) | PAYLOADS | FIELDS
EVENTS: Final = TYPED.map(lambda given: json.dumps(given).encode())
HEADER: Final = st.tuples(
    st.sampled_from(
        [b"x-slack-signature", b"x-slack-request-timestamp", b"content-type", b"content-length"]
    ),
    st.binary(max_size=80).map(lambda value: bytes(byte for byte in value if byte > 31)),
)


@given(
    st.lists(
        BODIES.map(lambda body: (body, FORM)) | EVENTS.map(lambda body: (body, JSON)), max_size=8
    )
)
def test_signed_garbage_is_answered(bodies: list[tuple[bytes, str]]) -> None:
    """Signed by Slack's key and still nonsense: an answer below 500, never an exception."""
    workspace = Workspace()
    requests = [workspace.sign(body, label=label) for body, label in bodies]

    answers = workspace.send(*requests)

    assert all(answer.status_code in {200, 400, 403, 415} for answer in answers)
    assert workspace.refusals == []


@given(st.lists(st.tuples(BODIES, st.lists(HEADER, max_size=4)), max_size=8))
def test_unsigned_garbage_reaches_nobody(
    requests: list[tuple[bytes, list[tuple[bytes, bytes]]]],
) -> None:
    """Any body with any headers: an empty refusal, and not even the replay cache sees it."""
    workspace = Workspace()

    answers = workspace.send(
        *[Sent(body, [(b"content-type", FORM.encode()), *others]) for body, others in requests]
    )

    assert all(answer.status_code in {400, 401, 413, 415} for answer in answers)
    assert not any(answer.content for answer in answers)
    assert workspace.keys.keys == set()
    assert workspace.service.words == []
    assert workspace.service.whispers == []


@given(
    st.binary(min_size=1, max_size=60),
    st.text(st.sampled_from("0123456789abcdef"), min_size=64, max_size=64),
)
def test_a_guessed_signature_is_refused(body: bytes, guess: str) -> None:
    """A signature of the right form is as good as none."""
    workspace = Workspace()
    now = str(int(workspace.now.timestamp()))

    (answer,) = workspace.send(Sent(body, headers(now, f"v0={guess}")))

    assert (answer.status_code, answer.content) == (401, b"")
