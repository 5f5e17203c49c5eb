"""A delivery of each kind of hook, proven by somebody who is not us, and what its proof covers.

- `standard`, and `gitlab` with a signing token: signed by the specification's own library,
  `standardwebhooks` 1.1 (MIT).
- `github`: GitHub's published examples, signed by GitHub's library (`@octokit/webhooks-examples`
  7.6.1 with `@octokit/webhooks-methods` 6.0.0, MIT).
- `pagerduty`: key, body and signature by which PagerDuty's client for Go tries itself
  (`go-pagerduty`, Apache-2.0); others by OpenSSL, as PagerDuty's pages say.
- `smn`: two messages that Huawei Cloud's SMN itself signed in 2025, as the tests of Apache
  HertzBeat have them (Apache-2.0), with the certificate that SMN's pages print; others by OpenSSL.
- `grafana` with a signature: by OpenSSL, as Grafana's pages say. What signs there is Go, which is
  not run here, and nobody has published a signed example.

The others have no independent signer, since nobody signs: `alertmanager`, `harbor`, `cloudevents`,
`gitlab` with a token and `grafana` without a signature send the secret in a header. What they send
is theirs all the same: recorded, or as their pages show it (Harbor's, Apache-2.0).
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from standardwebhooks import Webhook

from bot.core.hooks import HookKind
from tests.handlers.hooking import NOON, NOW, OTHER_SECRET, SECRET, Headers

RECORDED: Final = Path(__file__).parent / "hooks"
GITHUB_SECRET: Final = "slipway github hook secret"
MONITOR_SECRET: Final = "whsec_c2xpcHdheSBzYW5kYm94IGhvb2sgc2VjcmV0"
TOKEN: Final = "slipway-cloudevents-bearer-token"  # opens nothing
OTHER_TOKEN: Final = "another token, while it is replaced"
PROJECT: Final = {"id": 2, "path_with_namespace": "shop/checkout"}
CI: Final = bool(os.environ.get("CI"))
OCTOKIT: Final[list[dict[str, str]]] = json.loads(
    gzip.decompress((RECORDED / "octokit.json.gz").read_bytes())
)
ALERTMANAGER: Final[list[dict[str, Any]]] = json.loads((RECORDED / "alertmanager.json").read_text())
CLOUD_EVENTS: Final[list[dict[str, Any]]] = json.loads((RECORDED / "cloudevents.json").read_text())
HARBOR: Final[list[dict[str, str]]] = json.loads((RECORDED / "harbor.json").read_text())
PAGERDUTY: Final[dict[str, str]] = json.loads((RECORDED / "pagerduty.json").read_text())
SMN: Final[dict[str, Any]] = json.loads((RECORDED / "smn.json").read_text("utf-8"))


class Sent(NamedTuple):
    """A delivery with its proof.

    `span` is how long its signed time counts; None: no time is signed. `is_bound` says whether the
    proof covers the body, of which `changed` is the same but for one byte of what is said.
    """

    kind: HookKind
    headers: Headers
    body: bytes
    changed: bytes
    secret: str = TOKEN
    other: str = OTHER_TOKEN
    at: datetime = NOON
    span: timedelta | None = None
    is_bound: bool = True
    more: Mapping[str, Any] = {}


def openssl(*words: str, given: bytes) -> bytes:
    """Return what the command line of OpenSSL makes of *given*; skip where there is none."""
    program = shutil.which("openssl")
    if program is None:
        refuse = pytest.fail if CI else pytest.skip
        refuse("nothing here signs independently: there is no openssl on the PATH")
    return subprocess.run([program, *words], input=given, capture_output=True, check=True).stdout


def hmac_by_openssl(secret: str, content: bytes) -> bytes:
    """Return HMAC-SHA256 in lower-case hex."""
    return openssl("dgst", "-sha256", "-hmac", secret, "-binary", given=content).hex().encode()


class Key(NamedTuple):
    """A key of RSA, and the certificate for it, in PEM."""

    private: bytes
    certificate: str


@cache
def rsa_by_openssl(name: str) -> Key:
    """Let OpenSSL make a key and a certificate of its own; the same for the same *name*."""
    private = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", given=b"")
    asked = ("req", "-new", "-x509", "-key", "/dev/stdin", "-days", "3650", "-subj", f"/CN={name}")
    return Key(private, openssl(*asked, given=private).decode())


def rsa_signature(key: Key, content: bytes, folder: Path) -> bytes:
    """Return the signature of RSA with SHA-256 (PKCS#1 v1.5), in base64."""
    path = folder / f"{hashlib.sha256(key.private).hexdigest()[:8]}.pem"
    path.touch(mode=0o600)
    path.write_bytes(key.private)
    return base64.b64encode(openssl("dgst", "-sha256", "-sign", str(path), given=content))


def changed(body: bytes, old: bytes, new: bytes) -> bytes:
    """Return *body* with a byte of it changed."""
    assert body.count(old) >= 1
    assert len(old) == len(new)
    return body.replace(old, new, 1)


def by_library(kind: HookKind, body: bytes, old: bytes, new: bytes) -> Sent:
    """Return what the library of Standard Webhooks signed."""
    signature = Webhook(SECRET).sign("f5e5f430", NOON, body.decode())
    headers = [
        (b"content-type", b"application/json"),
        (b"webhook-id", b"f5e5f430"),
        (b"webhook-timestamp", str(NOW).encode()),
        (b"webhook-signature", signature.encode()),
    ]
    span, other = timedelta(minutes=5), OTHER_SECRET
    return Sent(kind, headers, body, changed(body, old, new), SECRET, other, span=span)


def standard() -> Sent:
    """Our own event, signed by the specification's library."""
    body = b'{"type":"slipway.deploy.proposed","data":{"target":"checkout","version":"1.4.0"}}'
    return by_library("standard", body, b"1.4.0", b"1.4.1")


def gitlab() -> Sent:
    """A release of GitLab, as it stands with a signing token."""
    return by_library("gitlab", release_of_gitlab(), b"1.4.1", b"1.4.2")


def gitlab_token() -> Sent:
    """The same with the token in a header, which signs nothing."""
    body = release_of_gitlab()
    headers = [(b"content-type", b"application/json"), (b"x-gitlab-token", TOKEN.encode())]
    return Sent("gitlab", headers, body, changed(body, b"1.4.1", b"1.4.2"), is_bound=False)


def release_of_gitlab() -> bytes:
    """The body of a new release."""
    release = {"object_kind": "release", "action": "create", "tag": "1.4.1", "project": PROJECT}
    return json.dumps(release).encode()


def github() -> Sent:
    """The first published release among GitHub's examples."""
    sent = next(each for each in OCTOKIT if each["event"] == "release")
    body = sent["body"].encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"x-github-event", sent["event"].encode()),
        (b"x-hub-signature-256", sent["signature"].encode()),
    ]
    return Sent("github", headers, body, changed(body, b"0.0.1", b"0.0.2"), GITHUB_SECRET)


def with_header(kind: HookKind, label: str, body: bytes, old: bytes, new: bytes) -> Sent:
    """Return what bears its secret, and signs nothing."""
    authorization = f"Bearer {TOKEN}".encode()
    headers = [(b"content-type", label.encode()), (b"authorization", authorization)]
    return Sent(kind, headers, body, changed(body, old, new), is_bound=False)


def harbor() -> Sent:
    """The push of a tag, as Harbor's pages have it."""
    body = HARBOR[0]["body"].encode()
    return with_header("harbor", "application/json", body, b"admin", b"admen")


def cloudevents() -> Sent:
    """A structured event of the SDK."""
    body = base64.b64decode(CLOUD_EVENTS[0]["body"])
    return with_header("cloudevents", "application/cloudevents+json", body, b"1.4.1", b"1.4.2")


def alertmanager() -> Sent:
    """The first delivery of a real Alertmanager."""
    sent = ALERTMANAGER[0]
    body = sent["body"].encode()
    headers = [(name.encode(), value.encode()) for name, value in sent["headers"].items()]
    other = changed(body, b"5xx above", b"4xx above")
    return Sent("alertmanager", headers, body, other, MONITOR_SECRET, is_bound=False)


def of_grafana() -> bytes:
    """The body of Grafana: Alertmanager's, under its own version."""
    group = json.loads(ALERTMANAGER[0]["body"])
    return json.dumps({**group, "version": "1", "orgId": 1, "state": "alerting"}).encode()


def grafana() -> Sent:
    """Signed as Grafana's pages say: the seconds, a colon, the body."""
    body, at = of_grafana(), str(NOW).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"x-grafana-alerting-signature", hmac_by_openssl(TOKEN, at + b":" + body)),
        (b"x-grafana-alerting-timestamp", at),
    ]
    other = changed(body, b"5xx above", b"4xx above")
    return Sent("grafana", headers, body, other, span=timedelta(minutes=5))


def grafana_bearer() -> Sent:
    """Without the signature."""
    return with_header("grafana", "application/json", of_grafana(), b"5xx above", b"4xx above")


def pagerduty() -> Sent:
    """The delivery with which PagerDuty's own client tries its verification."""
    body = PAGERDUTY["body"].encode()
    headers = [(b"x-pagerduty-signature", PAGERDUTY["signature"].encode())]
    other = changed(body, b"A little bump", b"A bitter bump")
    return Sent("pagerduty", headers, body, other, PAGERDUTY["secret"])


def pagerduty_openssl() -> Sent:
    """The same incident when it was triggered, while PagerDuty replaces its secret."""
    body = PAGERDUTY["body"].replace("priority_updated", "triggered").encode()
    both = (hmac_by_openssl(secret, body) for secret in ("a secret of before", TOKEN))
    signature = b",".join(b"v1=" + each for each in both)
    other = changed(body, b"A little bump", b"A bitter bump")
    return Sent("pagerduty", [(b"x-pagerduty-signature", signature)], body, other)


def of_smn(number: int) -> Sent:
    """A message of SMN itself, of a topic in Beijing; the bearer is the subscription's."""
    message = SMN["messages"][number]
    body = json.dumps(message).encode()
    words = (b"dcs-h4tv", b"dcs-h4tw") if number == 0 else (b"You are", b"You ate")
    more = {"topics": (message["topic_urn"],), "certificate": SMN["certificate"]}
    at = datetime.fromisoformat(message["timestamp"])
    other = changed(body, *words)
    return Sent("smn", bearing(), body, other, at=at, span=timedelta(minutes=15), more=more)


EXAMPLE: Final = {
    "message": "My test message",
    "message_id": "88c726942175432bac921eafd0036163",
    "subject": "demo",
    "timestamp": "2016-08-15T07:29:16Z",
    "topic_urn": "urn:smn:regionId:74dc9e44d0cc4573adfce91cdfdd3ba9:xxxx",
    "type": "Notification",
}  # of SMN's pages, in the order in which they have it signed


def smn_openssl(folder: Path, fields: Mapping[str, str] = EXAMPLE) -> Sent:
    """The example of SMN's pages: each name and each value is a line of what is signed."""
    key = rsa_by_openssl("SMN")
    lines = "".join(f"{name}\n{value}\n" for name, value in fields.items())
    signature = rsa_signature(key, lines.encode(), folder).decode()
    body = json.dumps({**fields, "signature": signature}).encode()
    at = datetime(2016, 8, 15, 7, 29, 16, tzinfo=UTC)
    other = changed(body, b"88c72694", b"88c72695")
    more = {"topics": (fields["topic_urn"],), "certificate": key.certificate}
    return Sent("smn", bearing(), body, other, at=at, span=timedelta(minutes=15), more=more)


def bearing() -> Headers:
    """The headers of a subscription with a bearer."""
    return [(b"content-type", b"application/json"), (b"authorization", f"Bearer {TOKEN}".encode())]


SENDERS: Final[Mapping[str, Callable[[Path], Sent]]] = {
    "standard by its library": lambda _: standard(),
    "github by its library": lambda _: github(),
    "gitlab by the library": lambda _: gitlab(),
    "gitlab with a token": lambda _: gitlab_token(),
    "harbor with a header": lambda _: harbor(),
    "cloudevents with a bearer": lambda _: cloudevents(),
    "alertmanager with a bearer": lambda _: alertmanager(),
    "grafana by openssl": lambda _: grafana(),
    "grafana with a bearer": lambda _: grafana_bearer(),
    "pagerduty by itself": lambda _: pagerduty(),
    "pagerduty by openssl": lambda _: pagerduty_openssl(),
    "smn by itself": lambda _: of_smn(0),
    "smn by itself, confirming": lambda _: of_smn(1),
    "smn by openssl": smn_openssl,
}
