"""The bot's HTTP side: Slack's door, health, readiness and figures on one listener."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.exemplars import answer
from bot.app.readiness import OK, Readiness
from bot.metrics import OPEN_METRICS, Metrics

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
EVENTS_PATH: Final = "/slack/events"
HOOKS_PATH: Final = "/hooks/"


class Front:
    """Sends Slack's requests to the ingress, measured, hooks to theirs, all else to the rest."""

    def __init__(
        self, ingress: ASGIApp | None, hooks: ASGIApp, rest: ASGIApp, metrics: Metrics
    ) -> None:
        self._ingress = ingress
        self._hooks = hooks
        self._rest = rest
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(HOOKS_PATH):
            await self._hooks(scope, receive, send)
            return
        if self._ingress is None or scope["type"] != "http" or scope["path"] != EVENTS_PATH:
            await self._rest(scope, receive, send)
            return
        arrived = time.perf_counter()
        with answer() as traces:
            await self._ingress(scope, receive, send)
        self._metrics.answered(time.perf_counter() - arrived, traces)


def web(ingress: ASGIApp | None, hooks: ASGIApp, readiness: Readiness, metrics: Metrics) -> ASGIApp:
    """Return the whole application; *ingress* is None with Socket Mode."""
    rest = Starlette(
        routes=[
            Route("/healthz", _health),
            Route("/readyz", _ready(readiness)),
            Route("/metrics", _figures(metrics)),
        ]
    )
    rest.router.redirect_slashes = False  # who asks for another path is told so, and sent nowhere
    return Front(ingress, hooks, rest, metrics)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _ready(readiness: Readiness) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_request: Request) -> Response:
        found = await run_in_threadpool(readiness.states)
        is_ready = all(state == OK for state in found.values())
        return JSONResponse(found, status_code=200 if is_ready else 503)

    return ready


def _figures(metrics: Metrics) -> Callable[[Request], Awaitable[Response]]:
    async def figures(request: Request) -> Response:
        if OPEN_METRICS in request.headers.get("accept", ""):
            page, media_type = await run_in_threadpool(metrics.open_page)
            return Response(page, media_type=media_type)
        return Response(await run_in_threadpool(metrics.page), media_type=METRICS_TYPE)

    return figures
