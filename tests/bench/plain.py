"""The plain way to tell: post each change where it happens, and wait as long as Slack says."""

import queue
import threading
import time
from typing import NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


class Change(NamedTuple):
    """Something to tell about a deployment; its first message begins the thread."""

    deployment: int
    words: str
    recorded_at: float
    is_final: bool = False


class PlainApp:
    """Posts what it is told, first come, first served."""

    def __init__(self, client: WebClient, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._waiting: queue.Queue[Change] = queue.Queue()
        self._threads: dict[int, str] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.delays: list[float] = []  # of finals, in seconds

    def start(self) -> None:
        """Begin to post."""
        self._thread.start()

    def tell(self, change: Change) -> None:
        """Take a change in."""
        self._waiting.put(change)

    def stop(self) -> int:
        """Stop posting; return how many changes were not told."""
        self._ends.set()
        self._thread.join()
        return self._waiting.qsize()

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                change = self._waiting.get(timeout=0.1)
            except queue.Empty:
                continue
            self._post(change)

    def _post(self, change: Change) -> None:
        root = self._threads.get(change.deployment)
        while not self._ends.is_set():
            try:
                answer = self._client.chat_postMessage(
                    channel=self._channel, text=change.words, thread_ts=root
                )
            except SlackApiError as error:
                self._ends.wait(float(error.response.headers["Retry-After"]))
                continue
            self._threads.setdefault(change.deployment, str(answer["ts"]))
            if change.is_final:
                self.delays.append(time.time() - change.recorded_at)
            return
