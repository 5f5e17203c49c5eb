"""`hooks:` of slipway.yaml: who may propose what from outside, checked whole."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pydantic import Field, SecretStr, StringConstraints

from bot.catalogue.complaints import Faults
from bot.catalogue.document import Document, Path
from bot.catalogue.model import Channel, Strict
from bot.core.hooks import (
    MONITORS,
    SECRET_MAX,
    SECRET_MIN,
    Hook,
    HookKind,
    Then,
    is_standard,
    signs_time,
    standard_key,
)
from bot.core.names import is_name
from bot.core.policy import Policy
from bot.core.records import HOOK, TargetName
from bot.core.target import Target

CERTIFICATES_MAX: Final = 2
Source = Annotated[str, StringConstraints(min_length=1, max_length=300)]  # a sender's own name

Topic = Annotated[str, StringConstraints(pattern=r"^urn:smn:[^\s]{1,300}$")]


class HookEntry(Strict):
    """One hook as it is written."""

    kind: HookKind
    secrets: list[str] = Field(min_length=1, max_length=2)
    targets: list[TargetName] = Field(min_length=1)
    map: dict[Source, TargetName] = Field(default_factory=dict)
    channel: Channel | None = None
    then: Then = "propose"
    certificate: str | None = None
    topics: list[Topic] = Field(default_factory=list)


_KEYS: Final = tuple(HookEntry.model_fields)


def hooks_of(
    section: Mapping[str, dict[str, Any]],
    targets: Mapping[str, Target],
    policies: Mapping[str, Policy],
    faults: Faults,
) -> dict[str, Hook]:
    """Return the hooks of a section whose names are right; note every fault."""
    _check_requesters(section, policies, faults)
    built: dict[str, Hook] = {}
    for name, raw in section.items():
        path = ("hooks", name)
        entry = faults.checked(path, partial(HookEntry.model_validate, raw), _KEYS)
        if entry is None:
            continue
        _check_secrets(entry, path, faults)
        _check_targets(entry, targets, path, faults)
        _check_certificate(entry, path, faults)
        hook = _hook(name, entry)
        if hook.then == "request":
            _check_right(hook, targets, policies, faults)
        if hook.then == "open" and hook.kind not in MONITORS:
            faults.add((*path, "then"), f"{hook.kind} sends no alerts that could open anything")
        built[name] = hook
    return built


def hook_secrets(hooks: Mapping[str, Hook]) -> Iterator[str]:
    """Yield every secret of *hooks*."""
    for hook in hooks.values():
        for secret in hook.secrets:
            yield secret.get_secret_value()


def hook_warnings(hooks: Mapping[str, Hook], document: Document) -> Iterator[str]:
    """Warn of secrets that stand in the file itself."""
    for name, hook in hooks.items():
        for number in range(len(hook.secrets)):
            path = ("hooks", name, "secrets", str(number))
            if path not in document.filled:
                yield f"{document.place(path)}: a secret is written out; write ${{NAME}} instead"


def _check_secrets(entry: HookEntry, path: Path, faults: Faults) -> None:
    """Refuse what could be guessed, and what no sender could sign with."""
    for number, secret in enumerate(entry.secrets):
        place, is_key = (*path, "secrets", str(number)), is_standard(entry.kind, secret)
        if is_key and standard_key(secret) is None:
            size = f"{SECRET_MIN} to {SECRET_MAX} bytes"
            fault = f"wants whsec_ and {size} in base64, such as `openssl rand -base64 32` makes"
            faults.add(place, fault)
        elif not is_key and not _is_strong(secret):
            faults.add(place, f"wants {SECRET_MIN} printable characters of ASCII at least")
    if len(set(entry.secrets)) < len(entry.secrets):
        faults.add((*path, "secrets"), "the same secret is there twice")


def _is_strong(secret: str) -> bool:
    return len(secret) >= SECRET_MIN and secret.isascii() and secret.isprintable()


def _check_certificate(entry: HookEntry, path: Path, faults: Faults) -> None:
    """Want of SMN its certificate and topics, and of nobody else."""
    if entry.kind != "smn":
        for key in ("certificate", "topics"):
            if getattr(entry, key):
                faults.add((*path, key), "is of kind smn alone")
        return
    if not entry.topics:
        faults.add((*path, "topics"), "is missing: the URNs of the topics whose messages count")
    if not _can_sign(entry.certificate or ""):
        faults.add((*path, "certificate"), "wants SMN's certificate in PEM, as its pages print it")


def _can_sign(certificates: str) -> bool:
    """Return whether it is one certificate of RSA, or two while SMN replaces its own."""
    try:
        pinned = x509.load_pem_x509_certificates(certificates.encode())
    except ValueError:
        return False
    keys = [each.public_key() for each in pinned]
    return len(keys) <= CERTIFICATES_MAX and all(isinstance(key, RSAPublicKey) for key in keys)


def _check_targets(
    entry: HookEntry, targets: Mapping[str, Target], path: Path, faults: Faults
) -> None:
    """Want targets that are there, and a channel for what is proposed of each."""
    for number, name in enumerate(entry.targets):
        if name not in targets:
            faults.unknown((*path, "targets", str(number)), "target", name, targets)
        elif entry.channel is None and not _has_channel(targets[name]):
            faults.add((*path, "channel"), f"is missing, and the target {name!r} has none either")
    for source, name in entry.map.items():
        if name not in entry.targets:
            faults.add((*path, "map", source), f"leads to {name!r}, which its targets do not list")


def _has_channel(target: Target) -> bool:
    return target.channel is not None or bool(target.channel_name)


def _check_requesters(
    section: Mapping[str, Any], policies: Mapping[str, Policy], faults: Faults
) -> None:
    """Refuse a right that is given to a hook which is not there."""
    for name, policy in policies.items():
        for word in policy.request:
            hook = word.removeprefix(HOOK)
            if word.startswith(HOOK) and hook not in section:
                faults.unknown(("policies", name, "request"), "hook", hook, section)


def _check_right(
    hook: Hook,
    targets: Mapping[str, Target],
    policies: Mapping[str, Policy],
    faults: Faults,
) -> None:
    """Want what a hook needs to ask by itself: a time that is signed, and to be listed."""
    path: Path = ("hooks", hook.name, "then")
    if not signs_time(hook):
        what = "a token of gitlab" if hook.kind == "gitlab" else hook.kind
        faults.add(path, f"wants a sender that signs a time; {what} does not: propose")
    for name in hook.targets:
        target = targets.get(name)
        policy = policies.get(target.policy) if target else None
        if target is not None and (policy is None or f"{HOOK}{hook.name}" not in policy.request):
            fault = f"wants {HOOK}{hook.name} in `request` of the policy of {name!r}"
            faults.add(path, fault)


def _hook(name: str, entry: HookEntry) -> Hook:
    return Hook(
        name=name,
        kind=entry.kind,
        secrets=tuple(SecretStr(each) for each in entry.secrets),
        targets=tuple(entry.targets),
        map=entry.map,
        channel=None if is_name(entry.channel or "") else entry.channel,
        channel_name=entry.channel if entry.channel and is_name(entry.channel) else "",
        then=entry.then,
        certificate=entry.certificate or "",
        topics=tuple(entry.topics),
    )
