"""What both versions of ServiceStage share on the wire: statuses, lists, times, actions.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator

from bot.core.codes.systems import EndlessList
from bot.core.flow import Call, Flow, Method, Reply
from bot.core.records import Json
from bot.systems._wire.replies import moment, unreadable

RowT = TypeVar("RowT", bound=BaseModel)

SERVICE: Final = "servicestage"
RUNNING: Final = "RUNNING"
STOPPED: Final = "STOPPED"
DELETING: Final = "DELETING"
DELETED: Final = "DELETED"
BROKEN: Final = frozenset({"FAILED", "PARTIALLY_FAILED"})
CHANGING: Final = frozenset(
    {"INITIALIZING", "UPGRADING", "STARTING", "STOPPING", "RESTARTING", DELETING}
)
_PAGE: Final = 100  # rows, the most that the API gives at once
_MOST_PAGES: Final = 100
_DIGITS: Final = 10  # of a number of rows


def _count(value: Any) -> Any:
    """Take what is no number for none: the list then ends with its last short page."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


Count: TypeAlias = Annotated[int | None, BeforeValidator(_count)]


class Accepted(BaseModel):
    """What a mutating call answers."""

    job_id: Any = None
    instance_id: Any = None  # v2 tells it as well


def get(where: str, query: tuple[tuple[str, str], ...] = ()) -> Call:
    """Return the call that reads *where*."""
    return Call(method="GET", service=SERVICE, path=where, query=query)


def change(method: Method, where: str, body: dict[str, Json]) -> Call:
    """Return the call that changes *where*."""
    return Call(method=method, service=SERVICE, path=where, body=body)


def pages(
    where: str, rows_in: Callable[[Reply], tuple[int | None, list[RowT]]]
) -> Flow[tuple[RowT, ...]]:
    """Read a list page by page until it ends; a page may be shorter than was asked for."""
    found: list[RowT] = []
    for _ in range(_MOST_PAGES):
        query = (("limit", str(_PAGE)), ("offset", str(len(found))))
        reply = yield get(where, query)
        count, page = rows_in(reply)
        found += page
        is_last = len(page) < _PAGE if count is None else len(found) >= count
        if is_last or not page:
            return tuple(found)
    raise unreadable(doing=f"read {where}", why=EndlessList(pages=_MOST_PAGES))


def when(value: Any) -> datetime | None:
    """Return a time that stands as epoch milliseconds, or as ISO 8601 with its zone."""
    if isinstance(value, str) and not value.isdigit():
        return moment(value)
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def written(value: Any) -> str:
    """Return a time for people; as the vendor wrote it where it cannot be read."""
    read = when(value)
    return f"{read:%Y-%m-%dT%H:%M:%SZ}" if read else str(value or "")
