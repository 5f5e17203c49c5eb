"""What `slipway doctor` finds."""

from typing import Literal, NamedTuple, TypeAlias

from bot.app.slack_words import SlackWord
from bot.cli.exit_codes import CHECK_FAILED

Level: TypeAlias = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """What one check found; `remedy` says what to do where it is not ok."""

    check: str
    level: Level
    found: str
    remedy: str = ""
    code: int = CHECK_FAILED  # the exit code that a failure of this check means
    word: SlackWord | None = None  # of slipway.yaml, where the check is about one

    @property
    def row(self) -> dict[str, str]:
        """The finding as JSON has it."""
        row = {name: str(getattr(self, name)) for name in ("check", "level", "found", "remedy")}
        if self.word is None:
            return row
        return {**row, "name": self.word.word, "id": self.word.id, "state": self.word.state}
