"""Rule: what the intent is about exists."""

from bot.core.codes.rules import UnknownOperation, UnknownTarget
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Ask, Change, Intent, Prepare, Send


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Want the operation of a press, and the target of a change."""
    match intent:
        case Ask() | Prepare() | Send():
            return None
        case Change():
            if facts.target is None:
                return Finding.no(UnknownTarget(word=facts.word[:63], near=facts.near))
        case _ if facts.operation is None:
            return Finding.no(UnknownOperation())
        case _:
            pass
    return Finding.yes()
