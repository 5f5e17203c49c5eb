"""`/ops status`: how a target runs, or how an operation is."""

from typing import Final

from bot.core.codes import Denied
from bot.core.operation import Operation
from bot.core.outcomes import OperationStatus
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import any_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a target or an operation, where one is named."""
    return any_subject("status", text)


def about(operation: Operation, _: Facts) -> OperationStatus:
    """Return how the operation stands."""
    return OperationStatus(operation=operation)


STATUS: Final = Verb(
    name="status",
    commands=("ops status",),
    usage="[<target>|<op>]",
    example="checkout",
    parse=parse,
    about=about,
)
