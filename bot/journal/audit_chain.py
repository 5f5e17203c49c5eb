"""The chain of the audit: what a record's hash is made of, and what walking the chain shows."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from bot.core.records import Json, Record
from bot.journal.audit_entries import canonical

ORIGIN: Final = "0" * 64  # what the first record follows
FAULTS_MAX: Final = 100
_SUSPECTS_MAX: Final = 1_000  # records whose hash is wrong and that are looked into
_NUMBER: Final = ',"sequence":'  # what stands before a record's number in the text that is hashed


class Head(NamedTuple):
    """The newest link."""

    sequence: int
    hash: str


WHOLE: Final = Head(0, ORIGIN)  # what the first record of a chain follows that was never cut


class Anchored(NamedTuple):
    """A record that somebody kept the hash of, outside of the journal."""

    sequence: int
    hash: str
    at: str  # when


class Link(NamedTuple):
    """What the hash of a record is made of."""

    sequence: int
    at: datetime | None  # None: what stands there is no moment
    who: str
    what: str
    subject: str
    detail: str
    previous: str

    @property
    def plain(self) -> dict[str, Json]:
        """The record as JSON."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds") if self.at else ""
        return {**self._asdict(), "at": at}

    @property
    def hash(self) -> str:
        """The hash over all of it."""
        return hashlib.sha256(canonical(self.plain).encode()).hexdigest()


class AuditReport(Record):
    """What walking the audit chain showed; without faults nothing was changed."""

    count: int
    head: str  # the hash of the newest record
    faults: tuple[str, ...] = ()
    unsealed: int = 0  # records that the chain does not cover yet
    anchored: int = 0  # the newest record that an anchor vouches for
    begins_after: int = 0  # the record of the checkpoint; 0: the chain is whole
    signed_by: str = ""  # the key of the checkpoint

    @property
    def is_sound(self) -> bool:
        """Whether the chain holds; an empty one proves nothing, least of all of a copy."""
        return self.count > 0 and not self.faults


@dataclass
class Walk:
    """One walk along the chain, record by record in the order of their numbers."""

    head: Head | None
    anchors: Sequence[Anchored] = ()
    start: Head = WHOLE  # what the first record follows
    count: int = 0
    last: Head = field(init=False)
    _last_is_sound: bool = True
    _suspects: dict[int, tuple[Link, str]] = field(default_factory=dict)
    _missing: list[range] = field(default_factory=list)
    _copies: set[int] = field(default_factory=set)  # of the record before
    _beyond: list[int] = field(default_factory=list)
    _rewritten: list[int] = field(default_factory=list)
    _hashes: dict[int, str] = field(default_factory=dict)  # of the records with an anchor

    def __post_init__(self) -> None:
        """Stand where the chain begins."""
        self.last = self.start
        self._hashes[self.start.sequence] = self.start.hash

    def along(self, records: Iterable[tuple[Link, str]]) -> AuditReport:
        """Walk along *records*, each with the hash that stands at it."""
        marks = {each.sequence for each in self.anchors}
        for link, kept in records:
            self.count += 1
            if link.sequence in marks:
                self._hashes[link.sequence] = kept
            self._meet(link, kept)
        return self._report()

    def _meet(self, link: Link, kept: str) -> None:
        is_sound = link.hash == kept
        is_beyond = self.head is not None and link.sequence > self.head.sequence
        if is_beyond or link.sequence <= self.start.sequence:
            _note(self._beyond, link.sequence)
        elif link.sequence > self.last.sequence + 1:
            _note(self._missing, range(self.last.sequence + 1, link.sequence))
        elif is_sound and self._last_is_sound and link.previous != self.last.hash:
            _note(self._rewritten, self.last.sequence)
        if kept == self.last.hash and len(self._copies) < _SUSPECTS_MAX:
            self._copies.add(link.sequence)
        elif not is_sound and len(self._suspects) < _SUSPECTS_MAX:
            self._suspects[link.sequence] = (link, kept)
        if link.sequence > self.start.sequence:
            self.last, self._last_is_sound = Head(link.sequence, kept), is_sound

    def _report(self) -> AuditReport:
        good = [each for each in self.anchors if self._hashes.get(each.sequence) == each.hash]
        faults = [*self._told(), *self._told_of_head(), *self._told_of_anchors()]
        return AuditReport(
            count=self.count,
            head=self.last.hash,
            faults=tuple(dict.fromkeys(faults))[:FAULTS_MAX],
            anchored=max((each.sequence for each in good), default=0),
        )

    def _told(self) -> Iterator[str]:
        """Say what was done to which record, as far as the hashes tell."""
        moved = dict(self._seats())
        inserted = {*_before_runs(moved, -1), *self._copies} - set(self._beyond)
        for each in sorted(inserted):
            yield f"record {each} was inserted: those after it stand one later"
        removed = set(_before_runs(moved, 1))
        for each in sorted(removed):
            yield f"record {each} was removed: those after it stand one earlier"
        for seat, was in moved.items():
            if moved.get(was) == seat:
                first, second = sorted((seat, was))
                yield f"records {first} and {second} were swapped"
            elif seat not in inserted and (abs(was - seat) != 1 or not (inserted or removed)):
                yield f"record {was} stands as record {seat}"
        for seat in self._suspects.keys() - moved.keys() - inserted - set(self._beyond):
            yield f"record {seat} was changed"
        for seat in self._rewritten:
            if seat not in inserted:
                yield f"record {seat} was rewritten: record {seat + 1} followed another one"
        yield from _told_of_gaps(self._missing, set(moved.values()))
        for seat in self._beyond:
            if seat not in moved:
                yield f"record {seat} was inserted outside of the chain"

    def _told_of_head(self) -> Iterator[str]:
        if self.head is None:
            yield "the head of the chain is missing"
        elif self.last.sequence < self.head.sequence:
            ends = f"the chain ends at record {self.last.sequence}"
            yield f"{ends}, its head says {self.head.sequence}: the records after it are missing"
        elif self.last != self.head and not self._beyond:
            yield f"the head of the chain does not name record {self.last.sequence}"
        elif self.last != self.head:
            ends = f"the chain ends at record {self.last.sequence}"
            yield f"{ends}, its head says {self.head.sequence}"

    def _told_of_anchors(self) -> Iterator[str]:
        sound = 0
        for anchor in sorted(self.anchors):
            found = self._hashes.get(anchor.sequence)
            if anchor.sequence > self.last.sequence:
                cut = f"records {self.last.sequence + 1} to {anchor.sequence} are cut off"
                yield f"{cut}: they were there at {anchor.at}"
            elif found is not None and found != anchor.hash:
                which = f"one of the records {sound + 1} to {anchor.sequence} was rewritten"
                yield f"{which} since {anchor.at}, with all hashes after it"
            else:
                sound = anchor.sequence

    def _seats(self) -> Iterator[tuple[int, int]]:
        """Yield where a record stands whose hash is that of another number, and that number."""
        others = [*self._suspects, *(seat for gap in self._missing for seat in gap[:10])]
        offset = -1
        for seat, (link, kept) in self._suspects.items():
            tried, hash_as = (seat + offset, seat - 1, seat + 1, *others), _hash_as(link)
            was = next((each for each in tried if hash_as(each) == kept), None)
            if was is not None:
                offset = was - seat
                yield seat, was


def _hash_as(link: Link) -> Callable[[int], str]:
    """Return what tells the hash that the record would have with another number.

    A million of them may be tried, so what stands around the number is read once. No text within
    JSON has a bare quotation mark: the name of the field is there but once.
    """
    before, name, after = canonical(link.plain).partition(_NUMBER)
    begun = hashlib.sha256(f"{before}{name}".encode())
    rest = after.removeprefix(str(link.sequence)).encode()

    def hash_as(sequence: int) -> str:
        whole = begun.copy()
        whole.update(b"%d%b" % (sequence, rest))
        return whole.hexdigest()

    return hash_as


def _note(found: list[Any], each: object) -> None:
    """Add *each*, unless there are more than anybody reads: a walk's memory has a bound."""
    if len(found) < _SUSPECTS_MAX:
        found.append(each)


def _before_runs(moved: dict[int, int], by: int) -> Iterator[int]:
    """Yield what stands, or stood, right before each run of records that moved *by* one."""
    for seat, was in moved.items():
        is_first = moved.get(seat - 1) != was - 1
        if was - seat == by and is_first and moved.get(was) != seat:
            yield min(seat, was)


def _told_of_gaps(gaps: Iterable[range], found: set[int]) -> Iterator[str]:
    for gap in gaps:
        if found.isdisjoint(gap):
            few = f"record {gap[0]} is missing"
            yield few if len(gap) == 1 else f"records {gap[0]} to {gap[-1]} are missing"
