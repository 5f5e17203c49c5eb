"""The places in the sources where flows make calls, or hand over to flows that do."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import GeneratorType
from typing import Any, NamedTuple


class Site(NamedTuple):
    """An expression that yields, in a flow's function."""

    function: str  # module.function
    first: int
    last: int  # lines


class Reached(NamedTuple):
    """A line at which a flow waits."""

    file: str
    line: int


def sites(file: Path, root: Path) -> Iterator[Site]:
    """Find what yields in the functions that return a `Flow`."""
    module = ".".join(file.relative_to(root).with_suffix("").parts)
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef) and _is_flow(node):
            for inside in ast.walk(node):
                if isinstance(inside, ast.Yield | ast.YieldFrom):
                    last = inside.end_lineno or inside.lineno
                    yield Site(f"{module}.{node.name}", inside.lineno, last)


def waiting(flow: Any) -> Iterator[Reached]:
    """Tell where a flow, and each flow that it handed over to, waits now."""
    while isinstance(flow, GeneratorType):
        frame = flow.gi_frame
        if frame is not None:
            yield Reached(frame.f_code.co_filename, frame.f_lineno)
        flow = flow.gi_yieldfrom


def _is_flow(node: ast.FunctionDef) -> bool:
    return node.returns is not None and ast.unparse(node.returns).startswith("Flow[")
