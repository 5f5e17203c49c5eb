"""docs/systems.md: no line of the documents without its command, its simulator and its test."""

import ast
from typing import Final

import pytest

from bot.core.codes import Denied
from bot.core.flow import Call
from bot.core.verbs import BUTTONS, parse
from bot.systems import system
from tests.documents.lines import Line, Section
from tests.systems_page import PAGE, ROOT, SECTIONS, player, written

LINES: Final = [(section, line) for section in SECTIONS for line in section.lines]
IDS: Final = [f"{section.system}: {line.words[:40]}" for section, line in LINES]


def test_the_page_is_what_the_code_says() -> None:
    """`make docs` writes it."""
    assert PAGE.read_text(encoding="utf-8") == written()


@pytest.mark.parametrize(("section", "line"), LINES, ids=IDS)
def test_a_line_has_its_command_simulator_and_tests(section: Section, line: Line) -> None:
    """What is named is there: the grammar reads the command, the simulator plays the call."""
    assert bool(line.commands) is not bool(line.why_not)
    for command in line.commands:
        assert _is_known(command), command
    player(line, section)
    assert line.tests
    for node in line.tests:
        file, _, name = node.partition("::")
        assert not name or name in _tests(file), node


@pytest.mark.parametrize("section", SECTIONS, ids=lambda each: each.system)
def test_no_call_of_a_system_lacks_its_line(section: Section) -> None:
    """Each call that the system documents of its API stands in a line."""
    played = {id(player(line, section)) for line in section.lines}
    for example in system(section.system).spec.examples:
        assert id(_route(section, example.call)) in played, example.call.name


def _is_known(command: str) -> bool:
    if command.startswith("/"):
        slash, _, text = command.removeprefix("/").partition(" ")
        return not isinstance(parse(slash, text), Denied)
    return command.split(".")[1] in {verb.name for verb in BUTTONS}


def _route(section: Section, call: Call) -> object:
    path = call.path.replace("{project_id}", "x")
    for each in section.routes:
        if each.method == call.method and each.match(path) is not None:
            return each
    return None


def _tests(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
