"""When what a lost call started may have begun."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.system import SentStep

CLOCK_SKEW: Final = timedelta(seconds=60)  # how far the cloud's clock may be behind ours


def is_in_window(at: datetime, sent: SentStep) -> bool:
    """Whether what our call started may have begun at *at*."""
    return sent.permitted_at - CLOCK_SKEW <= at <= sent.permitted_at + sent.settle
