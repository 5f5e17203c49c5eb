"""The fault matrix is covered, or says why not."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults.matrix import ROWS_IN_ALL, Row, rows

TESTS = Path(__file__).parents[1]


def test_every_row_is_there_once() -> None:
    """No fault is forgotten, and none is told twice."""
    assert [each.number for each in rows()] == list(range(1, ROWS_IN_ALL + 1))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"FM-{row.number}")
def test_every_row_has_its_tests_or_a_reason(row: Row) -> None:
    """What a row names exists; where nothing covers it, it says why."""
    assert row.tests or row.left_out
    for each in row.tests:
        file, _, name = each.partition("::")
        assert name in _tests_of(file), each


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text())
    return frozenset(
        each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
