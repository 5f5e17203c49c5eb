"""Writes the part of docs/codes.md that the code tells: `make docs`."""

import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import bot
from bot.core.codes import Code
from bot.views.words.en import ENGLISH
from bot.views.words.template import Template

PAGE: Final = Path(__file__).parents[1] / "docs" / "codes.md"
MARK: Final = "<!-- what follows is written by `make docs` -->\n"
_HEAD: Final = """
## Every reason

What Slipway says by code: when, in which words, and what it advises. *Slanted* words are
parameters. A key begins with its code.
"""
_PLACE: Final = re.compile(r"\{([^{}]+)\}")


def all_codes() -> list[type[Code]]:
    """Return every class of codes that the product defines, by its key."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if "codes" in module.name:
            import_module(module.name)
    return sorted((each for each in _below(Code) if "key" in vars(each)), key=lambda each: each.key)


def written(page: str) -> str:
    """Return *page* with its second part as the code has it now."""
    by_hand, _, _ = page.partition(MARK)
    sections = groupby(all_codes(), key=lambda each: each.key.partition(".")[0])
    return "".join((by_hand, MARK, _HEAD, *(_section(code, group) for code, group in sections)))


def _below(base: type[Code]) -> Iterator[type[Code]]:
    for each in base.__subclasses__():
        if each.__module__.startswith("bot."):
            yield each
        yield from _below(each)


def _section(code: str, group: Iterator[type[Code]]) -> str:
    rows = "".join(_row(each) for each in group)
    return f"\n### `{code}`\n\n| key | when | says | advises |\n|---|---|---|---|\n{rows}"


def _row(code: type[Code]) -> str:
    when = " ".join((code.__doc__ or "").partition("\n\n")[0].split())
    words = ENGLISH[code.key]
    cells = (f"`{code.key}`", when, _readable(words.says, code), _readable(words.remedy, code))
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |\n"


def _readable(template: Template, code: type[Code]) -> str:
    text = template if isinstance(template, str) else template(_Given(code))
    plain = text.replace("[[", "").replace("]]", "")
    return _PLACE.sub(lambda found: _shown(found[1]), plain)


def _shown(place: str) -> str:
    name, _, shape = place.partition(":")
    if name.startswith("/"):
        return f"`{name}`"
    kind, _, noun = shape.partition(":")
    counted = f" {noun.rpartition('|')[2] or noun}" if kind == "count" else ""
    return f"*{name}*{counted}".replace("_", " ")


class _Given(dict[str, Any]):
    """Parameters that are all there."""

    def __init__(self, code: type[Code]) -> None:
        names: Mapping[str, Any] = code.model_fields
        super().__init__({name: name for name in names})


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
