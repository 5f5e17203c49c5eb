"""`/ops lock` and `/ops unlock`: let nobody else change a target, and say why."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules import Lock, Unlock
from bot.core.verbs.holding import named, read
from bot.core.verbs.verb import Verb


def parse_lock(text: str) -> Lock | Denied:
    """Read a target and a reason, for how long, and whether it only warns."""
    held = named("lock", read("lock", text, "for", "warn"), wants_reason=True)
    if isinstance(held, Denied):
        return held
    return Lock(
        target=held.subject,
        reason=held.reason,
        length=held.length,
        is_warning=held.is_warning,
    )


def parse_unlock(text: str) -> Unlock | Denied:
    """Read a target and, where there is one, a reason."""
    held = named("unlock", read("unlock", text))
    if isinstance(held, Denied):
        return held
    return Unlock(target=held.subject, reason=held.reason)


LOCK: Final = Verb(
    name="lock",
    commands=("ops lock",),
    usage='<target> "reason" [--for 2h] [--warn]',
    example='checkout "Black Friday"',
    parse=parse_lock,
)
UNLOCK: Final = Verb(
    name="unlock",
    commands=("ops unlock",),
    usage='<target> ["reason"]',
    example='checkout "taking over"',
    parse=parse_unlock,
)
