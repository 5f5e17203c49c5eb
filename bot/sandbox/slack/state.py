"""The truth of the workspace, under one lock."""

import threading
from collections.abc import Mapping
from typing import Final

from bot.sandbox.slack.config import Channel, Group, Person, WorkspaceConfig
from bot.sandbox.slack.errors import NothingThereError, RefusedError, UnknownPersonError
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.ids import Timestamps, with_ids
from bot.sandbox.slack.limits import Buckets, RateLimits
from bot.sandbox.slack.messages import Messages
from bot.sandbox.slack.records import (
    Clock,
    Executed,
    File,
    JsonObject,
    Message,
    Notice,
    Refused,
    SentEvent,
)
from bot.sandbox.slack.surfaces import Surfaces
from bot.sandbox.slack.tickets import Tickets


class State:
    """People, groups, channels, messages, views, tickets and the record of all calls.

    Whoever reads or changes it holds `lock`; nobody waits for anything else while holding it.
    """

    def __init__(self, config: WorkspaceConfig, clock: Clock, limits: RateLimits) -> None:
        self.lock: Final = threading.RLock()
        self.config: Final = config
        self.clock: Final = clock
        self.base_url = ""
        self.scopes: frozenset[str] = config.scopes
        self.people: Final[dict[str, Person]] = {p.id: p for p in config.people}
        self.groups: Final[dict[str, Group]] = {g.id: g for g in config.groups}
        self.channels: Final[dict[str, Channel]] = {c.id: c for c in config.channels}
        self.feed: Final = Feed()
        self.faults: Final = Faults()
        self.buckets: Final = Buckets(limits, clock)
        self.timestamps: Final = Timestamps(clock)
        self.messages: Final = Messages(self.channels, self.feed)
        self.surfaces: Final = Surfaces(self.feed)
        self.tickets: Final = Tickets(clock)
        self.pins: Final[dict[str, list[str]]] = {}  # timestamps, by channel
        self.reactions: Final[dict[tuple[str, str], dict[str, list[str]]]] = {}  # who, by emoji
        self.files: Final[dict[str, File]] = {}  # by id
        self.canvases: Final[dict[str, str]] = {}  # ids of files, by channel
        self.bookmarks: Final[dict[str, list[JsonObject]]] = {}  # by channel
        self.notices: Final[list[Notice]] = []
        self.executed: Final[list[Executed]] = []
        self.refused: Final[list[Refused]] = []
        self.socket_urls: Final[set[str]] = set()
        self.events: Final[dict[str, SentEvent]] = {}

    def person(self, user: str) -> Person:
        """Return somebody who can act.

        Raises:
            UnknownPersonError: nobody of that id, or deactivated, or a bot.
        """
        person = self.people.get(user)
        if person is None or person.deleted or person.is_bot:
            raise UnknownPersonError(user)
        return person

    def joined(self, user: str, channel: str) -> Channel:
        """Return a channel that the person is in.

        Raises:
            UnknownPersonError: nobody of that id can act.
            NothingThereError: they see no such channel.
        """
        self.person(user)
        found = self.channels.get(channel)
        if found is None or user not in found.members:
            raise NothingThereError(kind="channel", name=channel, person=user)
        return found

    def direct(self, user: str) -> Channel:
        """Return the direct conversation between *user* and the bot, made when first asked for."""
        channel_id = f"D{user.removeprefix('U')}"
        if channel_id not in self.channels:
            members = (user, self.config.bot_user_id)
            self.channels[channel_id] = Channel(
                id=channel_id, name=self.people[user].name, members=members, is_im=True
            )
            self.feed.tell(members, {"type": "channels"})
        return self.channels[channel_id]

    def need(self, scope: str) -> None:
        """Refuse unless the bot token has *scope*.

        Raises:
            RefusedError: it has not.
        """
        if scope not in self.scopes:
            raise RefusedError(code="missing_scope", needed=scope)

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        blocks: list[JsonObject] | None = None,
        thread_ts: str | None = None,
        reply_broadcast: bool = False,
        reader: str | None = None,
        metadata: JsonObject | None = None,
        files: tuple[JsonObject, ...] = (),
    ) -> Message:
        """Keep a new message and tell those who see it."""
        return self.messages.put(
            Message(
                ts=self.timestamps.next(),
                channel=channel,
                user=user,
                text=text,
                blocks=self.named(blocks),
                thread_ts=thread_ts,
                reply_broadcast=reply_broadcast,
                reader=reader,
                metadata=metadata,
                files=files,
            )
        )

    def named(self, blocks: list[JsonObject] | None) -> list[JsonObject] | None:
        """Return *blocks* with all their ids; no blocks at all are None."""
        return with_ids(blocks) if blocks else None

    def notify(self, user: str, channel: str, text: str) -> str:
        """Tell one person something in Slack's own name, and return it."""
        self.notices.append(Notice(user=user, channel=channel, text=text))
        self.feed.tell((user,), {"type": "notice", "channel": channel, "text": text})
        return text

    def note_executed(self, method: str, arguments: Mapping[str, object]) -> None:
        """Record a call that was carried out."""
        self.executed.append(Executed(method=method, arguments=dict(arguments), at=self.clock()))

    def note_refused(
        self,
        method: str,
        arguments: Mapping[str, object],
        error: str,
        messages: tuple[str, ...] = (),
    ) -> None:
        """Record a call that was not carried out."""
        refused = Refused(
            method=method,
            arguments=dict(arguments),
            error=error,
            messages=messages,
            at=self.clock(),
        )
        self.refused.append(refused)
