"""Values that are given as YAML text, as Helm reads them.

YAML 1.1 takes `on`, `22:30` or `0o17` for other things than text, each reader for its own: what
is no text in one of them has to be in quotes.
"""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from bot.core.records import Json

_TEXT: Final = "tag:yaml.org,2002:str"
_PLAIN: Final = re.compile(
    r"null|~|true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|", re.ASCII
)
_ELSEWHERE: Final = re.compile(  # text to one reader, and a number or a boolean to another
    r"[-+]?0[ob][0-7_]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[ynYN]", re.ASCII
)
_NODES_MAX: Final = 100_000  # with each alias counted as what it stands for


def read_values(text: str) -> dict[str, Json]:
    """Return the map in *text*.

    Raises:
        ValueError: it is none, or something in it would be read in two ways.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        msg = "is no YAML"
        raise ValueError(msg) from error
    if root is None:
        return {}
    for count, node in enumerate(_below(root)):
        if count > _NODES_MAX:
            msg = "is too large"
            raise ValueError(msg)
        _check(node)
    values = yaml.safe_load(text)
    if not isinstance(values, dict):
        msg = "is no map"
        raise ValueError(msg)  # noqa: TRY004 - pydantic takes it for a fault of the file
    return values


def _below(root: yaml.Node) -> Iterator[yaml.Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [each for pair in node.value for each in pair]
            _check_keys(node)
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _check(node: yaml.Node) -> None:
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return
    is_text = node.tag == _TEXT and not _ELSEWHERE.fullmatch(node.value)
    if not is_text and (node.tag == _TEXT or not _PLAIN.fullmatch(node.value)):
        msg = f"line {node.start_mark.line + 1}: write {node.value!r} in quotes"
        raise ValueError(msg)


def _check_keys(node: yaml.MappingNode) -> None:
    keys = [key.value for key, _ in node.value]
    for key, _ in node.value:
        if key.tag != _TEXT:
            msg = f"line {key.start_mark.line + 1}: write the key {key.value!r} in quotes"
            raise ValueError(msg)
        if keys.count(key.value) > 1:
            msg = f"line {key.start_mark.line + 1}: the key {key.value!r} is there twice"
            raise ValueError(msg)
