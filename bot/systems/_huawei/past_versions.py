"""Which versions ran well before, as the journal knows it."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from bot.core.plan import WayBack
from bot.core.records import PastStep

_REPLACING: Final = frozenset({"create", "deploy", "rollback"})


class PastVersions(NamedTuple):
    """What ran well, oldest first, and what a rollback does not lead to by itself."""

    well: tuple[str, ...] = ()
    bad: frozenset[str] = frozenset()  # taken back, or failed, and not deployed well since

    def before(self, live: str) -> tuple[str, ...]:
        """Return what ran well before the *live* version, newest first.

        Before one that failed: all that ran well. Of one that others brought out, nothing is known.
        """
        at = len(self.well)
        if live in self.well:
            at -= self.well[::-1].index(live) + 1
        elif live not in self.bad:
            return ()
        return tuple(version for version in self.well[:at][::-1] if version != live)


def past_versions(past: Sequence[PastStep]) -> PastVersions:
    """Return what the steps of a target tell, which come newest first."""
    known = PastVersions()
    for step in reversed(past):
        version = step.parameters.get("version")
        if step.action in _REPLACING and isinstance(version, str):
            known = _after(_found(known, step.before), step, version)
    return known


def was_deleted(past: Sequence[PastStep]) -> bool:
    """Whether the last that Slipway did to the target was to delete it, or some of it."""
    last = takewhile(lambda step: step.action == "delete", past)
    return any(not step.has_failed for step in last)


def way_back(past: PastVersions, live: str, there: Sequence[str], older: Iterable[str]) -> str:
    """Return what a rollback from *live* leads to where none is named; empty: to nothing.

    The cloud must still have it *there*; what it lists as *older* counts where the journal knows
    nothing from before.
    """
    for version in (*past.before(live), *older):
        if version in there and version not in past.bad and version != live:
            return version
    return ""


def undone(past: PastVersions, live: str) -> WayBack | None:
    """Return where a rollback leads of what replaces the *live* version: not to a bad one."""
    if live not in past.bad:
        return None
    well = (version for version in past.before(live) if version not in past.bad)
    return WayBack(revision=next(well, ""))


def _found(known: PastVersions, before: str | None) -> PastVersions:
    """Return *known* with what a step found there, which others may have deployed."""
    if not before or before in known.bad or known.well[-1:] == (before,):
        return known
    return known._replace(well=(*known.well, before))


def _after(known: PastVersions, step: PastStep, version: str) -> PastVersions:
    """Return what is known once *step* has brought out *version*, or failed to."""
    if step.action == "rollback":
        return known if step.has_failed else _taken_back(known, step.before, version)
    if step.has_failed:
        return known._replace(bad=known.bad | {version})
    well = known.well if known.well[-1:] == (version,) else (*known.well, version)
    return PastVersions(well=well, bad=known.bad - {version})


def _taken_back(known: PastVersions, left: str | None, version: str) -> PastVersions:
    """Return what is known after a rollback to *version* from what *left* names.

    Who names what was taken back brings it out again: that takes nothing back.
    """
    if version in known.bad:
        return PastVersions((*known.well, version), known.bad - {version})
    bad = (known.bad | ({left} if left else set())) - {version}
    if version not in known.well:
        return PastVersions((version,), bad)
    at = len(known.well) - known.well[::-1].index(version)
    return PastVersions(known.well[:at], bad)
