"""The messages of all channels, and who is told of a change."""

from collections import defaultdict

from bot.sandbox.slack.config import Channel
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.records import JsonObject, Message


class Messages:
    """Everything ever posted, oldest first; used under the workspace's lock."""

    def __init__(self, channels: dict[str, Channel], feed: Feed) -> None:
        self._channels = channels
        self._feed = feed
        self._kept: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        self._threads: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def put(self, message: Message) -> Message:
        """Keep *message*, new or in place of what had its timestamp, and tell its readers."""
        kept = self._kept[message.channel]
        if message.thread_ts is not None and message.is_reply and message.ts not in kept:
            self._threads[message.channel, message.thread_ts].append(message.ts)
        kept[message.ts] = message
        readers = self._readers(message)
        if message.deleted:
            gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
            self._feed.tell(readers, gone)
        else:
            self._feed.tell(readers, {"type": "message", "message": message.page()})
        return message

    def _readers(self, message: Message) -> tuple[str, ...]:
        return (message.reader,) if message.reader else self._channels[message.channel].members

    def get(self, channel: str, ts: str) -> Message | None:
        """Return the message if it is there and not deleted."""
        message = self._kept[channel].get(ts)
        return None if message is None or message.deleted else message

    def shared(self, channel: str, ts: str) -> Message:
        """Return a message that everybody in the channel sees.

        Raises:
            RefusedError: no such message; ephemeral ones are none to the Web API.
        """
        message = self.get(channel, ts)
        if message is None or message.ephemeral:
            raise RefusedError(code="message_not_found")
        return message

    def of_channel(self, channel: str) -> list[Message]:
        """Return what everybody in *channel* sees, thread replies included."""
        return [m for m in self._visible(channel) if not m.ephemeral]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return the root and its replies; nothing where there is no such root."""
        stamps = (ts, *self._threads.get((channel, ts), ()))
        found = [self.get(channel, stamp) for stamp in stamps]
        return [m for m in found if m is not None and not m.ephemeral]

    def for_person(self, person: str) -> dict[str, list[Message]]:
        """Return by channel what *person* may see."""
        mine = [c.id for c in self._channels.values() if person in c.members]
        return {
            channel: [m for m in self._visible(channel) if m.reader in {None, person}]
            for channel in mine
        }

    def whispers(self, person: str) -> list[Message]:
        """Return what only *person* sees."""
        found = [m for channel in self._kept for m in self._visible(channel)]
        return sorted((m for m in found if m.reader == person), key=lambda m: m.ts)

    def _visible(self, channel: str) -> list[Message]:
        return [m for m in self._kept[channel].values() if not m.deleted]


def replaced(message: Message, text: str, blocks: list[JsonObject] | None) -> Message:
    """Return *message* with new words; what could be pressed before is remembered.

    Only a text without blocks is marked as edited.
    """
    earlier = message.earlier if message.blocks is None else (*message.earlier, message.blocks)
    return message.model_copy(
        update={"text": text, "blocks": blocks, "edited": blocks is None, "earlier": earlier}
    )
