"""The start where the database is away: it is waited for, said, and nobody is told "ready"."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Final, TypeVar

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.errors import JournalUnavailableError

log: Final = logging.getLogger("slipway.beginning")

T = TypeVar("T")

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
_ENDING: Final = 5.0  # seconds for the waiting room to close


def journal_awaited(open_: Callable[[], T], meanwhile: Callable[[], ExitStack] = ExitStack) -> T:
    """Return what *open_* returns once the database is there, however long that takes.

    Args:
        open_: opens what needs the database.
        meanwhile: gives what stands for as long as it has to be waited for.
    """
    pause = FIRST_PAUSE
    with ExitStack() as waiting:
        while True:
            try:
                return open_()
            except JournalUnavailableError as error:
                log.warning("journal.awaited", extra={"why": str(error)})
                if pause == FIRST_PAUSE:
                    waiting.enter_context(meanwhile())
            threading.Event().wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def waiting_room(host: str, port: int) -> Callable[[], ExitStack]:
    """Return what serves health and "not ready" there, and refuses everything else."""

    def opened() -> ExitStack:
        stack = ExitStack()
        stack.enter_context(_served(_app, host, port))
        return stack

    return opened


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    path = Request(scope, receive).url.path
    answer: Response = Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if path == "/healthz":
        answer = PlainTextResponse("ok\n")
    elif path == "/readyz":
        answer = JSONResponse(
            {"database": "JournalUnavailable"}, status_code=HTTPStatus.SERVICE_UNAVAILABLE
        )
    await answer(scope, receive, send)


@contextmanager
def _served(app: ASGIApp, host: str, port: int) -> Iterator[None]:
    """Serve in a thread of its own, which takes no signals."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, host=host, port=port, log_config=None, access_log=False, server_header=False,
            lifespan="off", timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_ENDING)
