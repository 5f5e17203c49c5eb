"""Every kind of hook, proven by somebody else: what its proof lets in, and what it keeps out."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Final, get_args

import httpx
import pytest

from bot.core.hooks import Alerts, Confirmation, Deployable, HookKind, Nothing
from handlers.hooks.ingress import HookLimits
from tests.handlers.hooking import Outside
from tests.peers.hook_senders import (
    EXAMPLE,
    HARBOR,
    SENDERS,
    SMN,
    TOKEN,
    Sent,
    bearing,
    rsa_by_openssl,
    smn_openssl,
)

LET_IN: Final = {200, 202}
YEAR: Final = timedelta(days=365)
UNHURRIED: Final = HookLimits(answering=20)  # a busy machine is no fault of the product
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "hooks.md"


@pytest.fixture(params=SENDERS)
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Sent:
    """Return a delivery of each kind, by each who signs it."""
    return SENDERS[request.param](tmp_path)


def receiving(sent: Sent, *secrets: str, late: timedelta = timedelta(), **more: str) -> Outside:
    """Return a hook that is given what *sent* wants, so long after it was signed."""
    known = {**sent.more, **more}
    held, now = secrets or (sent.secret,), sent.at + late
    return Outside(sent.kind, secrets=held, limits=UNHURRIED, now=now, **known)


def received(outside: Outside, sent: Sent, body: bytes | None = None) -> httpx.Response:
    """Let it come in."""
    return outside.send(sent.headers, sent.body if body is None else body)


def is_the_same(outside: Outside, first: httpx.Response, again: httpx.Response) -> bool:
    """Whether the second one told nothing new: of alerts, each has a key of its own."""
    earlier = outside.kept.received[0]
    if isinstance(earlier.says, Alerts) and not earlier.key:
        return outside.kept.received[-1] == earlier
    return (again.status_code, again.json()) == (200, first.json())


def test_what_others_prove_is_let_in_once(sent: Sent) -> None:
    """A second time it is the same delivery, with the same answer."""
    outside = receiving(sent)
    first, again = received(outside, sent), received(outside, sent)
    assert first.status_code in LET_IN
    assert is_the_same(outside, first, again)


def test_another_secret_lets_nothing_in(sent: Sent) -> None:
    """Whoever has none of the hook's secrets is nobody."""
    assert received(receiving(sent, sent.other), sent).status_code == 401


def test_either_secret_lets_in_while_one_is_replaced(sent: Sent) -> None:
    """In both orders."""
    for secrets in ((sent.secret, sent.other), (sent.other, sent.secret)):
        assert received(receiving(sent, *secrets), sent).status_code in LET_IN


def test_a_changed_byte_is_noticed_where_the_body_is_signed(sent: Sent) -> None:
    """Where only a header proves who it is, nobody can tell, and docs/hooks.md says so."""
    status = received(receiving(sent), sent, sent.changed).status_code
    assert (status == 401) == sent.is_bound
    assert status in {401, *LET_IN}


def test_an_old_time_is_refused_where_one_is_signed(sent: Sent) -> None:
    """Elsewhere it is known by its own key, however late it comes again."""
    outside = receiving(sent)
    first = received(outside, sent)
    outside.now += (sent.span or YEAR) + timedelta(seconds=1)
    late = received(outside, sent)
    if sent.span is None:
        assert is_the_same(outside, first, late)
        return
    assert late.status_code == 401
    for within in (sent.span, -sent.span):
        assert received(receiving(sent, late=within), sent).status_code in LET_IN
    early = receiving(sent, late=-sent.span - timedelta(seconds=1))
    assert received(early, sent).status_code == 401


def test_without_its_proof_nothing_is_let_in(sent: Sent) -> None:
    """One header after the other is left out; only the type of the content proves nothing."""
    for name, _ in sent.headers:
        if name in {b"content-type", b"user-agent", b"x-github-event"}:
            continue
        headers = [each for each in sent.headers if each[0] != name]
        assert receiving(sent).send(headers, sent.body).status_code == 401, name


CERTIFIED: Final = [name for name in SENDERS if name.startswith("smn")]


@pytest.mark.parametrize("name", CERTIFIED)
def test_only_a_pinned_certificate_lets_a_message_of_smn_in(name: str, tmp_path: Path) -> None:
    """Another one does not; two do, in both orders, while SMN replaces its own."""
    sent, other = SENDERS[name](tmp_path), rsa_by_openssl("other").certificate
    own = sent.more["certificate"]
    assert received(receiving(sent, certificate=other), sent).status_code == 401
    for both in (own + other, other + own):
        assert received(receiving(sent, certificate=both), sent).status_code in LET_IN


def test_a_topic_of_somebody_else_lets_nothing_in(tmp_path: Path) -> None:
    """SMN signs for all its customers with one key."""
    sent = SENDERS["smn by itself"](tmp_path)
    elsewhere = {**sent.more, "topics": ("urn:smn:cn-north-4:0:others",)}
    assert received(receiving(sent._replace(more=elsewhere)), sent).status_code == 401


def test_what_smn_itself_sends_is_read() -> None:
    """An address that confirms is told as it is; what no template of ours says is not guessed."""
    alarm, subscription = SMN["messages"]
    confirming = SENDERS["smn by itself, confirming"](Path())
    outside = receiving(confirming)
    received(outside, confirming)
    wanted = Confirmation(topic=subscription["topic_urn"], url=subscription["subscribe_url"])
    assert outside.said == wanted
    notified = SENDERS["smn by itself"](Path())
    answer = received(receiving(notified), notified)
    assert json.loads(alarm["message"])["data"]["IsAlarm"] is True
    assert answer.json() == {"ignored": "unwanted_event"}


def test_the_end_of_a_subscription_is_no_failure(tmp_path: Path) -> None:
    """It is signed as its beginning is, over its address; nothing follows from it."""
    kept = {name: value for name, value in EXAMPLE.items() if name != "subject"}
    told = {**kept, "subscribe_url": "https://console.huaweicloud.com/smn/x"}
    ended = {name: told[name] for name in sorted(told)} | {"type": "UnsubscribeConfirmation"}
    sent = smn_openssl(tmp_path, ended)
    assert received(receiving(sent), sent).json() == {"ignored": "unwanted_event"}
    elsewhere = sent.body.replace(b"/smn/x", b"/smn/y")
    assert received(receiving(sent), sent, elsewhere).status_code == 401


@pytest.mark.parametrize("number", range(len(HARBOR)))
def test_what_harbors_pages_show_is_read(number: int) -> None:
    """A push of a tag names a version; one without a tag, and all that is no push, is ignored."""
    shown = HARBOR[number]
    body = shown["body"].encode()
    headers = [(b"content-type", shown["content-type"].encode()), *bearing()[1:]]
    outside = Outside("harbor", secrets=(TOKEN,), limits=UNHURRIED)
    answer = outside.send(headers, body)
    told = json.loads(shown["body"])
    data = told.get("event_data", told.get("data"))
    resources = data.get("resources") or [{}]
    tag = resources[0].get("tag", "")
    is_push = told["type"] in {"PUSH_ARTIFACT", "harbor.artifact.pushed"}
    if is_push and not tag.startswith("sha256:"):
        assert answer.status_code == 202
        assert isinstance(outside.said, Deployable)
        assert (outside.said.version, outside.said.by) == (tag, told["operator"])
        assert outside.said.sources == (data["repository"]["repo_full_name"],)
    else:
        assert answer.json() == {"ignored": "unwanted_event"}


def test_harbor_sends_its_header_as_it_stands() -> None:
    """Its setting *Auth Header* is the whole value, with or without a word before it."""
    body = HARBOR[0]["body"].encode()
    for value in (TOKEN, f"Bearer {TOKEN}"):
        headers = [(b"authorization", value.encode())]
        outside = Outside("harbor", secrets=(TOKEN,), limits=UNHURRIED)
        assert outside.send(headers, body).status_code == 202


def test_an_incident_of_pagerduty_is_read(tmp_path: Path) -> None:
    """Of its published example the service, the priority and the title."""
    sent = SENDERS["pagerduty by openssl"](tmp_path)
    outside = receiving(sent)
    assert received(outside, sent).status_code == 202
    assert isinstance(outside.said, Alerts)
    [alert] = outside.said.changes
    assert (alert.title, alert.severity) == ("A little bump in the road", 1)
    assert alert.sources == ("PF9KMXH", "API Service")
    told = SENDERS["pagerduty by itself"](tmp_path)
    outside = receiving(told)
    received(outside, told)
    assert outside.said == Nothing(ignored="unwanted_event")  # another priority is no alert


def proven() -> dict[str, list[str]]:
    """What docs/hooks.md says of each proof: whether the body is covered, and for how long."""
    section = DOCUMENT.read_text("utf-8").partition("## What proves a sender\n")[2]
    table = section.partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    found: dict[str, list[str]] = {}
    for row in rows:
        for kind in re.findall(r"`([a-z]+)`", row[0]):
            found.setdefault(kind, []).append(" | ".join(row[2:4]))
    return found


def test_the_document_says_of_every_kind_what_its_proof_covers(tmp_path: Path) -> None:
    """Each kind of the receiver has its row, and each row is what was seen here."""
    seen: dict[str, set[str]] = {}
    for make in SENDERS.values():
        sent = make(tmp_path)
        minutes = int(sent.span.total_seconds() // 60) if sent.span else 0
        span = f"{minutes} minutes" if minutes else "no"
        seen.setdefault(sent.kind, set()).add(f"{'yes' if sent.is_bound else 'no'} | {span}")
    assert {kind: set(rows) for kind, rows in proven().items()} == seen
    assert seen.keys() == set(get_args(HookKind))
