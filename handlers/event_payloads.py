"""The trust boundary of events: mentions, looks at Home, reactions."""

from typing import Literal

from bot.core.outcomes import Caller
from bot.core.records import ChannelId
from handlers.payloads import Delivery, Payload, PersonId, TeamId, Timestamp


class _MentionEvent(Payload):
    user: PersonId
    channel: ChannelId
    text: str = ""
    thread_ts: Timestamp | None = None


class Mention(Payload):
    """Somebody wrote `@slipway …` in a channel or a thread.

    Source: https://docs.slack.dev/reference/events/app_mention
    """

    team_id: TeamId
    event_id: Delivery
    event: _MentionEvent

    @property
    def caller(self) -> Caller:
        """Who wrote it, and where."""
        return Caller(
            user=self.event.user,
            team=self.team_id,
            channel=self.event.channel,
            thread_ts=self.event.thread_ts,
        )


class _HomeEvent(Payload):
    user: PersonId
    channel: ChannelId
    tab: str = "home"


class HomeOpened(Payload):
    """Somebody looks at the app: at its Home, or at what it wrote.

    Source: https://docs.slack.dev/reference/events/app_home_opened
    """

    event: _HomeEvent


class _ReactedTo(Payload):
    type: Literal["message"]
    channel: ChannelId
    ts: Timestamp


class _ReactionEvent(Payload):
    user: PersonId
    reaction: str
    item: _ReactedTo


class Reaction(Payload):
    """Somebody put an emoji on a message, or took one away: neither its text nor its thread.

    Source: https://docs.slack.dev/reference/events/reaction_added
    """

    event: _ReactionEvent

    @property
    def name(self) -> str:
        """The emoji, whatever its skin is."""
        return self.event.reaction.partition("::")[0]
