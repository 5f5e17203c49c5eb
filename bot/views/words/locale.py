"""Who reads: the language, and how the commands are called in this workspace."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field

from bot.core.languages import Language
from bot.core.records import Moment, Record

__all__ = ["Language", "Locale"]


class Locale(Record):
    """Who reads: the language, and how the commands are called in this workspace."""

    language: Language = "en"
    prefix: str = ""  # "" or what stands before the names of commands: "ship-"

    # What people are called, by id: so those are named who need not act, and nobody is pinged.
    names: Mapping[str, str] = Field(default_factory=dict)
    now: Moment | None = None  # when it is read: a time of that day needs no date
    stranger: str = ""  # what somebody is called, in plain text, of whom only the id is known

    def knowing(self, names: Mapping[str, str]) -> Self:
        """Return this reader with what people are called."""
        return self.model_copy(update={"names": names}) if names else self

    def command(self, words: str) -> str:
        """Return a command of ours as it is typed here: "ops status" → "/ship-ops status"."""
        return f"/{self.prefix}{words}"
