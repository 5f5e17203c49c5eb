"""The API of the sandbox's page: state, stream, and what a person does there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import UnknownPersonError
from bot.sandbox.slack.feed import Subscription
from bot.sandbox.slack.records import Answer, JsonObject
from bot.sandbox.slack.state import State
from bot.sandbox.slack.workspace import Workspace

PING_AFTER: Final = 15.0  # seconds without news


class Body(BaseModel):
    """What every request of the page says: who acts."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    by: str = Field(alias="as")


class _Say(Body):
    channel: str
    text: str = Field(min_length=1)
    thread_ts: str | None = None


class _React(Body):
    channel: str
    ts: str
    name: str
    added: bool


class _Press(Body):
    action_id: str
    block_id: str | None = None
    value: str | None = None
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None  # where the control is in a modal or on the Home tab
    ephemeral: bool = False


class _Options(Body):
    view_id: str
    action_id: str
    block_id: str
    value: str = ""


class _Shortcut(Body):
    callback_id: str


class _MessageShortcut(Body):
    callback_id: str
    channel: str
    ts: str


class _Submit(Body):
    view_id: str
    values: dict[str, dict[str, JsonObject]]


class _Close(Body):
    view_id: str


class _Language(Body):
    locale: Literal["en-US", "zh-CN"]


Sent = TypeVar("Sent", bound=Body)
Act: TypeAlias = Callable[[Workspace, Sent], Awaitable[Response]]


def page_routes(workspace: Workspace) -> list[BaseRoute]:
    """Return the routes below `/workspace`."""

    def post(path: str, kind: type[Sent], act: "Act[Sent]") -> Route:
        async def endpoint(request: Request) -> Response:
            return await acted(request, kind, partial(act, workspace))

        return Route(f"/workspace/{path}", endpoint, methods=["POST"])

    async def state(request: Request) -> Response:
        return _refusing(
            lambda: JSONResponse(_state(workspace, request.query_params.get("as", "")))
        )

    async def stream(request: Request) -> Response:
        return _refusing(lambda: _stream(workspace, request.query_params.get("as", "")))

    return [
        Route("/workspace/state", state, methods=["GET"]),
        Route("/workspace/stream", stream, methods=["GET"]),
        post("say", _Say, _say),
        post("react", _React, _react),
        post("press", _Press, _press),
        post("options", _Options, _options),
        post("shortcut", _Shortcut, _shortcut),
        post("message_shortcut", _MessageShortcut, _message_shortcut),
        post("submit", _Submit, _submit),
        post("close", _Close, _close),
        post("open_home", Body, _open_home),
        post("language", _Language, _language),
    ]


async def acted(
    request: Request, kind: type[Sent], act: Callable[[Sent], Awaitable[Response]]
) -> Response:
    """Read the body and act; a wrong content type keeps other sites' forms out."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        return JSONResponse({"error": "content type must be application/json"}, status_code=415)
    try:
        body = kind.model_validate_json(await request.body())
        return await act(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return _wrong(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except ValueError as error:
        return _wrong(str(error))


def _refusing(respond: Callable[[], Response]) -> Response:
    try:
        return respond()
    except UnknownPersonError as error:
        return _wrong(str(error))


def _wrong(why: str) -> Response:
    return JSONResponse({"error": why}, status_code=400)


async def _say(workspace: Workspace, body: _Say) -> Response:
    if body.text.lstrip().startswith("/"):
        await run_in_threadpool(
            workspace.command,
            body.text.lstrip(),
            by=body.by,
            channel=body.channel,
            thread_ts=body.thread_ts,
        )
        return JSONResponse({"ok": True})
    _, event_id = workspace.write(
        body.text, by=body.by, channel=body.channel, thread_ts=body.thread_ts
    )
    later = BackgroundTask(workspace.send_event, event_id) if event_id else None
    return JSONResponse({"ok": True}, background=later)


async def _react(workspace: Workspace, body: _React) -> Response:
    answer = await run_in_threadpool(
        workspace.react,
        body.name,
        ts=body.ts,
        channel=body.channel,
        by=body.by,
        added=body.added,
    )
    return JSONResponse({"ok": answer.notice is None})


async def _press(workspace: Workspace, body: _Press) -> Response:
    chosen = {"value": body.value, "block_id": body.block_id}
    if body.view_id is not None:
        answer = await run_in_threadpool(
            workspace.press_in_view, body.action_id, view_id=body.view_id, by=body.by, **chosen
        )
    elif body.channel is None or body.ts is None:
        return _wrong("channel and ts, or view_id")
    else:
        answer = await run_in_threadpool(
            workspace.press,
            body.action_id,
            ts=body.ts,
            channel=body.channel,
            by=body.by,
            **chosen,
        )
    return _result(answer)


async def _options(workspace: Workspace, body: _Options) -> Response:
    found = await run_in_threadpool(
        workspace.options, body.action_id, body.value, view_id=body.view_id, by=body.by
    )
    return JSONResponse({"ok": True, "options": found})


async def _shortcut(workspace: Workspace, body: _Shortcut) -> Response:
    return _result(await run_in_threadpool(workspace.global_shortcut, body.callback_id, by=body.by))


async def _message_shortcut(workspace: Workspace, body: _MessageShortcut) -> Response:
    answer = await run_in_threadpool(
        workspace.shortcut, body.callback_id, ts=body.ts, channel=body.channel, by=body.by
    )
    return _result(answer)


async def _submit(workspace: Workspace, body: _Submit) -> Response:
    answer = await run_in_threadpool(workspace.submit, body.view_id, dict(body.values), by=body.by)
    if answer.errors:
        return JSONResponse({"ok": False, "errors": answer.errors})
    return _result(answer)


async def _close(workspace: Workspace, body: _Close) -> Response:
    await run_in_threadpool(workspace.close_view, body.view_id, by=body.by)
    return JSONResponse({"ok": True})


async def _open_home(workspace: Workspace, body: Body) -> Response:
    await run_in_threadpool(workspace.open_home, by=body.by)
    return JSONResponse({"ok": True})


async def _language(workspace: Workspace, body: _Language) -> Response:
    """Set the language in which this person uses Slack."""
    workspace.state.person(body.by)
    workspace.change_person(body.by, locale=body.locale)
    return JSONResponse({"ok": True})


def _result(answer: Answer) -> Response:
    if answer.ok:
        return JSONResponse({"ok": True})
    return JSONResponse({"ok": False, "error": answer.notice or "dispatch_failed"})


def _state(workspace: Workspace, person: str) -> JsonObject:
    """Return everything that *person* sees."""
    state = workspace.state
    with state.lock:
        state.person(person)
        seen = state.messages.for_person(person)
        home = state.surfaces.home(person)
        config = state.config
        return {
            "team": {"id": config.team_id, "name": config.team_name},
            "me": person,
            "people": [
                p.model_dump(include={"id", "name", "real_name", "title", "is_bot", "locale"})
                for p in state.people.values()
                if not p.deleted
            ],
            "groups": [
                g.model_dump(include={"id", "handle", "users"}) for g in state.groups.values()
            ],
            "channels": [_channel(state, c) for c in state.channels.values() if c.id in seen],
            "shortcuts": _shortcuts(config.global_shortcuts),
            "message_shortcuts": _shortcuts(config.message_shortcuts),
            "commands": [c.model_dump(exclude={"should_escape"}) for c in config.commands],
            "messages": {channel: [m.page() for m in found] for channel, found in seen.items()},
            "views": [view.page() for view in state.surfaces.stack(person)],
            "home": home.page() if home else None,
        }


def _shortcuts(known: tuple[tuple[str, str], ...]) -> list[JsonObject]:
    return [{"callback_id": each, "name": name} for each, name in known]


def _channel(state: State, channel: Channel) -> JsonObject:
    """Return a channel with its canvas, as a file that can be opened."""
    shown = channel.model_dump(include={"id", "name", "topic", "is_archived", "is_im", "members"})
    canvas = state.files.get(state.canvases.get(channel.id, ""))
    return {**shown, "canvas": canvas.wire(state.base_url) if canvas else None}


def _stream(workspace: Workspace, person: str) -> Response:
    """Open the stream of what *person* sees from now on."""
    with workspace.state.lock:
        workspace.state.person(person)
        subscription = workspace.state.feed.subscribe(person)
    return StreamingResponse(
        _lines(workspace, subscription),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


async def _lines(workspace: Workspace, subscription: Subscription) -> AsyncIterator[str]:
    try:
        yield ": open\n\n"
        while True:
            try:
                item = await asyncio.wait_for(subscription.queue.get(), PING_AFTER)
            except TimeoutError:
                yield ": ping\n\n"
                continue
            if item is None:
                return
            yield f"data: {json.dumps(item)}\n\n"
    finally:
        with workspace.state.lock:
            workspace.state.feed.leave(subscription)
