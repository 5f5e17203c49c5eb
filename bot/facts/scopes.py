"""What a wish about targets, a policy or all is about, and when it ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.core.policy import Policy
from bot.core.rules import Ends, LimitedIntent, TargetIntent
from bot.core.target import ALL, Scope


def scope_of(catalogue: Catalogue, wish: TargetIntent) -> Scope | None:
    """Return what *wish* is about: all, a target by name or alias, a policy; None: nothing."""
    if wish.is_of_policies and wish.target == ALL:
        return Scope(kind="all", name=ALL)
    target = catalogue.find(wish.target)
    if target is not None:
        return Scope(kind="target", name=target.name)
    is_policy = wish.is_of_policies and wish.target in catalogue.policies
    return Scope(kind="policy", name=wish.target) if is_policy else None


def ends_of(wish: LimitedIntent, policy: Policy | None, now: datetime) -> Ends | None:
    """Return when *wish* ends; a time without a zone is meant in that of the policy's freezes."""
    if wish.length is not None:
        return Ends(at=now + wish.length)
    if wish.until is None:
        return None
    if wish.until.tzinfo is not None:
        return Ends(at=wish.until.astimezone(UTC))
    zones = [each.zone for each in policy.freezes] if policy else []
    name = zones[0] if zones else "UTC"
    zone = ZoneInfo(name)
    # Of an hour that comes twice the later one is meant: nothing is let go too early.
    moment = wish.until.replace(tzinfo=zone, fold=1).astimezone(UTC)
    is_there = moment.astimezone(zone).replace(tzinfo=None) == wish.until
    typed = f"{wish.until:%Y-%m-%d %H:%M}"
    return Ends(at=moment if is_there else None, zone=name, typed=typed)
