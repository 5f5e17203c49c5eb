"""A monitor: it sends alerts as Alertmanager does, to the hook that is there for them.

Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import time
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import httpx

from bot.sandbox.content import HOOK_SECRET
from bot.sandbox.ports import NO_TLS

AlertState: TypeAlias = Literal["firing", "resolved"]
HOOK: Final = "alerts"
TARGET: Final = "checkout"
SUMMARY: Final = "checkout answers 5xx"
PATIENCE: Final = 5.0  # seconds
_NEVER: Final = "0001-01-01T00:00:00Z"


class Monitor:
    """Sees one thing at a time; *address* is where Slipway listens."""

    def __init__(self) -> None:
        self.address = ""
        self._began = ""

    def send(self, state: AlertState, number: int) -> bool:
        """Send the alert of this number; return whether it was taken."""
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        if state == "firing":
            self._began = now
        body = _message(state, number, self._began, _NEVER if state == "firing" else now)
        headers = {"authorization": f"Bearer {HOOK_SECRET}"}
        url = f"{self.address}/hooks/{HOOK}"
        try:
            answer = httpx.post(
                url, json=body, headers=headers, timeout=PATIENCE, trust_env=False, verify=NO_TLS
            )
        except httpx.TransportError:
            return False
        return answer.is_success


def _message(state: AlertState, number: int, began: str, ended: str) -> dict[str, object]:
    labels = {"alertname": "HighErrorRate", "service": TARGET, "severity": "critical"}
    annotations = {"summary": SUMMARY}
    alert = {
        "status": state,
        "labels": labels,
        "annotations": annotations,
        "startsAt": began,
        "endsAt": ended,
        "generatorURL": "",
        "fingerprint": f"{number:016x}",
    }
    return {
        "version": "4",
        "groupKey": '{}:{alertname="HighErrorRate"}',
        "truncatedAlerts": 0,
        "status": state,
        "receiver": "slipway",
        "groupLabels": {"alertname": labels["alertname"]},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "",
        "alerts": [alert],
    }
