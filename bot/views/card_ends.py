"""The head of a card that is over: what came of it, in one line."""

from collections.abc import Iterator
from typing import Final

from bot.core.codes import Reason, Value
from bot.core.operation import Cancelled, Expired, Failed, Operation, Rejected, Succeeded
from bot.views.buttons import CardFacts
from bot.views.card_states import ends, headline
from bot.views.steps import elapsed
from bot.views.words import Locale, Marked, phrases, say
from bot.views.words.naming import EXPIRED, FAILED, NOTHING_DONE, REFUSED, SUCCEEDED, WITHDRAWN

_CAUSE_MAX: Final = 300


def ended(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield what came of *operation*, which is over."""
    head = headline(operation, locale, is_short=True)
    match operation.phase:
        case Succeeded():
            length = elapsed(operation, operation.phase.at)
            words = _ended(operation, "done.", locale)
            yield f"{SUCCEEDED} {say('card.done', locale, words=words, length=length)}"
        case Failed(reason=why):
            words = _ended(operation, "undone.", locale)
            told = say("card.failed", locale, words=words, why=cause(why, locale))
            quiet = say("card.quiet", locale, headline=head, why=why)
            yield f"{FAILED} {told}" if operation.was_sent else f"{NOTHING_DONE} {quiet}"
        case Rejected(by=by, reason=why):
            key = "card.rejected" if why.strip() else "card.rejected_without_reason"
            told = say(key, locale, headline=head, by=by, why=why)
            yield f"{REFUSED} {told}"
        case Expired(reason=why) if why is not None:
            told = say("card.turn_lapsed", locale, headline=head, why=why)
            yield f"{EXPIRED} {told}"
        case Expired():
            told = say("card.expired", locale, headline=head)
            yield f"{EXPIRED} {told}"
        case Cancelled(by=by, reason=why):
            told = say(
                "card.cancelled",
                locale,
                headline=head,
                by=by,
                why=why,
            )
            yield f"{WITHDRAWN} {told}"
        case _:
            return


def left(facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what runs after a failure, until it is taken back or gone on with."""
    state = facts.left
    if state is None or facts.rolled_back_by or facts.gone_on_with:
        return
    how = say("runs.health", locale, status=state.status, replicas=state.replicas or None)
    told = {"version": state.version or None, "health": how, "at": state.at}
    yield say("card.left", locale, **told)


def cause(why: Value, locale: Locale) -> Marked:
    """Return why it failed as people need it first: ids and vendors' words are in Details."""
    if isinstance(why, Reason) and f"cause.{why.key}" in phrases(locale):
        return say(f"cause.{why.key}", locale, **why.params)
    return say("card.cause", locale, why=why)


def _ended(operation: Operation, how: str, locale: Locale) -> Marked:
    old, new = ends(operation, locale)
    before = old if old != new else Marked()
    key = f"{how}{operation.action}"
    return say(key, locale, target=operation.target, after=new, before=before)
