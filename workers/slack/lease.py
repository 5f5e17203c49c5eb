"""Slack for as long as the claim of a row holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.records import Json
from bot.core.surfaces import Subject
from bot.views.layout import Block
from workers.context import Posted, SlackWriter


class LeaseOverError(Exception):
    """The rows were claimed too long ago: by now somebody else may be sending them."""


class Leased:
    """Slack for as long as the claim of the rows holds: whoever stood still sends nothing late."""

    def __init__(self, slack: SlackWriter, is_over: Callable[[], bool]) -> None:
        self._slack = slack
        self.is_over = is_over

    def post(
        self,
        channel: str,
        text: str,
        blocks: list[Block],
        *,
        about: Subject,
        sequence: int,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Post a message."""
        self._require()
        return self._slack.post(
            channel,
            text,
            blocks,
            about=about,
            sequence=sequence,
            thread_ts=thread_ts,
            broadcast=broadcast,
        )

    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[Block],
        *,
        about: Subject,
        sequence: int = 0,
    ) -> None:
        """Bring a message to its newest state."""
        self._require()
        self._slack.update(channel, ts, text, blocks, about=about, sequence=sequence)

    def whisper(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: Sequence[dict[str, Json]] = (),
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Show *text* to one person."""
        self._require()
        self._slack.whisper(channel, user, text, blocks, thread_ts=thread_ts)

    def publish(self, user: str, channel: str, blocks: list[Block]) -> None:
        """Bring somebody's Home to its newest state."""
        self._require()
        self._slack.publish(user, channel, blocks)

    def find(
        self, channel: str, *, about: Subject, sequence: int, thread_ts: str | None
    ) -> str | None:
        """Return the ts of our message of this subject and sequence, if it was posted."""
        return self._slack.find(channel, about=about, sequence=sequence, thread_ts=thread_ts)

    def do(self, method: str, arguments: Mapping[str, Json]) -> Any:
        """Make a call that writes no message."""
        self._require()
        return self._slack.do(method, arguments)

    def upload(self, url: str, content: bytes) -> None:
        """Send the bytes of a file."""
        self._require()
        self._slack.upload(url, content)

    def _require(self) -> None:
        if self.is_over():
            raise LeaseOverError
