"""Which versions of a ServiceStage target ran well before, as the journal knows it."""

from typing import Final

import pytest

from bot.core.plan import WayBack
from bot.core.records import Action, PastStep
from bot.systems._huawei.past_versions import past_versions, undone, way_back

SEEN: Final = ("1.6.0", "1.5.0", "1.4.0", "1.3.0", "1.2.0")  # the cloud's, newest first


def story(*told: str) -> tuple[PastStep, ...]:
    """Steps, oldest first, as "deploy 1.3.0 1.4.0": what, from, to; "!" for one that failed."""
    return tuple(step(*each.split()) for each in reversed(told))


def step(what: str, before: str, version: str) -> PastStep:
    """One of them."""
    action: Action = "rollback" if what.startswith("rollback") else "deploy"
    return PastStep(
        action=action,
        name=action,
        parameters={"version": version},
        task="JOB1",
        before=before,
        has_failed=what.endswith("!"),
    )


FIRST: Final = ("deploy 1.3.0 1.4.0", "rollback 1.4.0 1.3.0")
STORIES: Final[dict[str, tuple[tuple[str, ...], str, str]]] = {
    "one deployment": (("deploy 1.3.0 1.4.0",), "1.4.0", "1.3.0"),
    "one was taken back": ((*FIRST, "deploy 1.3.0 1.5.0"), "1.5.0", "1.3.0"),
    "two were taken back": (
        (*FIRST, "deploy 1.3.0 1.5.0", "rollback 1.5.0 1.3.0", "deploy 1.3.0 1.6.0"),
        "1.6.0", "1.3.0",
    ),
    "right after a rollback": (FIRST, "1.3.0", "1.2.0"),
    "taken back, then deployed well": (
        (*FIRST, "deploy 1.3.0 1.4.0", "deploy 1.4.0 1.5.0"), "1.5.0", "1.4.0",
    ),
    "one failed, and the next ran": (
        ("deploy 1.3.0 1.4.0", "deploy! 1.4.0 1.5.0", "deploy 1.5.0 1.6.0"), "1.6.0", "1.4.0",
    ),
    "one failed and is live": (("deploy! 1.3.0 1.4.0",), "1.4.0", "1.3.0"),
    "one failed, was deployed again and ran": (
        ("deploy! 1.3.0 1.4.0", "deploy 1.4.0 1.4.0", "deploy 1.4.0 1.5.0"), "1.5.0", "1.4.0",
    ),
    "taken back, then named again": ((*FIRST, "rollback 1.3.0 1.4.0"), "1.4.0", "1.3.0"),
    "taken back, named again, taken back again": (
        (*FIRST, "rollback 1.3.0 1.4.0", "rollback 1.4.0 1.3.0"), "1.3.0", "1.2.0",
    ),
    "a rollback failed": (("deploy 1.3.0 1.4.0", "rollback! 1.4.0 1.3.0"), "1.4.0", "1.3.0"),
    "others deployed in between": (
        ("deploy 1.2.0 1.3.0", "deploy 1.4.0 1.5.0"), "1.5.0", "1.4.0",
    ),
    "others deployed last": (("deploy 1.2.0 1.3.0",), "1.6.0", "1.5.0"),
    "others deployed last, after one was taken back": (
        ("deploy 1.4.0 1.5.0", "rollback 1.5.0 1.4.0"), "1.6.0", "1.4.0",
    ),
    "others went back": (("deploy 1.2.0 1.3.0", "deploy 1.3.0 1.4.0"), "1.3.0", "1.2.0"),
    "nobody knows anything": ((), "1.5.0", "1.4.0"),
    "the cloud has it no more": (("deploy 1.1.0 1.4.0",), "1.4.0", "1.3.0"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "live", "to"), STORIES.values(), ids=list(STORIES))
def test_a_way_back_leads_to_what_ran_well_before(
    told: tuple[str, ...], live: str, to: str
) -> None:
    """V1: as the journal knows it, else as the cloud lists it; never to what was taken back."""
    older = SEEN[SEEN.index(live) + 1 :]
    assert way_back(past_versions(story(*told)), live, SEEN, older) == to


@pytest.mark.parametrize(
    ("told", "live", "to"),
    [
        (("deploy 1.3.0 1.4.0",), "1.4.0", None),
        (("deploy! 1.3.0 1.4.0",), "1.4.0", "1.3.0"),
        (("deploy! 1.3.0 1.4.0", "deploy! 1.4.0 1.5.0"), "1.5.0", "1.3.0"),
        (("rollback 1.4.0 1.3.0",), "1.4.0", "1.3.0"),
        (("deploy! 1.4.0 1.4.0",), "1.4.0", ""),
        ((), "1.4.0", None),
    ],
)
def test_what_replaces_a_bad_version_leads_back_behind_it(
    told: tuple[str, ...], live: str, to: str | None
) -> None:
    """D3: a plan knows where its own way back leads, if not to what it replaces."""
    way = None if to is None else WayBack(revision=to)
    assert undone(past_versions(story(*told)), live) == way


def test_what_was_taken_back_is_no_way_back_even_if_nothing_else_is_there() -> None:
    """V1: then there is no way back by itself; people may name it."""
    known = past_versions(story(*FIRST, "deploy 1.3.0 1.5.0"))
    assert way_back(known, "1.5.0", ("1.5.0", "1.4.0"), ("1.4.0",)) == ""
