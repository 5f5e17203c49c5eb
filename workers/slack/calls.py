"""One call of Slack's Web API, made once, and what its failure proves."""

import ssl
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, Final, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.errors import SlackError, SlackHeldError, SlackRefusedError, SlackUnknownError

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 10
RETRY_AFTER_DEFAULT: Final = 30.0  # seconds, where Slack names none that can be read
RETRY_AFTER_MAX: Final = 900.0

# These words mean that a part of the call may have been done.
# Source: https://docs.slack.dev/reference/methods/chat.postMessage (errors)
_AMBIGUOUS: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)

# These refuse the token or the app, whatever is asked for: they say nothing about what was asked.
# Source: https://docs.slack.dev/reference/methods/usergroups.users.list (errors)
OF_THE_TOKEN: Final = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("not_allowed_token_type", "org_login_required", "two_factor_setup_required"),
        *("team_added_to_org", "app_missing", "app_disabled", "invalid_token"),
        *("deprecated_endpoint", "method_deprecated", "unknown_method", "accesslimited"),
    }
)


def web_client(
    token: str,
    base_url: str,
    *,
    timeout: int = TIMEOUT_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> WebClient:
    """Return a client without retries; the one place that makes them.

    Without *tls* each call to https reads all certificates anew, about 20 ms.
    """
    return WebClient(token=token, base_url=base_url, timeout=timeout, ssl=tls, retry_handlers=[])


def made(method: str, call: Callable[[], T]) -> T:
    """Make *call* once and map what can go wrong by what it proves."""
    try:
        return call()
    except SlackApiError as error:
        raise _refusal(method, error) from error
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        # after the request left, nothing tells whether Slack has executed it
        raise SlackUnknownError(method=method, why=f"{type(error).__name__}: {error}") from error


def _refusal(method: str, error: SlackApiError) -> SlackError:
    response = error.response
    status = getattr(response, "status_code", 200)
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(data.get("error", ""))
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP's own
        return SlackHeldError(method, _retry_after(response))
    if status >= 500 or code in _AMBIGUOUS or " " in code or not code:  # noqa: PLR2004
        return SlackUnknownError(method=method, why=f"HTTP {status} {code[:100]}")
    detail = "; ".join((data.get("response_metadata") or {}).get("messages") or ())
    needed = data.get("needed", "")
    return SlackRefusedError(method, code, detail or (f"needs {needed}" if needed else ""))


def _retry_after(response: Any) -> float:
    headers = {str(name).lower(): value for name, value in dict(response.headers).items()}
    written = headers.get("retry-after", "")
    written = written[0] if isinstance(written, list) else written
    try:
        seconds = float(written)
    except ValueError:
        return RETRY_AFTER_DEFAULT
    return min(seconds, RETRY_AFTER_MAX) if seconds > 0 else RETRY_AFTER_DEFAULT
