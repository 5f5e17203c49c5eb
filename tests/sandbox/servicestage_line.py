"""A line to the simulated ServiceStage over a real socket."""

from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from tests.sandbox.servicestage_client import (
    COMPONENT,
    PROJECT,
    Clock,
)


@dataclass(frozen=True)
class Line:
    """A cloud behind a real server, and a client of it."""

    cloud: HuaweiCloud
    clock: Clock
    client: httpx.Client

    def restart(self) -> httpx.Response:
        """Ask for a restart of checkout."""
        return self.client.post(f"{COMPONENT}/action", json={"action": "restart"})

    def status_of(self, answer: httpx.Response) -> str:
        """Read the status of the job that *answer* names."""
        found = self.client.get(f"/v3/{PROJECT}/cas/jobs/{answer.json()['job_id']}")
        return str(found.json()["job"]["execution_status"])

    @property
    def executions(self) -> int:
        """How many mutations took effect."""
        return len(self.cloud.executed)


class Switch:
    """An application that another one can take the place of, so that one server serves all."""

    def __init__(self) -> None:
        self.app: ASGIApp = huawei_app(HuaweiCloud(sandbox_config()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
