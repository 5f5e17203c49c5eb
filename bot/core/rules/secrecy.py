"""Rule: a reason that holds what looks like a secret is not recorded."""

from bot.core.codes.service import SecretInReason
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent
from bot.core.rules.presses import Again, Recover, Reject, RollBack
from bot.core.secrecy import holds_secret


def judge(intent: Intent, facts: Facts) -> Finding | None:  # noqa: ARG001 - as every rule
    """Refuse the reason of a change, and of a press alike."""
    if not isinstance(intent, Change | Reject | Recover | RollBack | Again) or not intent.reason:
        return None
    return Finding.no(SecretInReason()) if holds_secret(intent.reason) else Finding.yes()
