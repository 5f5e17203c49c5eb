"""The catalogue: `slipway.yaml` as connections, targets and policies; validated, reloadable."""

from bot.catalogue.build import NO_POLICY, Catalogue
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.reading import load

__all__ = ["NO_POLICY", "Catalogue", "LiveCatalogue", "load"]
