"""The order of chart versions.

Source: https://semver.org/#spec-item-11
"""

from typing import TypeAlias

Rank: TypeAlias = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


def rank(version: str) -> Rank:
    """Return what versions are ordered by: a pre-release comes before its release."""
    core, _, before = version.removeprefix("v").partition("+")[0].partition("-")
    parts = before.split(".") if before else ()
    return (
        tuple(_number(each) for each in core.split(".")),
        not before,
        tuple((not _is_number(each), _number(each), each) for each in parts),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(text: str) -> int:
    return int(text) if _is_number(text) else 0
