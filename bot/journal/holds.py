"""What holds changes is read so that a damaged row holds all the same."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from bot.core.records import SLIPWAY
from bot.core.target import TargetEvent

E = TypeVar("E", bound=TargetEvent)

log = logging.getLogger("slipway.journal")

_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE: Final = "?"  # in place of words that nobody can read any more


def held(kind: type[E], row: Mapping[str, Any]) -> E:
    """Return what a row holds; one that cannot be read is nobody's, and lasts until it is ended."""
    known = {name: value for name, value in row.items() if name in kind.model_fields}
    try:
        return kind.model_validate(known)
    except ValidationError:
        log.exception("hold.unreadable", extra={"target": row["target"]})
        where = {name: known[name] for name in ("target", "scope") if name in known}
        at = row["at"] or _UNKNOWN
        return kind.model_validate({**where, "by": SLIPWAY, "at": at, "reason": _UNREADABLE})
