"""Values of a release in files beside slipway.yaml: `values: [base.yaml, prod.yaml]`.

They are merged as Helm merges its own: a later one wins, maps are merged key by key, lists and
nothing (`null`) replace what was there. What was read is kept with the content of slipway.yaml, so
that a change of either is a change of both, and every process can use what one has read.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.catalogue.document import Document, read_part
from bot.catalogue.document import Path as Place
from bot.catalogue.files import State, state_of, text_of
from bot.core.errors import ConfigurationError
from bot.core.records import Json

_MARK: Final = "\x1e"  # between files in one text; no YAML has it
_KEY: Final = "values"
_WANTED: Final = "wants values, or names of files with values"


class ValuesFiles:
    """The files that slipway.yaml names, from its folder or as they were kept with it."""

    def __init__(self, folder: Path | None, kept: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._known = dict(kept or {})
        self.states: dict[Path, State] = {}  # of those that were looked for, before that

    def text(self, name: str) -> str:
        """Return the text of the file *name*.

        Raises:
            ConfigurationError: it cannot be read.
        """
        if name not in self._known:
            if self._folder is None:
                raise ConfigurationError([f"{name}: is not kept with this content"])
            path = self._folder / name
            self.states[path] = state_of(path)
            self._known[name] = text_of(path)
        return self._known[name]

    def joined(self, content: str) -> str:
        """Return *content* with all files that were read, as one text."""
        parts = (f"{_MARK}{name}\n{text}" for name, text in sorted(self._known.items()))
        return "".join((content, *parts))


def parted(text: str) -> tuple[str, dict[str, str]]:
    """Return the content of slipway.yaml, and the files that were joined to it, by their names."""
    content, *parts = text.split(_MARK)
    named = (part.partition("\n") for part in parts)
    return content, {name: rest for name, _, rest in named}


def include(document: Document, files: ValuesFiles, environment: Mapping[str, str]) -> None:
    """Put the values of files in the place of their names; every fault is noted with its file."""
    content = document.content
    targets = content.get("targets") if isinstance(content, dict) else None
    for name, target in (targets if isinstance(targets, dict) else {}).items():
        written = target.get(_KEY) if isinstance(target, dict) else None
        if isinstance(target, dict) and isinstance(written, str | list):
            layers: list[Json] = written if isinstance(written, list) else [written]
            reading = _Reading(document, files, environment, ("targets", str(name), _KEY))
            target[_KEY] = _merged(reading.layers(layers))


class _Reading:
    """Reads the layers of one target."""

    def __init__(
        self,
        document: Document,
        files: ValuesFiles,
        environment: Mapping[str, str],
        place: Place,
    ) -> None:
        self._document = document
        self._files = files
        self._environment = environment
        self._place = place

    def layers(self, written: list[Json]) -> Iterator[dict[str, Json]]:
        """Yield the values of each layer; none of one that has faults."""
        for number, each in enumerate(written):
            if isinstance(each, dict):
                yield each
            elif isinstance(each, str) and each:
                yield self._of_file(each, number)
            else:
                self._fault(number, _WANTED)

    def _of_file(self, name: str, number: int) -> dict[str, Json]:
        try:
            part = read_part(self._files.text(name), self._environment, self._place)
        except ConfigurationError as error:
            for fault in error.faults:
                self._fault(number, fault if name in fault else f"{name}: {fault}")
            return {}
        for fault in part.faults:
            self._fault(number, f"{name}: {fault}")
        self._take(part)
        values = part.content if part.content is not None else {}
        if isinstance(values, dict):
            return values
        self._fault(number, f"{name}: wants keys with values")
        return {}

    def _take(self, part: Document) -> None:
        """Let the document know what variables gave to *part*."""
        for path, names in part.filled.items():
            self._document.filled[(*self._place, *path)] = names
        for path, given in part.given.items():
            self._document.given.setdefault((*self._place, *path), set()).update(given)
        self._document.blank |= {(*self._place, *path) for path in part.blank}

    def _fault(self, number: int, text: str) -> None:
        place = self._document.place((*self._place, str(number)))
        self._document.faults.append(f"{place}: {text}")


def _merged(layers: Iterator[dict[str, Json]]) -> dict[str, Json]:
    whole: dict[str, Json] = {}
    for layer in layers:
        whole = _over(whole, layer)
    return whole


def _over(base: Mapping[str, Json], more: Mapping[str, Json]) -> dict[str, Json]:
    """Return *more* laid over *base*."""
    whole = dict(base)
    for key, value in more.items():
        present = whole.get(key)
        is_map = isinstance(present, dict) and isinstance(value, dict)
        whole[key] = _over(present, value) if is_map else value  # type: ignore[arg-type] # two maps
    return whole
