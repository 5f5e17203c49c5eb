"""The app as Slack knows it: where it is installed, what it may do, its connection, its forms."""

import logging
from collections.abc import Callable
from typing import Any, Final

from slack_sdk import WebClient

from bot.core.clocks import given_at
from bot.core.errors import SlackError
from bot.core.outcomes import OpenedForm
from bot.core.records import Moment, Record, UserId
from workers.slack.calls import made

log = logging.getLogger("slipway.slack")

FORM_TIMEOUT_SECONDS: Final = 2  # a form's trigger lives three seconds

# What the methods used here need. Source: https://docs.slack.dev/reference/scopes
SCOPES: Final = (
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "canvases:write",
    "channels:history",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
)


class Installation(Record):
    """Where the app is installed, as Slack says of its token."""

    team: str
    name: str = ""  # as people call the workspace
    team_url: str
    enterprise: str = ""
    bot_user: UserId
    bot: str
    app: str = ""  # the id that its payloads name; "": Slack does not tell
    scopes: tuple[str, ...] = ()
    answered_at: Moment | None = None  # by Slack's own clock


def installation(client: WebClient) -> Installation:
    """Ask whose the token is.

    Raises:
        SlackError: Slack refuses the token, or cannot be reached.
    """
    answer = made("auth.test", client.auth_test)
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    scopes = headers.get("x-oauth-scopes", "")
    bot = answer.get("bot_id") or ""
    return Installation(
        team=answer["team_id"],
        name=answer.get("team") or "",
        team_url=answer.get("url") or "",
        enterprise=answer.get("enterprise_id") or "",
        bot_user=answer["user_id"],
        bot=bot,
        app=_app_of(client, bot),
        scopes=tuple(each.strip() for each in scopes.split(",") if each.strip()),
        answered_at=given_at(headers.get("date", "")),
    )


def _app_of(client: WebClient, bot: str) -> str:
    """Return which app *bot* is of; "" where Slack does not tell, which is no reason not to start.

    Source: https://docs.slack.dev/reference/methods/bots.info
    """
    try:
        answer = made("bots.info", lambda: client.bots_info(bot=bot))
    except SlackError as error:
        log.warning("slack.app_unknown", extra={"why": str(error)})
        return ""
    return str((answer.get("bot") or {}).get("app_id") or "")


def connected(connect: Callable[[], None]) -> None:
    """Open a Socket Mode connection by *connect*.

    Raises:
        SlackError: Slack refuses the app token, or cannot be reached.
    """
    made("apps.connections.open", connect)


def opens_connection(client: WebClient, app_token: str) -> None:
    """Ask for the address of a Socket Mode connection, which nobody then opens.

    Raises:
        SlackError: Slack refuses the app token, or cannot be reached.
    """
    made("apps.connections.open", lambda: client.apps_connections_open(app_token=app_token))


def form_opener(client: WebClient) -> Callable[[str, dict[str, Any]], OpenedForm]:
    """Return what opens a form for a trigger; it raises a SlackError where that fails."""

    def open_form(trigger_id: str, view: dict[str, Any]) -> OpenedForm:
        answer = made("views.open", lambda: client.views_open(trigger_id=trigger_id, view=view))
        shown = answer.get("view") or {}
        return OpenedForm(id=str(shown.get("id") or ""), hash=str(shown.get("hash") or ""))

    return open_form


def form_updater(client: WebClient) -> Callable[[OpenedForm, dict[str, Any]], None]:
    """Return what replaces a form as it was seen; it raises a SlackError where that fails.

    Where the form has changed since, the newer one stays.
    """

    def update_form(seen: OpenedForm, view: dict[str, Any]) -> None:
        made(
            "views.update",
            lambda: client.views_update(view_id=seen.id, hash=seen.hash or None, view=view),
        )

    return update_form
