"""ServiceStage v3: what slipway.yaml says of a component."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.systems.servicestage_v3 import Component
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.servicestage_v3.cases import SYSTEM

BAD_TARGETS: Final[dict[str, dict[str, Any]]] = {
    "no mark": {"source_url": "swr.example/shop:1"},
    "two marks": {"source_url": "{version}/{version}"},
    "other braces": {"source_url": "{x}{version}"},
    "a blank": {"source_url": "a b:{version}"},
    "no uuid": {"application_id": "../x"},
    "nothing to find it by": {"component_id": None, "create_body": None},
    "a bad name": {"create_body": {"name": "a b"}},
    "an empty template": {"create_body": {}},
    "a template without a name": {"create_body": {"name": None}},
    "a name that is a number": {"create_body": {"name": 2048}},
    "a name that is a list": {"create_body": {"name": ["shop"]}},
    "an unknown key": {"comp_id": COMPONENT},
}


@pytest.mark.parametrize("changes", BAD_TARGETS.values(), ids=list(BAD_TARGETS))
def test_a_faulty_target_is_refused(changes: dict[str, Any]) -> None:
    """slipway.yaml is checked before anything is asked of the cloud."""
    with pytest.raises(ValidationError):
        Component.model_validate({**SYSTEM.spec.sample.target, **changes})
