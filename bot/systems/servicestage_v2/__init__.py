"""The system `servicestage-v2`: a component's instance is what runs, and jobs change it."""

from typing import Final

from bot.systems.servicestage_v2.system import ServiceStageV2
from bot.systems.servicestage_v2.target import Instance

__all__ = ["SYSTEM", "Instance", "ServiceStageV2"]

SYSTEM: Final = ServiceStageV2()
