"""Rows of the tables of findings: a wish, what is known, and the whole of what one rule says."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from bot.core.codes import Code
from bot.core.records import OperationId
from bot.core.rules import Facts, Finding, Intent, decide
from tests.core.rules.known import PEOPLE, POLICIES, an_intent, facts, operations

OPERATIONS: Final = operations()
YES: Final = Finding(verdict="yes")

Row: TypeAlias = tuple[Intent, Facts, Finding | None]
Table: TypeAlias = Mapping[str, Mapping[str, Row]]  # rule → case → row


def world(place: str = "planned", **changed: Any) -> Facts:
    """Return what is known about the operation at *place*; Bob acts, and nothing is in his way."""
    usual = facts(OPERATIONS[place], PEOPLE["listed"], POLICIES["people"])
    return usual.model_copy(update=changed)


def wish(name: str, place: str = "planned", **changed: Any) -> Intent:
    """Return the intent of this name about the operation at *place*."""
    return an_intent(name, OPERATIONS[place]).model_copy(update=changed)


def yes(place: str) -> Finding:
    """Return a yes for what stands at *place*."""
    return Finding(verdict="yes", place=place)


def no(
    code: Code,
    place: str = "",
    who: tuple[str, ...] = (),
    operation: OperationId | None = None,
) -> Finding:
    """Return a no with all that it tells."""
    return Finding(verdict="no", why=code.reason, place=place, who=who, operation=operation)


def moot(code: Code, operation: OperationId | None = None) -> Finding:
    """Return that it has no effect, and the operation that made it so."""
    return Finding(verdict="moot", why=code.reason, operation=operation)


def void(code: Code) -> Finding:
    """Return that the approvals do not count any more."""
    return Finding(verdict="void", why=code.reason)


def cases(table: Table) -> list[tuple[str, str]]:
    """Return the keys of every row, for `parametrize`."""
    return [(rule, case) for rule, named in table.items() for case in named]


def found(rule: str, intent: Intent, known: Facts) -> Finding | None:
    """Return what *rule* says; None: it is none of its business."""
    said = (each for each in decide(intent, known).findings if each.rule == rule)
    return next((each.model_copy(update={"rule": ""}) for each in said), None)
