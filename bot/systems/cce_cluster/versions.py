"""Versions of clusters: `v1.31` means its newest patch, `v1.31.4-r0` exactly that one."""

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, ...]  # two to four numbers: major, minor, patch, build

_FAR: Final = 10_000  # further than any two numbers of versions
_FORM: Final = re.compile(r"[vV]?([0-9]{1,3})\.([0-9]{1,3})(?:\.([0-9]{1,4})(?:-r([0-9]{1,4}))?)?")


def parsed(text: str) -> Version | None:
    """Return the numbers of *text*; None where it is no version of a cluster."""
    found = _FORM.fullmatch(text.strip())
    return tuple(int(each) for each in found.groups() if each is not None) if found else None


def written(version: Version) -> str:
    """Return *version* as CCE writes it."""
    whole = "v" + ".".join(str(each) for each in version[:3])
    return whole if len(version) < 4 else f"{whole}-r{version[3]}"  # noqa: PLR2004 - its build


def is_exact(text: str) -> bool:
    """Whether *text* names one build."""
    return len(parsed(text) or ()) == 4  # noqa: PLR2004 - major, minor, patch, build


def is_one_of(exact: str, wanted: str) -> bool:
    """Whether *exact* is *wanted*, or a patch of it."""
    mine, theirs = parsed(exact), parsed(wanted)
    return mine is not None and theirs is not None and mine[: len(theirs)] == theirs


def are_akin(one: str, other: str) -> bool:
    """Whether one is the other, or a patch of it."""
    return is_one_of(one, other) or is_one_of(other, one)


def is_lower(one: str, other: str) -> bool:
    """Whether *one* comes before *other* in the numbers that both tell."""
    mine, theirs = parsed(one), parsed(other)
    if mine is None or theirs is None:
        return False
    told = min(len(mine), len(theirs))
    return mine[:told] < theirs[:told]


def nearest(wanted: str, offered: Iterable[str], most: int) -> tuple[str, ...]:
    """Return the *offered* ones that lie nearest to *wanted*, in ascending order."""
    aim = parsed(wanted) or ()

    def distance(version: str) -> tuple[int, ...]:
        own = parsed(version)
        if own is None:
            return (_FAR,)
        return tuple(abs(one - other) for one, other in zip(own, aim, strict=False))

    near = sorted(dict.fromkeys(offered), key=distance)[:most]
    return tuple(sorted(near, key=lambda version: parsed(version) or ()))
