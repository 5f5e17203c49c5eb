"""Logs: whatever is logged however, no secret stands in a line."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import masked, set_up_logs
from bot.redaction import HIDDEN, SHORTEST, KnownSecrets, Redactor

CANARY: Final = "c4n4ryC4N4RYc4n4ry"
OWN: Final = "0123456789abcdef-signing"  # looks like nothing; known from the settings

# Each kind of secret as it turns up in texts; the canary must never be seen.
SECRETS: Final[dict[str, str]] = {
    "bot token": f"xoxb-1234567890-{CANARY}",
    "user token": f"xoxp-1234567890-{CANARY}",
    "refresh token": f"xoxe.xoxp-1-{CANARY}",
    "configuration token": f"xoxe-1-{CANARY}",
    "app token": f"xapp-1-A0-{CANARY}",
    "access key": f"AKIA{CANARY.upper()}",
    "bearer": f"Authorization: Bearer {CANARY}",
    "signed request": f"Authorization: SDK-HMAC-SHA256 Access=AK, Signature={CANARY}",
    "cloud token": f"X-Auth-Token: {CANARY}",
    "slack's signature": f"X-Slack-Signature: v0={CANARY}",
    "password in an address": f"redis://:{CANARY}@127.0.0.1:6379/0",
    "user and password": f"postgresql://slipway:{CANARY}@db:5432/slipway",
    "private key": f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n{CANARY}\n-----END",
    "cut private key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
    "json body": json.dumps({"auth": {"password": f"{CANARY} {CANARY}"}}),
    "python's repr": repr({"secret_key": CANARY}),
    "form": f"username=ops&password={CANARY}&domain=shop",
    "environment": f"SLACK_SIGNING_SECRET={CANARY}",
    "web token": f"eyJhbGciOiJub25lIn0.{CANARY}.{CANARY}",
    "response address": f"https://hooks.slack.com/commands/T0/1/{CANARY}",
    "our own": f"computed with {OWN}",
}


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Put back how this process logs otherwise."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def broken(secret: str) -> None:
    """End with an error that says *secret*."""
    raise ValueError(secret)


def is_hidden(line: str) -> bool:
    """Whether no canary and nothing of our own stands in *line*."""
    return CANARY.lower() not in line.lower() and OWN not in line


@pytest.mark.parametrize("shape", ["text", "json"])
@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_reaches_a_line(
    capsys: pytest.CaptureFixture[str], kind: str, shape: Literal["text", "json"]
) -> None:
    """In the event, in its arguments, in fields, in nested fields, in bytes and in tracebacks."""
    set_up_logs(shape, "DEBUG", secrets=KnownSecrets([OWN]))
    log, secret = logging.getLogger("told.here"), SECRETS[kind]
    log.info("it says %s", secret)
    log.info("field", extra={"why": secret, "body": secret.encode(), "nested": {"a": [secret]}})
    log.info("error", extra={"error": ValueError(secret), "parts": (secret, {"b": secret})})
    try:
        broken(secret)
    except ValueError:
        log.exception("broke")
    lines = capsys.readouterr().err
    assert lines.count("told.here") >= 4
    assert is_hidden(lines), lines
    if shape == "json":
        assert all(json.loads(line) for line in lines.splitlines())


@pytest.mark.parametrize("name", ["password", "token", "secret", "secret_key", "Authorization"])
def test_a_field_called_like_a_secret_is_one(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Whatever it looks like, what stands under such a name is left out."""
    set_up_logs("json", "INFO")
    logging.getLogger("told.here").info("x", extra={name: "plain", "deep": {name: ["plain"]}})
    assert "plain" not in capsys.readouterr().err


INNOCENT: Final = (
    "operation.succeeded", "GET /v3/{project_id}/cas/applications", "12:30", "http://127.0.0.1:3000/",
    "https://slack.com/api/chat.postMessage", "checkout: 1.3.0 → 1.4.0", "the token is refused",
    "op-0123456789", "ann@example.com", "a: b",
)  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_kept(text: str) -> None:
    """A log that hides what happened is of no use at three in the morning."""
    assert masked(text, Redactor([OWN])) == text


@given(st.text(), st.text(max_size=12))
def test_masking_never_fails_and_leaves_no_known_secret(text: str, own: str) -> None:
    """Any text can be masked; a known secret is gone, wherever it stood."""
    shown = masked(f"{text}{own}{text}", Redactor([own]))
    assert len(own) < SHORTEST or own in HIDDEN or own not in shown


def test_fields_and_levels_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A line of JSON has time, level, logger, event and the fields as they are."""
    set_up_logs("json", "INFO")
    log = logging.getLogger("told.here")
    log.debug("not told")
    log.warning("bot.ready", extra={"port": 3000, "ratio": 0.5, "is_new": True, "none": None})
    [line] = capsys.readouterr().err.splitlines()
    said: dict[str, Any] = json.loads(line)
    assert said["timestamp"].endswith("Z")
    del said["timestamp"]
    assert said == {
        "event": "bot.ready",
        "level": "warning",
        "logger": "told.here",
        "port": 3000,
        "ratio": 0.5,
        "is_new": True,
        "none": None,
    }
