"""What the audit keeps of a hook's delivery."""

from datetime import datetime

from bot.core.foreign import one_line
from bot.core.hooks import Deployable, Event, Hook
from bot.core.ports import AuditEntry
from bot.core.proposal import WORDS_MAX
from bot.core.records import HOOK, Json
from bot.core.secrecy import looks_secret
from bot.journal.audit_entries import compact


def entry_of(
    hook: Hook, event: Event, *, at: datetime, what: str, subject: str, why: str = ""
) -> AuditEntry:
    """Return what is kept: the key, the hash of what came, what it says of a version, and why."""
    told: dict[str, Json] = {"key": event.key, "body": event.body}
    if isinstance(event.says, Deployable):
        words = event.says.model_dump(exclude={"sources"}).items()
        told |= {name: foreign(each) for name, each in words if each}
        told["sources"] = [foreign(each) for each in event.says.sources]
    if why:
        told["code"] = why
    return AuditEntry(
        at=at, who=f"{HOOK}{hook.name}", what=what, subject=subject, detail=compact(told)
    )


def foreign(words: str) -> str:
    """Return what a sender says beside it; nothing where that looks like a secret.

    What is long is cut before it is looked at: a body may be a megabyte of one note.
    """
    kept = one_line(words)
    return "" if looks_secret(kept) else one_line(kept, WORDS_MAX)
