"""Socket Mode: answers that have their time, and whether Slack has a way to reach us."""

import time

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from typing_extensions import override

from bot.app.readiness import Check
from bot.core.errors import SlackUnknownError
from bot.deadline import answering
from handlers.limits import IngressLimits


class InTime(SocketModeHandler):
    """Socket Mode whose answers have the time that those over HTTP have, once a thread is free."""

    @override
    def handle(  # type: ignore[override]  # as Bolt's own narrows it
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        with answering(time.monotonic() + IngressLimits().answering):
            super().handle(client, req)


def link(connection: SocketModeHandler | None) -> Check:
    """Return what raises a SlackError while Slack has no way to reach us; HTTP always has one."""

    def check() -> None:
        if connection is not None and not connection.client.is_connected():
            raise SlackUnknownError(method="socket mode", why="not connected")

    return check
