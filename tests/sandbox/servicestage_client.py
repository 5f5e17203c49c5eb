"""A small client of the simulated ServiceStage: its own signer, and a clock to turn by hand."""

import asyncio
import hashlib
import hmac
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote

import httpx
from starlette.types import ASGIApp
from typing_extensions import override

from bot.sandbox.clouds import HuaweiCloud, HuaweiConfig, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.content import FLAKY_ID

PROJECT: Final = "063a3158b1a34710b36ad208b9497d00"
SHOP: Final = "2c458700-c8e0-4651-a73b-5219b70a6572"
CHECKOUT: Final = "f3f6cb89-831d-4579-8bbc-664487889e38"
SIGNED_AT: Final = 1_714_979_289.0  # 2024-05-06T07:08:09Z
CAS: Final = f"/v3/{PROJECT}/cas"
COMPONENTS: Final = f"{CAS}/applications/{SHOP}/components"
COMPONENT: Final = f"{COMPONENTS}/{CHECKOUT}"
FLAKY: Final = f"{COMPONENTS}/{FLAKY_ID}"


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: float = SIGNED_AT) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.now += seconds


@dataclass(frozen=True)
class Signer(httpx.Auth):
    """Signs requests with SDK-HMAC-SHA256, as a client does."""

    ak: str
    sk: str
    clock: Clock
    project_id: str = PROJECT
    security_token: str = ""
    unsigned: frozenset[str] = frozenset()
    requires_request_body = True

    @override
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        moment = datetime.fromtimestamp(self.clock(), tz=UTC)
        request.headers["X-Sdk-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Project-Id"] = self.project_id
        if self.security_token:
            request.headers["X-Security-Token"] = self.security_token
        wanted = {"content-type", "host", "x-project-id", "x-sdk-date", "x-security-token"}
        names = sorted(wanted & set(request.headers) - self.unsigned)
        request.headers["Authorization"] = (
            f"SDK-HMAC-SHA256 Access={self.ak}, SignedHeaders={';'.join(names)}, "
            f"Signature={self._signature(request, names)}"
        )
        yield request

    def _signature(self, request: httpx.Request, names: list[str]) -> str:
        path = "/".join(_encoded(part) for part in request.url.path.split("/"))
        canonical = "\n".join(
            (
                request.method,
                path.rstrip("/") + "/",
                _canonical(request.url.query.decode()),
                "".join(f"{name}:{request.headers[name].strip()}\n" for name in names),
                ";".join(names),
                hashlib.sha256(request.content).hexdigest(),
            )
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"SDK-HMAC-SHA256\n{request.headers['X-Sdk-Date']}\n{digest}"
        return hmac.new(self.sk.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Bearer(httpx.Auth):
    """Shows a token, the sandbox's if no other is given."""

    token: str = sandbox_config().tokens[0].token

    @override
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["X-Auth-Token"] = self.token
        yield request


def _canonical(query: str) -> str:
    pairs = sorted(part.partition("=")[::2] for part in query.split("&") if part)
    return "&".join(f"{_encoded(unquote(k))}={_encoded(unquote(v))}" for k, v in pairs)


def _encoded(text: str) -> str:
    return quote(text, safe="~")


class InProcess(httpx.BaseTransport):
    """Calls an ASGI application without a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app=app)

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)


@dataclass(frozen=True)
class World:
    """A cloud, its clock, and a client that is let in."""

    cloud: HuaweiCloud
    clock: Clock
    client: httpx.Client

    def job(self, answer: httpx.Response, *, version: str = "v3") -> httpx.Response:
        """Read the job that *answer* names."""
        job_id = answer.json()["job_id"]
        return self.client.get(f"/{version}/{PROJECT}/cas/jobs/{job_id}")

    def finish(self, answer: httpx.Response) -> str:
        """Let the job of *answer* come to its end, and return its status."""
        self.clock.turn(3600)
        return str(self.job(answer).json()["job"]["execution_status"])


def a_world(config: HuaweiConfig | None = None, *, auth: httpx.Auth | None = None) -> World:
    """Return a world with the sandbox's content, unless *config* says otherwise."""
    clock = Clock()
    known = sandbox_config() if config is None else config
    cloud = HuaweiCloud(known, clock)
    key = known.credentials[0]
    client = httpx.Client(
        transport=InProcess(huawei_app(cloud)),
        base_url="http://servicestage.test",
        auth=Signer(key.ak, key.sk, clock) if auth is None else auth,
    )
    return World(cloud, clock, client)


def an_upgrade(version: str = "1.4.0", **changes: object) -> dict[str, object]:
    """Return the body of a PUT that brings out *version* of checkout."""
    return {
        "name": "checkout",
        "version": version,
        "runtime_stack": {
            "name": "Docker",
            "type": "Docker",
            "version": "",
            "deploy_mode": "container",
        },
        "source": {
            "kind": "image",
            "storage": "swr",
            "url": f"swr.cn-north-4.myhuaweicloud.com/shop/checkout:{version}",
        },
        "replica": 2,
        **changes,
    }


def act(world: World, action: str, component: str = COMPONENT, **parameters: Any) -> httpx.Response:
    """Ask for an action."""
    body = {"action": action, **({"parameters": parameters} if parameters else {})}
    return world.client.post(f"{component}/action", json=body)


def shown(world: World, component: str = COMPONENT) -> dict[str, Any]:
    """Show a component."""
    view: dict[str, Any] = world.client.get(component).json()
    return view


def status(world: World, component: str = COMPONENT) -> str:
    """Return a component's status."""
    return str(shown(world, component)["status"]["component_status"])


def records(world: World, component: str = COMPONENT) -> list[tuple[str, bool, str]]:
    """Return version, use and status of each record, newest first."""
    rows = world.client.get(f"{component}/records").json()["records"]
    return [(row["version"], row["current_used"], row["status"]) for row in rows]


def error(response: httpx.Response) -> tuple[int, str]:
    """Return the status and code of a refusal in ServiceStage's form."""
    assert set(response.json()) == {"error_code", "error_msg"}
    return response.status_code, response.json()["error_code"]
