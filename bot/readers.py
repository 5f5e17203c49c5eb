"""Who reads: a channel in the language that slipway.yaml gives it, a person in their own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.languages import Language, spoken_to
from bot.core.records import ChannelId, UserId
from bot.views.words import Locale


class Spoken(Protocol):
    """What slipway.yaml says of languages, and of how the commands are called."""

    @property
    def prefix(self) -> str:
        """What the names of commands begin with: "" or "ship-"."""
        ...

    def language_in(self, channel: ChannelId) -> Language:
        """Return what is spoken in *channel*; "" is any that slipway.yaml does not name."""
        ...


class Readers:
    """Who reads what is shown, and when: now.

    *told* says in which locale Slack addresses a person, *names* what people and groups are called.
    """

    def __init__(
        self,
        spoken: Callable[[], Spoken],
        told: Callable[[UserId], str] = lambda _: "",
        clock: Callable[[], datetime | None] = lambda: None,
        names: Callable[[Sequence[str]], Mapping[str, str]] = lambda _: {},
    ) -> None:
        self._spoken = spoken
        self._told = told
        self._clock = clock
        self._names = names

    @property
    def anybody(self) -> Locale:
        """The reader of whom nothing is known."""
        return self.in_channel("")

    def in_channel(self, channel: ChannelId) -> Locale:
        """Return who reads in *channel*: everybody there is told in one language."""
        spoken = self._spoken()
        return self._reader(spoken.language_in(channel), spoken.prefix)

    def of(self, user: UserId) -> Locale:
        """Return one person, who is told alone."""
        spoken = self._spoken()
        language = spoken_to(self._told(user), spoken.language_in(""))
        return self._reader(language, spoken.prefix)

    def knowing(self, user: UserId, who: Sequence[str]) -> Locale:
        """Return one person, who knows by their names *who* is spoken of: Slack draws none."""
        return self.of(user).knowing(self._names(who) if who else {})

    def _reader(self, language: Language, prefix: str) -> Locale:
        return Locale(language=language, prefix=prefix, now=self._clock())
