"""A cloud that answers each look at a job after a while, and ends some jobs at known moments.

A component that is read runs what its job brought out: it is read once the job has ended.

Its own process, and no framework: what is measured must not wait for it.

    python -m tests.bench.slow_api PORT SECONDS ENDS

ENDS is a file of lines `job moment`: from that unix time on the job has succeeded.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from typing_extensions import override

COUNT: Final = "count"  # asked for instead of a job: how many requests there were
JOB: Final = "JOB"  # what the id of a job begins with; its component's follows
VERSION: Final = "1.4.0"  # that every job brings out
_TASKS: Final = ("SEPARATOR_PREPARE_RESOURCES", "SEPARATOR_BUILDING", "TN00091", "TN00094")


class SlowApi(asyncio.Protocol):
    """One connection, kept open; requests have no bodies."""

    def __init__(self, delay: float, ends: dict[str, float], count: Iterator[int]) -> None:
        self._delay = delay
        self._ends = ends
        self._buffer = b""
        self._count = count
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        """Answer every whole request in the buffer, later."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            loop = asyncio.get_running_loop()
            loop.call_later(self._delay, self._answer, path.rpartition("/")[2])

    def _answer(self, name: str) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        number = next(self._count)
        if name == COUNT:
            body = str(number).encode()
        elif name.startswith(JOB):
            body = _job(name, has_ended=time.time() >= self._ends.get(name, float("inf")))
        else:
            body = _component(name)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._transport.write(f"{head}\r\n\r\n".encode() + body)


def _component(component: str) -> bytes:
    runs = {"component_status": "RUNNING", "available_replica": 1, "replica": 1}
    known = {"id": component, "name": "shop", "version": VERSION, "replica": 1, "source": {}}
    return json.dumps({**known, "status": {**runs, "last_job_id": JOB + component}}).encode()


def _job(job: str, *, has_ended: bool) -> bytes:
    status = "SUCCEEDED" if has_ended else "RUNNING"
    tasks = [
        {"TASK_ID": f"Task-{index}", "TASK_INDEX": index, "TASK_NAME": name, "TASK_STATUS": status}
        for index, name in enumerate(_TASKS)
    ]
    top = {"JOB_ID": job, "JOB_TYPE": "PROVISION", "EXECUTION_STATUS": status}
    return json.dumps({"job": top, "tasks": tasks, "task_count": len(tasks)}).encode()


async def serve(port: int, delay: float, ends: dict[str, float]) -> None:
    """Answer on loopback until the process is ended."""
    loop, count = asyncio.get_running_loop(), itertools.count()
    server = await loop.create_server(
        lambda: SlowApi(delay, ends, count), "127.0.0.1", port, backlog=2_000
    )
    await server.serve_forever()


def main() -> None:
    """Serve what the words on the command line say."""
    lines = (line.split() for line in Path(sys.argv[3]).read_text().splitlines())
    ends = {job: float(moment) for job, moment in lines}
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), ends))


if __name__ == "__main__":
    main()
