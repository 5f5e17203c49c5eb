"""Answers of cloud APIs, from bytes to a `Reply`: strict JSON, few headers, no secrets."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from bot.core.flow import Reply
from bot.core.records import Json
from bot.redaction import Redactor

DEPTH_MAX: Final = 64
_TEXT_MAX: Final = 2_000  # characters that are kept of what is no JSON
_KEPT: Final = ("content-type", "date", "retry-after", "x-request-id")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_WAIT_MAX: Final = timedelta(minutes=15)
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MARKS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def reply_from(
    status: int, headers: Mapping[str, str], content: bytes | None, redactor: Redactor
) -> Reply:
    """Return the answer; *content* is None where it was too long or in a foreign encoding.

    What an error says is freed of every secret. The content of a success may be what a system
    sends back, and is left as it is: what is made of it is freed where it leaves the client.

    Args:
        status: of the answer.
        headers: of the answer, their names in lower case.
        content: its body.
        redactor: hides every secret.
    """
    kept = _kept(headers)
    if content is None:
        return Reply(status=status, headers=kept)
    whole = content.decode(errors="replace")
    if not 200 <= status < 300:  # noqa: PLR2004 - the class of status codes
        whole = redactor.known(whole)
    try:
        content.decode()  # what is not UTF-8 is no JSON, even where it could be made to look so
        return Reply(status=status, headers=kept, body=parse_json(whole))
    except ValueError:
        text = redactor.text(whole[: 2 * _TEXT_MAX])[:_TEXT_MAX]
        return Reply(status=status, headers=kept, text=text)


def parse_json(text: str) -> Json:
    """Return what *text* says, if every reader would read the same in it.

    Raises:
        ValueError: it is no JSON, is nested too deeply, has a key twice, a number that is none,
            or half of a surrogate pair.
    """
    _check_depth(text)
    parsed: Json = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    if _SURROGATE.search(text):
        json.dumps(parsed, ensure_ascii=False).encode()  # half a pair is a UnicodeEncodeError
    return parsed


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds to wait, at most 15 minutes; None where *header* cannot be read."""
    if header is None:
        return None
    wait = _seconds(header.strip(), now)
    return None if wait is None or wait < 0 else min(wait, _WAIT_MAX.total_seconds())


def _seconds(header: str, now: datetime) -> float | None:
    if _SECONDS.fullmatch(header):
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (at - now).total_seconds() if at.tzinfo else None


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name: headers[name] for name in _KEPT if name in headers}
    if not _REQUEST_ID.fullmatch(kept.get("x-request-id", "")):
        kept.pop("x-request-id", None)
    return kept


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    for found in _MARKS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEPTH_MAX:
            msg = f"nested deeper than {DEPTH_MAX}"
            raise ValueError(msg)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        msg = "a key stands there twice"
        raise ValueError(msg)
    return read


def _no_number(word: str) -> float:
    msg = f"{word} is no number in JSON"
    raise ValueError(msg)
