"""What an answer to a mutating call proves, by default; each system may know better."""

from typing import Final

from bot.core.errors import Verdict
from bot.core.flow import Reply
from bot.core.records import Record

_THROTTLED: Final = 429
_CONFLICT: Final = 409
_REFUSALS: Final = frozenset({400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 422})


class ErrorForm(Record):
    """An error body in the API's own form: proof that the API itself answered."""

    code: str
    message: str
    wait: float | None = None  # seconds, where the words of a limit name them


def default_verdict(reply: Reply, error: ErrorForm | None) -> Verdict:
    """Return what *reply* proves; *error* is None where the body is not in the API's own form.

    A foreign body (a proxy's page, nothing at all) proves nothing: a proxy may have forwarded.
    """
    if reply.is_success:
        return "accepted"
    if 300 <= reply.status < 400:  # noqa: PLR2004 - the class of status codes
        return "misdirected"
    if error is None:
        return "unknown"
    if reply.status == _THROTTLED:
        return "throttled"
    if reply.status == _CONFLICT:
        return "busy"
    return "refused" if reply.status in _REFUSALS else "unknown"
