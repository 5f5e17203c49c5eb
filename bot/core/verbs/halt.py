"""`/ops halt` and `/ops resume`: grant nobody a permit, at once."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import ReasonMissing
from bot.core.rules import Halt, Resume
from bot.core.verbs.holding import read
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import too_many


def parse_halt(text: str) -> Halt | Denied:
    """Read a reason."""
    held = read("halt", text, has_subject=False)
    if isinstance(held, Denied):
        return held
    return Halt(reason=held.reason) if held.reason else Denied.of(ReasonMissing(verb="halt"))


def parse_resume(text: str) -> Resume | Denied:
    """Read nothing."""
    words = text.split()
    return too_many("resume", words[0]) if words else Resume()


HALT: Final = Verb(
    name="halt",
    commands=("ops halt",),
    usage='"reason"',
    example='"network outage"',
    parse=parse_halt,
)
RESUME: Final = Verb(name="resume", commands=("ops resume",), parse=parse_resume)
