"""Helm's engine, as far as a release's records show it: v3.4.1, which kubeserver is built with.

Source: https://github.com/helm/helm/tree/v3.4.1/pkg/action
"""

from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.clouds.http.wire import JsonObject

IN_PROGRESS: Final = "another operation (install/upgrade/rollback) is in progress"
NOT_FOUND: Final = "release: not found"
_PENDING: Final = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})


class HelmError(Exception):
    """Helm declines, in its own words."""


@dataclass
class Revision:
    """One record of a release."""

    number: int
    status: str
    chart: str
    version: str
    values: JsonObject
    description: str
    updated: float


@dataclass
class Change:
    """An upgrade, rollback or installation under way; *failure* is why it will fail."""

    revision: Revision
    done: str  # what is said of it once it is done
    broken: str  # what is said of it once it has failed, before the reason
    superseded: tuple[Revision, ...]  # once it is done
    superseded_by_failure: tuple[Revision, ...] = ()
    failure: str = ""
    has_ended: bool = False

    def end(self, now: float) -> None:
        """Bring it to its end, once."""
        if self.has_ended:
            return
        self.has_ended = True
        self.revision.updated = now
        if self.failure:
            self.revision.status = "failed"
            self.revision.description = f"{self.broken} failed: {self.failure}"
        else:
            self.revision.status = "deployed"
            self.revision.description = self.done
        for each in self.superseded_by_failure if self.failure else self.superseded:
            each.status = "superseded"


@dataclass
class Records:
    """All revisions of one release, in the order in which they were made."""

    name: str
    revisions: list[Revision] = field(default_factory=list)

    @property
    def last(self) -> Revision | None:
        """The newest revision."""
        return max(self.revisions, key=lambda each: each.number, default=None)

    @property
    def first_deployed(self) -> float:
        """When the release was installed."""
        return min(self.revisions, key=lambda each: each.number).updated

    def begin_install(
        self, chart: str, version: str, values: JsonObject, now: float, *, failure: str = ""
    ) -> Change:
        """Begin the installation.

        Raises:
            HelmError: the name is in use.
        """
        if self.last is not None:
            text = "cannot re-use a name that is still in use"
            raise HelmError(text)
        new = Revision(
            1, "pending-install", chart, version, values, "Initial install underway", now
        )
        self.revisions.append(new)
        return Change(new, "Install complete", f'Release "{self.name}"', (), failure=failure)

    def begin_upgrade(
        self, chart: str, version: str, values: JsonObject | None, now: float, *, failure: str = ""
    ) -> Change:
        """Begin an upgrade; without *values* those of its base are kept, else they are replaced.

        Raises:
            HelmError: something is pending, or there is nothing to begin with.
        """
        last = self.last
        if last is not None and last.status in _PENDING:
            raise HelmError(IN_PROGRESS)
        base = self._base()
        if last is None or base is None:
            text = f'"{self.name}" has no deployed releases'
            raise HelmError(text)
        new = Revision(
            number=last.number + 1,
            status="pending-upgrade",
            chart=chart,
            version=version,
            values=base.values if values is None else values,
            description="Preparing upgrade",
            updated=now,
        )
        self.revisions.append(new)
        broken = f'Upgrade "{self.name}"'
        return Change(new, "Upgrade complete", broken, (base,), failure=failure)

    def begin_rollback(self, number: int, now: float, *, failure: str = "") -> Change:
        """Begin the way back to a revision; 0 is the one before the last. Nothing is in its way.

        Raises:
            HelmError: there is no such revision.
        """
        if number < 0:
            text = "invalid release revision"
            raise HelmError(text)
        last = self.last
        wanted = number or (0 if last is None else last.number - 1)
        to = next((each for each in self.revisions if each.number == wanted), None)
        if last is None or to is None:
            raise HelmError(NOT_FOUND)
        text = f"Rollback to {wanted}"
        deployed = tuple(each for each in self.revisions if each.status == "deployed")
        new = Revision(
            number=last.number + 1,
            status="pending-rollback",
            chart=to.chart,
            version=to.version,
            values=to.values,
            description=text,
            updated=now,
        )
        self.revisions.append(new)
        broken = f'Rollback "{self.name}"'
        return Change(new, text, broken, deployed, (last,), failure=failure)

    def by_key(self) -> list[Revision]:
        """Return the revisions by their keys, from the end: 9, 8, … 2, 12, 11, 10, 1."""
        return sorted(self.revisions, key=lambda each: f"v{each.number}", reverse=True)

    def _base(self) -> Revision | None:
        newest = sorted(self.revisions, key=lambda each: each.number, reverse=True)
        deployed = next((each for each in newest if each.status == "deployed"), None)
        if deployed is not None or not newest:
            return deployed
        return newest[0] if newest[0].status in {"failed", "superseded"} else None
