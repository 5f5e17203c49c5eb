"""`/ops freeze` and `/ops thaw`: let no change begin of a target, of a policy's, or of all."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules import Freeze, FreezeAll, Thaw, ThawAll
from bot.core.target import ALL
from bot.core.verbs.holding import named, read
from bot.core.verbs.verb import Verb


def parse_freeze(text: str) -> Freeze | Denied:
    """Read what is frozen, a reason, and until when."""
    held = named("freeze", read("freeze", text, "for", "until"), wants_reason=True)
    if isinstance(held, Denied):
        return held
    kind = FreezeAll if held.subject == ALL else Freeze
    return kind(target=held.subject, reason=held.reason, length=held.length, until=held.until)


def parse_thaw(text: str) -> Thaw | Denied:
    """Read what was frozen."""
    held = named("thaw", read("thaw", text))
    if isinstance(held, Denied):
        return held
    return (ThawAll if held.subject == ALL else Thaw)(target=held.subject)


FREEZE: Final = Verb(
    name="freeze",
    commands=("ops freeze",),
    usage='<target|policy|all> "reason" [--for 2h | --until 2026-12-24T18:00]',
    example='checkout "stocktaking" --for 2h',
    parse=parse_freeze,
)
THAW: Final = Verb(
    name="thaw",
    commands=("ops thaw",),
    usage="<target|policy|all>",
    example="checkout",
    parse=parse_thaw,
)
