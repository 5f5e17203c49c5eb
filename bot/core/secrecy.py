"""Which words are secrets, by what they are called and by what they look like: none is recorded."""

import re
from typing import Final

from bot.core.keys import Key, parse_key

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
# What is said of a secret without telling it: a name of one, a length, a time that it holds.
_ABOUT: Final = frozenset(
    {
        *("name", "names", "ref", "refs", "reference", "path", "file", "files", "mount", "store"),
        *("ttl", "expiry", "expiration", "expires", "lifetime", "timeout", "interval", "period"),
        *("seconds", "minutes", "hours", "days", "rotation", "length", "size", "count", "policy"),
        *("type", "kind", "algorithm", "issuer", "audience", "provider", "class", "namespace"),
        *("enabled", "create", "annotations", "labels", "url", "uri", "endpoint", "version"),
    }
)
_HOLDING: Final = frozenset({"value", "values", "data", "stringdata", "plaintext", "literal"})
_SEVERAL: Final = frozenset({"secrets", "passwords", "tokens", "apikeys"})
_KEY: Final = (["key"], ["keys"])
_SWITCHES: Final = frozenset({"", "true", "false", "null"})
_SPLIT: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
# Possessive and begun nowhere but at the beginning of a word: foreign text may be a megabyte of
# one, and what is tried anew at each of its characters takes minutes.
_ASSIGNED: Final = re.compile(
    r"""(?<![\w.-])[\w.-]++(?=["']?\s*[:=]\s*["']?[^\s"',;])"""  # the name alone
)
_NAMED: Final = re.compile(
    r"(?i)passw(?:or)?d|passphrase|secret|token|credential|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|\bpwd"
)
_DOTTED: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?=\.[A-Za-z0-9_-]{8})")
_SIGNED: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{8}")  # a signed web token, up to its first dot
_SHAPED: Final = re.compile(
    r"-----BEGIN|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/=._-]{8,})"
    r"|\bgh[a-z]_[A-Za-z0-9]{20,}|\bgithub_pat_|\bglpat-|\bsk-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}"
    r"|hooks\.slack\.com/services/|\$(?:2[aby]|apr1|5|6)\$"
)
_TOKEN: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}"  # Slack's tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|-----BEGIN[ A-Z]*PRIVATE KEY"
    r"|://[^/\s:@]*:[^/\s@]+@"  # user:password in an address
)


def holds_secret(text: str) -> bool:
    """Return whether *text* holds what looks like a secret, which must not be recorded."""
    return bool(_TOKEN.search(text))


def is_secret(path: str, value: str) -> bool:
    """Return whether *value* at the dotted *path* is called like a secret, or looks like one.

    A switch is none, whatever it is called: `automountServiceAccountToken=false`.
    """
    if value.lower() in _SWITCHES:
        return False
    try:
        key = parse_key(path)
    except ValueError:
        key = tuple(path.split("."))
    return names_secret(key) or looks_secret(value)


def names_secret(key: Key) -> bool:
    """Return whether *key* leads to a secret by the last name in it.

    What stands above counts where the last name says nothing: `api.key`, `token.value`, or one of
    several such as `passwords.root`. What a secret is told by, such as `existingSecret`, is none.
    """
    names = [part for part in key if isinstance(part, str)]
    if not names:
        return False
    last, above = names[-1], names[:-1]
    words = _words(last)
    if not words or _is_about(words):
        return False
    if above and words[0] in _HOLDING and len(words) == 1:
        return names_secret(tuple(above))
    if above and _together(above[-1]) in _SEVERAL:
        return True
    return _is_called_secret(above[-1] + last if above and words in _KEY else last, words)


def is_below_secret(key: Key) -> bool:
    """Return whether a name above the last one in *key* names a secret, and nothing tells more.

    Whoever types it names it, so it may be typed; what slipway.yaml has there is not shown.
    """
    names = [part for part in key if isinstance(part, str)]
    if len(names) < 2 or _is_about(_words(names[-1])):  # noqa: PLR2004 - one above the last
        return False
    return any(names_secret(tuple(names[:end])) for end in range(1, len(names)))


def _is_called_secret(name: str, words: list[str]) -> bool:
    together = _together(name)
    return any(word in together for word in _WORDS) or any(word in _WHOLE for word in words)


def _is_about(words: list[str]) -> bool:
    """Whether the name is that of something about a secret: `secretName`, `tokenTTL`."""
    is_pulled = "pull" in words and words[-1] in {"secret", "secrets"}
    is_told = bool(words) and words[-1] in _ABOUT and "webhook" not in words
    return is_told or is_pulled or "existing" in words


def _words(name: str) -> list[str]:
    return [word.lower() for word in _SPLIT.split(name) if word]


def _together(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def looks_secret(text: str) -> bool:
    """Return whether *text* looks like a secret, or like what is shown instead of one."""
    is_shaped = bool(_SHAPED.search(text)) or _is_assigned(text) or _is_signed(text)
    return MASK in text or holds_secret(text) or is_shaped


def _is_assigned(text: str) -> bool:
    """Whether something that is called like a secret is given a value in *text*."""
    return any(_NAMED.search(found[0]) for found in _ASSIGNED.finditer(text))


def _is_signed(text: str) -> bool:
    return any(_SIGNED.search(found[0]) for found in _DOTTED.finditer(text))
