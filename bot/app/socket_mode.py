"""Socket Mode: Slack's envelopes are answered as its requests over HTTP are, and as soon."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from slack_bolt import BoltResponse
from slack_sdk import WebClient

from bot.app.exemplars import answer
from bot.app.readiness import Check
from bot.app.socket_client import Client, Frame, Give
from bot.core.errors import SlackUnknownError
from handlers.socket_mode import Envelope, answer_frame, envelope_of, request_of
from handlers.turns import Turns
from workers.slack import connected

log: Final = logging.getLogger("slipway.slack")

ENDING_SECONDS: Final = 3.0  # for the answers under way; none may take longer
LOOKS_EVERY: Final = 5.0  # seconds between looks at the connection; silent for four, it is dead

Answered: TypeAlias = Callable[[float, Sequence[str]], None]


class SocketMode:
    """The connection to Slack, and what answers its envelopes, on an event loop of its own."""

    def __init__(
        self, client: WebClient, app_token: str, *, looks_every: float = LOOKS_EVERY
    ) -> None:
        self._client = Client(client, app_token, self._arrived, looks_every)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._changed = threading.Condition()
        self._under_way = 0
        self._is_ending = False

    def serve(self, turns: Turns, *, answered: Answered, refused: Callable[[str], None]) -> None:
        """Let *turns* answer what arrives from now on; call it once, before `connect`."""
        self._turns, self._answered, self._refused = turns, answered, refused
        self._thread.start()

    def connect(self) -> None:
        """Open the connection.

        Raises:
            SlackError: Slack refuses the app token, or cannot be reached.
        """
        connected(self._client.connect)

    @property
    def is_connected(self) -> bool:
        """Whether Slack has a way to reach us, as far as the connection tells."""
        return self._client.is_connected()

    def close(self) -> None:
        """Give the answers that are under way, refuse what still comes, and end the connection."""
        with self._changed:
            self._is_ending = True
            self._changed.wait_for(lambda: self._under_way == 0, ENDING_SECONDS)
        self._client.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _arrived(self, frame: Frame, arrived: float, give: Give) -> None:
        envelope = envelope_of(frame)
        if envelope is None:
            self._refused("envelope")
            log.warning("socket_mode.unread", extra={"kind": str(frame.get("type"))[:40]})
            return
        with self._changed:
            self._under_way += 1
        asyncio.run_coroutine_threadsafe(self._settle(envelope, arrived, give), self._loop)

    async def _settle(self, envelope: Envelope, arrived: float, give: Give) -> None:
        try:
            with answer() as traces:
                response = await self._answer(envelope, arrived)
                frame = answer_frame(envelope, response)
                if frame is not None:
                    await asyncio.to_thread(give, frame)
            self._answered(time.monotonic() - arrived, traces)
        except OSError as error:
            log.warning("socket_mode.unanswered", extra={"why": str(error)})
        except Exception:
            log.exception("socket_mode.crashed")
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    async def _answer(self, envelope: Envelope, arrived: float) -> BoltResponse:
        request = request_of(envelope)
        if self._is_ending:
            return self._turns.busy(request)
        return await self._turns.answer(request, arrived)


def link(connection: SocketMode | None) -> Check:
    """Return what raises a SlackError while Slack has no way to reach us; HTTP always has one."""

    def check() -> None:
        if connection is not None and not connection.is_connected:
            raise SlackUnknownError(method="socket mode", why="not connected")

    return check
