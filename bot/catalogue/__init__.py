"""The catalogue: `slipway.yaml` as connections, targets and policies; validated, reloadable."""

from bot.catalogue.build import is_free
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.model import AuditSection
from bot.catalogue.reading import load

__all__ = ["AuditSection", "Catalogue", "LiveCatalogue", "is_free", "load"]
