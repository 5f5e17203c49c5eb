"""Presses: which operation a pressed button is about, and whether it can be believed."""

from typing import Final

from bot.core.codes import Denied
from bot.core.commands import OPERATION
from bot.core.operation import Operation
from bot.core.outcomes import Press
from bot.service.context import ServiceContext

NO_SUCH: Final = Denied(
    code="unknown_operation",
    reason="there is no such operation here",
    way_out="See /ops status for those that are.",
)
_WRONG_PLACE: Final = Denied(
    code="wrong_place",
    reason="this button is not on the operation's own card",
    way_out="Use the card in the channel where it was posted.",
)


def pressed(context: ServiceContext, press: Press) -> Operation | Denied:
    """Return the operation of the card that was pressed, or why the press cannot be believed."""
    found = OPERATION.match(press.value)
    operation = context.journal.find(found[0]) if found else None
    if operation is None:
        return context.denied(press.caller, press.value, NO_SUCH)
    card = context.journal.card_of(operation.id)
    if card and (card[0] != press.caller.channel or (card[1] and card[1] != press.message_ts)):
        return context.denied(press.caller, operation.id, _WRONG_PLACE)
    return operation
