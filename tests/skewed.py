"""Servers whose clock is not ours: their answers are dated otherwise."""

from datetime import timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app.resources import now


def skewed(app: ASGIApp, by: timedelta) -> ASGIApp:
    """Return *app* whose answers say that it is later by *by*."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(now() + by, usegmt=True).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await app(scope, receive, dated)

    return answer
