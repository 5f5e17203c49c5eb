"""Presses: which operation a pressed button is about, and whether it can be believed."""

from typing import Final

from bot.core.codes import Denied
from bot.core.commands import OPERATION
from bot.core.operation import Operation
from bot.core.outcomes import Press
from bot.core.surfaces import Subject
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
    operation = context.journal.operations.find(found[0]) if found else None
    if operation is None:
        return context.denied(press.caller, press.value, NO_SUCH)
    if not _is_on_a_card(context, press, operation):
        return context.denied(press.caller, operation.id, _WRONG_PLACE)
    return operation


def _is_on_a_card(context: ServiceContext, press: Press, operation: Operation) -> bool:
    """Whether the message that was pressed is a card of *operation*, wherever that stands.

    A card that was just posted may be pressed before it is known which message it is.
    """
    surfaces, channel = context.journal.surfaces, press.caller.channel
    found = surfaces.surface_at(channel, press.message_ts) if press.message_ts else None
    if found is not None:
        return found.subject == Subject(kind="operation", id=operation.id)
    cards = surfaces.cards_of(operation.id)
    return any(each.channel == channel and each.ts is None for each in cards)
