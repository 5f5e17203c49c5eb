"""The page's own words: its frame, the guide and the trouble, in English and Chinese."""

import re
from pathlib import Path
from typing import Final

from bot.sandbox import trouble
from bot.sandbox.content import workspace_config
from bot.sandbox.guide import GUIDE
from tests.views.test_languages import loosely_set

SOURCES: Final = Path(__file__).parents[2] / "bot" / "sandbox" / "page" / "src"
SAID: Final = re.compile(r'\bt\((?:[^"()]*\? )?"((?:[^"\\]|\\.)*)"(?: : "((?:[^"\\]|\\.)*)")?')
KEY: Final = re.compile(r'^  (?:"((?:[^"\\]|\\.)*)"|(\w+)):\s*"((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def chinese() -> dict[str, str]:
    """Return the page's table."""
    text = (SOURCES / "zh.ts").read_text().replace(":\n    ", ": ")
    return {quoted or plain: says for quoted, plain, says in KEY.findall(text)}


def said() -> set[str]:
    """Return what the page's sources say."""
    sources = [*SOURCES.rglob("*.tsx"), *SOURCES.rglob("*.ts")]
    pairs = [found for each in sources for found in SAID.findall(each.read_text())]
    return {words for pair in pairs for words in pair if words}


def told() -> set[str]:
    """Return what the sandbox tells the page."""
    words = [each for each in vars(trouble).values() if isinstance(each, trouble.Words)]
    menu = {text for each in words for text in (each.title, each.seen, each.does, each.armed)}
    guide = {text for each in GUIDE for text in (each.title, *(line.says for line in each.lines))}
    return menu | guide | {each.title for each in workspace_config().people if each.title}


def test_all_that_the_page_says_is_there_in_chinese() -> None:
    """A person whose Slack is Chinese reads no English button."""
    assert len(said()) > 80
    assert sorted((said() | told()) - chinese().keys()) == []


def test_no_blank_stands_between_chinese() -> None:
    """Nor beside a wide comma or bracket: what Chinese writes has its room."""
    assert [each for each in chinese().values() if loosely_set(each)] == []


def test_what_is_filled_in_is_in_both() -> None:
    """Braces stand for the same in both languages."""
    braces = re.compile(r"\{\w+\}")
    for words, says in chinese().items():
        assert sorted(braces.findall(words)) == sorted(braces.findall(says)), words
        assert says, words
