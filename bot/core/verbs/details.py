"""The button "Details": all that is not on the card, in a view of its own."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from typing_extensions import override

from bot.core.operation import (
    AwaitingApproval,
    Failed,
    Operation,
    Queued,
    Running,
    Stalled,
    Succeeded,
    Uncertain,
    Waiting,
)
from bot.core.records import Record, UserId
from bot.core.rules.intents import Opens, Press, RightName
from bot.core.verbs.verb import Verb


class Details(Press):
    """Read what is approved, sent and found, whole; whoever may ask may read it."""

    right: ClassVar[RightName | None] = None
    opens: ClassVar[Opens] = "details"
    phases: ClassVar[tuple[type[Record], ...]] = (
        Waiting, AwaitingApproval, Queued, Running, Uncertain, Stalled, Failed, Succeeded,
    )  # fmt: skip

    kind: Literal["details"] = "details"

    @override
    def becomes(self, operation: Operation, by: UserId, now: datetime) -> None:
        return None


DETAILS: Final = Verb(name="details", press=Details)
