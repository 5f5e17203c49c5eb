"""What Slipway's answer is measured against: a Starlette handler without a product behind it.

`floor` verifies a signature. `bare` also commits one row with `synchronous=FULL` and enqueues
one RQ job, in a thread, as any honest bot would have to.
"""

import hashlib
import hmac
import os
import sqlite3
import sys
import threading

import uvicorn
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.slack import loopback_socket


class Handler:
    """Answers a signed command."""

    def __init__(self, secret: str, database: str, redis_url: str, *, does_work: bool) -> None:
        self._secret = secret.encode()
        self._does_work = does_work
        self._database = database
        self._local = threading.local()
        self._queue = Queue("bare", connection=Redis.from_url(redis_url), serializer=JSONSerializer)
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS command (body TEXT)")

    async def answer(self, request: Request) -> Response:
        """Verify, and do the work where this one does."""
        body = await request.body()
        stamp = request.headers["x-slack-request-timestamp"].encode()
        wanted = hmac.new(self._secret, b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        given = request.headers["x-slack-signature"]
        if not hmac.compare_digest(f"v0={wanted}", given):
            return Response(status_code=401)
        if self._does_work:
            await run_in_threadpool(self._record, body.decode())
        return PlainTextResponse("recorded")

    def _record(self, body: str) -> None:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO command VALUES (?)", (body,))
        connection.execute("COMMIT")
        self._queue.enqueue("bare.work", body[:20], result_ttl=0)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self._database, isolation_level=None)
            connection.execute("PRAGMA synchronous=FULL")
            self._local.connection = connection
        made: sqlite3.Connection = self._local.connection
        return made


def main() -> None:
    """Serve until the end: `bare.py floor|bare PORT DATABASE REDIS`; the secret by environment."""
    kind, port, database, redis_url = sys.argv[1:]
    handler = Handler(
        os.environ["SLACK_SIGNING_SECRET"], database, redis_url, does_work=kind == "bare"
    )
    app = Starlette(routes=[Route("/slack/events", handler.answer, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    server.run(sockets=[loopback_socket(int(port))])


if __name__ == "__main__":
    main()
