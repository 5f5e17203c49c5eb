"""Logs: events with fields, as text or JSON, with every known secret taken out last."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal

import structlog

_SECRETS: Final = re.compile(
    r"xox[abeprs]-[A-Za-z0-9-]{6,}"  # Slack's tokens
    r"|xapp-[A-Za-z0-9-]{6,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|-----BEGIN[ A-Z]*PRIVATE KEY-----[\s\S]*?(?:-----END|\Z)"
    r"|(?i:(?:password|secret|token|signature)\s*[=:]\s*)[^\s,;&\"']{6,}"
    r"|(?<=://)[^/\s:@]+:[^/\s:@]+(?=@)"  # user:password in an address
)
_MASK: Final = "***"


def masked(text: str) -> str:
    """Return *text* without what looks like a secret."""
    return _SECRETS.sub(_MASK, text)


def set_up_logs(shape: Literal["text", "json"], level: str) -> None:
    """Send every log line of the process to standard error, redacted."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _redacted,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in (
        "httpx",
        "httpcore",
        "rq",
        "rq.worker",
        "uvicorn.access",
        "slack_sdk",
        "alembic",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _redacted(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}
