"""The values of a release as people may read them: flat, with every secret masked."""

from collections.abc import Mapping

from bot.systems._helm.differences import flat
from bot.systems._helm.values import Values, masked


def readable(values: Values | None) -> Mapping[str, str] | None:
    """Return each value as text by its dotted path; None where the values are not known."""
    return None if values is None else flat(masked(values)) if values else {}
