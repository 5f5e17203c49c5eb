"""What may come in, row by row: I1 to I28 of the table of bad requests."""

import ast
import inspect
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import pytest
from slack_bolt import BoltResponse
from starlette.applications import Starlette
from starlette.routing import Route
from typing_extensions import override

from bot.core.errors import ConfigurationError
from bot.deadline import patience
from handlers import signatures
from handlers.ingress import PATH, Ingress
from handlers.limits import IngressLimits
from handlers.reception import AskedChange, Reception, Request
from tests.handlers.workspace import (
    FIRST,
    FORM,
    JSON,
    NOON,
    OPS,
    SECRET,
    TEAM,
    DeathError,
    Sent,
    Workspace,
    an_operation,
    headers,
    interaction,
    signature,
)

NOW: Final = str(int(NOON.timestamp()))
BODY: Final = (
    b"command=%2Fdeploy&text=checkout+1&user_id=U0ANN"
    b"&channel_id=C0OPS&team_id=T0TEAM&trigger_id=1.2"
)
GOOD: Final = signature(NOW, BODY)
HEX: Final = GOOD.removeprefix("v0=")
FULL_WIDTH: Final = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in NOW)  # noqa: RUF001 - the row's digits

UNSIGNED: Final = {
    "I1-nothing": [(b"content-type", FORM.encode())],
    "I1-no-signature": headers(NOW, GOOD)[:2],
    "I1-no-timestamp": [headers(NOW, GOOD)[0], headers(NOW, GOOD)[2]],
    "I2-wrong": headers(NOW, "v0=" + "0" * 64),
    "I2-truncated": headers(NOW, GOOD[:-1]),
    "I2-upper-case": headers(NOW, "v0=" + HEX.upper()),
    "I2-65-digits": headers(NOW, GOOD + "0"),
    "I2-v1": headers(NOW, "v1=" + HEX),
    "I2-no-version": headers(NOW, HEX),
    "I2-with-newline-like-blank": headers(NOW, GOOD + " "),
    "I3-non-ascii": headers(NOW, "v0=é" + HEX[1:]),
    "I4-abc": headers("abc", signature("abc", BODY)),
    "I4-empty": headers("", signature("", BODY)),
    "I4-1e9": headers("1e9", signature("1e9", BODY)),
    "I4-hex": headers("0x10", signature("0x10", BODY)),
    "I4-nan": headers("nan", signature("nan", BODY)),
    "I5-400-digits": headers("1" * 400, signature("1" * 400, BODY)),
    "I6-full-width": headers(FULL_WIDTH, signature(FULL_WIDTH, BODY)),
    "I6-plus": headers("+" + NOW, signature("+" + NOW, BODY)),
    "I6-underscores": headers("1_795_17600", signature("1_795_17600", BODY)),
    "I10-two-signatures": [*headers(NOW, GOOD), (b"x-slack-signature", b"v0=" + b"0" * 64)],
    "I10-two-timestamps": [*headers(NOW, GOOD), (b"x-slack-request-timestamp", b"1795176001")],
    "I10-the-same-twice": [*headers(NOW, GOOD), headers(NOW, GOOD)[2]],
    "I26-only-the-old-token": [(b"content-type", FORM.encode()), (b"x-slack-token", b"deprecated")],
    "other-secret": headers(NOW, signature(NOW, BODY, secret="another")),
    "other-time": headers("1795176001", GOOD),
}


@pytest.mark.parametrize("sent", UNSIGNED.values(), ids=UNSIGNED)
def test_unsigned_is_refused(workspace: Workspace, sent: list[tuple[bytes, bytes]]) -> None:
    """Without a sound signature the whole app answers 401, empty, and the service sees nothing."""
    (response,) = workspace.send(Sent(BODY, sent))

    assert (response.status_code, response.content) == (401, b"")
    assert workspace.service.words == []
    assert workspace.keys.keys == set()


@pytest.mark.parametrize("seconds", [-301, 301], ids=["I7-old", "I7-ahead"])
def test_an_old_or_early_signature_is_refused(workspace: Workspace, seconds: int) -> None:
    """A signature is good for 300 s in both directions; beyond, it is counted apart."""
    sent = workspace.sign(BODY, at=NOON + timedelta(seconds=seconds))

    (response,) = workspace.send(sent)

    assert response.status_code == 401
    assert workspace.refusals == ["outside_time"]


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_signature_within_the_window_holds(workspace: Workspace, seconds: int) -> None:
    """The window's edges belong to it."""
    (response,) = workspace.send(workspace.sign(BODY, at=NOON + timedelta(seconds=seconds)))

    assert FIRST in response.json()["text"]


def test_a_replayed_request_has_no_second_effect(workspace: Workspace) -> None:
    """I8: the same signed request later or 50 times at once has one effect.

    Whose first answer was lost is told later what was recorded.
    """
    sent = workspace.sign(BODY)

    at_once = workspace.send(*[sent] * 50)
    workspace.now = NOON + timedelta(minutes=4)
    (later,) = workspace.send(sent)

    assert {response.status_code for response in (*at_once, later)} == {200}
    told = [response.json()["text"] for response in at_once if response.content]
    assert sum(f"Recorded as {FIRST}" in each for each in told) == 1
    assert sum(f"Already recorded as {FIRST}" in each for each in told) == len(told) - 1
    assert later.json()["response_type"] == "ephemeral"
    assert f"Already recorded as {FIRST}" in later.json()["text"]
    assert len(workspace.service.words) == 1


def test_a_request_whose_bot_died_is_recorded_when_it_comes_again(workspace: Workspace) -> None:
    """V69: a proxy repeats it, and the journal decides what was seen; so does a failed answer."""
    sent = workspace.sign(BODY)
    workspace.service.dies = True
    with pytest.raises(DeathError):
        workspace.send(sent)
    workspace.service.dies = False
    (again,) = workspace.send(sent)
    assert FIRST in again.json()["text"]
    assert len(workspace.service.operations) == 1


def test_a_press_that_failed_counts_when_it_comes_again(workspace: Workspace) -> None:
    """V69: 500 says that nothing was done, so the same request is answered anew."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    value = f"{FIRST}:1:52ddc814e000"
    action = {"type": "button", "action_id": "slipway.approve", "block_id": "b", "value": value}
    sent = workspace.sign(workspace.click({"actions": [action]}))
    workspace.service.is_down = True
    (failed,) = workspace.send(sent)
    workspace.service.is_down = False
    (again,) = workspace.send(sent)
    assert (failed.status_code, again.status_code) == (500, 200)
    assert len(workspace.service.operations[FIRST].approvals) == 1


def test_slacks_own_retry_has_one_effect(workspace: Workspace) -> None:
    """I9: the same body with a new time passes the replay cache; its delivery is known."""
    again = workspace.sign(BODY, at=NOON + timedelta(seconds=1))

    first, second = workspace.send(workspace.sign(BODY)) + workspace.send(again)

    assert FIRST in first.json()["text"]
    assert FIRST in second.json()["text"]
    assert len(workspace.service.operations) == 1


def test_without_the_replay_cache_the_journal_still_counts_once(workspace: Workspace) -> None:
    """Redis down stops nobody: deliveries are keyed behind the service as well."""
    workspace.keys.is_down = True
    sent = workspace.sign(BODY)

    first, second = workspace.send(sent) + workspace.send(sent)

    assert FIRST in first.json()["text"]
    assert FIRST in second.json()["text"]
    assert len(workspace.service.operations) == 1


def test_header_names_have_any_case(workspace: Workspace) -> None:
    """I11: names of headers are compared without case."""
    odd = [(name.title(), value) for name, value in headers(NOW, GOOD)]

    (response,) = workspace.send(Sent(BODY, odd))

    assert FIRST in response.json()["text"]


DEEP: Final = b"[" * 100_000
CLICK: Final = b'{"type":"block_actions","team":{"id":"T0TEAM"},"message":%s}'
UNREADABLE: Final = {
    "I12-not-utf-8": b"command=\xff\xfe",
    "I12-not-utf-8-inside": b"command=%2Fops&text=%ff",
    "I18-missing": b"something=else",
    "I18-empty": b"payload=",
    "I18-twice": b"payload=%7B%7D&payload=%7B%7D",
    "I18-null": b"payload=null",
    "I18-array": b"payload=[]",
    "I18-string": b"payload=%22x%22",
    "I18-half": b"payload=%7B",
    "I18-no-type": b"payload=%7B%7D",
    "I18-type-is-no-word": b"payload=%7B%22type%22%3A1%7D",
    "I19-deep": b"payload=" + DEEP,
    "I19-deep-and-closed": b"payload=" + DEEP + b"]" * 100_000,
    "I19-deep-object": b"payload=" + b'{"a":' * 70 + b"1" + b"}" * 70,
    "I20-user-twice": BODY + b"&user_id=UADMIN",
    "I20-text-twice": BODY + b"&text=other",
    "I20-no-pairs": b"command",
    "I20-many-fields": b"&".join(b"f%d=1" % number for number in range(100)),
    "I21-key-twice": b"payload=" + quote('{"type":"a","type":"b"}').encode(),
    "I21-inner-key-twice": b"payload=" + quote('{"type":"a","b":{"c":1,"c":2}}').encode(),
    "I21-nan": b"payload=" + quote(CLICK % b"NaN").encode(),
    "I21-infinity": b"payload=" + quote(CLICK % b"-Infinity").encode(),
    "I21-1e999": b"payload=" + quote(CLICK % b"1e999").encode(),
    "I21-long-integer": b"payload=" + quote(CLICK % (b"9" * 600_000)).encode(),
    "half-a-character": b"payload=" + quote(CLICK % rb'"\ud800"').encode(),
    "user-is-no-object": interaction(type="block_actions", team={"id": TEAM}, user=7),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_can_be_read_in_two_ways_is_refused(workspace: Workspace, body: bytes) -> None:
    """Signed but not what Slack sends: 400 and empty, never an exception."""
    response = workspace.post(body)

    assert (response.status_code, response.content) == (400, b"")
    assert workspace.service.acts == []
    assert workspace.service.words == []


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unsigned_is_never_parsed(workspace: Workspace, body: bytes) -> None:
    """I18, I19: unsigned, all of it is the same 401."""
    (response,) = workspace.send(Sent(body, headers(NOW, GOOD)))

    assert (response.status_code, response.content) == (401, b"")


def _with(name: str, value: str) -> list[tuple[bytes, bytes]]:
    return [*headers(NOW, GOOD), (name.encode(), value.encode())]


def _labelled(label: str) -> list[tuple[bytes, bytes]]:
    return headers(NOW, GOOD, label)


WRONG_FORM: Final = {
    "I11-64-kb-header": (Sent(BODY, _with("x-large", "a" * 65_536)), 431),
    "I13-empty": (Sent(b"", headers(NOW, signature(NOW, b""))), 400),
    "I13-too-large": (Sent(b"a" * 1_000_001, headers(NOW, GOOD)), 413),
    "I13-announced-too-large": (Sent(BODY, _with("content-length", "1000001")), 413),
    "I13-announced-short": (Sent(BODY, _with("content-length", "3")), 400),
    "I13-announced-long": (Sent(BODY, _with("content-length", "300")), 400),
    "I13-negative": (Sent(BODY, _with("content-length", "-1")), 400),
    "I13-not-a-number": (Sent(BODY, _with("content-length", "1e3")), 400),
    "I13-smuggling": (
        Sent(BODY, [*_with("content-length", "3"), (b"transfer-encoding", b"chunked")]),
        400,
    ),
    "I15-multipart": (Sent(BODY, _labelled("multipart/form-data; boundary=x")), 415),
    "I15-none": (Sent(BODY, headers(NOW, GOOD)[1:]), 415),
    "I15-utf-16": (Sent(BODY, _labelled(FORM + "; charset=utf-16")), 415),
    "I15-text": (Sent(BODY, _labelled("text/plain")), 415),
    "I15-command-as-json": (Sent(BODY, _labelled(JSON)), 415),
    "I15-two-labels": (Sent(BODY, _with("content-type", JSON)), 415),
    "I16-get": (replace(Sent(BODY, headers(NOW, GOOD)), method="GET"), 405),
    "I16-put": (replace(Sent(BODY, headers(NOW, GOOD)), method="PUT"), 405),
    "I16-options": (replace(Sent(BODY, headers(NOW, GOOD)), method="OPTIONS"), 405),
    "I16-trace": (replace(Sent(BODY, headers(NOW, GOOD)), method="TRACE"), 405),
    "I16-two-slashes": (replace(Sent(BODY, headers(NOW, GOOD)), path="//slack/events"), 404),
    "I16-dots": (replace(Sent(BODY, headers(NOW, GOOD)), path="/slack/events/..;/"), 404),
    "I16-slash-at-the-end": (replace(Sent(BODY, headers(NOW, GOOD)), path="/slack/events/"), 404),
    "I16-escaped": (replace(Sent(BODY, headers(NOW, GOOD)), path="/slack%2Fevents"), 404),
    "I17-gzip": (Sent(BODY, _with("content-encoding", "gzip")), 415),
    "I30-metrics": (replace(Sent(BODY, headers(NOW, GOOD)), path="/metrics"), 404),
}


@pytest.mark.parametrize(("sent", "status"), WRONG_FORM.values(), ids=WRONG_FORM)
def test_the_outer_form_is_checked_first(workspace: Workspace, sent: Sent, status: int) -> None:
    """Path, method, label and length are judged before anything else; refusals are empty."""
    (response,) = workspace.send(sent)

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers.get("allow") == ("POST" if status == 405 else None)
    assert workspace.service.words == []


def test_the_endpoint_is_a_route(workspace: Workspace) -> None:
    """As a route of a larger application it answers its own path in the same way."""
    app = Starlette(routes=[Route(PATH, endpoint=workspace.ingress)])
    workspace.serve(app)

    signed, other = workspace.send(workspace.sign(BODY), Sent(BODY, [], method="DELETE"))

    assert FIRST in signed.json()["text"]
    assert other.status_code == 405


def test_refusals_close_the_connection(workspace: Workspace) -> None:
    """I13: after a refused request nothing more of the connection is read."""
    (response,) = workspace.send(Sent(BODY, []))

    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("label", [FORM, FORM + ";charset=UTF-8", FORM.title()])
def test_a_forms_label_may_name_utf_8(workspace: Workspace, label: str) -> None:
    """I15: the labels that Slack and its proxies write are accepted."""
    (response,) = workspace.send(workspace.sign(BODY, label=label))

    assert FIRST in response.json()["text"]


def test_an_unknown_command_is_answered_in_words(workspace: Workspace) -> None:
    """I22: a command that nobody listens to is refused with its code; nothing was recorded."""
    text = workspace.command("/nope", "checkout").json()["text"]

    assert "[unknown_command]" in text
    assert "Nothing was recorded." in text


UNKNOWN: Final = {
    "I22-payload-type": (interaction(type="shortcut", team={"id": TEAM}, callback_id="x"), FORM),
    "I22-closed": (
        interaction(type="view_closed", team={"id": TEAM}, view={"callback_id": "other"}),
        FORM,
    ),
    "I22-event": (
        json.dumps({"type": "event_callback", "team_id": TEAM, "event": {"type": "pin"}}).encode(),
        JSON,
    ),
    "I22-json-type": (json.dumps({"type": "app_rate_limited", "team_id": TEAM}).encode(), JSON),
}


@pytest.mark.parametrize(("body", "label"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_kinds_are_accepted_and_ignored(
    workspace: Workspace, body: bytes, label: str
) -> None:
    """I22: what has no listener is answered 200 and empty, so that Slack does not repeat it."""
    response = workspace.post(body, label=label)

    assert (response.status_code, response.content) == (200, b"")


def test_an_unknown_form_is_not_closed_without_a_word(workspace: Workspace) -> None:
    """I22: an empty answer would close it as if what was asked for had been done."""
    sent = interaction(type="view_submission", team={"id": TEAM}, view={"callback_id": "other"})

    told = workspace.post(sent, label=FORM)

    assert told.status_code == 200
    assert "[unreadable_request]" in told.text


def test_ssl_check_is_answered_when_signed(workspace: Workspace) -> None:
    """I23: Slack's certificate check names no workspace and is answered empty."""
    response = workspace.post(b"ssl_check=1&token=deprecated")

    assert (response.status_code, response.content) == (200, b"")


def test_the_challenge_is_echoed_when_signed_only(workspace: Workspace) -> None:
    """I23: nobody else learns that the endpoint echoes."""
    body = b'{"type":"url_verification","challenge":"abc"}'

    signed = workspace.post(body, label=JSON)
    (unsigned,) = workspace.send(Sent(body, headers(NOW, GOOD, JSON)))

    assert signed.json() == {"challenge": "abc"}
    assert (unsigned.status_code, unsigned.content) == (401, b"")


@pytest.mark.parametrize("challenge", [b"null", b"7", b'{"a":1}'])
def test_a_challenge_is_a_text(workspace: Workspace, challenge: bytes) -> None:
    """Only text is echoed."""
    body = b'{"type":"url_verification","challenge":%s}' % challenge

    assert workspace.post(body, label=JSON).status_code == 400


def test_another_app_is_refused(workspace: Workspace) -> None:
    """I24: another app that has the same secret by mistake gets 403."""
    response = workspace.command("/deploy", "checkout 1", api_app_id="A0OTHER")

    assert (response.status_code, response.content) == (403, b"")
    assert workspace.service.words == []


FOREIGN: Final[dict[str, dict[str, str]]] = {
    "I25-team": {"team_id": "T0OTHER"},
    "I25-no-team": {"team_id": ""},
    "I25-enterprise": {"enterprise_id": "E0OTHER"},
    "I25-forged-install": {"is_enterprise_install": "true"},
    "I25-no-boolean": {"is_enterprise_install": "perhaps"},
}


@pytest.mark.parametrize("other", FOREIGN.values(), ids=FOREIGN)
def test_another_workspace_is_refused_in_words(workspace: Workspace, other: dict[str, str]) -> None:
    """I25: a command of another workspace is told so, and does nothing."""
    response = workspace.command("/deploy", "checkout 1", **other)

    assert "[foreign_workspace]" in response.json()["text"]
    assert workspace.service.words == []


FOREIGN_CLICKS: Final[dict[str, dict[str, object]]] = {
    "I25-team": {"team": {"id": "T0OTHER"}},
    "I25-team-is-no-object": {"team": [TEAM]},
    "I25-team-null": {"team": None, "enterprise": {"id": "E0ORG"}},
    "I25-enterprise": {"team": {"id": TEAM}, "enterprise": {"id": "E0ORG"}},
    "I25-install": {"team": {"id": TEAM}, "is_enterprise_install": True},
}


@pytest.mark.parametrize("other", FOREIGN_CLICKS.values(), ids=FOREIGN_CLICKS)
def test_another_workspaces_press_does_nothing(
    workspace: Workspace, other: dict[str, object]
) -> None:
    """I25, B8: a press from elsewhere is answered empty; nobody there is told anything."""
    action = {"type": "button", "action_id": "slipway.approve", "value": FIRST}
    body = interaction(
        type="block_actions",
        user={"id": "U0BOB"},
        channel={"id": OPS},
        trigger_id="1.2",
        actions=[action],
        **other,
    )

    response = workspace.post(body)

    assert (response.status_code, response.content) == (200, b"")
    assert workspace.service.acts == []
    assert workspace.service.whispers == []


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-real-ip", "x-user-id", "x-slack-user"])
def test_headers_say_nothing_about_people(workspace: Workspace, name: str) -> None:
    """I27: whoever sends headers does not become somebody else."""
    workspace.send(Sent(BODY, _with(name, "U0ADMIN")))

    [(_, _, caller)] = workspace.service.words
    assert caller.user == "U0ANN"


@pytest.mark.parametrize("number", ["999999", "-1", "often", "é"])
def test_retry_headers_decide_nothing(workspace: Workspace, number: str) -> None:
    """I28: they are not signed, so they change nothing."""
    (response,) = workspace.send(Sent(BODY, _with("x-slack-retry-num", number)))

    assert FIRST in response.json()["text"]


@pytest.mark.parametrize("name", ["x-slack-bolt-lazy-only", "x-slack-bolt-lazy-function-name"])
def test_bolts_own_headers_do_not_pass(workspace: Workspace, name: str) -> None:
    """BT-8: a header that is not signed cannot make Bolt skip a listener."""
    (response,) = workspace.send(Sent(BODY, _with(name, "1")))

    assert FIRST in response.json()["text"]


def test_who_waits_too_long_is_refused_truthfully() -> None:
    """L1: without a free thread in time a command is told that nothing was recorded, and is not."""
    workspace = Workspace(limits=IngressLimits(threads=1, waiting=0.05))
    bodies = [workspace.typed("/deploy", "checkout 1") for _ in range(3)]
    workspace.service.may_go_on.clear()
    workspace.on_refusals(2, workspace.service.may_go_on.set)

    answers = workspace.send(*[workspace.sign(body) for body in bodies])

    busy = [answer for answer in answers if "[busy]" in answer.text]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(busy) == 2
    assert all("Nothing was recorded." in answer.json()["text"] for answer in busy)
    assert len(workspace.service.operations) == 1
    assert workspace.refusals == ["busy", "busy"]


def test_a_queue_that_is_too_long_is_refused_at_once() -> None:
    """Who could not be served in time need not wait to be told so."""
    workspace = Workspace(limits=IngressLimits(threads=1, waiting=30.0, queue=1))
    workspace.service.may_go_on.clear()
    workspace.on_refusals(3, workspace.service.may_go_on.set)

    answers = workspace.send(
        *[workspace.sign(workspace.typed("/deploy", "checkout 1")) for _ in range(5)]
    )

    assert sum("[busy]" in answer.text for answer in answers) == 3
    assert len(workspace.service.operations) == 2


class Hurried(Reception):
    """Keeps how many seconds an answer has, from the moment it is begun."""

    left = 0.0

    @override
    def answer(self, request: Request) -> BoltResponse:
        self.left = patience(time.monotonic(), 1_000.0)
        return super().answer(request)

    @override
    def answer_together(self, asked: Sequence[AskedChange]) -> list[BoltResponse]:
        self.left = patience(time.monotonic(), 1_000.0)
        return super().answer_together(asked)


@pytest.mark.parametrize("text", ["checkout 1", ""], ids=["together", "alone"])
def test_an_answer_knows_how_long_it_may_take(text: str) -> None:
    """What is waited for on an answer's way ends before Slack stops waiting."""
    workspace = Workspace()
    reception = Hurried(workspace.app, workspace.changes, workspace.installation, workspace.keys)
    workspace.serve(Ingress(reception, signing_secret=SECRET, clock=lambda: workspace.now))

    (response,) = workspace.send(workspace.sign(workspace.typed("/deploy", text)))

    assert response.json()["text"]
    assert 0 < reception.left <= IngressLimits().answering < 2.5


def test_a_busy_press_shows_slacks_warning() -> None:
    """L1: a press that was not looked at must not look as if it was."""
    workspace = Workspace(limits=IngressLimits(threads=1, waiting=0.0))
    body = workspace.click({"actions": []})

    (response,) = workspace.send(workspace.sign(body))

    assert response.status_code == 503


def test_a_busy_form_says_so_at_its_input() -> None:
    """L1: a form that was not looked at stays open, with the words at its input."""
    workspace = Workspace(limits=IngressLimits(threads=1, waiting=0.0))
    body = workspace.submission({"callback_id": "slipway.reject_reason"}, "no")

    (response,) = workspace.send(workspace.sign(body))

    assert "[busy]" in response.json()["errors"]["slipway.reason"]


def test_an_empty_secret_refuses_the_start(workspace: Workspace) -> None:
    """An empty secret would let everybody sign."""
    reception = workspace.reception()

    with pytest.raises(ConfigurationError, match="signing secret"):
        Ingress(reception, signing_secret=" ", clock=lambda: NOON)


def test_bolt_logs_warnings_alone(workspace: Workspace) -> None:
    """BT-6: below WARNING, Bolt logs whole bodies."""
    assert workspace.app.logger.getEffectiveLevel() == logging.WARNING


def test_refusals_log_no_body(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    """G1: of a refused request only status and cause are logged; not its body or headers."""
    caplog.set_level("DEBUG")

    workspace.send(Sent(BODY, headers(NOW, "v0=" + "0" * 64)))
    workspace.post(b"payload=" + quote('{"type":"secret-word"').encode())

    assert "secret-word" not in caplog.text
    assert "checkout" not in caplog.text
    assert SECRET not in caplog.text


def test_v72_signatures_are_compared_in_constant_time() -> None:
    """V72: how long a no takes tells nobody how much of a signature was right."""
    tree = ast.parse(inspect.getsource(signatures.verified))
    calls = [ast.unparse(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)]
    assert "hmac.compare_digest" in calls
    compared = [
        name.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Compare)
        for name in ast.walk(each)
        if isinstance(name, ast.Name)
    ]
    assert not {"digest", "signature"} & set(compared)
