"""What people wish about a target that begins no operation."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.service import TryAgain
from bot.core.errors import ConflictError
from bot.core.outcomes import Caller, Noted, Outcome
from bot.core.rules import TargetIntent, decide
from bot.service.context import ServiceContext

_TRIES: Final = 5  # several may wish it at once; each loses only against one that won


def settle(context: ServiceContext, wanted: TargetIntent, *, by: Caller) -> Outcome:
    """Keep what is wished, or say why not; decided again where somebody else was faster."""
    for _ in range(_TRIES):
        facts = context.facts.of_change(wanted, by.user)
        denied = decide(wanted, facts).denied
        if denied is not None:
            return context.denied(by, wanted.target, denied)
        if facts.target is None:
            msg = "a wish was allowed without its target"
            raise ValueError(msg)
        event = wanted.becomes(facts.target.name, by.user, context.clock())
        try:
            context.journal.target_facts.keep(event)
        except ConflictError:
            continue
        return Noted(event=event)
    return context.denied(by, wanted.target, Denied.of(TryAgain()))
