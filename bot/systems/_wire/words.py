"""Foreign words as they are said."""

from bot.core.codes import Reason
from bot.core.codes.systems import VendorSaid
from bot.systems._wire.text import plain


def verbatim(words: str) -> Reason:
    """Return the vendor's *words* as they are: a version, a status, a sentence."""
    return VendorSaid(words=plain(words)).reason
