"""Every call of our flows, made by the SDK as well."""

from pathlib import Path
from typing import Final

import pytest

from bot.systems import SYSTEMS
from tests.peers import calls
from tests.peers.pairs import Differences, Told, alike, played
from tests.peers.parts import PARTS
from tests.peers.peer import Peer
from tests.peers.sites import sites
from tests.systems.conversing import Door

_ROOT: Final = Path(__file__).parents[2]
_PACKAGES: Final = ("_huawei", "cce_cluster", "cce_release", "servicestage_v2", "servicestage_v3")


class Library:
    """The stories, each of which is told once."""

    def __init__(self, door: Door, peer: Peer) -> None:
        self._door = door
        self._peer = peer
        self._told: dict[str, list[Told]] = {}

    def of(self, name: str) -> list[Told]:
        """Return what came of a part's stories."""
        if name not in self._told:
            part = PARTS[name]
            self._told[name] = [played(each, part, self._door, self._peer) for each in part.stories]
        return self._told[name]


@pytest.fixture(scope="module")
def library(door: Door, peer: Peer) -> Library:
    """Return the stories."""
    return Library(door, peer)


@pytest.mark.parametrize("name", PARTS)
def test_the_sdk_makes_the_same_calls(name: str, library: Library) -> None:
    """What leaves is the same, what comes is understood, and every difference has its reason.

    No row of the table, and no reason, is left without use.
    """
    table = PARTS[name].table
    found = {each.method: Differences() for each in table}
    used = set()
    for told in library.of(name):
        alike(told.pairs)
        for pair in told.pairs:
            found[pair.theirs.by.method].note(pair)
            used.add(pair.theirs.by.method)
    explained = {
        each.method: Differences(set(each.sends), set(each.misses), set(each.wants))
        for each in table
    }
    assert found == explained
    assert used == set(found)


def test_each_documented_call_has_a_counterpart() -> None:
    """What a system documents of its API, the SDK makes too."""
    for each in SYSTEMS:
        if each.spec.connection_kind == "huaweicloud":
            for example in each.spec.examples:
                calls.counterpart(example.call)


def test_the_stories_reach_every_call(library: Library) -> None:
    """Wherever a flow's source makes a call, or hands over to a flow that does, a story leads."""
    reached = {each for name in PARTS for told in library.of(name) for each in told.reached}
    missed = [
        site
        for package in _PACKAGES
        for file in sorted((_ROOT / "bot" / "systems" / package).glob("*.py"))
        for site in sites(file, _ROOT)
        if not any(
            file.samefile(each.file) and site.first <= each.line <= site.last for each in reached
        )
    ]
    assert missed == []
