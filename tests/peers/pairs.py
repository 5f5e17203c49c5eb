"""A story told twice, by us and by the SDK: the calls of both, side by side."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from bot.systems import system
from tests.peers.comparing import differing
from tests.peers.parts import Part
from tests.peers.peer import Peer
from tests.peers.places import Heard, Ours, Theirs, Understood
from tests.peers.sites import Reached
from tests.peers.stories import Story
from tests.systems.conversing import Door

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_THE_TRANSPORT: Final = {  # what a client says of itself; no API reads it, and we sign none
    *("user-agent", "accept", "accept-encoding", "connection", "content-length"),
}


class Pair(NamedTuple):
    """One call as we made it, and as the SDK did."""

    ours: Heard
    theirs: Understood


@dataclass
class Differences:
    """Where the SDK sends something else, does not understand an answer, or wants more."""

    sends: set[str] = field(default_factory=set)
    misses: set[str] = field(default_factory=set)
    wants: set[str] = field(default_factory=set)

    def note(self, pair: Pair) -> None:
        """Add what differs in a call."""
        self.sends.update(differing(pair.ours.asked, pair.theirs.heard.asked))
        self.misses.update(misunderstood(pair.theirs))
        self.wants.update(pair.theirs.lacking)


class Told(NamedTuple):
    """A story as both told it, and where our flows waited meanwhile."""

    pairs: list[Pair]
    reached: set[Reached]


class Aliases:
    """Numbers ids in the order in which they are met: each project makes its own."""

    def __init__(self) -> None:
        self._met: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Return *text* with numbers for ids."""
        return _UUID.sub(lambda found: self._met.setdefault(found[0], f"#{len(self._met)}"), text)


def played(story: Story, part: Part, door: Door, peer: Peer) -> Told:
    """Tell a story twice, and put the calls side by side."""
    config, its = part.config, system(part.system)
    ours = Ours(door, config, its, peer)
    story(ours)
    assert ours.guard.let_in == len(ours.heard)
    theirs = Theirs(door, config, its, peer)
    story(theirs)
    assert [each.heard for each in theirs.understood] == theirs.heard
    pairs = [Pair(*pair) for pair in zip(ours.heard, theirs.understood, strict=True)]
    return Told(pairs, ours.reached)


def alike(pairs: list[Pair]) -> None:
    """See that both asked the same, and did the same: two projects answer alike."""
    ours, theirs = Aliases(), Aliases()
    for pair in pairs:
        assert _asked(pair.ours, ours) == _asked(pair.theirs.heard, theirs)
        assert _told(pair.ours, ours) == _told(pair.theirs.heard, theirs)
        left, right = _headers(pair.ours), _headers(pair.theirs.heard)
        assert _signed(left.pop("authorization")) == _signed(right.pop("authorization")) - {
            "user-agent"  # that proxies may rewrite: we do not sign it
        }
        assert left == right


def _asked(heard: Heard, aliases: Aliases) -> tuple[str, str, str]:
    return heard.method, aliases(heard.path), aliases(heard.query)


def _told(heard: Heard, aliases: Aliases) -> tuple[int, Any]:
    told = json.loads(aliases(heard.content.decode()) or "null")
    if isinstance(told, dict):
        told.pop("request_id", None)
    return heard.status, told


def _headers(heard: Heard) -> dict[str, str]:
    return {name: text for name, text in heard.headers.items() if name not in _OF_THE_TRANSPORT}


def _signed(authorization: str) -> set[str]:
    claim, _, rest = authorization.partition(", SignedHeaders=")
    return {claim, *rest.partition(",")[0].split(";")}


def misunderstood(theirs: Understood) -> set[str]:
    """Name what the SDK lost or changed of an answer; of a refusal, it must not lose anything."""
    told = theirs.heard.told
    if theirs.error is None:
        return set(differing(told, theirs.answer))
    told = told or {}
    assert theirs.error["status"] == theirs.heard.status
    assert theirs.error["code"] == (told.get("error_code") or told.get("errorCode"))
    assert theirs.error["message"] == (told.get("error_msg") or told.get("errorMessage"))
    assert theirs.error["request_id"] == theirs.heard.answered["x-request-id"]
    return set()
