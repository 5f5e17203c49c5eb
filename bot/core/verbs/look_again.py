"""The button "Look again": read now what is uncertain or stalled."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from typing_extensions import override

from bot.core.operation import Operation, Stalled, Uncertain
from bot.core.records import Record, UserId
from bot.core.rules.intents import Press, RightName
from bot.core.verbs.verb import Verb


class LookAgain(Press):
    """Look now at what is uncertain or stalled."""

    right: ClassVar[RightName | None] = "decide"
    phases: ClassVar[tuple[type[Record], ...]] = (Uncertain, Stalled)

    kind: Literal["look_again"] = "look_again"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> None:
        return None


LOOK_AGAIN: Final = Verb(name="look_again", press=LookAgain)
