"""What Slipway remembers of the values it sent: Cloudpods can seldom tell those that run.

A step records the whole values that it sends or keeps, and those that it found before; secrets
are masked. What was recorded of another release of the same name counts for nothing.
"""

from collections.abc import Sequence

from bot.core.records import Json, PastStep
from bot.systems._helm.choice import kept, maker
from bot.systems._helm.values import Values, masked
from bot.systems.cloudpods_release.revisions import contradiction
from bot.systems.cloudpods_release.wire import Revision


def remembered(
    past: Sequence[PastStep], release_id: str, revision: Revision, chart: str
) -> PastStep | None:
    """Return a step that tells the words and values of *revision*; None: Slipway knows neither."""
    own = tuple(step for step in past if step.parameters.get("release_id") == release_id)
    made = maker(own, revision.text)
    if made is not None:
        return None if contradiction(revision, made, chart) else made
    told = (_found_before(step, revision.number, revision.version(chart)) for step in own)
    return next((step for step in told if step is not None), None)


def as_shown(values: Values | None, revision: Revision) -> PastStep | None:
    """Return what is known of *revision* where Cloudpods shows its *values*."""
    if values is None:
        return None
    known: dict[str, Json] = {"words": {}, "values": masked(values)}
    return PastStep(action="create", name="create", parameters=known, task=revision.text)


def for_later(
    release_id: str, newest: Revision, before: Revision, chart: str, known: PastStep | None
) -> dict[str, Json]:
    """Return what a step records: which release, its newest revision, and what it found."""
    found = kept(known)
    return {
        "release_id": release_id,
        "above": newest.number,
        "before": {
            "revision": before.number,
            "version": before.version(chart),
            "words": dict(found.words),
            "values": found.values,
        },
    }


def _found_before(step: PastStep, number: int, version: str) -> PastStep | None:
    """Return what *step* found, if that was this revision and its values were known."""
    found = step.parameters.get("before")
    if not isinstance(found, dict) or found.get("values") is None:
        return None
    if (found.get("revision"), found.get("version")) != (number, version):
        return None
    return PastStep(action=step.action, name=step.name, parameters=found, task=str(number))
