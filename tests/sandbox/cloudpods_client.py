"""A small client of the simulated Cloudpods, and a clock to turn by hand."""

from dataclasses import dataclass
from typing import Any, Final

import httpx

from bot.sandbox.clouds import CloudpodsCloud, CloudpodsConfig, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import PASSWORD, TOKEN, USERNAME
from tests.sandbox.servicestage_client import Clock, InProcess

ROWS: Final = "/api/releases"
ETCD: Final = f"{ROWS}/etcd-release"
HELD: Final = "another operation (install/upgrade/rollback) is in progress"


@dataclass(frozen=True)
class Lab:
    """An installation, its clock, and a client that is let in."""

    cloud: CloudpodsCloud
    clock: Clock
    client: httpx.Client

    def post(self, action: str, path: str = ETCD, **body: Any) -> httpx.Response:
        """Ask for an action, in the wrapper."""
        return self.client.post(f"{path}/{action}", json={"release": body})

    def get(self, path: str = ETCD, **query: Any) -> Any:
        """Read what must be there, without its wrapper."""
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json().get("release", answer.json())

    def history(self, path: str = ETCD) -> dict[int, tuple[str, str, str]]:
        """Return status, chart and description of each revision."""
        rows = self.get(f"{path}/history")
        return {
            each["revision"]: (each["status"], each["chart"], each["description"]) for each in rows
        }


def a_lab(config: CloudpodsConfig | None = None, *, token: str = TOKEN, **changes: Any) -> Lab:
    """Return the sandbox's installation, with *changes* to its configuration."""
    clock = Clock()
    known = sandbox_cloudpods() if config is None else config
    cloud = CloudpodsCloud(known.model_copy(update=changes), clock)
    client = httpx.Client(
        transport=InProcess(cloudpods_app(cloud)),
        base_url="http://lab.test",
        headers={"X-Auth-Token": token} if token else {},
    )
    return Lab(cloud, clock, client)


def a_login(password: str = PASSWORD, **scope: Any) -> dict[str, Any]:
    """Return the body of a login of the sandbox's user, for its project."""
    user = {"name": USERNAME, "password": password, "domain": {"name": "Default"}}
    project = {"project": {"name": "system", "domain": {"name": "Default"}}}
    return {
        "auth": {
            "context": {"source": "cli"},
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": scope or project,
        }
    }


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Return the parts of an error, which is flat."""
    body = answer.json()
    assert sorted(body) == ["class", "code", "details", "time"], body
    assert list(body) == sorted(body)
    assert body["code"] == answer.status_code
    return answer.status_code, body["class"], body["details"]
