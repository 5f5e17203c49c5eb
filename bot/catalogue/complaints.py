"""The faults of slipway.yaml in words, each with its place."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.document import Document, Path
from bot.catalogue.file import File, TargetEntry
from bot.catalogue.model import (
    CHANNEL,
    COMPARE,
    PAGE,
    PERSON,
    PREFIX,
    REQUESTER,
    CommandNames,
    FreezeEntry,
    GateEntry,
    PolicyEntry,
)
from bot.core.connection import CREDENTIAL
from bot.core.errors import ConfigurationError

T = TypeVar("T")

HINTS_MAX: Final = 20  # faults that are told with the name that is most alike
KNOWN_MAX: Final = 20  # names in one fault

_MODELS: Final[tuple[type[BaseModel], ...]] = (
    File,
    TargetEntry,
    PolicyEntry,
    FreezeEntry,
    GateEntry,
    CommandNames,
)
_KEYS: Final = tuple(
    dict.fromkeys(
        field.alias or name for model in _MODELS for name, field in model.model_fields.items()
    )
)
_UNWRITTEN: Final = frozenset({"[key]", "function-plain"})  # in a fault's place, not in the file
_TEMPLATE: Final = {"create_body": "create"}  # the key of a target's field in the file
_ID: Final = '"2c458700-c8e0-4651-a73b-5219b70a6572"'
_AUTH: Final = "auth"
_ACCESS_KEY: Final = "^[A-Za-z0-9_-]{4,128}$"
_REGION: Final = "^[a-z][a-z0-9-]{1,31}$"
_SHORT: Final = "^[a-z0-9][a-z0-9._-]{0,62}$"
_BEGUN: Final = ", with a letter or digit first"
_PATTERNS: Final = (  # how the pattern of a kind of text begins, and what that text is
    (
        PERSON,
        (
            'wants a person or group: a name such as "@ann" or "@sre", in quotes; an id such as '
            "U0ANN or S0SRE; or the word anyone"
        ),
    ),
    (
        REQUESTER,
        (
            'wants a person or group: a name such as "@ann" or "@devs", in quotes; an id such as '
            "U0ANN or S0DEVS; a hook such as hook:ci; or the word anyone"
        ),
    ),
    (PREFIX, "wants at most 15 lower-case letters, digits and '-' with a '-' at the end: ship-"),
    (CHANNEL, 'wants a channel: its name in quotes, "#deploys", or its id, such as C0DEPLOYS'),
    (PAGE, "wants an address: https://, a host, and no blanks, quotes or braces"),
    (COMPARE, "wants an address with {from}, then {to}: https://git.example.com/{from}...{to}"),
    (_ACCESS_KEY, "wants 4 to 128 letters, digits, '_' and '-'"),
    (_REGION, "wants a region such as cn-north-4"),
    (_SHORT, "wants at most 63 lower-case letters, digits, '.', '_' and '-'"),
    (r"^[^/\s]{1,128}/", "wants a repository and a chart: bitnami/etcd"),
    (r"^[^\s\x00", "wants a name or an id of at most 128 characters, without blanks"),
    (r"^[a-z0-9]([", "wants at most 63 lower-case letters, digits and '-', none at an end"),
    (r"^[a-z]([", "wants at most 63 lower-case letters, digits and '-', with a letter first"),
    (
        r"^[A-Za-z0-9][A-Za-z0-9._-]",
        "wants at most <most> letters, digits, '.', '_' and '-'" + _BEGUN,
    ),
    (
        r"^[A-Za-z0-9][A-Za-z0-9._+-]",
        "wants at most <most> letters, digits, '.', '_', '+' and '-'" + _BEGUN,
    ),
    (
        r"^[A-Za-z0-9][A-Za-z0-9._/-]",
        "wants at most <most> letters, digits, '.', '_', '/' and '-'" + _BEGUN,
    ),
    (r"^[A-Za-z0-9_-]{1,64}$", "wants at most 64 letters, digits, '_' and '-'"),
    (r"^[a-z][a-z0-9-]{0,29}$", "wants at most 30 lower-case letters, digits and '-'"),
    (r"^[a-z0-9][a-z0-9_-]{0,19}$", "wants at most 20 lower-case letters, digits, '_' and '-'"),
    (r"^[UW]", "wants the id of a person, such as U0ANN"),
    (r"^urn:smn:", "wants the URN of a topic: urn:smn:…"),
)
_REST: Final = re.compile(r"\{0,(\d+)\}\$$")


class Faults:
    """Collects the faults of one file; what follows from a variable without value is left out."""

    def __init__(self, document: Document) -> None:
        self.found: list[str] = list(document.faults)
        self._document = document
        self._compared = 0

    def add(self, path: Path, text: str) -> None:
        """Note a fault at *path*."""
        if path not in self._document.blank:
            names = self._document.filled.get(path)
            given = f" (filled in from {', '.join(names)})" if names else ""
            self.found.append(f"{self._document.place(path)}: {text}{given}")

    def unknown_key(self, path: Path, keys: tuple[str, ...]) -> None:
        """Note that nobody knows the last key of *path*; the likeliest of *keys* is named."""
        near = get_close_matches(path[-1], keys, n=1)
        self.add(path, "unknown key" + (f"; did you mean {near[0]!r}?" if near else ""))

    def unknown(self, path: Path, kind: str, word: str, known: Collection[str]) -> None:
        """Note that nothing is called *word*, and what may have been meant.

        Where there are many, the later ones are told without: to compare each word with
        each name takes minutes where there are thousands of both.
        """
        self._compared += 1
        near = get_close_matches(word, known, n=1) if self._compared <= HINTS_MAX else ()
        hint = f"did you mean {near[0]!r}?" if near else f"known: {_known(known)}"
        self.add(path, f"no {kind} is called {word!r}; {hint}")

    def checked(
        self, path: Path, check: Callable[[], T], keys: tuple[str, ...] = _KEYS
    ) -> T | None:
        """Return what *check* returns; note what it complains about below *path*."""
        try:
            return check()
        except ValidationError as error:
            for each in error.errors():
                self._note(path, each, keys)
        except ConfigurationError:
            raise
        except ValueError as error:
            self.add(path, str(error))
        return None

    def _note(self, path: Path, fault: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        where = (*path, *_written(fault["loc"]))
        if fault["type"] == "extra_forbidden" and _is_of_another_kind(where, keys):
            self.add(where, "belongs to another way to log in: give the keys of one alone")
        elif fault["type"] == "extra_forbidden":
            self.unknown_key(where, keys)
        elif fault["type"] == "contradiction":
            self.add(where, self._contradiction(path, fault["ctx"]))
        else:
            self.add(where, _words(fault))

    def _contradiction(self, path: Path, said: Mapping[str, Any]) -> str:
        """Say that a template and its target, at *path*, differ; both places are named."""
        place = self._document.place((*path, said["setting"]))
        if said["ours"] == "None":
            return f"is {said['theirs']}, but the target's {said['setting']} is not sent"
        return f"is {said['theirs']}, but {place} is {said['ours']}"


def _is_of_another_kind(where: Path, keys: tuple[str, ...]) -> bool:
    """Whether what is too much under `auth` is a key that other credentials have."""
    return _AUTH in where and where[-1] in keys


def _known(names: Collection[str]) -> str:
    shown = ", ".join(islice(names, KNOWN_MAX)) or "none"
    left = len(names) - KNOWN_MAX
    return shown if left <= 0 else f"{shown} and {left} more"


def _written(place: Iterable[str | int]) -> tuple[str, ...]:
    parts = (_TEMPLATE.get(str(part), str(part)) for part in place if part not in _UNWRITTEN)
    return tuple(part for part in parts if not part.startswith(CREDENTIAL))


def words_of_pattern(pattern: str) -> str:
    """Return what a text of this *pattern* is; that of a system from outside may have no words."""
    known = (words for begin, words in _PATTERNS if pattern.startswith(begin))
    most = _REST.search(pattern)  # what may follow the first character
    text = next(known, f"does not fit {pattern}")
    return text.replace("<most>", str(int(most[1]) + 1)) if most else text


def _words(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return "is missing"
        case "string_type" if "auth" in fault["loc"]:
            return "wants text: write it in quotes"  # and is not repeated: it may be a secret
        case "string_type":
            return f"wants text: write it in quotes (it was read as {fault['input']!r})"
        case "string_pattern_mismatch":
            return words_of_pattern(context["pattern"])
        case "uuid_type" | "uuid_parsing":
            read = (
                "" if isinstance(fault["input"], str) else f" (it was read as {fault['input']!r})"
            )
            return f"wants an id in quotes, such as {_ID}{read}"
        case "list_type":
            given = fault["input"]
            return "wants a list" + (f": [{given}]" if isinstance(given, str) else "")
        case "too_short":
            return f"wants at least {context['min_length']}"
        case "too_long":
            return f"takes at most {context['max_length']}"
        case _:
            message = str(fault["msg"]).removeprefix("Value error, ")
            return message[:1].lower() + message[1:]
