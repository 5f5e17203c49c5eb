"""How slipway.yaml holds a release's values: whole, and never shown."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Secret

from bot.core.records import Json
from bot.systems._helm.limits import unfit
from bot.systems._helm.masks import paths_of_masks
from bot.systems._helm.values import Values


def _sendable(values: dict[str, Json]) -> dict[str, Json]:
    why = unfit(values)
    hidden = () if why else sorted(paths_of_masks(values))
    if hidden:
        why = f"the value of {hidden[0]} is ******, which is a mask and no value"
    if why:
        raise ValueError(why)
    return values


Whole: TypeAlias = Annotated[dict[str, Json], AfterValidator(_sendable)]
Hidden: TypeAlias = Secret[Whole]


def revealed(hidden: Secret[dict[str, Json]] | None) -> Values | None:
    """Return the values themselves, to be sent or masked; None where none are declared."""
    return None if hidden is None else dict(hidden.get_secret_value())
