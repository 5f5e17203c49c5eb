"""Each kind of monitor: how it proves who it is, and what of its events is an alert."""

import copy
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from bot.core.hooks import Alert, Alerts, HookKind
from handlers.hooks.ingress import HookLimits
from tests.handlers.hooking import NOW, SECRET, Headers, Outside, signed
from tests.handlers.test_hook_senders import TOKEN, by_authorization, dropped, hexed

FIRING: Final[dict[str, Any]] = {
    "status": "firing",
    "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
    "annotations": {"summary": "5xx above 5 %"},
    "startsAt": "2026-11-28T19:24:15.385064541Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prom.example/graph",
    "fingerprint": "794e3e8a1bdfe805",
}
RESOLVED: Final = {**FIRING, "status": "resolved", "endsAt": "2026-11-28T19:30:15Z"}
GROUP: Final[dict[str, Any]] = {
    "receiver": "slip",
    "status": "firing",
    "alerts": [FIRING],
    "groupLabels": {"service": "checkout"},
    "version": "4",
    "groupKey": '{}:{service="checkout"}',
    "truncatedAlerts": 0,
}
GRAFANA: Final[dict[str, Any]] = {**GROUP, "version": "1", "orgId": 1, "state": "alerting"}
TRIGGERED: Final[dict[str, Any]] = {
    "event": {
        "id": "01BXAAAA",
        "event_type": "incident.triggered",
        "occurred_at": "2026-11-28T03:20:00.123Z",
        "agent": None,
        "data": {
            "id": "PGR0VU2",
            "type": "incident",
            "status": "triggered",
            "title": "5xx above 5 %",
            "service": {"id": "PF9KMXH", "summary": "checkout", "type": "service_reference"},
            "priority": {"summary": "P1"},
            "urgency": "high",
        },
    }
}
PROPOSED: Final[dict[str, Any]] = {
    "type": "slipway.incident.proposed",
    "data": {
        "key": "probe-checkout",
        "title": "5xx above 5 %",
        "severity": "sev1",
        "status": "firing",
        "targets": ["checkout"],
        "started_at": "2026-11-28T03:20:00Z",
    },
}


def by_grafana(body: bytes, *, at: int = NOW) -> Headers:
    """The headers of Grafana's signature with its time."""
    content = f"{at}:".encode() + body
    return [
        (b"x-grafana-alerting-signature", hexed("", content)),
        (b"x-grafana-alerting-timestamp", str(at).encode()),
    ]


def by_pagerduty(body: bytes) -> Headers:
    """The header of PagerDuty, with the signature of another secret beside it."""
    return [(b"x-pagerduty-signature", b"v1=" + b"0" * 64 + b"," + hexed("v1=", body))]


Row = tuple[HookKind, str, Callable[[bytes], Headers], dict[str, Any]]
RIGHT: Final[dict[str, Row]] = {
    "alertmanager bearer": ("alertmanager", TOKEN, by_authorization(f"Bearer {TOKEN}"), GROUP),
    "grafana signed": ("grafana", TOKEN, by_grafana, GRAFANA),
    "grafana bearer": ("grafana", TOKEN, by_authorization(f"Bearer {TOKEN}"), GRAFANA),
    "pagerduty": ("pagerduty", TOKEN, by_pagerduty, TRIGGERED),
    "standard": ("standard", SECRET, signed, PROPOSED),
}


@pytest.mark.parametrize("name", RIGHT)
def test_an_alert_is_read(name: str) -> None:
    """Each documented body, proven as its sender does it: title, severity, what may be meant."""
    kind, secret, prove, content = RIGHT[name]
    body = json.dumps(content).encode()
    outside = Outside(kind, secrets=(secret,))
    assert outside.send(prove(body), body).status_code == 202
    said = outside.said
    assert isinstance(said, Alerts)
    [alert] = said.changes
    assert (alert.title, alert.severity, alert.is_firing) == ("5xx above 5 %", 1, True)
    assert outside.kept.by_name["ci"].target_of(alert.sources) == "checkout"


@pytest.mark.parametrize("name", RIGHT)
def test_another_secret_proves_no_alert(name: str) -> None:
    """HT-1: without, with an empty and with a foreign proof every kind answers 401."""
    kind, secret, prove, content = RIGHT[name]
    body = json.dumps(content).encode()
    foreign = secret[:-4] + ("AAA=" if secret is SECRET else "xxxx")
    for held, proof in ((foreign, prove(body)), (secret, []), (secret, [*prove(body)] * 2)):
        assert Outside(kind, secrets=(held,)).send(proof, body).status_code == 401


@pytest.mark.parametrize("name", RIGHT)
def test_no_shape_of_an_alert_breaks_a_reader(name: str) -> None:
    """HT-5: each member left out, or of another kind, is an answer, and never a failure."""
    kind, secret, prove, content = RIGHT[name]
    bodies = [json.dumps(each).encode() for each in dropped(content)]
    for start in range(0, len(bodies), 50):
        outside = Outside(kind, secrets=(secret,), limits=HookLimits(answering=20))
        answers = outside.send_all([(prove(body), body) for body in bodies[start : start + 50]])
        assert {answer.status_code for answer in answers} <= {200, 202}


def read(content: dict[str, Any], kind: HookKind = "alertmanager") -> tuple[Alert, ...]:
    """What a hook of this kind reads of *content*."""
    body = json.dumps(content).encode()
    outside = Outside(kind, secrets=(TOKEN,))
    outside.send(by_authorization(f"Bearer {TOKEN}")(body), body)
    return outside.said.changes if isinstance(outside.said, Alerts) else ()


def test_each_alert_is_judged_by_itself() -> None:
    """A group stays firing while any of its alerts does; one message mixes both."""
    other = {**RESOLVED, "fingerprint": "1111111111111111"}
    found = read({**GROUP, "alerts": [FIRING, other]})
    assert [each.is_firing for each in found] == [True, False]


def test_a_new_fault_of_the_same_alert_is_another() -> None:
    """Its fingerprint is the same, its beginning is not; a repeated message changes nothing."""
    later = {**FIRING, "startsAt": "2026-11-28T20:00:00Z"}
    first, again, anew = (read({**GROUP, "alerts": [each]})[0] for each in (FIRING, FIRING, later))
    assert first.key == again.key != anew.key
    assert read({**GROUP, "alerts": [RESOLVED]})[0].key == first.key


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-11-28T20:24:15+08:00", "2026-11-28T12:24:15Z"),
        ("9999-12-31T23:59:59-12:00", None),
        ("0002-01-01T00:00:00+23:59", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_when_an_alert_began_is_kept_in_utc(told: str, meant: str | None) -> None:
    """Monitors write their own zone; what is no moment in UTC tells nothing of when it began."""
    [alert] = read({**GROUP, "alerts": [{**FIRING, "startsAt": told}]})
    assert json.loads(alert.model_dump_json())["since"] == meant


def test_the_labels_of_an_alert_are_bounded() -> None:
    """HT-4: 64 of them are looked at, of 1,000 characters each."""
    labels = {**{f"l{number}": "x" for number in range(500)}, "service": "y" * 2_000}
    [alert] = read({**GROUP, "alerts": [{**FIRING, "labels": labels}]})
    assert len(alert.sources) <= 128
    assert max(len(each) for each in alert.sources) <= 1_100


def test_a_body_of_ones_own_template_is_not_read() -> None:
    """What has no version of its sender may say anything."""
    assert read({**GROUP, "version": "5"}) == ()
    assert read(GROUP, "grafana") == ()


def test_a_signature_of_grafana_without_its_time_proves_nothing() -> None:
    """WH-13: it could be sent again for ever; nor does one that is too old."""
    body = json.dumps(GRAFANA).encode()
    outside = Outside("grafana", secrets=(TOKEN,))
    bare = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest().encode()
    assert outside.send([(b"x-grafana-alerting-signature", bare)], body).status_code == 401
    assert outside.send(by_grafana(body, at=NOW - 301), body).status_code == 401


def test_other_events_of_pagerduty_are_ignored() -> None:
    """Acknowledgements, notes and pings are no alert; three refusals would cost a day."""
    for kind in ("incident.acknowledged", "incident.annotated", "pagey.ping"):
        content = copy.deepcopy(TRIGGERED)
        content["event"]["event_type"] = kind
        body = json.dumps(content).encode()
        answer = Outside("pagerduty", secrets=(TOKEN,)).send(by_pagerduty(body), body)
        assert answer.json() == {"ignored": "unwanted_event"}
