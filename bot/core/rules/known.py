"""Rule: what the intent is about exists."""

from typing import assert_never

from bot.core.codes.incidents import NoIncident, UnknownIncident
from bot.core.codes.rules import UnknownOperation, UnknownPolicy, UnknownScope, UnknownTarget
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import (
    Ask,
    Change,
    IncidentIntent,
    Intent,
    Prepare,
    Press,
    Send,
    TakeTurn,
    TargetIntent,
)


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Want the operation of a press, and the target of a change."""
    match intent:
        case TargetIntent() if intent.is_of_policies:
            unknown = UnknownScope if intent.is_of_targets else UnknownPolicy
            if facts.scope is not None:
                return Finding.yes()
            return Finding.no(unknown(word=facts.word[:63], near=facts.near))
        case Change() | TargetIntent():
            if facts.target is not None:
                return Finding.yes()
            return Finding.no(UnknownTarget(word=facts.word[:63], near=facts.near))
        case Press():
            is_there = facts.operation is not None
            return Finding.yes() if is_there else Finding.no(UnknownOperation())
        case IncidentIntent():
            return _incident(intent, facts)
        case Ask() | TakeTurn() | Prepare() | Send():
            return None
        case _:
            assert_never(intent)


def _incident(intent: IncidentIntent, facts: Facts) -> Finding:
    """Want the incident, and every target that is named."""
    if not intent.begins and facts.incident is None:
        word = intent.incident[:63]
        return Finding.no(UnknownIncident(word=word) if word else NoIncident())
    if facts.word:  # the first one that nothing is called
        return Finding.no(UnknownTarget(word=facts.word[:63], near=facts.near))
    return Finding.yes()
