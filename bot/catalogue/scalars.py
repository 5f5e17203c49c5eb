"""Plain words of YAML that versions of YAML read differently: `on`, `22:30`, `0o644`."""

import re
from typing import Final

import yaml

TEXT: Final = "tag:yaml.org,2002:str"
MERGE: Final = "tag:yaml.org,2002:merge"
_TAGS: Final = "tag:yaml.org,2002:"
_RESOLVER: Final = yaml.resolver.Resolver()
# The core schema of YAML 1.2; `0644` is a number there as well, but another one.
_CORE: Final = (
    ("null", re.compile(r"null|Null|NULL|~|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)),
    (
        "float",
        re.compile(
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
            r"|\.(?:nan|NaN|NAN)",
            re.ASCII,
        ),
    ),
)
_KINDS: Final = {
    "bool": "true or false",
    "float": "a number",
    "int": "a number",
    "null": "nothing",
    "timestamp": "a date",
}


def misread(node: yaml.ScalarNode) -> str:
    """Return what a plain word is taken for by one version of YAML and not by the other.

    Empty where it is quoted, tagged, or means the same in both.
    """
    if node.style:
        return ""
    ours = _RESOLVER.resolve(yaml.ScalarNode, node.value, (True, False))  # type: ignore[no-untyped-call] # PyYAML's
    theirs = _core(node.value)
    if ours != node.tag or (ours == theirs and not _is_octal(node.value)):
        return ""
    return kind(theirs if ours == TEXT else ours)


def kind(tag: str) -> str:
    """Return what a *tag* means, for people."""
    return _KINDS.get(tag.removeprefix(_TAGS), "something else than text")


def _is_octal(value: str) -> bool:
    """Whether it is a number to both, but not the same: `0644`."""
    return re.fullmatch(r"[-+]?0[0-9]+", value, re.ASCII) is not None


def _core(value: str) -> str:
    found = next((name for name, form in _CORE if form.fullmatch(value)), "str")
    return f"{_TAGS}{found}"
