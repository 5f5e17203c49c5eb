"""Rule: full members of the workspace act; nobody else does, whatever a policy lists."""

from bot.core.codes.rules import Barred, RightsUnknown
from bot.core.policy import Member
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Prepare, Send, TakeTurn


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse bots, guests, strangers and deactivated accounts, and people whom nobody knows."""
    if isinstance(intent, TakeTurn | Prepare | Send) or facts.is_anybody:
        return None
    if facts.person is None:
        return Finding.no(RightsUnknown())
    kind = barred(facts.person, facts.team)
    return Finding.no(Barred(kind=kind), place="members only") if kind else Finding.yes("members")


def is_member(facts: Facts) -> bool:
    """Return whether the person is known and may act at all."""
    return facts.person is not None and not barred(facts.person, facts.team)


def barred(person: Member, team: str) -> str:
    """Return what keeps *person* from acting at all; "" where nothing does."""
    kinds = {
        "bot": person.is_bot,
        "guest": person.is_guest,
        "stranger": person.is_stranger or person.team != team,
        "deactivated": person.is_deactivated,
    }
    return next((kind for kind, is_so in kinds.items() if is_so), "")
