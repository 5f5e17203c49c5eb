"""Reads YAML strictly: no key twice, `${NAME}` from the environment, and a line for every fault."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import yaml

from bot.catalogue import scalars
from bot.catalogue.scalars import MERGE, TEXT
from bot.collecting import no_collection
from bot.core.errors import ConfigurationError
from bot.core.records import Json

SIZE_MAX: Final = 4_000_000  # bytes; ten thousand targets take about 2,600,000
DEPTH_MAX: Final = 50  # the C parser recurses: a thousand times as deep, and it takes us down
_SHOWN: Final = 40  # characters of what cannot be read
NODES_MAX: Final = 1_000_000  # with each alias counted as what it stands for
_VARIABLE: Final = re.compile(r"(\$?)(\$\{([A-Za-z_][A-Za-z0-9_]*)\})")  # `$${NAME}` is literal
# What of a target is sent as it stands.
_HINTS: Final = (  # what a line has that cannot be read, and how it is written
    (re.compile(r"[\[\s,:]@"), 'write names in quotes: "@devs"'),
    (re.compile(r"[\[\s,]#"), 'what follows a # is a comment; write names in quotes: "#deploys"'),
    (re.compile(r"\{version\}"), 'write what has braces in quotes: "shop/checkout:{version}"'),
)
_SENT: Final = frozenset({"values", "create", "upgrade", "gray_release"})
# The C loader is eight times faster; it is missing where PyYAML was built without libyaml.
_Loader: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str, ...]
Children = dict[str, tuple[yaml.Mark, yaml.Node]]


class Document:
    """The content of a YAML file, with the line of each key.

    `faults` are those that leave the rest readable: a key twice, a variable that is not set.
    `filled` are the places that variables gave a value to, with the names of these; `blank` are
    those that have none.
    """

    def __init__(self, root: yaml.Node | None, at: Path = ()) -> None:
        self._at = at  # where it stands in another document
        self.content: Json = None
        self.faults: list[str] = []
        self.filled: dict[Path, tuple[str, ...]] = {}
        self.given: dict[Path, set[str]] = {}  # what variables gave there
        self.blank: set[Path] = set()
        self._root = root
        self._children: dict[int, Children] = {}  # by the id of a node, all of which live on

    def is_sent(self, path: Path) -> bool:
        """Return whether *path* is inside of what a target sends as it stands."""
        return is_sent((*self._at, *path))

    def place(self, path: Path) -> str:
        """Say where *path* stands: `targets.checkout.policy (line 12)`."""
        if not path:
            return "the file"
        line = self._line(path)
        return ".".join(path) + (f" (line {line})" if line else "")

    def lines(self, *path: str) -> dict[str, int]:
        """Return the line of *path*, by its name, and that of each key below it."""
        node, name = self._root, ".".join(path)
        for part in path:
            found = self._below(node).get(part) if node else None
            if found is None:
                return {}
            node = found[1]
        below = self._below(node) if node else {}
        lines = {f"{name}.{key}": self._line((*path, key)) for key in below}
        return {name: self._line(path), **lines}

    def _line(self, path: Path) -> int:
        """Return the line of *path*, or of what is nearest above it; 0 where nothing is."""
        node, line = self._root, 0
        for part in path:
            found = self._below(node).get(part) if node else None
            if found is None:
                break
            mark, node = found
            line = mark.line + 1
        return line

    def _below(self, node: yaml.Node) -> Children:
        """Return what stands below *node*; looked through once, however many faults there are."""
        if id(node) not in self._children:
            self._children[id(node)] = _children(node)
        return self._children[id(node)]


def read_document(text: str, environment: Mapping[str, str]) -> Document:
    """Parse *text* and fill in the variables; what can be read in spite of a fault is read.

    Raises:
        ConfigurationError: no YAML, nothing at all, too large, or too deep.
    """
    if len(text.encode()) > SIZE_MAX:
        raise ConfigurationError([f"the file is larger than {SIZE_MAX} bytes"])
    try:
        with no_collection():
            document = _read(text, environment)
    except yaml.YAMLError as error:
        raise ConfigurationError([_yaml_fault(error, text)]) from error
    if document.content is None:
        raise ConfigurationError(["the file is empty"])
    return document


def read_part(text: str, environment: Mapping[str, str], at: Path) -> Document:
    """Parse a file whose content stands at *at* in another one; it may be empty.

    Raises:
        ConfigurationError: no YAML, or too deep.
    """
    try:
        return _read(text, environment, at)
    except yaml.YAMLError as error:
        raise ConfigurationError([_yaml_fault(error, text)]) from error


def _read(text: str, environment: Mapping[str, str], at: Path = ()) -> Document:
    _require_shallow(text)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        document = Document(root, at)
        if root is not None:
            document.faults += _twice(root)
            _make_readable(root, document)
            document.content = _filled(loader.construct_document(root), (), environment, document)
    finally:
        loader.dispose()
    return document


def _children(node: yaml.Node) -> Children:
    """Return what stands below *node*; of a key that is there twice, the last one."""
    if isinstance(node, yaml.MappingNode):
        return {
            key.value: (key.start_mark, each)
            for key, each in node.value
            if isinstance(key, yaml.ScalarNode)
        }
    if isinstance(node, yaml.SequenceNode):
        return {str(index): (each.start_mark, each) for index, each in enumerate(node.value)}
    return {}


def _require_shallow(text: str) -> None:
    """Refuse what is nested deeper than anybody writes, before the parser recurses into it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                where = f"line {event.start_mark.line + 1}" if event.start_mark else "?"
                fault = f"no valid configuration ({where}): nested deeper than {DEPTH_MAX}"
                raise ConfigurationError([fault])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _nodes(root: yaml.Node) -> Iterator[tuple[yaml.Node, Path]]:
    """Give every node below *root* with its place, each alias as often as it is used."""
    waiting: list[tuple[yaml.Node, Path]] = [(root, ())]
    count = 0
    while waiting:
        node, path = waiting.pop()
        count += 1
        if count > NODES_MAX or len(path) > DEPTH_MAX:
            raise ConfigurationError(["aliases (*name) make the file too large, or endless"])
        yield node, path
        if isinstance(node, yaml.MappingNode):
            waiting += [(value, (*path, str(key.value))) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(item, (*path, str(index))) for index, item in enumerate(node.value)]


def _twice(root: yaml.Node) -> Iterator[str]:
    """Give the keys that stand twice in one mapping; YAML itself lets the last one win."""
    for node, path in _nodes(root):
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                where = ".".join((*path, name))
                yield f"{where} (line {key.start_mark.line + 1}): the key is there twice"
            seen.add(name)


_TRICKY: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "int", "float"))


def is_sent(path: Path) -> bool:
    """Return whether *path* is inside of what a target sends as it stands."""
    return len(path) > 3 and path[0] == "targets" and path[2] in _SENT  # noqa: PLR2004 - below them


def _make_readable(root: yaml.Node, document: Document) -> None:
    """Note what does not mean what it looks like, and let it be text from here on.

    YAML's own error for it has no place, and hides all other faults.
    """
    judge = yaml.constructor.SafeConstructor()
    for node, path in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            _make_keys_text(node, path, document)
        if not isinstance(node, yaml.ScalarNode):
            continue
        fault = _misread(node) if document.is_sent(path) else ""
        if node.tag in _TRICKY and not fault:
            fault = _unreadable(judge, node)
        if fault:
            document.faults.append(f"{document.place(path)}: {fault}")
            document.blank.add(path)
            node.tag = TEXT


def _make_keys_text(node: yaml.MappingNode, path: Path, document: Document) -> None:
    """Let keys be what is written, so that none replaces another: `1` and `yes` are both true."""
    for key, _ in node.value:
        if key.tag in {TEXT, MERGE} or not isinstance(key, yaml.ScalarNode):
            continue
        place = (*path, str(key.value))
        if document.is_sent(place):
            word, taken = _cut(key.value), scalars.kind(key.tag)
            fault = f'the key {word} is taken for {taken}; write it in quotes: "{word}"'
            document.faults.append(f"{document.place(place)}: {fault}")
        key.tag = TEXT


def _misread(node: yaml.ScalarNode) -> str:
    taken = scalars.misread(node)
    if not taken:
        return ""
    word = _cut(node.value)
    return f'{word} may be taken for {taken}; write text in quotes: "{word}"'


def _unreadable(judge: yaml.constructor.SafeConstructor, node: yaml.ScalarNode) -> str:
    try:
        judge.construct_object(node)
    except (ValueError, OverflowError):
        return f"{_cut(node.value)} is no date and no number; write text in quotes"
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _filled(
    content: object, path: Path, environment: Mapping[str, str], document: Document
) -> Json:
    if isinstance(content, dict):
        return {
            str(key): _filled(value, (*path, str(key)), environment, document)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [
            _filled(value, (*path, str(index)), environment, document)
            for index, value in enumerate(content)
        ]
    if isinstance(content, str):
        return _substituted(content, path, environment, document) if "$" in content else content
    return content  # type: ignore[return-value] # dates; the strict models judge them


def _substituted(text: str, path: Path, environment: Mapping[str, str], document: Document) -> str:
    names = []

    def value(found: re.Match[str]) -> str:
        escaped, written, name = found.groups()
        if escaped:
            return written
        if name not in environment:
            document.faults.append(f"{document.place(path)}: the variable {name} is not set")
            document.blank.add(path)
            return ""
        names.append(name)
        document.given.setdefault(path, set()).add(environment[name])
        return environment[name]

    whole = _VARIABLE.sub(value, text)
    if names:
        document.filled[path] = tuple(dict.fromkeys(names))
    return whole


def _yaml_fault(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return f"no valid YAML{where}: {problem}{_hint(text, mark)}"


def _hint(text: str, mark: yaml.Mark | None) -> str:
    """Return what is mostly meant by a line that cannot be read; "" where nobody knows."""
    lines = text.splitlines()[max(0, mark.line - 1) : mark.line + 1] if mark else []
    found = (hint for line in reversed(lines) for sign, hint in _HINTS if sign.search(line))
    hint = next(found, "")
    return f"; {hint}" if hint else ""
