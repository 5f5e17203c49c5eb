"""Hooks against readings of their formats that are not ours.

Bodies and proofs were made by others: signed here by the specification's own library; GitHub's
published examples, signed by GitHub's own library (`@octokit/webhooks-examples` 7.6.1 with
`@octokit/webhooks-methods` 6.0.0); what Alertmanager 0.25.0, as Debian has it, sent while
alerts began, lasted and ended; and CloudEvents as the CNCF's own SDK writes them (`cloudevents`
2.2.0). GitLab 19.0 and later signs as Standard Webhooks, so that library signs for it, too.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from bot.core.hooks import Alerts, Deployable
from tests.handlers.hooking import NOON, SECRET, Outside
from tests.peers.hook_senders import (
    ALERTMANAGER,
    CLOUD_EVENTS,
    GITHUB_SECRET,
    MONITOR_SECRET,
    OCTOKIT,
    TOKEN,
)

WANTED: Final = {"release", "workflow_run"}  # of GitHub's examples, those that name a version


def test_what_the_specifications_library_signs_is_let_in() -> None:
    """The body as it is, by id and time; a second later it is the same delivery."""
    body = '{"type":"slipway.deploy.proposed","data":{"target":"checkout","version":"1.4.0"}}'
    outside = Outside()
    first = by_library(outside, "build-1", NOON, body)
    assert first.status_code == 202
    again = by_library(outside, "build-1", NOON.replace(second=1), body)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


@given(
    st.text(max_size=200),
    st.integers(-299, 299),
    st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True),
)
def test_whatever_it_signs_is_authentic_here(text: str, seconds: int, name: str) -> None:
    """Any text, within five minutes: it may be ignored, and is never refused."""
    at = datetime.fromtimestamp(NOON.timestamp() + seconds, UTC)
    body = text.encode("utf-8", "replace").decode()
    assert by_library(Outside(), name, at, body).status_code in {200, 202}


@given(st.binary(min_size=24, max_size=64))
def test_any_key_of_its_length_is_read_alike(key: bytes) -> None:
    """The key in `whsec_` is base64, for it and for us."""
    secret = f"whsec_{base64.b64encode(key).decode()}"
    body = '{"type":"slipway.deploy.proposed","data":{"target":"checkout","version":"1.4.0"}}'
    outside = Outside(secrets=(secret,))
    assert by_library(outside, "b", NOON, body, secret).status_code == 202


def by_library(outside: Outside, name: str, at: datetime, body: str, secret: str = SECRET) -> Any:
    """Send *body*, signed by the library."""
    signature = Webhook(secret).sign(name, at, body)
    return outside.send(proofs(name, at, signature), body.encode())


def proofs(name: str, at: datetime, signature: str) -> list[tuple[bytes, bytes]]:
    """Return the headers that prove a delivery."""
    return [
        (b"webhook-id", name.encode()),
        (b"webhook-timestamp", str(int(at.timestamp())).encode()),
        (b"webhook-signature", signature.encode()),
    ]


@pytest.mark.parametrize(("changed", "status"), [("", 202), (" ", 401)])
def test_what_it_signs_for_gitlab_is_let_in(changed: str, status: int) -> None:
    """A signing token of GitLab's is a key of that library; one byte more is refused."""
    project = {"id": 2, "path_with_namespace": "shop/checkout"}
    release = {"object_kind": "release", "action": "create", "tag": "1.4.1", "project": project}
    body = json.dumps(release)
    outside = Outside("gitlab")
    signature = Webhook(SECRET).sign("f5e5f430", NOON, body)
    headers = [
        (b"content-type", b"application/json"),
        (b"x-gitlab-event", b"Release Hook"),
        *proofs("f5e5f430", NOON, signature),
    ]
    assert outside.send(headers, (body + changed).encode()).status_code == status
    assert status != 202 or isinstance(outside.said, Deployable)


@pytest.mark.parametrize("number", range(len(CLOUD_EVENTS)))
def test_cloud_events_of_the_sdk_are_read_where_the_body_has_all_of_it(number: int) -> None:
    """Structured ones name a version, or are not wanted; in binary ones headers would decide."""
    sent = CLOUD_EVENTS[number]
    outside = Outside("cloudevents", secrets=(TOKEN,))
    told = {**sent["headers"], "authorization": f"Bearer {TOKEN}"}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    answer = outside.send(headers, base64.b64decode(sent["body"]))
    if sent["mode"] == "binary":
        assert answer.json() == {"ignored": "unreadable"}
    elif sent["name"] == "other":
        assert answer.json() == {"ignored": "unwanted_event"}
    else:
        assert answer.status_code == 202
        assert isinstance(outside.said, Deployable)
        assert outside.said.version == "1.4.1"


@pytest.mark.parametrize("number", range(len(OCTOKIT)))
def test_githubs_examples_are_authentic_and_read_as_what_they_are(number: int) -> None:
    """A published release and a run that succeeded name a version; all others are ignored."""
    sent = OCTOKIT[number]
    outside = Outside("github", secrets=(GITHUB_SECRET,))
    answer = outside.send(github(sent), sent["body"].encode())
    assert answer.status_code in {200, 202}
    if isinstance(outside.said, Deployable):
        assert sent["event"] in WANTED
        whole = json.loads(sent["body"])
        named = {whole["repository"]["full_name"], str(whole["repository"]["id"])}
        assert named <= set(outside.said.sources)
    forged = sent["body"].replace("Codertocat", "codertocat", 1).replace("octo-org", "octo_org", 1)
    if forged != sent["body"]:
        assert (
            Outside("github", secrets=(GITHUB_SECRET,))
            .send(github(sent), forged.encode())
            .status_code
            == 401
        )


def test_githubs_releases_are_proposed() -> None:
    """Each published release of the examples, with the tag as its version."""
    releases = [each for each in OCTOKIT if each["event"] == "release"]
    assert releases
    for each in releases:
        outside = Outside("github", secrets=(GITHUB_SECRET,))
        assert outside.send(github(each), each["body"].encode()).status_code == 202
        assert isinstance(outside.said, Deployable)
        assert outside.said.version == json.loads(each["body"])["release"]["tag_name"]


def github(sent: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the headers with which GitHub sends it."""
    return [
        (b"content-type", b"application/json"),
        (b"x-github-event", sent["event"].encode()),
        (b"x-hub-signature-256", sent["signature"].encode()),
    ]


def test_a_real_alertmanager_is_understood_from_beginning_to_end() -> None:
    """Two alerts begin; the group is repeated, byte for byte; one ends, then the other."""
    outside = Outside("alertmanager", secrets=(MONITOR_SECRET,))
    seen = []
    for each in ALERTMANAGER:
        headers = [(name.encode(), value.encode()) for name, value in each["headers"].items()]
        assert outside.send(headers, each["body"].encode()).status_code in {200, 202}
        assert isinstance(outside.said, Alerts)
        changes = outside.said.changes
        seen.append([(change.title, change.is_firing, change.severity) for change in changes])
        assert all(change.since for change in changes)
        assert all("checkout" in change.sources for change in changes)
    errors, latency = "5xx above 5 %", "p99 above 2 s"
    assert seen == [
        [(errors, True, 1), (latency, True, 3)],
        [(errors, True, 1), (latency, True, 3)],
        [(errors, False, 1), (latency, True, 3)],
        [(latency, False, 3)],
    ]
    assert ALERTMANAGER[0]["body"] == ALERTMANAGER[1]["body"]
