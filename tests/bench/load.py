"""Signed commands as Slack sends them, at their times, each on a connection of its own."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from bot.sandbox.content import workspace_config
from bot.sandbox.slack import sign

PEOPLE: Final = 20
PATIENCE: Final = 30.0  # seconds; Slack itself has three


class Command(NamedTuple):
    """A slash command to the handler at *port*; its trigger names this delivery of it."""

    port: int
    trigger: str
    command: str
    text: str
    due: float = 0.0  # seconds from the beginning


class Answer(NamedTuple):
    """What came back; status 0: nothing did."""

    trigger: str
    seconds: float
    status: int
    text: str


def person(number: int) -> str:
    """Return the id of one of the many people."""
    return f"U0CROWD{number % PEOPLE:02d}"


def fields(command: Command) -> dict[str, str]:
    """Return the form of *command*."""
    return {
        "team_id": "T0SLIPWAY",
        "api_app_id": "A0SLIPWAY",
        "channel_id": "C0DEPLOYS",
        "user_id": person(sum(command.trigger.encode())),
        "command": f"/{command.command}",
        "text": command.text,
        "trigger_id": command.trigger,
        "response_url": "http://127.0.0.1:9/none",
    }


def load(commands: Sequence[Command]) -> list[Answer]:
    """Send each command at its time, whatever became of those before; return all answers."""
    return asyncio.run(_all(commands))


def in_turn(commands: Sequence[Command], at_once: int) -> list[Answer]:
    """Send the commands one after the other, so many at once; return all answers."""
    return asyncio.run(_in_turn(commands, at_once))


async def _in_turn(commands: Sequence[Command], at_once: int) -> list[Answer]:
    left, began = iter(commands), time.perf_counter()

    async def sender() -> list[Answer]:
        return [await _at_its_time(began, each) for each in left]

    done = await asyncio.gather(*(sender() for _ in range(at_once)))
    return [answer for each in done for answer in each]


async def _all(commands: Sequence[Command]) -> list[Answer]:
    began = time.perf_counter()
    return list(await asyncio.gather(*(_at_its_time(began, each) for each in commands)))


async def _at_its_time(began: float, command: Command) -> Answer:
    request = _request(command)  # what takes time is done before the clock runs
    await asyncio.sleep(max(0.0, began + command.due - time.perf_counter()))
    sent = time.perf_counter()
    try:
        raw = await asyncio.wait_for(_sent(command.port, request), PATIENCE)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        raw = b"HTTP/1.1 000\r\n\r\n"
    taken = time.perf_counter() - sent
    head, _, body = raw.partition(b"\r\n\r\n")
    return Answer(command.trigger, taken, int(head.split()[1]), body.decode(errors="replace"))


async def _sent(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()  # the connection is closed after the answer
    finally:
        writer.close()


def _request(command: Command) -> bytes:
    body = urlencode(fields(command)).encode()
    moment = int(time.time())
    head = (
        "POST /slack/events HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {moment}",
        f"X-Slack-Signature: {sign(workspace_config().signing_secret, moment, body)}",
    )
    return "\r\n".join((*head, "", "")).encode() + body
