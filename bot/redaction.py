"""Takes secrets out of texts: those that Slipway holds, in every form, and what looks like one.

A cloud may echo what it was sent, or what it was sent by others; a library may quote a request.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote, quote_plus

from pydantic import BaseModel

T = TypeVar("T")

HIDDEN: Final = "[hidden]"
SHORTEST: Final = 8  # characters; hiding shorter ones anywhere would mangle what is innocent
SHORTEST_WORD: Final = 6  # characters of what is hidden where it stands alone
_OURS: Final = "slipway"  # a password that is our own name would hide nearly every line
_BYTE: Final = 8  # bits
_DIGIT: Final = 6  # bits of a character of base64
_ESCAPE: Final = re.compile(r"\\u[0-9a-f]{4}")
_KEPT: Final = frozenset({"id", "parameters", "revision", "last_task"})  # fields that nobody reads
_SHAPES: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,}"  # Slack's tokens
    r"|xapp-[A-Za-z0-9-]{6,}"
    r"|https://hooks\.slack\.com/[^\s\"'<>]+"  # whoever has such an address may answer
    r"|(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|-----BEGIN[ A-Z]*PRIVATE KEY-----[\s\S]*?(?:-----END[ A-Z]*-----|\Z)"
    r"|(?<=://)[^/\s@:]*:[^/\s]+(?=@)"  # user:password in an address
    r"|(?P<label>(?i:\bbearer\s+|\bsignature=|\bx-[a-z-]{0,60}token[\"']?\s*[:=]\s*[\"']?))"
    r"[^\s,;\"']{6,}"
)
# Signed web tokens. Of a run of their characters the first `eyJ` decides for all: each run is
# read once, however many stand in it.
_WEB_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<before>(?:(?!eyJ)[A-Za-z0-9_-])*+)eyJ[A-Za-z0-9_-]{8,}+"
    r"\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
)


class Redactor:
    """Hides secrets in texts and records."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for each in set(secrets) for form in _hidden_forms(each)}
        longest_first = sorted(forms, key=lambda each: (-len(each), each))
        self._forms = re.compile("|".join(map(_pattern, longest_first))) if forms else None

    def known(self, text: str) -> str:
        """Return *text* without the secrets themselves; JSON stays JSON."""
        return self._forms.sub(HIDDEN, text) if self._forms else text

    def text(self, text: str) -> str:
        """Return *text* without the secrets, and without what looks like one."""
        shown = self.known(text)
        if "eyJ" in shown:
            shown = _WEB_TOKEN.sub(rf"\g<before>{HIDDEN}", shown)
        return _SHAPES.sub(_hidden, shown)

    def record(self, value: T) -> T:
        """Return *value* with all texts in it redacted that people may come to read."""
        together = "\n".join(_texts(value))
        if self.text(together) == together:  # nearly always: nothing has to be made anew
            return value
        cleaned: T = self._cleaned(value)
        return cleaned

    def _cleaned(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case BaseModel():
                fields = ((name, old, self._field(name, old)) for name, old in value)
                changed = {name: new for name, old, new in fields if new != old}
                return value.model_copy(update=changed) if changed else value
            case Mapping():
                return {key: self._cleaned(each) for key, each in value.items()}
            case tuple() | list():
                return type(value)(self._cleaned(each) for each in value)
            case _:
                return value

    def _field(self, name: str, value: Any) -> Any:
        return value if name in _KEPT else self._cleaned(value)


class KnownSecrets:
    """Every secret that this process holds; what was one stays one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = frozenset(secrets)
        self._sources: list[Callable[[], frozenset[str]]] = []
        self._seen: tuple[frozenset[str], ...] = ()
        self._redactor = Redactor(self._known)

    def watch(self, source: Callable[[], frozenset[str]]) -> None:
        """Know what *source* returns as well; it returns the same set until that changes."""
        self._sources.append(source)

    def learn(self, secret: str) -> None:
        """Know *secret* as well: a token that was fetched."""
        if secret and secret not in self._known:
            self._know(frozenset({secret}))

    @property
    def redactor(self) -> Redactor:
        """What hides everything that is known now."""
        seen = tuple(source() for source in self._sources)
        if len(seen) != len(self._seen) or any(
            new is not old for new, old in zip(seen, self._seen, strict=True)
        ):
            self._seen = seen
            self._know(frozenset().union(*seen))
        return self._redactor

    def _know(self, more: frozenset[str]) -> None:
        if not more <= self._known:
            self._known |= more
            self._redactor = Redactor(self._known)


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in *value* that people may come to read."""
    match value:
        case str():
            yield value
        case BaseModel():
            for name, each in value:
                if name not in _KEPT:
                    yield from _texts(each)
        case tuple() | list():
            for each in value:
                yield from _texts(each)
        case Mapping():
            for each in value.values():
                yield from _texts(each)
        case _:
            return


def _hidden(found: re.Match[str]) -> str:
    return f"{found['label'] or ''}{HIDDEN}"


def _hidden_forms(secret: str) -> Iterator[str]:
    """Yield what is hidden of *secret*: of a short one itself alone."""
    if len(secret) >= SHORTEST:
        yield from (form for form in _forms(secret) if len(form) >= SHORTEST)
    elif len(secret) >= SHORTEST_WORD and secret.strip() and secret != _OURS:
        yield secret


def _pattern(form: str) -> str:
    if len(form) >= SHORTEST:
        return re.escape(form)
    return rf"(?<![^\W_]){re.escape(form)}(?![^\W_])"


def _forms(secret: str) -> Iterator[str]:
    """Yield *secret* as it is, and as it stands in JSON, in addresses and forms, and in base64."""
    yield secret
    for is_ascii in (True, False):
        escaped = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        yield escaped
        yield json.dumps(escaped, ensure_ascii=is_ascii)[1:-1]  # JSON as a text in JSON
        yield escaped.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&"})  # Go's way
        yield escaped.replace("/", "\\/")  # as PHP and older Java write it
        yield _ESCAPE.sub(lambda found: found[0].upper().replace("U", "u", 1), escaped)
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")  # Go's way
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    for shift in range(3):
        yield from _in_base64(secret.encode(), shift)


def _in_base64(content: bytes, shift: int) -> Iterator[str]:
    """Yield what base64 has of *content*, where it begins so many bytes into a group of three."""
    bits = (shift + len(content)) * _BYTE
    first, last = -(-shift * _BYTE // _DIGIT), bits // _DIGIT
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(b"\0" * shift + content).decode()[first:last]
