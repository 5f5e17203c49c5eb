"""The only caller of Slack's Web API. It never repeats a call by itself."""

from workers.slack.app import (
    FORM_TIMEOUT_SECONDS,
    SCOPES,
    Installation,
    connected,
    form_opener,
    form_updater,
    installation,
    opens_connection,
)
from workers.slack.calls import (
    OF_THE_TOKEN,
    RETRY_AFTER_DEFAULT,
    RETRY_AFTER_MAX,
    TIMEOUT_SECONDS,
    web_client,
)
from workers.slack.directory import (
    MEMBER_SECONDS,
    SlackDirectory,
    channel_state,
    group_users,
    person_state,
    refused_groups,
    team_of,
)
from workers.slack.messages import SlackMessages
from workers.slack.names import (
    Entry,
    LookUp,
    Meaning,
    Method,
    Wait,
    at_once,
    listed,
    look_up,
    meaning,
)
from workers.slack.rate_limits import slack_figures

__all__ = [
    "FORM_TIMEOUT_SECONDS",
    "MEMBER_SECONDS",
    "OF_THE_TOKEN",
    "RETRY_AFTER_DEFAULT",
    "RETRY_AFTER_MAX",
    "SCOPES",
    "TIMEOUT_SECONDS",
    "Entry",
    "Installation",
    "LookUp",
    "Meaning",
    "Method",
    "SlackDirectory",
    "SlackMessages",
    "Wait",
    "at_once",
    "channel_state",
    "connected",
    "form_opener",
    "form_updater",
    "group_users",
    "installation",
    "listed",
    "look_up",
    "meaning",
    "opens_connection",
    "person_state",
    "refused_groups",
    "slack_figures",
    "team_of",
    "web_client",
]
