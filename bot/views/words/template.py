r"""Templates of words: what may stand in them.

| in a template | becomes |
|---|---|
| `{name}`, `{name:text:500}` | a parameter, escaped: foreign words, of at most so many characters |
| `{name:lines}`, `{name:lines:2000}` | the same, in the lines that its writer gave it |
| `{name:name}` | the same, shorter: a name, a version, an id |
| `{name:code}` | a code span |
| `{name:person}`, `{name:people}` | mentions, of an id or of several |
| `{name:named}`, `{name:all_named}` | names of who need not act; a mention where none is known |
| `{name:channel}` | a channel by its id |
| `{name:list}` | several, with commas |
| `{name:moment}`, `{name:clock}` | a moment in the reader's own time zone, `clock` with seconds |
| `{name:duration}` | seconds, as "2 h 5 min" |
| `{name:count:replica}`, `{name:count:person\|people}` | "1 person", "3 people" |
| `{name:reason}`, `{name:reason:200}` | another reason in words, without its full stop |
| `{name:sentence}` | the same at the start of a sentence |
| `{name:label}` | what a thing or a setting is called |
| `{name:action}`, `{name:actions}` | what an action, or several, are called |
| `{name:system}` | what a kind of API is called |
| `{name:link:its card}` | a link that reads as these words |
| `{/ops status}`, `{/ops status <name>}` | a command of ours, as it is called in this workspace |
| `[[, request ID {name:code}]]` | left out where one of its parameters is empty |

What a code says begins in lower case, unless it begins with a name: where it stands at the start of
a sentence, its first letter becomes a capital. Its full stop may be left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import Any, Final, NamedTuple, TypeAlias

Params: TypeAlias = Mapping[str, Any]  # of a code as JSON, of a phrase as they are
Template: TypeAlias = str | Callable[[Params], str]  # a function chooses by the parameters

_OPTIONAL: Final = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
ARGUMENT: Final = re.compile(r"<([a-z_]+)>")  # of a command: "/ops status <target>"


class Words(NamedTuple):
    """What a code says: a sentence, and what can be done, in the imperative.

    In a form nothing is typed behind a command: where the remedy speaks of that, *in_form* is said.
    Where it speaks of people who are named beside it, *alone* is said if there are none.
    """

    says: Template
    remedy: Template = ""
    in_form: Template = ""
    alone: Template = ""


def chosen(template: Template, params: Params) -> str:
    """Return the template that *params* choose, without the optional parts that have nothing."""
    text = template(params) if callable(template) else template
    return _OPTIONAL.sub(lambda part: _wanted(part[1], params), text)


class Part(NamedTuple):
    """Words of a template, the parameter behind them, and how it is shown; None: it ends there."""

    literal: str
    name: str | None
    shape: str


@lru_cache(maxsize=4_096)
def parts(text: str) -> tuple[Part, ...]:
    """Return what *text* consists of."""
    return tuple(map(_part, Formatter().parse(text)))


def _part(parsed: tuple[str, str | None, str | None, str | None]) -> Part:
    """Return what was parsed; a command is whole, with a colon in what is typed after it."""
    literal, name, shape, conversion = parsed
    if name is None or not name.startswith("/"):
        return Part(literal, name, shape or "")
    typed = (name, f"!{conversion}" if conversion else "", f":{shape}" if shape else "")
    return Part(literal, "".join(typed), "")


def placeholders(text: str) -> Iterator[str]:
    """Yield the names of the parameters in *text*."""
    for _, name, _ in parts(text.replace("[[", "").replace("]]", "")):
        if name is not None and name.startswith("/"):
            yield from ARGUMENT.findall(name)
        elif name is not None:
            yield name


def _wanted(part: str, params: Params) -> str:
    values = (params.get(name) for name in placeholders(part))
    return "" if any(_is_empty(value) for value in values) else part


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | tuple | list | dict) and not value)
