"""The only caller of Slack's Web API. It never repeats a call by itself."""

from workers.slack.app import (
    FORM_TIMEOUT_SECONDS,
    SCOPES,
    Installation,
    connected,
    form_opener,
    installation,
)
from workers.slack.calls import OF_THE_TOKEN, RETRY_AFTER_DEFAULT, RETRY_AFTER_MAX, web_client
from workers.slack.directory import (
    MEMBER_SECONDS,
    SlackDirectory,
    group_users,
    refused_groups,
    team_of,
)
from workers.slack.messages import SlackMessages

__all__ = [
    "FORM_TIMEOUT_SECONDS",
    "MEMBER_SECONDS",
    "OF_THE_TOKEN",
    "RETRY_AFTER_DEFAULT",
    "RETRY_AFTER_MAX",
    "SCOPES",
    "Installation",
    "SlackDirectory",
    "SlackMessages",
    "connected",
    "form_opener",
    "group_users",
    "installation",
    "refused_groups",
    "team_of",
    "web_client",
]
