"""What the APIs of CCE share on the wire: service, limits, times, ids.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import BeforeValidator

from bot.core.clocks import given_at
from bot.core.codes.systems import NoUsableId
from bot.core.flow import Reply
from bot.core.system import RateLimit
from bot.systems._wire.replies import unreadable

RowT = TypeVar("RowT")

SERVICE: Final = "cce"
# Ten writes a minute were measured; reads were throttled at 70 a second, so 5 keep well below.
LIMITS: Final = {SERVICE: RateLimit(reads=300, writes=10)}
Flavour: TypeAlias = Literal["standard", "autopilot"]

_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?"
    r" ?(?:(Z)|([+-]\d{2}):?(\d{2}))(?: [A-Z]{1,5})?"
)


def _rows(value: Any) -> Any:
    return [] if value is None else value


def _object(value: Any) -> Any:
    return {} if value is None else value


Rows: TypeAlias = Annotated[list[RowT], BeforeValidator(_rows)]
Object: TypeAlias = Annotated[RowT, BeforeValidator(_object)]


def identifier(value: Any, doing: str) -> str:
    """Return *value* if it is fit to stand in a path.

    Raises:
        UnreadableReplyError: it is not.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise unreadable(doing=doing, why=NoUsableId())
    return value


def is_identifier(value: str) -> bool:
    """Whether *value* is fit to stand in a path."""
    return _ID.fullmatch(value) is not None


def moment(text: str) -> datetime | None:
    """Return a time as CCE writes it; None where *text* is none, or has no zone.

    Some of its pages write ISO 8601, others what Go prints: `2026-05-06 07:08:09.123 +0000 UTC`.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    day, time, utc, hours, minutes = found.groups()
    try:
        return datetime.fromisoformat(f"{day}T{time}{'+00:00' if utc else f'{hours}:{minutes}'}")
    except ValueError:
        return None


def dated(text: str) -> str:
    """Return a time as CCE writes it in RFC 3339; any other *text* as it is."""
    at = moment(text)
    return at.isoformat() if at else text


def answered_at(reply: Reply) -> datetime | None:
    """Return when the answer was given by its own word; None where it does not tell."""
    return given_at(reply.headers.get("date", ""))
