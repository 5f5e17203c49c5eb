"""Events from outside, row by row: HT-1 to HT-19 of the table of threats, as far as HTTP goes."""

import ast
import inspect
import logging
from pathlib import Path
from typing import Final

import pytest

import handlers.hooks
from bot.core.hooks import Deployable, Nothing
from handlers.hooks import proofs
from handlers.hooks.buckets import BURST
from handlers.hooks.ingress import HookLimits
from tests.handlers.hooking import (
    KEY,
    NOW,
    OTHER,
    OTHER_SECRET,
    SECRET,
    Headers,
    Outside,
    proposed,
    signed,
)

BODY: Final = proposed()
GOOD: Final = signed(BODY)


def without(name: bytes) -> Headers:
    """The right headers, but for one."""
    return [each for each in GOOD if each[0] != name]


def instead(name: bytes, value: bytes) -> Headers:
    """The right headers, with another value of one."""
    return [*without(name), (name, value)]


def value_of(name: bytes) -> bytes:
    """The right value of a header."""
    return dict(GOOD)[name]


UNSIGNED: Final[dict[str, Headers]] = {
    "HT-1-nothing": [],
    "HT-1-no-signature": without(b"webhook-signature"),
    "HT-1-no-id": without(b"webhook-id"),
    "HT-1-no-time": without(b"webhook-timestamp"),
    "HT-1-empty": instead(b"webhook-signature", b""),
    "HT-1-empty-v1": instead(b"webhook-signature", b"v1,"),
    "HT-1-foreign": signed(BODY, key=OTHER),
    "HT-1-of-no-key": signed(BODY, key=b""),
    "HT-2-non-ascii": instead(b"webhook-signature", "v1,é".encode()),
    "HT-2-other-version": instead(
        b"webhook-signature", value_of(b"webhook-signature").replace(b"v1", b"v1a")
    ),
    "HT-3-two-signatures": [*GOOD, (b"webhook-signature", value_of(b"webhook-signature"))],
    "HT-3-two-ids": [*GOOD, (b"webhook-id", b"msg_1")],
    "HT-3-blank-in-id": signed(BODY, delivery="msg 1"),
    "HT-3-time-in-words": signed(BODY, at="1e9"),
    "HT-3-time-underscored": signed(BODY, at="1_795_86720"),
    "HT-3-time-of-400-digits": signed(BODY, at="1" * 400),
    "HT-3-other-id": instead(b"webhook-id", b"msg_2"),
    "HT-6-too-old": signed(BODY, at=NOW - 301),
    "HT-6-too-early": signed(BODY, at=NOW + 301),
    "HT-9-the-secret-itself": [(b"authorization", f"Bearer {SECRET}".encode())],
}


@pytest.mark.parametrize("headers", UNSIGNED.values(), ids=UNSIGNED)
def test_what_is_not_signed_is_not_read(headers: Headers) -> None:
    """HT-1, HT-3: any doubt is 401 with an empty body, whatever the doubt is; nothing is read."""
    outside = Outside()
    answer = outside.send(headers, b"[" * 2_000)
    assert (answer.status_code, answer.content) == (401, b"")
    answer = outside.send(headers, BODY)
    assert (answer.status_code, answer.content) == (401, b"")
    assert outside.kept.received == []


def test_what_is_signed_is_recorded() -> None:
    """202 with the id; what it says is what the body says, its key the signed id."""
    outside = Outside()
    answer = outside.send(
        signed(proposed(note="build 163"), delivery="msg_7"), proposed(note="build 163")
    )
    assert answer.status_code == 202
    assert answer.json() == {"id": "prop-0000000001"}
    [event] = outside.kept.received
    assert event.key == "msg_7"
    assert event.says == Deployable(sources=("checkout",), version="1.4.0", note="build 163")


def test_one_of_several_signatures_is_enough() -> None:
    """While a sender replaces its secret it signs with both."""
    both = (
        value_of(b"webhook-signature") + b" " + dict(signed(BODY, key=OTHER))[b"webhook-signature"]
    )
    assert Outside().send(instead(b"webhook-signature", both), BODY).status_code == 202


@pytest.mark.parametrize("order", [(SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET)])
@pytest.mark.parametrize("key", [KEY, OTHER])
def test_either_secret_counts_while_one_is_replaced(order: tuple[str, str], key: bytes) -> None:
    """HT-8: in both orders; once a secret left the list, it counts no more."""
    assert Outside(secrets=order).send(signed(BODY, key=key), BODY).status_code == 202
    alone = Outside(secrets=(OTHER_SECRET,))
    assert alone.send(signed(BODY, key=KEY), BODY).status_code == 401


def test_which_secret_is_still_used_is_counted() -> None:
    """HT-8: nobody takes a secret away that a sender still has; of one there is no doubt."""
    outside = Outside(secrets=(OTHER_SECRET, SECRET))
    for key, delivery in ((KEY, "msg_1"), (OTHER, "msg_2"), (b"x" * 24, "msg_3")):
        outside.send(signed(BODY, key=key, delivery=delivery), BODY)
    assert outside.proved == [("ci", "second"), ("ci", "first")]
    alone = Outside()
    alone.send(GOOD, BODY)
    assert alone.proved == []


def test_signatures_are_compared_in_constant_time() -> None:
    """HT-2: `hmac.compare_digest` over bytes, for every secret, without an early exit."""
    tree = ast.parse(inspect.getsource(proofs.matching))
    compared = [each for each in ast.walk(tree) if isinstance(each, ast.Compare)]
    assert compared == []
    assert "compare_digest" in ast.unparse(tree)
    folder = Path(str(handlers.hooks.__file__)).parent
    for path in folder.glob("*.py"):
        names = {
            each.id for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Name)
        }
        assert "compare_digest" not in names


STRANGE: Final = {
    "HT-3-a-key-twice": b'{"type":"slipway.deploy.proposed","type":"x","data":{}}',
    "HT-3-nan": b'{"type":"slipway.deploy.proposed","data":{"target":NaN}}',
    "HT-3-not-utf-8": b'{"type":"\xff"}',
    "HT-4-deep": b"[" * 2_000,
    "HT-4-deep-object": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "HT-4-a-long-number": b'{"a":' + b"1" * 5_000 + b"}",
    "HT-5-a-list": b"[]",
    "HT-5-a-word": b'"slipway"',
    "HT-5-nothing": b"",
    "HT-5-no-data": b'{"type":"slipway.deploy.proposed"}',
    "HT-5-data-a-list": b'{"type":"slipway.deploy.proposed","data":[]}',
    "HT-5-a-number": b'{"type":"slipway.deploy.proposed","data":{"target":"a","version":1}}',
    "HT-5-half-a-character": b'{"type":"slipway.deploy.proposed","data":{"target":"\\ud800"}}',
    "HT-5-zipped": b"\x1f\x8b\x08\x00",
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_what_cannot_be_read_is_ignored(body: bytes) -> None:
    """HT-4, HT-5: what is authentic is never a failure: senders repeat those, or switch off."""
    outside = Outside()
    answer = outside.send(signed(body), body)
    assert (answer.status_code, answer.json()) == (200, {"ignored": "unreadable"})
    assert all(isinstance(each.says, Nothing) for each in outside.kept.received)


def test_other_events_are_ignored() -> None:
    """What proposes nothing is answered so, and leaves nothing."""
    body = b'{"type":"image.pushed","data":{}}'
    answer = Outside().send(signed(body), body)
    assert (answer.status_code, answer.json()) == (200, {"ignored": "unwanted_event"})


def test_a_delivery_that_comes_again_has_the_same_answer() -> None:
    """HT-6: 200 with the same id, also when the sender signs each try anew."""
    outside = Outside()
    first = outside.send(signed(BODY), BODY)
    again = outside.send(signed(BODY, at=NOW + 60), BODY)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert len(outside.kept.received) == 1


def test_what_is_too_large_is_not_read() -> None:
    """HT-4: 413 by the announced length and by what comes, before anything is verified."""
    outside = Outside(limits=HookLimits(body=1_000))
    assert outside.send(GOOD, b"x" * 1_001).status_code == 413
    assert outside.send([*GOOD, (b"content-length", b"9" * 40)], b"").status_code == 413
    assert outside.send([*GOOD, (b"x-long", b"x" * 20_000)], BODY).status_code == 413


PATHS: Final = {
    "a-query": ("/hooks/ci?access_token=abc", "POST"),
    "another": ("/hooks/cd", "POST"),
    "deeper": ("/hooks/ci/x/y", "POST"),
    "encoded": ("/hooks/%63i", "POST"),
    "dots": ("/hooks/../hooks/x", "POST"),
    "none": ("/hooks/", "POST"),
    "get": ("/hooks/ci", "GET"),
    "put": ("/hooks/ci", "PUT"),
    "options": ("/hooks/ci", "OPTIONS"),
    "head": ("/hooks/ci", "HEAD"),
}


@pytest.mark.parametrize(("path", "method"), PATHS.values(), ids=PATHS)
def test_other_paths_and_methods_are_not_there(path: str, method: str) -> None:
    """HT-9: a secret in a query would stand in logs; nothing redirects."""
    outside = Outside()
    answer = outside.send(GOOD, BODY, path=path, method=method)
    assert (answer.status_code, answer.content) == (404, b"")
    assert "location" not in answer.headers
    assert outside.kept.received == []


def test_a_hook_takes_so_many_at_once() -> None:
    """HT-14: then 429; what is known is still answered; a minute later it goes on."""
    outside = Outside()

    def sent(number: int) -> int:
        return outside.send(signed(BODY, delivery=f"msg_{number}"), BODY).status_code

    assert {sent(number) for number in range(BURST)} == {202}
    refused = outside.send(signed(BODY, delivery="more"), BODY)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert sent(1) == 200
    outside.now = outside.now.replace(minute=1)
    assert outside.send(signed(BODY, delivery="more", at=NOW + 60), BODY).status_code == 202


@pytest.mark.parametrize("body", [b'{"type":"build.started"}', b"nothing"])
def test_what_says_nothing_takes_no_room(body: bytes) -> None:
    """Who is sent every event of a repository loses none that counts to those that do not."""
    outside = Outside()
    answers = [outside.send(signed(body), body) for _ in range(BURST + 1)]
    assert {each.status_code for each in answers} == {200}
    assert outside.send(GOOD, BODY).status_code == 202


def test_what_is_not_signed_takes_no_room() -> None:
    """HT-14: nobody keeps a sender out by asking often without its secret."""
    outside = Outside()
    for _ in range(BURST + 1):
        outside.send(signed(BODY, key=OTHER), BODY)
    assert outside.send(GOOD, BODY).status_code == 202


def test_without_a_journal_nothing_is_said_to_be_recorded() -> None:
    """503 with Retry-After, which senders take as a reason to come again."""
    outside = Outside()
    outside.kept.is_down = True
    answer = outside.send(GOOD, BODY)
    assert (answer.status_code, answer.content) == (503, b"")
    assert answer.headers["retry-after"]


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """HT-9: neither body nor headers nor secrets, whatever comes of it."""
    caplog.set_level(logging.DEBUG)
    outside = Outside()
    canary = proposed(note="canary-4711")
    outside.send(signed(canary), canary)
    outside.send(signed(canary, key=OTHER), canary)
    outside.send([(b"authorization", b"canary-4711")], canary)
    outside.send(signed(b"canary-4711"), b"canary-4711")
    assert "canary-4711" not in caplog.text
    assert SECRET not in caplog.text


def test_what_came_of_each_request_is_counted() -> None:
    """HT-18: by hook and verdict; an unknown name counts as one."""
    outside = Outside()
    outside.send(GOOD, BODY)
    outside.send(GOOD, BODY)
    outside.send(signed(BODY, key=OTHER), BODY)
    outside.send(GOOD, BODY, path="/hooks/nobody")
    assert outside.counted == [
        ("ci", "recorded"),
        ("ci", "known"),
        ("ci", "wrong_signature"),
        ("unknown", "unknown_hook"),
    ]


def test_what_a_proxy_says_of_addresses_decides_nothing() -> None:
    """HT-19: `X-Forwarded-For` lets nobody in and keeps nobody out."""
    outside = Outside()
    header = (b"x-forwarded-for", b"127.0.0.1")
    assert outside.send([*signed(BODY, key=OTHER), header], BODY).status_code == 401
    assert outside.send([*GOOD, header], BODY).status_code == 202


BEARER: Final = [(b"authorization", f"Bearer {SECRET}".encode())]


def test_a_pipeline_can_ask_how_it_stands() -> None:
    """With a secret of the hook as bearer; without one nobody learns what is there."""
    outside = Outside()
    wanted = outside.send(GOOD, BODY).json()["id"]
    path = f"/hooks/ci/{wanted}"
    answer = outside.send(BEARER, b"", path=path, method="GET")
    assert (answer.status_code, answer.json()) == (200, {"id": wanted, "done": False})
    for scheme in ("bearer", "BEARER"):  # it has no case: RFC 9110, section 11.1
        headers = [(b"authorization", f"{scheme} {SECRET}".encode())]
        assert outside.send(headers, b"", path=path, method="GET").status_code == 200
    for headers in ([], [(b"authorization", b"Bearer x")], [(b"authorization", SECRET.encode())]):
        assert outside.send(headers, b"", path=path, method="GET").status_code == 401
    for other in ("prop-zzzzzzzzzz", "op-0000000000"):
        answer = outside.send(BEARER, b"", path=f"/hooks/ci/{other}", method="GET")
        assert answer.status_code == 404
    assert outside.send(GOOD, BODY, path=path).status_code == 404
    assert outside.send(BEARER, b"", path=f"/hooks/cd/{wanted}", method="GET").status_code == 404
    outside.kept.is_down = True
    assert outside.send(BEARER, b"", path=path, method="GET").status_code == 503


REFERENCE: Final = {  # made by the library `standardwebhooks` 1.1.0, which shares no line with us
    "plain": (
        '{"type":"slipway.deploy.proposed","data":{"target":"checkout","version":"1.4.0"}}',
        b"v1,GQpH8MMEUvEbk66qMhvQInjXaPScGZvZQxxN49Lt93Y=",
    ),
    "beyond ascii": (
        (
            '{"type":"slipway.deploy.proposed","data":{"target":"checkout","version":"1.4.0",'
            '"note":"Bau für Zürich — 部署"}}'
        ),
        b"v1,wTF6170uguQ6Kk1MsA5o9LQ3xmrKSVa5vJWEYI8YxhY=",
    ),
}


@pytest.mark.parametrize(("text", "signature"), REFERENCE.values(), ids=REFERENCE)
def test_what_the_reference_library_signed_is_let_in(text: str, signature: bytes) -> None:
    """A second reading of the specification: what others sign counts here."""
    headers = [
        (b"webhook-id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (b"webhook-timestamp", str(NOW).encode()),
        (b"webhook-signature", signature),
    ]
    assert Outside().send(headers, text.encode()).status_code == 202
