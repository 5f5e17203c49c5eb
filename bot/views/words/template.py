r"""Templates of words: what may stand in them.

| in a template | becomes |
|---|---|
| `{name}` | a parameter, escaped: foreign words |
| `{name:name}` | the same, shorter: a name, a version, an id |
| `{name:code}` | a code span |
| `{name:person}`, `{name:people}` | mentions, of an id or of several |
| `{name:list}` | several, with commas |
| `{name:moment}` | a moment, which everybody reads in the own time zone |
| `{name:duration}` | seconds, as "2 h 5 min" |
| `{name:count:replica}`, `{name:count:person|people}` | "1 person", "3 people" |
| `{name:label}` | what a thing or a setting is called |
| `{name:reason}` | another reason, for the inside of a sentence |
| `{/ops status}` | a command of ours, as it is called in this workspace |
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from bot.core.records import Json

Params: TypeAlias = Mapping[str, Json]
Template: TypeAlias = str | Callable[[Params], str]  # a function chooses by the parameters


class Words(NamedTuple):
    """What a code says: a sentence, and what can be done, in the imperative."""

    says: Template
    remedy: Template = ""
