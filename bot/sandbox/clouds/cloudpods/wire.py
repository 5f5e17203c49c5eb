"""How Cloudpods' services read a body, answer, and say what was wrong.

Source: https://github.com/yunionio/cloudpods (pkg/appsrv, pkg/httperrors)
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import Answer, ErrorForm, JsonObject, RefusedError, Request

UNCLASSIFIED: Final = "UnclassifiedError"
_JSON: Final = "application/json"
_VERB: Final = re.compile(r"%[-+ #0]*[0-9.]*([A-Za-z%])")
_TEXT_OR_COMMA: Final = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')


class DeclinedError(RefusedError):
    """A request that Cloudpods declines; *code* is the class of the error."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(status, code, text, ErrorForm.SERVICE)


class BehindError(Exception):
    """The release is held by a request that is still worked on, until a moment."""

    def __init__(self, until: float) -> None:
        super().__init__(f"held until {until}")
        self.until = until


@dataclass(frozen=True)
class Pod:
    """A request to kubeserver that passed the checks which all have in common.

    *body* is what stands in the wrapper, or else the body as it came; None where it was not
    taken for one. *wrapped* says whether there was a wrapper.
    """

    at: float
    names: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    body: JsonObject | None
    wrapped: bool

    def asked(self, *names: str) -> str:
        """Return the first value of the first of these query fields that is given."""
        return next((self.query[name][0] for name in names if self.query.get(name)), "")

    def given(self, *names: str) -> str:
        """Return the first of these fields of the body that holds a text or a number."""
        body = self.body or {}
        found = (body[name] for name in names if isinstance(body.get(name), str | int | float))
        return next((str(value) for value in found if value not in {"", None}), "")


@dataclass(frozen=True)
class Held:
    """An answer that takes its time: what *finish* returns once *seconds* have passed."""

    seconds: float
    finish: Callable[[float], Answer]


Handle: TypeAlias = Callable[[Pod], Answer | Held]


@dataclass(frozen=True)
class PodRoute:
    """One call of kubeserver; *rights* are the words of the right that it wants."""

    method: str
    path: str
    handle: Handle
    rights: str = ""  # "releases:list"; empty: a token is enough
    is_open: bool = False  # whether nobody has to say who they are
    wrapper: str = "release"

    @property
    def mutates(self) -> bool:
        """Whether the call changes something."""
        return self.method not in {"GET", "HEAD"}

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the names that *path* fills in, or nothing if it is another path."""
        mine, theirs = self.path.split("/"), path.split("/")
        if len(mine) != len(theirs) or not all(theirs[1:]):
            return None
        names: dict[str, str] = {}
        for one, other in zip(mine, theirs, strict=True):
            if one.startswith("{"):
                names[one[1:-1]] = other
            elif one != other:
                return None
        return names


def declined(status: int, code: str, text: str) -> DeclinedError:
    """Return the refusal with this class and these words."""
    return DeclinedError(status, code, text)


def unclassified(*, why: str) -> DeclinedError:
    """Return what every error of Helm and Kubernetes becomes."""
    return DeclinedError(500, UNCLASSIFIED, why)


def error_answer(error: RefusedError, at: float, *, mangles: bool = False) -> Answer:
    """Word *error* as Cloudpods does; it *mangles* a percent sign in unclassified texts."""
    text = mangled(error.text) if mangles and error.code == UNCLASSIFIED else error.text
    body: JsonObject = {
        "class": error.code,
        "code": error.status,
        "details": text,
        "time": datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    headers = {"Location": _line(text)} if error.status == 400 else {}  # noqa: PLR2004
    return Answer(status=error.status, body=body, headers={"Content-Type": _JSON, **headers})


def success(body: JsonValue) -> Answer:
    """Return *body* as it is answered: 200 for everything, keys in the order of the alphabet."""
    answered = in_order(body)
    return Answer(body=answered, headers={"Content-Type": f"{_JSON};charset=utf-8"})


def in_order(value: JsonValue) -> JsonValue:
    """Return *value* with the keys of all its objects sorted."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [in_order(each) for each in value]
    return value


def mangled(text: str) -> str:
    """Return what a format without arguments makes of *text*."""
    return _VERB.sub(lambda hit: "%" if hit[1] == "%" else f"%!{hit[1]}(MISSING)", text)


def body_in(request: Request) -> JsonObject | None:
    """Return the body, or nothing: what is chunked, of another type or no JSON is not noticed."""
    length = request.header("content-length")
    if not request.header("content-type").lower().startswith(_JSON):
        return None
    if not length.isdecimal() or int(length) == 0:
        return None
    try:
        found = json.loads(_TEXT_OR_COMMA.sub(_kept, request.body.decode()))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _kept(hit: re.Match[str]) -> str:
    """Drop a comma before a closing bracket, as the vendor's parser does."""
    return "" if hit[0] == "," else hit[0]


def _line(text: str) -> str:
    """Return *text* as a header may carry it."""
    return " ".join(text.split()).encode("ascii", "replace").decode()
