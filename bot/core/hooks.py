"""Hooks: events from outside, as slipway.yaml lets them in and as their formats are read."""

import base64
import binascii
from typing import Final, Literal, TypeAlias

from pydantic import Field, SecretStr

from bot.core.records import (
    ChannelId,
    IncidentId,
    Moment,
    OperationId,
    ProposalId,
    Record,
    TargetName,
)

HookKind: TypeAlias = Literal[
    "standard",
    "github",
    "gitlab",
    "harbor",
    "cloudevents",
    "alertmanager",
    "grafana",
    "pagerduty",
    "smn",
]
Then: TypeAlias = Literal["propose", "request", "open"]
MONITORS: Final[frozenset[HookKind]] = frozenset(
    {"standard", "cloudevents", "alertmanager", "grafana", "pagerduty", "smn"}
)  # kinds that send alerts
# Why what is authentic leads to nothing; the sender reads the code, people read docs/hooks.md.
Unwanted: TypeAlias = Literal[
    "unreadable",  # no strict JSON, or not of the sender's shape
    "unwanted_event",  # of a kind that proposes nothing
    "not_mapped",  # nothing that this hook may name
    "bad_version",  # a name that no version has
    "moving_tag",  # it means something else tomorrow
    "told",  # people have to do something about it, and were told
]
ALERTS_MAX: Final = 200  # of one delivery that are written down; the rest when it is repeated
SECRET_MIN: Final = 24  # bytes
SECRET_MAX: Final = 64  # bytes of a key in base64
_PREFIX: Final = "whsec_"


class Hook(Record):
    """A sender, by its name in the path: how it proves who it is, and what it may name."""

    name: str
    kind: HookKind
    secrets: tuple[SecretStr, ...] = Field(repr=False)  # two while one is being replaced
    targets: tuple[TargetName, ...]
    map: dict[str, TargetName] = Field(default_factory=dict)  # what the sender calls a target
    channel: ChannelId | None = None  # None: the target's
    channel_name: str = ""  # where slipway.yaml has a name instead
    then: Then = "propose"
    certificate: str = ""  # PEM: of a sender that signs with one; two while it is replaced
    topics: tuple[str, ...] = ()  # of SMN: whose messages count

    def target_of(self, sources: tuple[str, ...]) -> TargetName | None:
        """Return which target the first of *sources* names that names one that is listed."""
        named = (self.map.get(each, each) for each in sources)
        return next((each for each in named if each in self.targets), None)


class Deployable(Record):
    """An event says that a version can be deployed; all of it is the sender's claim."""

    sources: tuple[str, ...]  # a repository by its names, a project, or a target's own name
    version: str
    digest: str = ""  # of the image
    note: str = ""  # foreign words
    by: str = ""  # who caused it, as the sender calls them


class Alert(Record):
    """Something that a monitor sees, or sees no more; all of it is the sender's claim."""

    key: str  # the same as long as it is the same fault
    is_firing: bool
    title: str  # foreign words
    severity: Literal[1, 2, 3, 4] = 3
    sources: tuple[str, ...] = ()  # labels, of which one may name a target
    since: Moment | None = None  # when it began, where that can be read


class Alerts(Record):
    """What a monitor says in one delivery."""

    changes: tuple[Alert, ...]


class Confirmation(Record):
    """A sender wants a person to open an address before it sends anything; we never do."""

    topic: str
    url: str


class Nothing(Record):
    """An authentic event leads to nothing, and why."""

    ignored: Unwanted


class Event(Record):
    """What a sender's request says, once it was verified."""

    key: str  # what makes two deliveries the same
    says: Deployable | Alerts | Confirmation | Nothing
    body: str = ""  # SHA-256 of the raw bytes: what the audit keeps of them


class Answer(Record):
    """What the sender is told: what became of the event, or why nothing did."""

    id: ProposalId | OperationId | IncidentId | None = None
    ignored: str | None = None  # a code: `Unwanted`, or that of the rule which refused a request
    is_new: bool = False  # it was recorded right now


def may_stay(version: str) -> bool:
    """Return whether a tag may name the same tomorrow: `latest`, `main` and others do not."""
    return any(char.isdigit() for char in version)


def standard_key(secret: str) -> bytes | None:
    """Return the key in a secret as Standard Webhooks writes it; None: it is written otherwise.

    Source: https://github.com/standard-webhooks/standard-webhooks (spec, signature scheme)
    """
    written = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if SECRET_MIN <= len(key) <= SECRET_MAX else None


def is_standard(kind: HookKind, secret: str) -> bool:
    """Return whether a sender of *kind* signs with *secret* as Standard Webhooks says."""
    return kind == "standard" or (kind == "gitlab" and secret.startswith(_PREFIX))


def signs_time(hook: Hook) -> bool:
    """Return whether what *hook* sends is proven to be new, whichever of its secrets it uses."""
    if hook.kind == "smn":
        return True
    return all(is_standard(hook.kind, each.get_secret_value()) for each in hook.secrets)
