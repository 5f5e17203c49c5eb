"""Error bodies of Cloudpods, and what each proves.

Every error of Helm and Kubernetes is a 500 of one class: only its text tells what was declined
before anything was done from what broke midway.

Source: https://github.com/yunionio/cloudpods/tree/master/pkg/httperrors
"""

import json
import re
from typing import Any, Final

from bot.core.errors import Verdict
from bot.core.flow import Reply
from bot.core.proof import ErrorForm, default_verdict
from bot.systems._wire.text import plain

NOT_RECORDED: Final = "release: not found"
_ANOTHER_RUNS: Final = re.compile(
    r"another operation\b|sh\.helm\.release\.v1\.\S+ already exists", re.IGNORECASE
)
_UNREACHABLE: Final = re.compile(r"kubernetes cluster unreachable", re.IGNORECASE)
_DECLINED: Final = re.compile(
    r"""has\ no\ deployed\ releases | release:\ not\ found | invalid\ release\ revision
      | no\ chart\ version\ found | no\ chart\ name\ found | kubernetes\ cluster\ unreachable
      | ^get\ release\ \S+\ repo: | cannot\ re-use\ a\ name | cluster\ id\ must\ provided""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_HANDLER: Final = re.compile(r"^handler not found", re.IGNORECASE)
_AMBIGUOUS: Final = "duplicate entry"
_REFUSED: Final = frozenset({400, 406, 409, 423})
_ENGINE: Final = 500  # the status of all that Helm and Kubernetes say


def error_form(reply: Reply) -> ErrorForm | None:
    """Return the error where the body is Cloudpods' flat object, or has one under `error`."""
    body = reply.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    if not isinstance(body, dict):
        return None
    word, details = body.get("class"), body.get("details")
    if not isinstance(word, str) or not isinstance(details, str) or not word:
        return None
    return ErrorForm(code=plain(word, 64), message=_words(details))


def verdict(reply: Reply) -> Verdict:
    """Return what *reply* proves; an expired token is a 403, but for charts."""
    error = error_form(reply)
    if error is None or reply.is_success:
        return default_verdict(reply, error)
    if has_expired(reply):
        return "expired"
    match reply.status:
        case 403:
            return "refused"
        case 404:
            return "unsupported" if _is_unknown_call(error) else "not_found"
        case status if status in _REFUSED:
            return "refused"
        case status if status == _ENGINE:
            return _of_engine(error)
        case _:
            return default_verdict(reply, error)


def has_expired(reply: Reply) -> bool:
    """Whether the token ran out: a 401, or a 403 of the class that charts do not have."""
    error = error_form(reply)
    if error is None:
        return False
    return reply.status == 401 or (reply.status == 403 and error.code == "ForbiddenError")  # noqa: PLR2004


def is_unreachable(words: str) -> bool:
    """Whether Cloudpods said that it does not reach the cluster, which may pass."""
    return _UNREACHABLE.search(words) is not None


def _of_engine(error: ErrorForm) -> Verdict:
    if _ANOTHER_RUNS.search(error.message):
        return "busy"
    if error.code == _AMBIGUOUS or _DECLINED.search(error.message):
        return "refused"
    return "unknown"


def _is_unknown_call(error: ErrorForm) -> bool:
    return error.code in {"ActionNotFoundError", "SpecNotFoundError"} or (
        error.code == "NotFoundError" and _NO_HANDLER.search(error.message) is not None
    )


def _words(details: str) -> str:
    """Return *details* for people: another error's JSON in it is replaced by its own details."""
    before, brace, rest = details.partition("{")
    inner = _details_in(brace + rest)
    return plain(f"{before}{inner}" if inner else details)


def _details_in(text: str) -> str:
    try:
        found: Any = json.loads(text[:5_000])
    except (ValueError, RecursionError):
        return ""
    inner = found.get("error", found) if isinstance(found, dict) else None
    told = inner.get("details") if isinstance(inner, dict) else None
    return told if isinstance(told, str) else ""
