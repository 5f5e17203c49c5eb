"""Processes that share their tokens by having been forked from one, each with one read to make.

They are told the address of a Cloudpods, a password, and: in_turn, at_once or after_a_death.
"""

import os
import signal
import threading
from datetime import UTC, datetime

from bot.core.errors import CloudError
from tests.workers.cloud.direct import Direct
from tests.workers.cloud.pods import READ, Pods, login_of, pods_at
from workers.cloud.tokens import Tokens

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Family:
    """The parent of all, who makes no call."""

    def __init__(self, address: str, password: str) -> None:
        self.connection = pods_at(address, password)
        self.login = login_of(self.connection)
        self.tokens = Tokens()
        self._cloud = Direct(lambda: NOON, tokens=self.tokens)

    def fork(self) -> int:
        """Start a child that reads once and says how that ended; return its number."""
        child = os.fork()
        if child == 0:
            os.write(1, f"{self._read()}\n".encode())
            os._exit(0)
        return child

    def _read(self) -> str:
        try:
            return str(self._cloud.send(self.connection, Pods(), READ).status)
        except CloudError as error:
            return str(error)

    def after_a_death(self) -> int:
        """Kill a child while the turn to log in is its own, and start another."""
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(told, b"1" if self.tokens.take(self.login) else b"0")
            threading.Event().wait(30)
        taken = os.read(heard, 1) == b"1"
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.write(1, f"taken: {taken}\n".encode())
        return self.fork()


def main(address: str, password: str, how: str) -> None:
    """Start the children, and wait for them."""
    family = Family(address, password)
    if how == "after_a_death":
        os.waitpid(family.after_a_death(), 0)
    elif how == "at_once":
        for child in [family.fork() for _ in range(5)]:
            os.waitpid(child, 0)
    else:
        for _ in range(2):
            os.waitpid(family.fork(), 0)
