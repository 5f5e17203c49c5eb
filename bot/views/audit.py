"""What the installation says about itself, in the channel of its audit."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.records import OperationId, TargetName
from bot.views.words import Locale, say


def anchored(at: datetime, sequence: int, line: str, locale: Locale) -> str:
    """Say up to which record the audit was anchored, with the anchor itself."""
    return say("audit.anchored", locale, at=at, sequence=sequence, line=line)


def reloaded(
    policies: Sequence[str],
    targets: Sequence[TargetName],
    operations: Sequence[OperationId],
    locale: Locale,
) -> str:
    """Say that slipway.yaml changed, and what it decides otherwise from now on."""
    return say(
        "audit.reloaded",
        locale,
        policies=tuple(policies),
        targets=tuple(targets),
        operations=tuple(operations),
    )


def broken(faults: Sequence[str], locale: Locale) -> str:
    """Say that slipway.yaml has faults, and that what was in force stays in force."""
    return say("audit.broken", locale, count=len(faults), faults="; ".join(faults))
