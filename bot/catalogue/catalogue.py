"""What slipway.yaml comes to: what may be changed, where, and by whom."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, Self, TypeVar

from pydantic import Field, SerializeAsAny

from bot.catalogue.model import RETENTION, Age, AuditSection, IncidentsSection
from bot.catalogue.naming import listed, with_ids, words_of
from bot.core.connection import Connection
from bot.core.hooks import Hook
from bot.core.languages import Language
from bot.core.names import is_name
from bot.core.policy import ANYONE, NO_POLICY, Policy
from bot.core.records import HOOK, Record
from bot.core.target import Target

T = TypeVar("T", Target, Hook)
_NOBODYS: Final = Policy(name=NO_POLICY)


class Catalogue(Record):
    """What may be changed, where, and by whom."""

    prefix: str = ""
    audit: AuditSection = AuditSection()
    incidents: IncidentsSection = IncidentsSection()
    aliases: tuple[frozenset[str], ...] = ()  # accounts of one person each
    retention: Age = RETENTION
    connections: dict[str, SerializeAsAny[Connection]] = Field(default_factory=dict)
    targets: dict[str, Target] = Field(default_factory=dict)
    policies: dict[str, Policy] = Field(default_factory=dict)
    hooks: dict[str, Hook] = Field(default_factory=dict)
    language: Language = "en"  # of what a channel sees
    languages: dict[str, Language] = Field(default_factory=dict)  # of channels that differ
    admins: tuple[str, ...] = ()  # who may freeze all, halt and resume
    # Where each policy, target and the admins stand, by name: {"policies.prod": {…: 57}}.
    lines: dict[str, dict[str, int]] = Field(default_factory=dict, exclude=True, repr=False)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what `config check` says besides
    secrets: frozenset[str] = Field(default=frozenset(), exclude=True, repr=False)

    named: dict[str, tuple[str, ...]] = Field(default_factory=dict, exclude=True)  # with places
    names: dict[str, str | None] = Field(
        default_factory=dict
    )  # what they stand for, as far as known

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The user groups that are named, with the places that name them."""
        places = {f"policies.{name}": each.groups for name, each in self.policies.items()}
        section = self.incidents
        places["incidents.invite"] = frozenset(each for each in section.invite if each[:1] == "S")
        places["incidents.open"] = frozenset(each for each in section.open if each[:1] == "S")
        places["admins"] = frozenset(each for each in self.admins if each.startswith("S"))
        named: dict[str, tuple[str, ...]] = {}
        for place, groups in places.items():
            for group in sorted(groups):
                named[group] = (*named.get(group, ()), place)
        return named

    def find(self, word: str) -> Target | None:
        """Return the target of this name or alias."""
        if word in self.targets:
            return self.targets[word]
        return next((each for each in self.targets.values() if word in each.aliases), None)

    def without(self, policies: AbstractSet[str]) -> Self:
        """Return this without the targets under *policies*."""
        if not policies:
            return self
        left = {name: each for name, each in self.targets.items() if each.policy not in policies}
        return self.model_copy(update={"targets": left})

    def known_as(self, ids: Mapping[str, str]) -> Self:
        """Return this with ids in place of the names that *ids* knows; the others are nobody."""
        if not self.named:
            return self
        admins = tuple(ids.get(each, each) for each in self.admins)
        policies = {name: with_ids(each, ids) for name, each in self.policies.items()}
        channel = self.audit.channel or ""
        place = ids.get(channel) if is_name(channel) else self.audit.channel
        return self.model_copy(
            update={
                "admins": admins,
                "policies": policies,
                "targets": {name: _with_channel(each, ids) for name, each in self.targets.items()},
                "languages": {ids.get(at, at): each for at, each in self.languages.items()},
                "incidents": _incidents(self.incidents, ids),
                "hooks": {name: _with_channel(each, ids) for name, each in self.hooks.items()},
                "audit": self.audit.model_copy(update={"channel": place}),
                "names": {name: ids.get(name) for name in self.named},
            }
        )

    def language_in(self, channel: str) -> Language:
        """Return what is spoken in *channel*."""
        return self.languages.get(channel, self.language)

    def placed(self, place: str) -> str:
        """Return *place* with its line: "policies.prod.approve, slipway.yaml:57"."""
        above, _, _ = place.rpartition(".")
        known = {**self.lines.get(above, {}), **self.lines.get(place, {})}
        line = known.get(place) or known.get(above)
        return f"{place}, slipway.yaml:{line}" if line else place

    @property
    def slack_words(self) -> dict[str, tuple[str, ...]]:
        """Channels, groups and people by their names or ids, each with the places that have it."""
        found = listed(_slack_words(self))
        return {word: at for word, at in found.items() if word != ANYONE}

    @property
    def unknown(self) -> dict[str, tuple[str, ...]]:
        """The names that stand for nobody, with the places that have them."""
        return {name: at for name, at in self.named.items() if self.names.get(name) is None}

    @property
    def words(self) -> tuple[str, ...]:
        """Every name and alias."""
        aliases = (alias for target in self.targets.values() for alias in target.aliases)
        return (*self.targets, *aliases)

    def policy_of(self, target: Target) -> Policy:
        """Return the target's rules; without any, nobody may do anything."""
        return self.policies.get(target.policy, _NOBODYS)


def _incidents(section: IncidentsSection, ids: Mapping[str, str]) -> IncidentsSection:
    channel = section.announce or ""
    changed = {
        "invite": [ids.get(each, each) for each in section.invite],
        "open": [ids.get(each, each) for each in section.open],
        "announce": ids.get(channel) if is_name(channel) else section.announce,
    }
    return section.model_copy(update=changed)


def _with_channel(record: T, ids: Mapping[str, str]) -> T:
    channel = ids.get(record.channel_name)
    return record.model_copy(update={"channel": channel}) if channel else record


def _slack_words(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield from ((word, "admins") for word in catalogue.admins)
    if catalogue.audit.channel is not None:
        yield catalogue.audit.channel, "audit.channel"
    section = catalogue.incidents
    yield from ((word, "incidents.invite") for word in section.invite)
    openers = (word for word in section.open if not word.startswith(HOOK))
    yield from ((word, "incidents.open") for word in openers)
    if section.announce is not None:
        yield section.announce, "incidents.announce"
    yield from ((word, f"channels.{word}") for word in catalogue.languages)
    for name, policy in catalogue.policies.items():
        words = words_of(policy, f"policies.{name}")
        yield from ((word, place) for word, place in words if not word.startswith(HOOK))
    for name, target in catalogue.targets.items():
        if word := target.channel_name or target.channel:
            yield word, f"targets.{name}.channel"
    for name, hook in catalogue.hooks.items():
        if word := hook.channel_name or hook.channel:
            yield word, f"hooks.{name}.channel"
