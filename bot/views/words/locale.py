"""Who reads: the language, and how the commands are called in this workspace."""

from typing import Literal, TypeAlias

from bot.core.records import Record

Language: TypeAlias = Literal["en", "zh"]


class Locale(Record):
    """Who reads: the language, and how the commands are called in this workspace."""

    language: Language = "en"
    prefix: str = ""  # "" or what stands before the names of commands: "ship-"

    def command(self, words: str) -> str:
        """Return a command of ours as it is typed here: "ops status" → "/ship-ops status"."""
        return f"/{self.prefix}{words}"
