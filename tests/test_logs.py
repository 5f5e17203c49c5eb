"""What is logged: events with names that operators look for, all of them explained."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "logs.md"
LEVELS: Final = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
LOGGERS: Final = frozenset({"log", "_log"})


def logged() -> Iterator[tuple[str, str]]:
    """Yield event and level of every line that the product logs; `<…>` stands for what varies."""
    for folder in ("bot", "handlers", "workers"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "sandbox" not in file.parts:
                yield from events(ast.parse(file.read_text(encoding="utf-8")))


def events(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield event and level of every call of a logger in *tree*."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=logger), attr=level),
                args=[ast.Constant(value=str(event)), *varying],
            ) if logger in LOGGERS and level in LEVELS:
                yield event.replace("%s", _named(varying)), level
            case _:
                pass


def _named(varying: list[ast.expr]) -> str:
    return "<kind>" if varying and isinstance(varying[0], ast.Attribute) else "<what>"


def explained() -> list[tuple[str, str]]:
    """The rows of the page: event and level."""
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(event, level) for event, level in rows]


def test_every_event_is_explained_once() -> None:
    """Who reads the logs finds each event with its level, and no other."""
    rows = explained()
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) == set(logged())


@pytest.mark.parametrize("event", sorted({event for event, _ in logged()}))
def test_an_event_is_named_like_one(event: str) -> None:
    """A name is what it is about, a dot, and what happened: never a sentence."""
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+(<[a-z]+>)?|[a-z]+\.<[a-z]+>", event)


def test_there_is_a_level_for_those_who_look_closely() -> None:
    """Polls and leases are told, but only where somebody wants them."""
    assert {event for event, level in logged() if level == "debug"} >= {"poll.done", "lease.held"}
