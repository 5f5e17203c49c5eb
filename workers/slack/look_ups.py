"""Questions to Slack that are asked side by side, each of them by one thread at a time."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Final

from bot.core.errors import DirectoryError, SlackError
from bot.deadline import patience

THREADS: Final = 32
ASK_SECONDS: Final = 1.0  # that an answer must have left before Slack is asked on its way
MOST_SECONDS: Final = 15.0  # for all of them, where no answer to Slack is waiting

Ask = Callable[[], str]


class LookUps:
    """Asks side by side; what is being asked already is waited for, not asked twice.

    A question whose answer comes too late for one is answered all the same, for the next.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="directory")
        self._lock = Lock()
        self._running: dict[str, Future[str]] = {}

    def begin(self, asks: Mapping[str, Ask]) -> dict[str, Future[str]]:
        """Begin to ask, and return where the answers will be."""
        return {name: self._begun(name, ask) for name, ask in asks.items()}

    def answers(self, asks: Mapping[str, Ask]) -> dict[str, str | DirectoryError]:
        """Ask, and return for each either the answer or why there is none in the time there is."""
        now = time.monotonic()
        if patience(now, ASK_SECONDS) < ASK_SECONDS:
            return {name: DirectoryError(f"{name}: too little time is left") for name in asks}
        until = now + patience(now, MOST_SECONDS)
        return {name: _result(name, each, until) for name, each in self.begin(asks).items()}

    def _begun(self, name: str, ask: Ask) -> Future[str]:
        with self._lock:
            running = self._running.get(name)
            if running is not None and not running.done():
                return running
            begun = self._pool.submit(ask)
            self._running[name] = begun
        begun.add_done_callback(lambda done: self._over(name, done))
        return begun

    def _over(self, name: str, done: Future[str]) -> None:
        with self._lock:
            if self._running.get(name) is done:
                del self._running[name]


def _result(name: str, future: Future[str], until: float) -> str | DirectoryError:
    try:
        return future.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        return DirectoryError(f"{name}: no answer in time")
    except SlackError as error:
        return DirectoryError(str(error))
