"""The bytes of a file, sent to the address that Slack names for them: to Slack's own alone.

Source: https://docs.slack.dev/messaging/working-with-files (files.getUploadURLExternal)
"""

import ssl
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from typing_extensions import override

from bot.core.errors import SlackRefusedError, SlackUnknownError

METHOD: Final = "files.getUploadURLExternal"  # which named the address
NOT_SLACKS: Final = "upload_url_not_slacks"  # a word of ours among Slack's
_SLACK: Final = ".slack.com"
_SECONDS: Final = 10
_OK: Final = 200
_PORTS: Final = {"https": 443, "http": 80}


class _NoRedirects(HTTPRedirectHandler):
    """Lets a redirect be an error: an address that was not judged gets nothing."""

    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def send_file(url: str, content: bytes, *, home: str, tls: ssl.SSLContext | None = None) -> None:
    """Post *content* to *url*, without a token and following nothing.

    Args:
        url: where Slack wants it.
        content: the bytes.
        home: where Slack's Web API is, whose origin may have files as well.
        tls: the certificates that are trusted.

    Raises:
        SlackRefusedError: the address is not Slack's.
        SlackUnknownError: it could not be sent, or was not taken: nothing was shared by it.
    """
    if not may_have_files(url, home):
        raise SlackRefusedError(METHOD, NOT_SLACKS, urlsplit(url).hostname or "")
    handlers = [_NoRedirects(), *([HTTPSHandler(context=tls)] if tls else [])]
    headers = {"Content-Type": "application/octet-stream"}
    request = Request(url, data=content, headers=headers, method="POST")  # noqa: S310 - judged above
    try:
        with build_opener(*handlers).open(request, timeout=_SECONDS) as answer:
            status = answer.status
    except HTTPError as error:
        status = error.code
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise SlackUnknownError(method=METHOD, why=f"upload: {type(error).__name__}") from error
    if status != _OK:
        raise SlackUnknownError(method=METHOD, why=f"upload: HTTP {status}")


def may_have_files(url: str, home: str) -> bool:
    """Return whether *url* is Slack's, or at the origin of the Web API that is used."""
    try:
        asked, own = urlsplit(url), urlsplit(home)
        is_home = _origin(asked) == _origin(own)
    except ValueError:  # a port that is none
        return False
    if asked.username is not None or asked.password is not None:
        return False
    host = asked.hostname or ""
    is_slacks = asked.scheme == "https" and host.endswith(_SLACK) and asked.port in {None, 443}
    return is_slacks or is_home


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", url.port or _PORTS.get(url.scheme)
