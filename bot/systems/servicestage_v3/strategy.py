"""How a version is brought out: `one-batch`, `rolling:3`, `gray:20%`.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0100.html
"""

import re
from typing import Any, Final

from bot.core.records import Json

ONE_BATCH, ROLLING, GRAY = "OneBatchRelease", "RollingRelease", "GrayRelease"
_WORD: Final = re.compile(r"one-batch|rolling:([1-9]\d?)|gray:([1-9]\d?)%")
_OF_CONTENT: Final = frozenset({"rule_match_mode", "rules"})  # in place of a share of the traffic


def check_strategy(word: str | None) -> str | None:
    """Return *word* if it names a strategy.

    Raises:
        ValueError: it does not.
    """
    if word is not None and not is_strategy(word):
        msg = "is no strategy: write one-batch, rolling:3 or gray:20%"
        raise ValueError(msg)
    return word


def is_strategy(word: str) -> bool:
    """Whether *word* names a strategy."""
    return _WORD.fullmatch(word) is not None


def body(word: str, present: object, gray: dict[str, Json] | None) -> dict[str, Json] | None:
    """Return the vendor's body of the strategy *word*; None: a gray one lacks its mode.

    *gray* is what slipway.yaml says of gray releases; else the *present* strategy counts.
    """
    found = _WORD.fullmatch(word)
    batches, share = found.groups() if found else (None, None)
    if batches:
        return {"type": ROLLING, "rolling_release": {"batches": int(batches)}}
    if not share:
        return {"type": ONE_BATCH}
    known = gray or member(present, "gray_release")
    if "deployment_mode" not in known:
        return None
    kept = {name: each for name, each in known.items() if name not in _OF_CONTENT}
    mode = {"type": "WEIGHT", "replica_surge_mode": kept.get("replica_surge_mode", "EXTRA")}
    return {"type": GRAY, "gray_release": {**kept, **mode, "first_batch_weight": int(share)}}


def named(present: object) -> str:
    """Return the word of a strategy as the API shows it; the vendor's own where there is none."""
    kind = present.get("type") if isinstance(present, dict) else None
    if kind == ONE_BATCH:
        return "one-batch"
    if kind == ROLLING:
        return f"rolling:{member(present, 'rolling_release').get('batches', '?')}"
    share = member(present, "gray_release").get("first_batch_weight")
    if kind == GRAY and share is not None:
        return f"gray:{share}%"
    return kind if isinstance(kind, str) else ""


def member(present: object, name: str) -> dict[str, Any]:
    """Return a part of a strategy as the API shows it; nothing where there is none."""
    member = present.get(name) if isinstance(present, dict) else None
    return member if isinstance(member, dict) else {}
