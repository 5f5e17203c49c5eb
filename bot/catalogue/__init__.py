"""The catalogue: `slipway.yaml` as connections, targets and policies; validated, reloadable."""

from bot.catalogue.build import Catalogue
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.reading import load

__all__ = ["Catalogue", "LiveCatalogue", "load"]
