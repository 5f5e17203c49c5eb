"""ServiceStage v2: what slipway.yaml says of an instance."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.examples import (
    COMPONENT_BODY,
    INSTANCE_BODY,
)

BODY: Final = {"component": COMPONENT_BODY, "instance": INSTANCE_BODY}


BAD_TARGETS: Final[dict[str, dict[str, Any]]] = {
    "no artifacts": {"artifacts": {}},
    "no mark": {"artifacts": {"a": "swr.example/shop:1"}},
    "other braces": {"artifacts": {"a": "{x}{version}"}},
    "a blank": {"artifacts": {"a": "a b:{version}"}},
    "a password": {"artifacts": {"a": "https://u:pass@x/{version}"}},
    "no container": {"artifacts": {"": "x:{version}"}},
    "no uuid": {"application_id": "../x"},
    "nothing to find it by": {"instance_id": None, "create_body": None},
    "nothing to find its component by": {"component_id": None, "create_body": None},
    "half a template": {"create_body": {"component": COMPONENT_BODY}},
    "more than a template": {"create_body": {**BODY, "more": {}}},
    "a nameless component": {"create_body": {**BODY, "component": {}}},
    "a bad name": {"create_body": {**BODY, "instance": {**INSTANCE_BODY, "name": "Upper"}}},
    "a body that is none": {"create_body": {**BODY, "instance": "x"}},
    "an unknown key": {"source_url": "x:{version}"},
}


@pytest.mark.parametrize("changes", BAD_TARGETS.values(), ids=list(BAD_TARGETS))
def test_a_faulty_target_is_refused(changes: dict[str, Any]) -> None:
    """slipway.yaml is checked before anything is asked of the cloud."""
    with pytest.raises(ValidationError):
        Instance.model_validate({**ServiceStageV2.spec.sample.target, **changes})


def test_one_of_several_artifacts_may_stay() -> None:
    """A container whose image has a fixed tag goes without {version}; a package may have two."""
    given = {"a": "x/a:fixed", "b": "x/{version}/b-{version}.jar"}
    target = Instance.model_validate({**ServiceStageV2.spec.sample.target, "artifacts": given})
    assert target.addresses("2") == {"a": "x/a:fixed", "b": "x/2/b-2.jar"}
