"""Asks clouds what people want to know, in the time that an answer to them has."""

import time
from typing import Final, TypeVar

from bot.core.flow import Flow
from bot.core.target import Target
from bot.deadline import patience
from workers.cloud.client import CloudClient
from workers.cloud.layers import PieceOfWork

T = TypeVar("T")

ROOM_SECONDS: Final = 2.0  # how long a question waits for the API's limit to leave room for it


class CloudQuestions:
    """Drives flows that only read; all calls of one question share *seconds*."""

    def __init__(self, client: CloudClient, seconds: float) -> None:
        self._client = client
        self._seconds = seconds

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads.

        Raises:
            CloudError: no usable answer came, or not in time.
        """
        now = time.monotonic()
        work = PieceOfWork(until=now + patience(now, self._seconds), waits=ROOM_SECONDS)
        return self._client.working(work).ask(target, flow)
