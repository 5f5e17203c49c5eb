"""The system `servicestage-v3`: the component is the deployment, and jobs are its remote tasks."""

from typing import Final

from bot.systems.servicestage_v3.system import ServiceStageV3
from bot.systems.servicestage_v3.target import Component

__all__ = ["SYSTEM", "Component", "ServiceStageV3"]

SYSTEM: Final = ServiceStageV3()
