"""What is said of `key=value` words that are not written as they should be."""

from bot.core.codes import Code


class SeveralInOne(Code):
    """One word sets several values, as Helm's --set would split it."""

    key = "usage.several_values"
    word: str
    instead: str


class ListInBraces(Code):
    """A list is written in braces, as Helm's --set has it."""

    key = "usage.list_in_braces"
    word: str
    instead: str


class NoTag(Code):
    """A version has a `+`, which a chart's may have and an image's tag may not."""

    key = "bad_version.tag"
    version: str
