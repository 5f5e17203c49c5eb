"""Which values are secrets: by what they are called, and by what they look like."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.core.commands import holds_secret
from bot.core.records import Json
from bot.systems._helm.keys import Key, key_text, parse_key

MASK: Final = "******"  # what CCE shows for a secret, and we do

_WORDS: Final = (
    *("password", "passwd", "passphrase", "passcode", "secret", "token", "credential"),
    *("apikey", "accesskey", "privatekey", "secretkey", "signingkey", "encryptionkey"),
    *("masterkey", "rootkey", "sshkey", "tlskey", "sharedkey", "accountkey", "storagekey"),
    *("licensekey", "licencekey", "authkey", "sessionkey", "clientkey", "serverkey", "cakey"),
    *("servicekey", "jwtkey", "hmackey", "aeskey", "rsakey", "kmskey", "saskey", "webhookurl"),
    *("connectionstring", "htpasswd", "kubeconfig", "dockerconfigjson", "basicauth"),
)
_WHOLE: Final = frozenset({"pass", "pwd", "pw", "psw", "dsn", "salt", "ak", "sk"})
_SPLIT: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_ASSIGNED: Final = re.compile(
    r"""(?i)(?:passw(?:or)?d|passphrase|secret|token|credential|api[_-]?key|access[_-]?key
      |private[_-]?key|\bpwd)[\w.-]*["']?\s*[:=]\s*["']?[^\s"',;]""",
    re.VERBOSE,
)
_SHAPED: Final = re.compile(
    r"-----BEGIN|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/=._-]{8,})"
    r"|\bgh[a-z]_[A-Za-z0-9]{20,}|\bgithub_pat_|\bglpat-|\bsk-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}"
    r"|hooks\.slack\.com/services/|://[^/\s@]*:[^/\s@]+@|\$(?:2[aby]|apr1|5|6)\$"
)
_NAMING: Final = ("name", "key")  # of a pair such as {name: DB_PASSWORD, value: …}


class Leaf(NamedTuple):
    """A value that holds no others (an empty map or list is one), and whether it is a secret."""

    key: Key
    value: Json
    is_secret: bool


def is_masked(value: Json) -> bool:
    """Return whether *value* is what an API shows instead of a secret."""
    return isinstance(value, str) and MASK in value


def is_secret(path: str, value: Json) -> bool:
    """Return whether *value* at the dotted *path* is called like a secret, or looks like one."""
    try:
        key = parse_key(path)
    except ValueError:
        key = tuple(path.split("."))
    return _is_secret(value, named=any(_names_secret(key[:end]) for end in range(1, len(key) + 1)))


def leaves(values: Mapping[str, Json]) -> Iterator[Leaf]:
    """Give every leaf of *values*; a pair of name and value is judged by that name."""
    return _leaves(dict(values), (), named=False)


def paths_of_masks(values: Mapping[str, Json]) -> frozenset[str]:
    """Return where *values* have a mask instead of a value."""
    return frozenset(key_text(leaf.key) for leaf in leaves(values) if is_masked(leaf.value))


def _leaves(value: Json, key: Key, *, named: bool) -> Iterator[Leaf]:
    if isinstance(value, dict) and value:
        pair = _is_secret_pair(value)
        for name, each in value.items():
            told = named or _names_secret((*key, name)) or (pair and name not in _NAMING)
            yield from _leaves(each, (*key, name), named=told)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _leaves(each, (*key, index), named=named)
    else:
        yield Leaf(key, value, _is_secret(value, named=named))


def _is_secret_pair(value: dict[str, Json]) -> bool:
    """Whether it is such a pair as environment variables are written in."""
    if "value" not in value:
        return False
    return any(isinstance(each, str) and _names_secret((each,)) for each in map(value.get, _NAMING))


def _is_secret(value: Json, *, named: bool) -> bool:
    if value is None or isinstance(value, bool | dict | list) or value == "":
        return False
    return named or is_masked(value) or _looks_secret(str(value))


def _looks_secret(text: str) -> bool:
    return holds_secret(text) or bool(_ASSIGNED.search(text) or _SHAPED.search(text))


def _names_secret(key: Key) -> bool:
    """Whether the last name of *key* is a secret's; a mere `key` counts with what is above it."""
    last = key[-1]
    if isinstance(last, int):
        return False
    words = [word.lower() for word in _SPLIT.split(last) if word]
    above = key[-2] if len(key) > 1 and words in (["key"], ["keys"]) else ""
    run_together = re.sub(r"[^a-z0-9]", "", f"{above}{last}".lower())
    return any(word in run_together for word in _WORDS) or any(word in _WHOLE for word in words)
