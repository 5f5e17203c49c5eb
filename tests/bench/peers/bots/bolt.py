"""A Bolt app with one command: `bolt.py sync|async|recording http|socket`.

`/ping 17` is answered with `pong 17` after the acknowledgement; `/ping 17 slow` works for a second
before. Written as Bolt's own documentation has it. `recording` also does what an honest bot has to
before it acknowledges: it commits a row to disk and enqueues a job.
"""

import asyncio
import os
import sqlite3
import sys
import time
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from redis import Redis
from rq import Queue
from slack_bolt import App
from slack_bolt.adapter.fastapi import SlackRequestHandler
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

WORK_SECONDS = 1.0


def sync_app() -> App:
    """Return the app whose listeners are functions."""
    app = App(
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    )

    @app.command("/ping")
    def ping(ack, say, command) -> None:
        ack()
        number, _, how = command["text"].partition(" ")
        if how:
            time.sleep(WORK_SECONDS)  # noqa: TID251 - the work that a handler has
        say(f"pong {number}")

    return app


def recorder():
    """Return what commits a row with fsync, and enqueues a job."""
    database = Path(os.environ["BENCH_FOLDER"]) / "recording.db"
    queue = Queue("recording", connection=Redis.from_url(os.environ["BENCH_REDIS"]))
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE command (text TEXT)")

    def record(text: str) -> None:
        connection = sqlite3.connect(database, isolation_level=None, timeout=30)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("INSERT INTO command VALUES (?)", (text,))
        connection.close()
        queue.enqueue("recording.work", text, result_ttl=0)

    return record


def async_app(record=None) -> AsyncApp:
    """Return the app whose listeners are coroutines; *record* comes before the acknowledgement."""
    app = AsyncApp(
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    )

    @app.command("/ping")
    async def ping(ack, say, command) -> None:
        if record is not None:
            await asyncio.to_thread(record, command["text"])
        await ack()
        number, _, how = command["text"].partition(" ")
        if how:
            await asyncio.sleep(WORK_SECONDS)
        await say(f"pong {number}")

    return app


def over_http(handler: SlackRequestHandler | AsyncSlackRequestHandler) -> None:
    """Serve the app by FastAPI."""
    api = FastAPI()

    @api.post("/slack/events")
    async def events(request: Request) -> object:
        return await handler.handle(request)

    port = int(os.environ["PORT"])
    uvicorn.run(api, host="127.0.0.1", port=port, log_level="warning", access_log=False)


async def over_socket(app_token: str) -> None:
    """Run the app over Socket Mode, on this loop."""
    await AsyncSocketModeHandler(async_app(), app_token).start_async()


def main() -> None:
    """Run until the end."""
    app_token = os.environ["SLACK_APP_TOKEN"]
    match sys.argv[1:]:
        case ["sync", "http"]:
            over_http(SlackRequestHandler(sync_app()))
        case ["recording", "http"]:
            over_http(AsyncSlackRequestHandler(async_app(recorder())))
        case ["async", "http"]:
            over_http(AsyncSlackRequestHandler(async_app()))
        case ["sync", _]:
            SocketModeHandler(sync_app(), app_token).start()
        case _:
            asyncio.run(over_socket(app_token))


if __name__ == "__main__":
    main()
