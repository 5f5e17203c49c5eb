"""What an incident's channel is called."""

import re
from collections.abc import Iterator
from typing import Final

from bot.core.incidents.incident import Incident

NAME_MAX: Final = 76  # characters; Slack takes 80, and a name that is taken gets a number
TRIES: Final = 9  # "-2" to "-9" after the name itself
_OTHER: Final = re.compile(r"[^a-z0-9]+")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def channel_names(incident: Incident, prefix: str) -> Iterator[str]:
    """Yield the names that the channel may have, in the order in which they are tried.

    Letters and digits of the title, which may be in a script that channels do not take; else the
    first target's name.
    """
    slug = _slug(incident.title) or _slug(next(iter(incident.targets), "")) or incident.id[4:]
    name = f"{prefix}{incident.opened_at:%m%d}-{slug}"[:NAME_MAX].rstrip("-")
    yield name
    for number in range(2, TRIES + 1):
        yield f"{name}-{number}"
    yield f"{prefix}{incident.opened_at:%m%d}-{incident.id[4:]}"


def is_channel_name(word: str) -> bool:
    """Return whether Slack takes *word* as the name of a channel."""
    return _NAME.fullmatch(word) is not None


def _slug(words: str) -> str:
    return _OTHER.sub("-", words.lower()).strip("-")
