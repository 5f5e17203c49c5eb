"""The flags that people type: the one table of them."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Takes: TypeAlias = Literal["nothing", "a word"]  # what stands behind it

FLAGS: Final[Mapping[str, Takes]] = {
    "reason": "a word",
    "dry-run": "nothing",
    "break-glass": "nothing",
    "strategy": "a word",
    "for": "a word",
    "until": "a word",
    "from": "a word",
    "warn": "nothing",
    "days": "a word",
    "severity": "a word",
    "private": "nothing",
    "force": "nothing",
    "include-hooks": "nothing",
    "no-hooks": "nothing",
    "recreate": "nothing",
    "reset-values": "nothing",
}
SWITCHES: Final = frozenset(name for name, takes in FLAGS.items() if takes == "nothing")
OPTIONS: Final = frozenset(  # of vendors
    {"force", "include-hooks", "no-hooks", "recreate", "reset-values"}
)
