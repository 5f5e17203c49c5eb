"""What is said of an incident that is over: how long, what was done, and by whom."""

from collections.abc import Iterator
from typing import Final, get_args

from bot.core.incidents import Deeds, Doing, Measures
from bot.core.operation import Operation
from bot.views.words import Locale, Marked, say, say_plain
from bot.views.words.naming import phase_word, plain_subject, subject

OPERATIONS_MAX: Final = 8  # that are named; the rest is counted
PEOPLE_MAX: Final = 10
_DOINGS: Final[tuple[Doing, ...]] = get_args(Doing)


def measured(measures: Measures, locale: Locale) -> Iterator[str]:
    """Yield the times: until it was seen, until somebody acted, until it ran again."""
    if measures.detected is not None:
        yield say("incident_close.detected", locale, length=measures.detected)
    if measures.decided is not None:
        yield say("incident_close.decided", locale, length=measures.decided)
    last = measures.restored_by
    if last is None:
        yield say("incident_close.restored_by_none", locale, length=measures.restored)
    else:
        what = subject(last, locale)
        yield say("incident_close.restored", locale, length=measures.restored, what=what)


def closing_lines(measures: Measures, locale: Locale) -> Iterator[str]:
    """Yield what its channel hears beside the summary, as mrkdwn."""
    yield " · ".join(measured(measures, locale))
    operations = measures.operations
    yield say("incident_close.operations", locale, count=len(operations))
    for each in operations[:OPERATIONS_MAX]:
        yield f"• {_operation(each, locale)}"
    if (more := len(operations) - OPERATIONS_MAX) > 0:
        yield f"• {say('incident_close.more', locale, more=more)}"
    if measures.deeds:
        yield say("incident_close.people", locale)
    for person in measures.deeds[:PEOPLE_MAX]:
        yield f"• {_deeds(person, locale)}"


def measured_plainly(measures: Measures, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield the times as rows of a table: a name, and a length."""

    def row(name: str, length: object) -> tuple[str, str]:
        words = say_plain("incident_export.length", locale, length=length)
        return say_plain(f"incident_export.{name}", locale), words

    if measures.detected is not None:
        yield row("detected", measures.detected)
    if measures.decided is not None:
        yield row("decided", measures.decided)
    yield row("restored", measures.restored)


def done_plainly(measures: Measures, locale: Locale) -> Iterator[str]:
    """Yield who did what, as plain lines."""
    for each in measures.deeds:
        yield _deeds(each, locale, is_plain=True)


def operations_plainly(measures: Measures, locale: Locale) -> Iterator[str]:
    """Yield each operation with its outcome, as plain lines."""
    for each in measures.operations:
        yield _operation(each, locale, is_plain=True)


def _operation(operation: Operation, locale: Locale, *, is_plain: bool = False) -> str:
    speak = say_plain if is_plain else say
    approvers = tuple(dict.fromkeys(each.by for each in operation.approvals))
    return speak(
        "incident_close.operation",
        locale,
        what=plain_subject(operation, locale) if is_plain else subject(operation, locale),
        state=phase_word(operation, locale, is_plain=is_plain),
        by=operation.requester,
        approvers=approvers,
        operation=operation.id,
    )


def _deeds(deeds: Deeds, locale: Locale, *, is_plain: bool = False) -> str:
    speak = say_plain if is_plain else say
    told = [
        speak(f"incident_did.{each}", locale, count=deeds.done[each])
        for each in _DOINGS
        if deeds.done.get(each)
    ]
    done = speak("list.comma", locale).join(told)
    words = done if is_plain else Marked(done)
    return speak("incident_close.person", locale, by=deeds.by, done=words)
