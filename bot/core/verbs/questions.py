"""The words of questions: at most a target or an operation."""

from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.rules.intents import Ask
from bot.core.verbs.words import too_many


def no_subject(topic: str, text: str) -> Ask | Denied:
    """Read a question that is about nothing in particular."""
    words = text.split()
    return too_many(topic, words[0]) if words else Ask(topic=topic)


def any_subject(topic: str, text: str) -> Ask | Denied:
    """Read a question that may be about something."""
    words = text.split()
    if len(words) > 1:
        return too_many(topic, words[1])
    return Ask(topic=topic, subject=words[0].lower() if words else "")


def one_subject(topic: str, text: str) -> Ask | Denied:
    """Read a question about a target."""
    asked = any_subject(topic, text)
    if isinstance(asked, Ask) and not asked.subject:
        return Denied.of(NoTarget(verb=topic))
    return asked
