"""The button "Keep waiting": watch a stalled remote task for longer."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from typing_extensions import override

from bot.core.events import WaitExtended
from bot.core.operation import Operation, Stalled
from bot.core.records import Record, UserId
from bot.core.rules.intents import Press, RightName
from bot.core.verbs.verb import Verb


class KeepWaiting(Press):
    """Watch a stalled remote task for as long again."""

    right: ClassVar[RightName | None] = "decide"
    phases: ClassVar[tuple[type[Record], ...]] = (Stalled,)

    kind: Literal["keep_waiting"] = "keep_waiting"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> WaitExtended:
        return WaitExtended(at=now, by=by, extra=operation.deadline)


KEEP_WAITING: Final = Verb(name="keep_waiting", press=KeepWaiting)
