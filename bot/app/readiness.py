"""Whether the bot could do what it promises: it tries, remembers for a moment, and says changes."""

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from slack_sdk import WebClient

from bot.core.errors import SlackError, SlackRefusedError, SlipwayError
from workers.slack import installation

log: Final = logging.getLogger("slipway.readiness")

OK: Final = "ok"
STORES_SECONDS: Final = 1.0  # for which an answer of database or Redis counts
SLACK_SECONDS: Final = 10.0  # and one of Slack, which counts the questions

Check = Callable[[], None]


class Remembered:
    """A check whose outcome counts for some seconds, whoever asks."""

    def __init__(
        self, check: Check, seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._check = check
        self._seconds = seconds
        self._monotonic = monotonic
        self._until = 0.0
        self._error: SlipwayError | None = None

    def __call__(self) -> None:
        """Raise what the check raised last."""
        if self._monotonic() >= self._until:
            self._error = _error_of(self._check)
            self._until = self._monotonic() + self._seconds
        if self._error is not None:
            raise self._error


class Readiness:
    """The checks by their names; what gets lost, and what is back, stands in the log once."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self._states = dict.fromkeys(checks, OK)
        self._asking = Lock()

    def states(self) -> dict[str, str]:
        """Return `ok` for each check, or the name of what is wrong."""
        with self._asking:
            for name, check in self._checks.items():
                error = _error_of(check)
                state = OK if error is None else _name(error)
                if state != self._states[name]:
                    self._states[name] = state
                    _tell(name, error)
            return dict(self._states)

    def figures(self) -> dict[str, float]:
        """Return 1 for each check that holds, else 0."""
        return {name: float(state == OK) for name, state in self.states().items()}


def lost(checks: Mapping[str, Check]) -> dict[str, str]:
    """Return for each check the name of what is wrong, or "", without a word in the log."""
    errors = {name: _error_of(check) for name, check in checks.items()}
    return {name: "" if error is None else _name(error) for name, error in errors.items()}


def token_is_good(client: WebClient) -> Check:
    """Return what raises where Slack refuses the token; that Slack is away for a while is no no."""

    def check() -> None:
        try:
            installation(client)
        except SlackError as error:
            if isinstance(error, SlackRefusedError):
                raise

    return check


def _error_of(check: Check) -> SlipwayError | None:
    try:
        check()
    except SlipwayError as error:
        return error
    return None


def _name(error: SlipwayError) -> str:
    if isinstance(error, SlackRefusedError):
        return error.code
    return type(error).__name__.removesuffix("Error")


def _tell(name: str, error: SlipwayError | None) -> None:
    if error is None:
        log.info("readiness.back", extra={"check": name})
    else:
        log.error("readiness.lost", extra={"check": name, "why": str(error)})
