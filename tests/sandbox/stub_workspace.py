"""A workspace behind the page's API that keeps what it is told and answers from canned content."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.controls import Controls
from bot.sandbox.trouble import Words
from tests.sandbox.stub_content import (
    CHANNEL,
    CHANNELS,
    COMMANDS,
    FAILED,
    FORM,
    GROUPS,
    HOME,
    PEOPLE,
    RUNNING,
    SLIPWAY,
    SUCCEEDED,
    WAITING,
    Record,
)

_HOUR = 3600
_DAY = 86_400


class _Stream(NamedTuple):
    """One page that listens, and the loop that serves it."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Record | None]

    def put(self, event: Record | None) -> None:
        self.loop.call_soon_threadsafe(self.queue.put_nowait, event)


class StubWorkspace:
    """One workspace for one page. What people did is in `done`, in order."""

    def __init__(self, now: float) -> None:
        """Begin with a day's messages before *now*, in unix seconds."""
        self.now = now
        self.done: list[tuple[str, Record]] = []
        self.locale = "en-US"
        self.broken_presses = False
        self.is_away = False
        self.is_frozen = False
        self.messages: list[Record] = []
        self.views: list[JsonValue] = []
        self.home: Record | None = None
        self._serial = itertools.count(1)
        self._streams: list[_Stream] = []
        self._fill()

    def add(
        self,
        user: str,
        text: str,
        *,
        before: float = 0,
        blocks: list[JsonValue] | None = None,
        thread: str | None = None,
        ephemeral: bool = False,
        channel: str = CHANNEL,
    ) -> str:
        """Put a message there, *before* seconds ago, and return its ts."""
        ts = f"{self.now - before:.3f}{next(self._serial):03d}"
        message: Record = {
            "ts": ts,
            "channel": channel,
            "user": user,
            "text": text,
            "blocks": blocks,
            "thread_ts": thread,
            "reply_broadcast": False,
            "edited": False,
            "ephemeral": ephemeral,
            "metadata": None,
            "deleted": False,
        }
        self.messages.append(message)
        self.tell({"type": "message", "message": message})
        return ts

    def change(self, ts: str, blocks: list[JsonValue]) -> None:
        """Give the message at *ts* other blocks."""
        message = next(one for one in self.messages if one["ts"] == ts)
        message |= {"blocks": blocks, "edited": True}
        self.tell({"type": "message", "message": message})

    def tell(self, event: Record) -> None:
        """Send *event* to every page that listens. For any thread, as `hang_up` is."""
        for stream in self._streams:
            stream.put(event)

    def hang_up(self) -> None:
        """End every stream and take no new one until `be_back`."""
        self.is_away = True
        for stream in self._streams:
            stream.put(None)

    def be_back(self) -> None:
        """Take streams again."""
        self.is_away = False

    def snapshot(self, person: str) -> Record:
        """Return all that *person* may see."""
        seen = [one for one in CHANNELS if not one["is_im"] or person in str(one["members"])]
        by_channel: dict[str, JsonValue] = {
            str(channel["id"]): [one for one in self.messages if one["channel"] == channel["id"]]
            for channel in seen
        }
        return {
            "team": {"id": "T0SLIPWAY", "name": "Slipway sandbox"},
            "me": person,
            "people": [{**each, "locale": self.locale} for each in PEOPLE],
            "groups": GROUPS,
            "channels": list[JsonValue](seen),
            "commands": COMMANDS,
            "message_shortcuts": [{"callback_id": "slipway.mark", "name": "Add to timeline"}],
            "messages": by_channel,
            "views": self.views,
            "home": self.home,
        }

    def say(self, body: Record) -> Record:
        """Take what was typed: a command is answered, anything else is a message."""
        text, person = str(body["text"]), str(body["as"])
        if not text.startswith("/"):
            self.add(person, text, thread=_text_or_none(body["thread_ts"]))
        elif body["thread_ts"] is not None:
            notice = f"{text.split(maxsplit=1)[0]} is not supported in threads. Sorry!"
            self.tell({"type": "notice", "channel": body["channel"], "text": notice})
        elif text == "/deploy":
            self._show([FORM])
        elif text.startswith("/deploy "):
            self.add(SLIPWAY, "Recorded as `op-7K2M9Q4T1B`.", ephemeral=True)
            self.add(SLIPWAY, "Deploy checkout 1.4.0: waiting for approval", blocks=WAITING)
        else:
            notice = f'{text.split(maxsplit=1)[0]} failed with the error "dispatch_failed"'
            self.tell({"type": "notice", "channel": body["channel"], "text": notice})
        return {"ok": True}

    def press(self, body: Record) -> Record:
        """Take a press: approval starts the card, refusal ends it."""
        if self.broken_presses:
            return {"ok": False, "error": "operation_timeout"}
        if body["action_id"] == "slipway.approve":
            self.change(str(body["ts"]), RUNNING)
        elif body["action_id"] == "slipway.reject":
            self.change(str(body["ts"]), WAITING[:-1])
        return {"ok": True}

    def message_shortcut(self, body: Record) -> Record:
        """Take what was chosen from a message's menu, and whisper that."""
        self.add(SLIPWAY, f"Added {body['ts']}", ephemeral=True)
        return {"ok": True}

    def submit(self, body: Record) -> Record:
        """Take a form: versions have three numbers here."""
        values = json.dumps(body["values"])
        if '"value": "1.4.0"' not in values:
            return {"ok": False, "errors": {"version": "There is no such version of checkout."}}
        self._show([])
        self.add(SLIPWAY, "Deploy checkout 1.4.0: waiting for approval", blocks=WAITING)
        return {"ok": True}

    def close(self, _body: Record) -> Record:
        """Close every form."""
        self._show([])
        return {"ok": True}

    def open_home(self, _body: Record) -> Record:
        """Publish the Home tab."""
        self.home = HOME
        self.tell({"type": "home", "home": HOME})
        return {"ok": True}

    def _show(self, views: list[JsonValue]) -> None:
        self.views = views
        self.tell({"type": "views", "views": views})

    def _fill(self) -> None:
        add = self.add
        add("U0BOB", "Morning! Anything going out today?", before=_DAY + 3 * _HOUR)
        add("U0ANN", "*checkout 1.3.2*, after the tests", before=_DAY + 3 * _HOUR - 40)
        add("U0ANN", "<@U0BOB> could you look at it? :eyes:", before=_DAY + 3 * _HOUR - 60)
        old = add(SLIPWAY, "succeeded", before=_DAY + 2 * _HOUR, blocks=SUCCEEDED)
        add(SLIPWAY, "Approved by <@U0BOB>", thread=old, before=_DAY + 2 * _HOUR - 30)
        add(SLIPWAY, "*Deploy* succeeded, 31 s", thread=old, before=_DAY + 2 * _HOUR - 62)
        add("U0ANN", "Thanks! :tada:", thread=old, before=_DAY + 2 * _HOUR - 300)
        add(SLIPWAY, "failed at Deploy", before=_HOUR, blocks=FAILED)
        add("U0ANN", "Not today, then. Details: <https://example.com/runbook|runbook>", before=3000)
        add("U0BOB", "<@U0ANN> lunch?", before=900, channel="C0GENERAL")
        add(SLIPWAY, "running", before=120, blocks=RUNNING)

    async def listen(self) -> AsyncIterator[str]:
        """Yield server-sent events until `hang_up`."""
        stream = _Stream(asyncio.get_running_loop(), asyncio.Queue())
        self._streams.append(stream)
        yield ": hello\n\n"
        try:
            while (event := await stream.queue.get()) is not None:
                yield f"data: {json.dumps(event)}\n\n"
        finally:
            self._streams.remove(stream)


class StubTrouble:
    """A trouble that befalls nobody."""

    words = Words(name="lose_answer", title="Lose the next answer", seen="The card says uncertain.")

    def __init__(self) -> None:
        """Begin unarmed."""
        self.is_armed = False
        self.happened = 0

    def make(self) -> None:
        """Arm it."""
        self.is_armed = True

    def take_back(self) -> None:
        """Disarm it."""
        self.is_armed = False


def _text_or_none(value: JsonValue) -> str | None:
    return None if value is None else str(value)


def stub_app(workspace: StubWorkspace, static: Path) -> Starlette:
    """Serve *workspace* to the built page in the folder *static*."""

    async def state(request: Request) -> Response:
        return JSONResponse(workspace.snapshot(request.query_params["as"]))

    async def stream(_request: Request) -> Response:
        if workspace.is_away:
            return Response(status_code=503)
        return StreamingResponse(workspace.listen(), media_type="text/event-stream")

    async def act(request: Request) -> Response:
        verb = request.path_params["verb"]
        body = await request.json()
        workspace.done.append((verb, body))
        taking = {
            "say": workspace.say,
            "press": workspace.press,
            "message_shortcut": workspace.message_shortcut,
            "submit": workspace.submit,
            "close": workspace.close,
            "open_home": workspace.open_home,
        }
        return JSONResponse(taking[verb](body))

    controls = Controls((StubTrouble(),), lambda: workspace.is_frozen)
    return Starlette(
        routes=[
            *controls.routes(),
            Route("/workspace/state", state),
            Route("/workspace/stream", stream),
            Route("/workspace/{verb}", act, methods=["POST"]),
            Mount("/", StaticFiles(directory=static, html=True)),
        ]
    )
