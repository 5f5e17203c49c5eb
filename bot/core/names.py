"""Names of people, groups and channels as people write them: `@ann`, `@sre`, `#deploys`.

slipway.yaml may have them where Slack has ids. Whoever gathers facts puts the ids in their place;
one that stands for nobody stays, and so counts as nobody.
"""

from typing import Final

PERSON: Final = "@"  # begins the name of a person or a user group
CHANNEL: Final = "#"


def is_name(word: str) -> bool:
    """Return whether *word* is a name; else it is an id, or a word of ours."""
    return word.startswith((PERSON, CHANNEL))


def ids_in(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is no name among *listed*."""
    return tuple(each for each in listed if not is_name(each))


def names_in(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names among *listed*: nothing is known in Slack that is called so."""
    return tuple(each for each in listed if is_name(each))
