"""The head of the audit leaves the journal, signed: to a file, to a channel, once a day."""

import logging
import os
from pathlib import Path
from typing import Final

from bot.app.resources import Resources
from bot.catalogue import AuditSection
from bot.core.errors import ConfigurationError
from bot.core.ports import AuditEntry
from bot.core.records import SLIPWAY, Moment
from bot.core.surfaces import Show, Subject
from bot.journal import Journal
from bot.journal.audit_anchors import Anchor, AuditKey, read_key
from bot.journal.audit_entries import canonical
from bot.readers import Readers
from bot.redis.flags import Flags
from bot.settings import Settings
from bot.views.audit import anchored
from bot.views.words import Locale

log: Final = logging.getLogger("slipway.audit")

AGAIN: Final = 600.0  # seconds, where it could not be done
NO_KEY: Final = "audit: nothing is anchored, since SLIPWAY_AUDIT_KEY is not set"
_ANCHORED: Final = "anchored"


def audit_key(settings: Settings) -> AuditKey | None:
    """Return the key that signs; None: none is given.

    Raises:
        ConfigurationError: what is given is no key, or cannot be read.
    """
    if settings.slipway_audit_key is not None:
        return read_key(settings.slipway_audit_key.get_secret_value(), "SLIPWAY_AUDIT_KEY")
    path = settings.slipway_audit_key_file
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"SLIPWAY_AUDIT_KEY_FILE: {path} cannot be read"]) from error
    return read_key(text, "SLIPWAY_AUDIT_KEY_FILE")


def anchor(
    journal: Journal, key: AuditKey, places: AuditSection, *, locale: Locale, now: Moment
) -> Anchor | None:
    """Seal the audit, sign its head, and bring it to *places*; None: there is no record.

    Raises:
        ConfigurationError: the file cannot be written.
        JournalUnavailableError: the journal cannot be had.
    """
    journal.audit.seal()
    head = journal.audit.head()
    if head.sequence == 0:
        return None
    made = key.anchor(head, now.isoformat(timespec="seconds").replace("+00:00", "Z"))
    if places.file is not None:
        _append(Path(places.file), made.line)
    if places.channel is not None:
        journal.outbox.show(_shown(made, places.channel, now, locale), at=now)
    kept = canonical({"hash": made.hash, "key": made.key})
    entry = AuditEntry(
        at=now, who=SLIPWAY, what="audit_anchored", subject=str(made.sequence), detail=kept
    )
    journal.audit.add(entry)
    return made


def anchor_daily(parts: Resources, key: AuditKey | None, flags: Flags) -> None:
    """Anchor where nobody did today; where it cannot be done, that is an error of the log.

    Several hosts may do it at the same moment: two anchors of a day harm nobody.
    """
    places, now = parts.catalogue.present.audit, parts.clock()
    if key is None or not places.is_anywhere or not flags.first("audit:anchor", AGAIN):
        return
    today = Subject(kind="installation", id=f"audit:{now:%Y-%m-%d}")
    if parts.journal.notices.was_given(today, _ANCHORED):
        return
    locale = Readers(lambda: parts.catalogue.present).in_channel(places.channel or "")
    try:
        made = anchor(parts.journal, key, places, locale=locale, now=now)
    except ConfigurationError as error:
        log.error("audit.not_anchored", extra={"faults": list(error.faults)})  # noqa: TRY400 - the operator's
        return
    if made is not None:
        parts.journal.notices.first(today, _ANCHORED, now)
        log.info("audit.anchored", extra={"sequence": made.sequence, "hash": made.hash})


def _shown(made: Anchor, channel: str, now: Moment, locale: Locale) -> Show:
    text = anchored(now, made.sequence, made.line, locale)
    subject = Subject(kind="installation", id="audit")
    name = f"anchor:{made.sequence}:{made.at}"
    return Show(kind="notice", subject=subject, channel=channel, name=name, body={"text": text})


def _append(path: Path, line: str) -> None:
    """Add *line* to the file, on disk when this returns."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fault = f"audit.file: {path} cannot be written ({error.strerror})"
        raise ConfigurationError([fault]) from error
