"""Anchors: the head of the audit, signed, to be kept where who writes to the journal cannot."""

import json
from base64 import b64decode, b64encode
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import ValidationError
from typing_extensions import override

from bot.core.errors import ConfigurationError
from bot.core.records import Json, Record
from bot.journal.audit_chain import Anchored, Head
from bot.journal.audit_entries import canonical

_NAME: Final = "ed25519:"  # what a public key begins with


class Anchor(Record):
    """A head that was signed; one line of JSON in the file of anchors."""

    at: str  # RFC 3339
    sequence: int
    hash: str
    key: str  # the public one: `ed25519:` and Base64
    signature: str  # Base64

    @property
    def line(self) -> str:
        """The anchor as it is kept."""
        return canonical(self.model_dump(mode="json"))

    @property
    def signed(self) -> bytes:
        """What the signature covers."""
        told: dict[str, Json] = self.model_dump(mode="json", exclude={"signature"})
        return canonical(told).encode()


class Checkpoint(Anchor):
    """A record that the chain begins after, since all up to it has left; no anchor says as much."""

    @property
    @override
    def signed(self) -> bytes:
        """What the signature covers: also what it is for."""
        told: dict[str, Json] = self.model_dump(mode="json", exclude={"signature"})
        return canonical({**told, "purpose": "checkpoint"}).encode()

    @property
    def head(self) -> Head:
        """What the first record follows."""
        return Head(self.sequence, self.hash)

    def fault(self, trusted: AbstractSet[str]) -> str:
        """Return what is wrong with it, or ""; of *trusted* keys, where any are known."""
        if not is_genuine(self):
            return f"the checkpoint at record {self.sequence}: the signature is wrong"
        if trusted and self.key not in trusted:
            return f"the checkpoint at record {self.sequence}: signed by another key, {self.key}"
        return ""


class AuditKey:
    """The key that signs heads; it shows itself to nobody."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public(self) -> str:
        """What anchors are verified by."""
        return _NAME + b64encode(self._private.public_key().public_bytes_raw()).decode()

    def anchor(self, head: Head, at: str) -> Anchor:
        """Sign *head*."""
        bare = Anchor(at=at, sequence=head.sequence, hash=head.hash, key=self.public, signature="")
        return bare.model_copy(update={"signature": self._sign(bare.signed)})

    def checkpoint(self, head: Head, at: str) -> Checkpoint:
        """Sign that the chain begins after *head*."""
        told = {"at": at, "sequence": head.sequence, "hash": head.hash, "key": self.public}
        bare = Checkpoint.model_validate({**told, "signature": ""})
        return bare.model_copy(update={"signature": self._sign(bare.signed)})

    def _sign(self, content: bytes) -> str:
        return b64encode(self._private.sign(content)).decode()


class ReadAnchors(NamedTuple):
    """What a file of anchors says, and what is wrong with it."""

    anchors: tuple[Anchored, ...]
    faults: tuple[str, ...]


def read_key(text: str, variable: str) -> AuditKey:
    """Read a private key in PEM, or the 32 bytes of one in Base64.

    Raises:
        ConfigurationError: it is neither, or no Ed25519 key; it names *variable*.
    """
    wants = f"{variable}: wants an Ed25519 key, as openssl genpkey -algorithm ed25519 writes it"
    try:
        private = _private(text.strip().replace("\\n", "\n"))
    except (ValueError, TypeError) as error:
        raise ConfigurationError([wants]) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError([wants])
    return AuditKey(private)


def _private(text: str) -> object:
    if text.startswith("-----"):
        return load_pem_private_key(text.encode(), password=None)
    return Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))


def read_anchors(text: str, trusted: AbstractSet[str]) -> ReadAnchors:
    """Read anchors, one a line, whatever stands around them; only those of *trusted* keys count."""
    faults: list[str] = []
    found: list[Anchored] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        fault, anchor = _read(line, trusted)
        if anchor is None:
            faults.append(f"anchors, line {number}: {fault}")
        else:
            found.append(Anchored(anchor.sequence, anchor.hash, anchor.at))
    if not found:
        faults.append("anchors: there is none that counts")
    return ReadAnchors(tuple(found), tuple(faults))


def _read(line: str, trusted: AbstractSet[str]) -> tuple[str, Anchor | None]:
    start, end = line.find("{"), line.rfind("}")
    try:
        anchor = Anchor.model_validate(json.loads(line[start : end + 1]))
    except (ValueError, ValidationError):
        return "it is no anchor", None
    if anchor.key not in trusted:
        return f"it is signed by another key, {anchor.key}", None
    if not is_genuine(anchor):
        return "the signature is wrong", None
    return "", anchor


def is_public(key: str) -> bool:
    """Whether *key* is a public key, as anchors name theirs."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(key.removeprefix(_NAME), validate=True))
    except ValueError:
        return False
    return key.startswith(_NAME)


def is_genuine(anchor: Anchor) -> bool:
    """Return whether the key that it names has signed it."""
    try:
        raw = b64decode(anchor.key.removeprefix(_NAME), validate=True)
        signature = b64decode(anchor.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, anchor.signed)
    except (InvalidSignature, ValueError):
        return False
    return True
