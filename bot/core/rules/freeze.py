"""Rule: while a freeze lasts, no change begins; what was sent finishes, and a way back is open."""

from datetime import datetime

from bot.core.codes.rules import Frozen
from bot.core.operation import Operation
from bot.core.policy import Freeze
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent, Send
from bot.core.rules.presses import Recover


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what would begin while one of the policy's freezes covers the present."""
    if facts.policy is None or not _begins(intent, facts.operation):
        return None
    found = next((each for each in facts.policy.freezes if _covers(each, facts)), None)
    if found is None:
        return Finding.yes()
    return Finding.no(_frozen(found, facts), place=f"policies.{facts.policy.name}.freezes")


def _begins(intent: Intent, operation: Operation | None) -> bool:
    match intent:
        case Change(dry_run=is_dry, asked=asked):
            return not is_dry and asked.action != "rollback"
        case Recover():  # what runs finishes
            return operation is not None and operation.is_final and operation.action != "rollback"
        case Send(step=step):
            return step == 0 and operation is not None and operation.action != "rollback"
        case _:
            return False


def _covers(freeze: Freeze, facts: Facts) -> bool:
    now = facts.local[freeze.zone]
    return now.weekday() in freeze.days or _is_dated(freeze, now)


def _is_dated(freeze: Freeze, now: datetime) -> bool:
    return bool(freeze.first and freeze.last and freeze.first <= now.date() <= freeze.last)


def _frozen(freeze: Freeze, facts: Facts) -> Frozen:
    now = facts.local[freeze.zone]
    if _is_dated(freeze, now):
        return Frozen(until=str(freeze.last), words=freeze.reason)
    return Frozen(weekday=now.weekday(), words=freeze.reason)
