"""Which words are secrets, by what they are called and by what they look like: none is recorded."""

import re
from typing import Final

from bot.core.commands.keys import Key, parse_key

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
_SWITCHES: Final = frozenset({"", "true", "false", "null"})
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
    is_named = any(names_secret(key[:end]) for end in range(1, len(key) + 1))
    return is_named or looks_secret(value)


def names_secret(key: Key) -> bool:
    """Return whether the last name of *key* is a secret's; `key` counts with what is above it."""
    last = key[-1]
    if isinstance(last, int):
        return False
    words = [word.lower() for word in _SPLIT.split(last) if word]
    above = key[-2] if len(key) > 1 and words in (["key"], ["keys"]) else ""
    run_together = re.sub(r"[^a-z0-9]", "", f"{above}{last}".lower())
    return any(word in run_together for word in _WORDS) or any(word in _WHOLE for word in words)


def looks_secret(text: str) -> bool:
    """Return whether *text* looks like a secret, or like what is shown instead of one."""
    is_shaped = bool(_ASSIGNED.search(text) or _SHAPED.search(text))
    return MASK in text or holds_secret(text) or is_shaped
