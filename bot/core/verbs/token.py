"""The value of a button: which card was seen. It decides nothing; the rules compare it."""

import re
from typing import Final

from bot.core.records import OperationId, Record
from bot.core.rules.intents import Press, Seen
from bot.core.rules.presses import Recover

DIGEST_LENGTH: Final = 12  # characters of the plan's digest in a value
_VALUE: Final = re.compile(
    r"(?P<operation>op-[0-9a-hjkmnp-tv-z]{10}):(?P<round>[0-9]{1,9}):(?P<digest>[0-9a-f]{12,64})"
    r"(?::(?P<option>[a-z][a-z0-9_-]{0,39}))?"
)


class Token(Record):
    """An operation, the plan that its card showed, and which recovery option was pressed."""

    operation: OperationId
    seen: Seen
    option: str = ""

    @property
    def value(self) -> str:
        """The token as a button carries it."""
        seen = f"{self.seen.round}:{self.seen.digest[:DIGEST_LENGTH]}"
        return ":".join(filter(None, (self.operation, seen, self.option)))


def token_of(press: Press) -> Token:
    """Return the token of a button that does *press*; it was drawn with the plan it shows."""
    seen = press.seen or Seen(round=0, digest="")
    option = press.option if isinstance(press, Recover) else ""
    return Token(operation=press.operation, seen=seen, option=option)


def choice(verb: str, token: Token) -> str:
    """Return the value of a menu's option that stands for the button of *verb*."""
    return f"{verb}:{token.value}"


def read_choice(value: str) -> tuple[str, str]:
    """Return the verb that an option stands for, and what its button would carry."""
    verb, _, token = value.partition(":")
    return verb, token


def press_of(kind: type[Press], token: Token) -> Press:
    """Return the press of this kind that *token* stands for."""
    given = {"operation": token.operation, "seen": token.seen}
    if "option" in kind.model_fields:
        return kind.model_validate({**given, "option": token.option})
    return kind.model_validate(given)


def read_token(value: str) -> Token | None:
    """Return the token in *value*; None where it is no whole one: nothing is guessed."""
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    seen = Seen(round=int(found["round"]), digest=found["digest"])
    return Token(operation=found["operation"], seen=seen, option=found["option"] or "")
