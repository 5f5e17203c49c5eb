"""The workspace as an ASGI application: Web API, response addresses, Socket Mode, page."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from typing_extensions import override

from bot.sandbox.slack import answers, files, web_api
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.page import page_routes
from bot.sandbox.slack.payloads import HOOKS_PATH
from bot.sandbox.slack.records import OK_STATUS
from bot.sandbox.slack.workspace import Workspace

_SEND: Final = "slipway.send"
_GONE: Final = frozenset({"no_such_url", "expired_url", "used_url"})
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400


class _Cycle(Protocol):
    """The part of uvicorn's request cycle that a dropped connection needs."""

    transport: asyncio.Transport


class _SlackApp(Starlette):
    """Starlette, which keeps the server's own `send` within reach of `_Dropped`."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__({**scope, _SEND: send}, receive, send)


class _Dropped(Response):
    """No answer at all: the connection is torn down.

    ASGI has no word for it, so this takes the transport from uvicorn's `send`, which is a
    method of the cycle that owns it.
    """

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = cast("_Cycle", scope[_SEND].__self__)
        cycle.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def slack_app(
    workspace: Workspace, static: Path | None = None, more: Sequence[BaseRoute] = ()
) -> Starlette:
    """Return the application; *static* is the folder of the built page, *more* is what it asks."""

    async def call(request: Request) -> Response:
        reply = web_api.answer(
            workspace.state,
            web_api.Request(
                method=request.path_params["method"],
                authorization=request.headers.get("authorization", ""),
                content_type=request.headers.get("content-type", ""),
                body=await request.body(),
            ),
        )
        return await _response(reply)

    async def hook(request: Request) -> Response:
        return _used(workspace, request.path_params["token"], await request.body())

    async def upload(request: Request) -> Response:
        return _sent(workspace, request, await request.body())

    async def file(request: Request) -> Response:
        return _file(workspace, request.path_params["file"])

    async def link(websocket: WebSocket) -> None:
        await workspace.sockets.serve(websocket)

    routes: list[BaseRoute] = [
        Route("/api/{method}", call, methods=["POST"]),
        Route(HOOKS_PATH + "{token:path}", hook, methods=["POST"]),
        Route(f"{files.UPLOADS}{{token}}", upload, methods=["POST"]),
        Route("/files/{file}/{name}", file, methods=["GET"]),
        WebSocketRoute("/link", link),
        *page_routes(workspace),
        *more,
        *_static_routes(static),
    ]
    return _SlackApp(routes=routes)


async def _response(reply: web_api.Reply) -> Response:
    if reply.delay:
        await asyncio.sleep(reply.delay)
    if reply.dropped:
        return _Dropped()
    if isinstance(reply.body, str):
        return HTMLResponse(reply.body, status_code=reply.status)
    return JSONResponse(reply.body, status_code=reply.status, headers=reply.headers)


def _used(workspace: Workspace, token: str, body: bytes) -> Response:
    """Answer a post to a `response_url`."""
    state = workspace.state
    sent: dict[str, object] = {}
    with state.lock:
        try:
            sent = _object(body)
            answers.use_hook(state, token, sent)
        except RefusedError as error:
            state.note_refused("response_url", sent, error.code, error.messages)
            status = _NOT_FOUND if error.code in _GONE else _BAD_REQUEST
            return JSONResponse({"ok": False, "error": error.code}, status_code=status)
        state.note_executed("response_url", sent)
    return PlainTextResponse("ok")


def _sent(workspace: Workspace, request: Request, body: bytes) -> Response:
    """Take the bytes of a file: no answer of the Web API, and no token belongs there."""
    state = workspace.state
    with state.lock:
        fault = state.faults.take(files.UPLOAD)
        if fault is not None and fault.kind != "drop_after":
            return PlainTextResponse("no\n", status_code=fault.status)
        if "authorization" in request.headers:
            state.note_refused(files.UPLOAD, {}, "token_sent")
            return PlainTextResponse("a token belongs to the Web API alone\n", status_code=400)
        status = files.take(state, request.path_params["token"], body)
        if status == OK_STATUS:
            state.note_executed(files.UPLOAD, {"length": len(body)})
    return _Dropped() if fault else PlainTextResponse(f"{len(body)}\n", status_code=status)


def _file(workspace: Workspace, file_id: str) -> Response:
    """Show a file that was shared, as text."""
    with workspace.state.lock:
        found = workspace.state.files.get(file_id)
    if found is None or found.content is None or not found.channel:
        return PlainTextResponse("no such file\n", status_code=_NOT_FOUND)
    headers = {"Content-Disposition": f'inline; filename="{found.name}"'}
    return PlainTextResponse(found.content, headers=headers)


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(code="invalid_payload") from error
    if not isinstance(value, dict):
        raise RefusedError(code="invalid_payload")
    return value


def _static_routes(static: Path | None) -> list[BaseRoute]:
    async def index(_request: Request) -> Response:
        page = static / "index.html" if static else None
        if page is None or not page.is_file():
            return PlainTextResponse("the sandbox's page has not been built\n", status_code=503)
        return FileResponse(page, headers={"Cache-Control": "no-store"})

    routes: list[BaseRoute] = [Route("/", index, methods=["GET"])]
    if static is not None:
        files = StaticFiles(directory=static / "assets", check_dir=False)
        routes.append(Mount("/assets", files))
    return routes
