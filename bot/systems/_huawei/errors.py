"""Error bodies of Huawei Cloud's APIs, and what each proves.

Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
"""

import re
from typing import Any, Final

from bot.core.errors import CloudRefusedError, Verdict
from bot.core.flow import Reply
from bot.core.proof import ErrorForm, default_verdict
from bot.systems._wire.text import plain

_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_GATEWAY: Final = re.compile(r"APIG(?:W)?\.(\d+)")
_TOKEN_RAN_OUT: Final = re.compile(
    r"decrypt token fail|token expires|x-auth-token not found|token must be updated", re.IGNORECASE
)
_ANOTHER_RUNS: Final = re.compile(
    r"""\b(?:another|other)\s+(?:operation|task|job|request)s?\b
      | \b(?:in|under)\s+(?:progress|way)\b
      | \bis\s+busy\b
      | \b(?:operation|task|job)s?\s+(?:is|are)\s+(?:still\s+)?(?:being|running|executing)\b
      | \b(?:is|are)\s+(?:still\s+)?(?:upgrad|deploy|start|restart|stopp|scal|roll|delet)\w*ing\b
      | \bis\s+forbidden\s+(?:in|while)\b
      | \bnot\s+allowed\s+(?:in|when|while)\b.{0,60}\b(?:stat|running)""",
    re.IGNORECASE | re.VERBOSE,
)
# of a release that is being changed, whatever the status: Huawei's own Terraform provider waits
_CLOSED_RELEASE: Final = re.compile(r"\bupdate\s+release\s+is\s+forbidden\b", re.IGNORECASE)
_LIMIT: Final = re.compile(r"limit:\d+,\s*time:(\d{1,4})\s*(second|minute|hour)", re.IGNORECASE)
_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600}
_MISSING_ON_V3: Final = "SVCSTG.00100401"
_CCE: Final = re.compile(r"CCE\.01(4\d{5})")  # what the client did, or what stands in its way
_CCE_BUSY: Final = frozenset(
    {
        *("429002", "429003"),  # locked by another request, too many at once: both with 429
        "400024",  # a node is being made
        *("403003", "403004", "403005", "403006", "403007", "403008", "403009"),  # by its state
    }
)
_USED_VERSION: Final = "SVCSTG.00100441"  # of an instance: it stays used, so no wait helps
_CCE_BALANCE: Final = "429004"  # of money: waiting does not help
_NO_SUCH_API: Final = frozenset({"0101", "0103"})


def error_form(reply: Reply) -> ErrorForm | None:
    """Return the error where the body is in one of Huawei's forms.

    Known are error_code with error_msg (gateway, ServiceStage), errorCode with errorMessage
    (CCE), Kubernetes' Status, and keystone's nested error; texts under any of the four keys.
    """
    body = reply.body
    if not isinstance(body, dict):
        return None
    for key in ("error_code", "errorCode"):
        if key in body:
            return _form(body[key], _words(body))
    if body.get("kind") == "Status" and "message" in body:
        return _form(body.get("reason") or body.get("code"), _words(body))
    inner = body.get("error")
    if isinstance(inner, dict) and "message" in inner:
        return _form(inner.get("code") or inner.get("title"), _words(inner))
    return None


def verdict(reply: Reply) -> Verdict:
    """Return what *reply* proves, by the codes and texts that Huawei's pages list."""
    error = error_form(reply)
    if error is None or reply.is_success:
        return default_verdict(reply, error)
    if reply.status == 401:  # noqa: PLR2004 - the status code
        if error.code == _MISSING_ON_V3:
            return "not_found"
        return "expired" if has_expired(reply) else "refused"
    if reply.status == 404 and _gateway(error) not in _NO_SUCH_API:  # noqa: PLR2004
        return "not_found"
    known = "refused" if error.code == _USED_VERSION else _by_cce(error)
    if known and reply.status < 500:  # noqa: PLR2004 - the class of status codes
        return known
    if _CLOSED_RELEASE.search(error.message):
        return "busy"
    if reply.status in {400, 403, 409} and _ANOTHER_RUNS.search(error.message):
        return "busy"
    return default_verdict(reply, error)


def _by_cce(error: ErrorForm) -> Verdict | None:
    """Return what a code of CCE's proves that its HTTP status does not; None: that one decides."""
    found = _CCE.fullmatch(error.code)
    if found and found[1] in _CCE_BUSY:
        return "busy"
    return "refused" if found and found[1] == _CCE_BALANCE else None


def is_absent(error: CloudRefusedError) -> bool:
    """Whether what was asked for does not exist, or its API does not."""
    return error.verdict == "not_found" or error.status in {404, 410}


def is_gone(error: CloudRefusedError) -> bool:
    """Whether the service itself says that what was asked for does not exist.

    A gateway that knows no such API says nothing about it: no end is told on that.
    """
    return error.verdict == "not_found"


def has_expired(reply: Reply) -> bool:
    """Whether it was the token that ran out; a key that is wrong is another matter.

    Only the token may be tried again: six wrong signatures lock an access key.
    """
    error = error_form(reply)
    if error is None or reply.status != 401:  # noqa: PLR2004 - the status code
        return False
    number = _gateway(error)
    ran_out = _TOKEN_RAN_OUT.search(error.message) is not None
    return number == "0307" or (number == "0301" and ran_out)


def _gateway(error: ErrorForm) -> str:
    found = _GATEWAY.fullmatch(error.code)
    return found[1] if found else ""


def _form(code: Any, message: str) -> ErrorForm | None:
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return None
    return ErrorForm(code=code, message=message, wait=_window(message))


def _window(message: str) -> float | None:
    """Return the seconds that a limit counts over, where *message* is that of one.

    Source: the text of APIGW.0308, "…,limit:10,time:1 minute".
    """
    found = _LIMIT.search(message)
    return float(int(found[1]) * _UNITS[found[2].lower()]) if found else None


def _words(body: dict[str, Any]) -> str:
    keys = ("error_msg", "errorMsg", "errorMessage", "message")
    texts = (body[key] for key in keys if isinstance(body.get(key), str))
    return plain(next(filter(None, texts), ""))
