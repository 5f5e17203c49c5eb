"""What becomes of slipway.yaml is told in the channel of the audit."""

from collections.abc import Sequence
from typing import Final

from bot.catalogue import Catalogue
from bot.core.ports import Clock
from bot.core.records import OperationId
from bot.core.surfaces import Show, Subject
from bot.journal import Journal
from bot.readers import Readers
from bot.views.audit import broken, reloaded

_BROKEN: Final = "broken"
_SHOWN: Final = 20  # names of each kind in one message


class Announcements:
    """Tells of a change once, since the journal takes each content once."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def changed(self, before: Catalogue | None, after: Catalogue) -> None:
        """Tell that *after* is in force, and which open operations are decided by other rules."""
        channel = after.audit.channel or (before.audit.channel if before else None)
        if channel is None:
            return
        policies = changed_policies(before, after) if before else ()
        targets = moved_targets(before, after) if before else ()
        touched = self._touched(policies)
        locale = Readers(lambda: after).in_channel(channel)
        self._show(channel, reloaded(policies[:_SHOWN], targets[:_SHOWN], touched[:_SHOWN], locale))

    def broken(self, digest: str, faults: Sequence[str], in_force: Catalogue) -> None:
        """Tell, once, that the newest content has *faults*, and keep it in the audit."""
        now = self._clock()
        subject = Subject(kind="installation", id=f"configuration:{digest}")
        if not self._journal.notices.first(subject, _BROKEN, now):
            return
        self._journal.configurations.refuse(digest, faults, now)
        channel = in_force.audit.channel
        if channel is not None:
            locale = Readers(lambda: in_force).in_channel(channel)
            self._show(channel, broken(faults, locale))

    def _touched(self, policies: Sequence[str]) -> tuple[OperationId, ...]:
        """Return the open operations under *policies*."""
        found = [each.id for each in self._journal.operations.all_open()]
        known = self._journal.operations.load_many(found) if found else {}
        return tuple(each.id for each in known.values() if each.policy in policies)

    def _show(self, channel: str, text: str) -> None:
        subject = Subject(kind="installation", id="configuration")
        shown = Show(kind="notice", subject=subject, channel=channel, body={"text": text})
        self._journal.outbox.show(shown, at=self._clock())


def changed_policies(before: Catalogue, after: Catalogue) -> tuple[str, ...]:
    """Return the policies that say something else now, or are there in one of them alone."""
    old = {name: each.version for name, each in before.policies.items()}
    new = {name: each.version for name, each in after.policies.items()}
    return tuple(name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))


def moved_targets(before: Catalogue, after: Catalogue) -> tuple[str, ...]:
    """Return the targets that have another policy now, or came, or went."""
    old = {name: each.policy for name, each in before.targets.items()}
    new = {name: each.policy for name, each in after.targets.items()}
    return tuple(name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))
