"""SMN's messages: proven by its certificate and a secret, of named topics; nothing is fetched."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bot.sandbox.content import HOOK_SECRET
from tests.conversations.cards import labels
from tests.conversations.pipelines import HOOKS, Pipeline, proposals
from tests.conversations.places import DEPLOYS, configuration
from tests.conversations.stage import opened
from tests.conversations.test_hook_snippets import SNIPPETS
from tests.conversations.world import World

TOPIC: Final = "urn:smn:cn-north-4:063a:alerts"
KEY: Final = rsa.generate_private_key(65_537, 2_048)
OTHER: Final = rsa.generate_private_key(65_537, 2_048)
CONFIRM: Final = "https://smn.cn-north-4.myhuaweicloud.com/confirm?token=urn:4711"


def certificate() -> str:
    """A certificate of SMN, made here."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SMN")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3_650))
        .sign(KEY, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def hook() -> str:
    """Return `hooks:` with one of SMN."""
    pem = "".join(f"      {line}\n" for line in certificate().splitlines())
    return HOOKS.rstrip() + (
        f'\n  smn:\n    kind: smn\n    secrets: ["${{HOOK_CI}}"]\n    targets: [checkout]\n'
        f'    topics: ["{TOPIC}"]\n    certificate: |\n{pem}'
    )


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook of SMN."""
    with opened(folder, redis_url, more=hook()) as here:
        yield here


def sent(
    world: World,
    fields: dict[str, str] | None = None,
    *,
    key: rsa.RSAPrivateKey = KEY,
    secret: str = HOOK_SECRET,
) -> httpx.Response:
    """Send a message as SMN signs it: names and values in alphabetical order, a line each."""
    told: dict[str, Any] = {
        "type": "Notification",
        "message_id": "b1c2",
        "topic_urn": TOPIC,
        "message": SNIPPETS["smn"],
        "timestamp": world.clock().isoformat().replace("+00:00", "Z"),
        **(fields or {}),
    }
    text = "".join(f"{name}\n{told[name]}\n" for name in sorted(told) if told[name])
    signature = key.sign(text.encode(), padding.PKCS1v15(), SHA256())
    body = {**told, "signature": base64.b64encode(signature).decode(), "signature_version": "v1"}
    headers = {"authorization": f"Bearer {secret}", "x-smn-message-type": told["type"]}
    address = Pipeline(world, hook="smn").address
    return world.http.post(address, content=json.dumps(body).encode(), headers=headers)


def test_a_notification_proposes_an_incident(world: World) -> None:
    """Its text is an event of ours; the same message is the same delivery."""
    first = sent(world)
    assert first.status_code == 202
    assert sent(world).json() == first.json()
    world.settle()
    [card] = proposals(world)
    assert "[ALARM] cpu above 90 %" in card.text
    assert labels(card) == ["Open incident", "Dismiss"]


def test_both_proofs_and_the_topic_are_wanted(world: World) -> None:
    """HT-1, HT-10: the certificate without the secret, or the other way round, proves nothing."""
    assert sent(world, key=OTHER).status_code == 401
    assert sent(world, secret="x" * 30).status_code == 401
    assert sent(world, {"topic_urn": "urn:smn:cn-north-4:063a:others"}).status_code == 401
    late = (world.clock() - timedelta(minutes=16)).isoformat()
    assert sent(world, {"timestamp": late}).status_code == 401
    assert sent(world, {"timestamp": "yesterday"}).status_code == 401
    assert sent(world, {"subject": "cpu"}).status_code == 202


def test_a_text_that_is_no_event_is_ignored(world: World) -> None:
    """What a template of one's own says is not guessed at."""
    assert sent(world, {"message": "cpu is high"}).json() == {"ignored": "unreadable"}
    assert sent(world, {"message": '{"type":"x"}'}).json() == {"ignored": "unwanted_event"}


def test_a_subscription_is_confirmed_by_a_person(world: World) -> None:
    """HT-12: the address is told, and nobody here opens it; one that is not SMN's is not told."""
    asked = {"type": "SubscriptionConfirmation", "message": "confirm", "subscribe_url": CONFIRM}
    answer = sent(world, asked)
    assert (answer.status_code, answer.json()) == (200, {"ignored": "told"})
    other = sent(world, {**asked, "subscribe_url": "https://evil.example/x", "message_id": "b2"})
    assert other.json() == {"ignored": "unreadable"}
    world.settle()
    told = [each.text for each in world.workspace.messages(DEPLOYS) if TOPIC in each.text]
    assert len(told) == 1
    assert f"`{CONFIRM}`" in told[0]


def test_nobody_is_said_to_be_told_where_there_is_no_channel(folder: Path, redis_url: str) -> None:
    """Where Slack knows nothing of the channel, the sender's own page says that nobody was told."""

    def nowhere(*clouds: str) -> str:
        return configuration(*clouds).replace(f"channel: {DEPLOYS}", 'channel: "#nowhere"')

    with opened(folder, redis_url, more=hook(), configured=nowhere) as here:
        asked = {"type": "SubscriptionConfirmation", "message": "confirm", "subscribe_url": CONFIRM}
        assert sent(here, asked).json() == {"ignored": "not_mapped"}
