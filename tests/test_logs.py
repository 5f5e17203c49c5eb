"""What is logged: events with names that operators look for, all of them explained."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("bot", "handlers", "workers")
PAGE: Final = ROOT / "docs" / "logs.md"
LEVELS: Final = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
LOGGERS: Final = frozenset({"log", "_log"})


@cache
def logged() -> frozenset[tuple[str, str]]:
    """Return event and level of every line that the product logs; `<…>` stands for what varies."""
    files = (file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))
    trees = (ast.parse(each.read_text("utf-8")) for each in files if "sandbox" not in each.parts)
    return frozenset(event for tree in trees for event in events(tree))


def events(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield event and level of every call of a logger in *tree*."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=logger), attr=level),
                args=[ast.Constant(value=str(event)), *varying],
            ) if logger in LOGGERS and level in LEVELS:
                written = "error" if level == "exception" else level  # with its traceback
                yield event.replace("%s", _named(varying)), written
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
    assert set(rows) == logged()


def test_an_event_is_named_like_one() -> None:
    """A name is what it is about, a dot, and what happened: never a sentence."""
    name = re.compile(r"[a-z_]+\.[a-z_]+(<[a-z]+>)?|[a-z]+\.<[a-z]+>")
    assert [event for event, _ in logged() if not name.fullmatch(event)] == []


def test_there_is_a_level_for_those_who_look_closely() -> None:
    """Polls and leases are told, but only where somebody wants them."""
    assert {event for event, level in logged() if level == "debug"} >= {"poll.done", "lease.held"}
