"""What the page shows besides the workspace: the guide, the trouble, the freeze."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from pydantic import JsonValue
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import JournalUnavailableError
from bot.sandbox.guide import FREEZE, GUIDE, LEA, THAW
from bot.sandbox.slack import Workspace
from bot.sandbox.slack.page import Body, acted
from bot.sandbox.trouble import Trouble

LOOK_SECONDS: Final = 0.5


class _Trouble(Body):
    """What the menu asks for."""

    name: str
    armed: bool


class Controls:
    """The sandbox's own part of the page; the product knows nothing of it.

    *is_frozen* tells whether everything is frozen, as the journal has it.
    """

    def __init__(self, troubles: Sequence[Trouble], is_frozen: Callable[[], bool]) -> None:
        self._troubles: Final = {each.words.name: each for each in troubles}
        self._is_frozen: Final = is_frozen

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the sandbox, below `/sandbox`."""

        async def state(_request: Request) -> Response:
            return JSONResponse(await run_in_threadpool(self.state))

        async def trouble(request: Request) -> Response:
            return await acted(request, _Trouble, self._act)

        return [
            Route("/sandbox/state", state, methods=["GET"]),
            Route("/sandbox/trouble", trouble, methods=["POST"]),
        ]

    def state(self) -> dict[str, JsonValue]:
        """Return all that the page shows of it."""
        freeze: dict[str, JsonValue] = {
            "is_on": self._frozen(),
            "by": LEA,
            "on": FREEZE,
            "off": THAW,
        }
        return {
            "guide": [chapter.model_dump() for chapter in GUIDE],
            "troubles": [_shown(each) for each in self._troubles.values()],
            "freeze": freeze,
        }

    async def _act(self, body: _Trouble) -> Response:
        trouble = self._troubles.get(body.name)
        if trouble is None:
            return JSONResponse({"error": f"no trouble is called {body.name}"}, status_code=400)
        await run_in_threadpool(trouble.make if body.armed else trouble.take_back)
        return JSONResponse({"ok": True, **await run_in_threadpool(self.state)})

    def _frozen(self) -> bool:
        with suppress(JournalUnavailableError):
            return self._is_frozen()
        return False


def watch(controls: Controls, workspace: Workspace, ended: threading.Event) -> None:
    """Tell every page when something has changed, until *ended*."""
    known = controls.state()
    while not ended.wait(LOOK_SECONDS):
        present = controls.state()
        if present != known:
            known = present
            workspace.tell({"type": "sandbox"})


def _shown(trouble: Trouble) -> dict[str, JsonValue]:
    return {
        **trouble.words.model_dump(),
        "is_armed": trouble.is_armed,
        "happened": trouble.happened,
    }
