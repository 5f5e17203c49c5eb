"""Fresh identifiers: never the same twice, not even after a restart."""

import secrets
from typing import Final

from bot.sandbox.slack.records import Clock, JsonObject, elements_of

MICRO: Final = 1_000_000


class Timestamps:
    """Message timestamps: unique and rising, whatever the clock does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """Return the timestamp of a message that is posted now."""
        self._last = max(int(self._clock() * MICRO), self._last + 1)
        return f"{self._last // MICRO}.{self._last % MICRO:06d}"


def fresh(prefix: str) -> str:
    """Return an identifier in Slack's shape, such as `V0A1B2C3D4`."""
    return f"{prefix}{secrets.token_hex(5).upper()}"


def secret() -> str:
    """Return a part of an address or ticket that nobody can guess."""
    return secrets.token_hex(16)


def with_ids(blocks: list[JsonObject]) -> list[JsonObject]:
    """Return a copy of *blocks* in which each block and element has its id, as Slack returns it."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: JsonObject) -> JsonObject:
    copy = {"block_id": secrets.token_urlsafe(4), **block}
    for key in ("accessory", "element"):
        if isinstance(copy.get(key), dict) and copy[key].get("type") != "image":
            copy[key] = _named(copy[key])
    if copy["type"] == "actions":
        copy["elements"] = [_named(element) for element in elements_of(block)]
    return copy


def _named(element: JsonObject) -> JsonObject:
    return {"action_id": secrets.token_urlsafe(4), **element}
