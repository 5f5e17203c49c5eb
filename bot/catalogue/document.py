"""Reads YAML strictly: no key twice, `${NAME}` from the environment, and a line for every fault."""

import re
from collections.abc import Mapping
from typing import Final

import yaml

from bot.core.errors import ConfigurationError
from bot.core.records import Json

SIZE_MAX: Final = 1_000_000  # bytes
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# The C loader is eight times faster; it is missing where PyYAML was built without libyaml.
_Loader: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str, ...]


class Document:
    """The content of a YAML file with the line of each key."""

    def __init__(self, content: Json, lines: Mapping[Path, int]) -> None:
        self.content = content
        self._lines = lines

    def place(self, path: Path) -> str:
        """Say where *path* stands: `targets.checkout.policy (line 12)`."""
        known = path
        while known and known not in self._lines:
            known = known[:-1]
        line = f" (line {self._lines[known]})" if known else ""
        return ".".join(path) + line


def read_document(text: str, environment: Mapping[str, str]) -> Document:
    """Parse *text* and fill in the variables.

    Raises:
        ConfigurationError: no YAML, a key twice, or a variable that is not set.
    """
    if len(text.encode()) > SIZE_MAX:
        raise ConfigurationError([f"the file is larger than {SIZE_MAX} bytes"])
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        faults = _walk(node, (), lines) if node is not None else []
        content: Json = loader.construct_document(node) if node is not None and not faults else None
    except yaml.YAMLError as error:
        raise ConfigurationError([_yaml_fault(error)]) from error
    finally:
        loader.dispose()
    document = Document(content, lines)
    filled = _filled(content, (), environment, document, faults)
    if faults:
        raise ConfigurationError(faults)
    return Document(filled, lines)


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int]) -> list[str]:
    """Note the line of every key below *node*; return the keys that stand there twice."""
    lines[path] = node.start_mark.line + 1
    faults: list[str] = []
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            faults += _walk(item, (*path, str(index)), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                where = ".".join((*path, name))
                faults.append(f"{where} (line {key.start_mark.line + 1}): the key is there twice")
            seen.add(name)
            faults += _walk(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
    return faults


def _filled(
    content: object,
    path: Path,
    environment: Mapping[str, str],
    document: Document,
    faults: list[str],
) -> Json:
    if isinstance(content, dict):
        return {
            str(key): _filled(value, (*path, str(key)), environment, document, faults)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [
            _filled(value, (*path, str(index)), environment, document, faults)
            for index, value in enumerate(content)
        ]
    if isinstance(content, str):
        return _substituted(content, path, environment, document, faults)
    return content  # type: ignore[return-value] # dates; the strict models judge them


def _substituted(
    text: str, path: Path, environment: Mapping[str, str], document: Document, faults: list[str]
) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in environment:
            faults.append(f"{document.place(path)}: the variable {name} is not set")
            return ""
        return environment[name]

    return _VARIABLE.sub(value, text)


def _yaml_fault(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return f"no valid YAML{where}: {problem}"
