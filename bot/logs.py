"""Logs: events with fields, as text or JSON, with every known secret taken out last."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TypeAlias

import structlog

from bot.redaction import HIDDEN, KnownSecrets, Redactor

_WORDS: Final = r"(?:password|passwd|secret|token|signature|authorization|cookie)"
_LABELLED: Final = re.compile(
    rf"(?P<label>(?i:{_WORDS}[a-z_-]{{0,60}}[\"']?\s*[=:]\s*(?:(?:basic|bearer|sdk-[a-z0-9-]+)\s+)?))"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s,;&\"']{4,})"
)
_NAMES: Final = re.compile(rf"(?i){_WORDS}|api_?key|secret_?key|access_?key")
_CHATTY: Final = (
    "httpx",
    "httpcore",
    "rq",
    "rq.worker",
    "uvicorn.access",
    "uvicorn.error",
    "slack_sdk",
    "alembic",
)
# What these tell as an error, they raise as well, and whoever called says what becomes of it.
_RAISES: Final = ("slack_sdk.web", "slack_sdk.socket_mode")

_Event: TypeAlias = MutableMapping[str, Any]


def masked(text: str, redactor: Redactor) -> str:
    """Return *text* without what looks like a secret or is called one, and without known ones."""
    return _LABELLED.sub(rf"\g<label>{HIDDEN}", redactor.text(text))


def set_up_logs(
    shape: Literal["text", "json"],
    level: str,
    *,
    secrets: KnownSecrets | None = None,
    plain: bool = False,
) -> None:
    """Send every log line of the process to standard error, redacted.

    Args:
        shape: text for people, JSON for machines.
        level: the least that is told.
        secrets: what must never stand in a line, whatever it looks like.
        plain: whether colours are unwanted even on a terminal.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _formatter(_renderer(shape, plain=plain), _Redactor(secrets or KnownSecrets()))
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for raises in _RAISES:
        logging.getLogger(raises).setLevel(logging.CRITICAL)


def _renderer(shape: Literal["text", "json"], *, plain: bool) -> Any:
    if shape == "json":
        return structlog.processors.JSONRenderer()
    is_coloured = sys.stderr.isatty() and not plain
    return structlog.dev.ConsoleRenderer(colors=is_coloured, sort_keys=False)


def _formatter(renderer: Any, redactor: "_Redactor") -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redactor,
            renderer,
        ],
    )


class _Redactor:
    """The last to see an event before it is written."""

    def __init__(self, secrets: KnownSecrets) -> None:
        self._secrets = secrets

    def __call__(self, _logger: Any, _method: str, event: _Event) -> _Event:
        return {str(key): self._field(str(key), value) for key, value in event.items()}

    def _field(self, name: str, value: Any) -> Any:
        return HIDDEN if _NAMES.fullmatch(name) and value else self._clean(value)

    def _clean(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {str(key): self._field(str(key), each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._clean(each) for each in value]
            case bytes():
                return masked(value.decode(errors="replace"), self._secrets.redactor)
            case _:
                return masked(str(value), self._secrets.redactor)
