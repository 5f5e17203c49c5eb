"""The rollback that follows a failure by itself: that it comes, was stopped, or cannot be."""

from collections.abc import Iterator
from typing import TypeAlias

from bot.core import events as ev
from bot.core.operation import Failed, Operation
from bot.core.rules import Hold
from bot.views.buttons import CardFacts
from bot.views.layout import Line
from bot.views.thread_writer import ThreadWriter
from bot.views.words import Locale, say
from bot.views.words.naming import INFO, ROLLBACK, WARNING

OfCountdown: TypeAlias = ev.RollbackHeld | ev.RollbackBegun | ev.RollbackForgone


def on_card(operation: Operation, phase: Failed, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield when it is rolled back by itself, or that it is not."""
    countdown = phase.countdown
    if countdown is None:
        return
    if _may_be_stopped(facts):
        version, until = operation.version_before, countdown.until
        yield f"{ROLLBACK} {say('note.countdown', locale, version=version, until=until)}"
    elif countdown.held_by is not None:
        yield f"{INFO} {say('note.countdown_held', locale, by=countdown.held_by)}"
    elif countdown.reason is not None and not facts.rolled_back_by:
        yield f"{WARNING} {say('note.countdown_forgone', locale, why=countdown.reason)}"


def in_reply(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield that it is rolled back by itself, while people can still say no."""
    countdown = operation.countdown
    if countdown is not None and _may_be_stopped(facts):
        where = {"target": operation.target, "version": operation.version_before}
        words = say("thread.rollback_coming", locale, **where, until=countdown.until)
        yield f"{ROLLBACK} {words}"


def of_countdown(thread: ThreadWriter, event: OfCountdown) -> Line | None:
    """Word how it went on; None where people have acted on the failure already."""
    if isinstance(event, ev.RollbackForgone) and event.is_moot:
        return None
    symbols = {"rollback_held": INFO, "rollback_begun": ROLLBACK, "rollback_forgone": WARNING}
    words = thread.say(event.kind, **dict(event), target=thread.operation.target)
    return thread.line(symbols[event.kind], words)


def _may_be_stopped(facts: CardFacts) -> bool:
    return any(isinstance(each, Hold) for each in facts.offers)
