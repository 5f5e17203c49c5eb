"""What is taken for a secret in typed words, and what is not."""

import time
from typing import Final

import pytest

from bot.core.codes import Denied
from bot.core.rules import Change
from bot.core.secrecy import MASK, is_secret, looks_secret
from bot.core.verbs import parse
from bot.core.verbs.words import refused_words
from bot.views.words import DEFAULT, said

SECRET: Final = "hunter2-Zq9"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("basic.admin_password", "x"),
        ("mysqlRootPassword", "123456"),
        ("db.passwd", "x"),
        ("auth.pwd", "x"),
        ("secrets.db", "x"),
        ("passwords[0]", "x"),
        ("db.password.value", "x"),
        ("webhookUrl", "x"),
        ("api_key", "x"),
        ("apiKey", "x"),
        ("api.key", "x"),
        ("tls.privateKey", "x"),
        ("aws.access-key-id", "x"),
        ("GITHUB_TOKEN", "x"),
        ("a", "postgres://ann:pw@db/x"),
        ("a", "redis://:pw@db"),
        ("a", "jdbc:mysql://db/x?user=a&password=b"),
        ("config", "log: info\npassword: hunter2\n"),
        ("a", "-----BEGIN RSA PRIVATE KEY-----"),
        ("a", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x"),
        ("a", "Bearer abcdef012345"),
        ("a", "ghp_" + "a" * 36),
        ("a", "xoxb-123456-abcdef"),
        ("a", "AKIAIOSFODNN7EXAMPLE"),
        ("a", MASK),
        ("a..b[", "x=1 secret=abc"),
    ],
)
def test_a_secret_is_known_by_its_name_or_its_look(path: str, value: str) -> None:
    """Either is enough: the last name in the path, or what the value looks like."""
    assert is_secret(path, value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("image.tag", "3.5.8"),
        ("replicas", "3"),
        ("tolerations[0].key", "dedicated"),
        ("auth.enabled", "true"),
        ("auth.username", "magento"),
        ("serviceAccount.automountServiceAccountToken", "False"),
        ("password", ""),
        ("password", "null"),
        ("diskType", "SSD"),
        ("monkey", "x"),
        ("auth.token.ttl", "20m"),
        ("auth.tokenTTL", "20m"),
        ("token_expiry_seconds", "60"),
        ("auth.rbac.existingSecret", "etcd-root"),
        ("auth.existingSecretPasswordKey", "root-password"),
        ("image.pullSecrets[0]", "regcred"),
        ("global.imagePullSecrets[0].name", "regcred"),
        ("secretName", "tls"),
        ("env[0].valueFrom.secretKeyRef.name", "db"),
        ("passwordPolicy", "strict"),
        ("oauth.tokenUrl", "https://login.example/token"),
        ("credentials[0].user", "ann"),
        ("secrets.db.user", "ann"),
        ("password.length", "24"),
        ("schedule", "* * * * *"),
    ],
)
def test_what_is_no_secret_may_be_typed(path: str, value: str) -> None:
    """V25: what is said about a secret tells none, nor does what stands below its name."""
    assert not is_secret(path, value)


def test_a_word_with_a_secret_is_refused() -> None:
    """Commands are recorded and shown: a secret has to come from the environment."""
    for words in ({"db.password": SECRET}, {"a": "1", "url": "https://u:p@host"}):
        refused = refused_words(words)
        assert refused is not None
        assert refused.code == "secret_in_values"
        assert "${NAME}" in said(refused.why, DEFAULT).remedy
        assert SECRET not in refused.model_dump_json()
        assert "u:p@host" not in refused.model_dump_json()
    assert refused_words({"image.tag": "1", "password": ""}) is None


@pytest.mark.parametrize(
    "text", [f"search 1.2 db.password={SECRET}", f"search url=x://u:{SECRET}@h"]
)
def test_a_command_with_a_secret_is_not_even_a_request(text: str) -> None:
    """It is refused where it is read, so nothing behind the grammar ever meets it."""
    refused = parse("deploy", text)
    assert isinstance(refused, Denied)
    assert refused.code == "secret_in_values"
    assert SECRET not in str(refused)
    assert isinstance(parse("deploy", "search 1.2 token.enabled=true"), Change)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("secret" * 30_000, id="names in one word"),
        pytest.param("://" + ":" * 180_000, id="colons in an address"),
        pytest.param("eyJaaaaaaaa-" * 15_000, id="beginnings of tokens"),
        pytest.param("basic" + " " * 180_000, id="blanks"),
    ],
)
def test_a_long_text_is_looked_through_once(text: str) -> None:
    """A body from outside may be a megabyte of one word: no part of it is tried again and again."""
    before = time.process_time()
    assert not looks_secret(text)
    assert time.process_time() - before < 2.0
