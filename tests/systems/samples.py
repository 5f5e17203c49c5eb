"""A target and one question per action for each system, which its own examples answer."""

from typing import Final

from bot.core.records import Action, Asked, Json, Parameters
from bot.systems.servicestage_v3.examples import APPLICATION, COMPONENT, CREATE_BODY

TARGETS: Final[dict[str, dict[str, Json]]] = {
    "servicestage-v3": {
        "application_id": APPLICATION,
        "component_id": COMPONENT,
        "source_url": "swr.cn-north-7.myhuaweicloud.com/servicestage-demo/test_02:{version}",
        "create_body": CREATE_BODY,
    },
}
PARAMETERS: Final[dict[Action, Parameters]] = {
    "deploy": Parameters(version="2023.0717.17160"),
    "create": Parameters(version="2023.0712.09204"),
    "scale": Parameters(replicas=3),
}
REFUSED: Final = {("servicestage-v3", "start")}  # the component of the examples runs already


def asked(action: Action) -> Asked:
    """The question for *action*."""
    return Asked(action=action, parameters=PARAMETERS.get(action, Parameters()))
