"""What `slipway doctor` says of hooks: when each last delivered something."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final

from bot.catalogue import Catalogue
from bot.cli.findings import Finding
from bot.core.errors import SlipwayError
from bot.core.records import Moment
from bot.journal import journal_on, open_engine
from bot.settings import Settings
from bot.views.words import duration

_LOOK: Final = (
    "a ping, and what proposes nothing, is not kept; else compare address and secret with the "
    "sender's: see slipway_hook_requests_total"
)


def hooks(settings: Settings, catalogue: Catalogue, present: datetime) -> Iterator[Finding]:
    """Say of each hook when it last delivered: a wrong secret shows here as silence."""
    if not catalogue.hooks:
        return
    delivered: dict[str, Moment] = {}
    with suppress(SlipwayError):  # said already
        delivered = _delivered(settings)
    for name in catalogue.hooks:
        at = delivered.get(name)
        if at is None:
            yield Finding(f"hook {name}", "ok", "has delivered nothing yet", _LOOK)
        else:
            yield Finding(f"hook {name}", "ok", f"last delivered {duration(present - at)} ago")


def _delivered(settings: Settings) -> dict[str, Moment]:
    engine = open_engine(settings.database_url)
    try:
        return journal_on(engine).proposals.last_delivered()
    finally:
        engine.dispose()
