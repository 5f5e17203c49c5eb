"""A plan's digest: what an approval is given for."""

from typing import Any, Final

import pytest

from bot.core.codes.systems import Replicas, label
from bot.core.plan import Change, Observation, Plan, PlanDraft, PlannedStep
from bot.core.records import Parameters

BARE: Final = Plan(
    target="checkout",
    action="scale",
    parameters=Parameters(replicas=3),
    policy_version="1",
)
DRAFT: Final = PlanDraft(
    observed=Observation(revision="1.3.0", status="RUNNING", facts={"replicas": "2 of 2"}),
    steps=(PlannedStep(name="scale", parameters={"replica": 3}),),
    before=Replicas(replicas=2).reason,
    after=Replicas(replicas=3).reason,
    changes=(Change(name=label("replicas"), before="2", after="3"),),
)
OTHER: Final[dict[str, dict[str, Any]]] = {
    "before": {"before": Replicas(replicas=10).reason},
    "a setting as it was": {"changes": (Change(name=label("replicas"), before="10", after="3"),)},
    "another setting": {"changes": (*DRAFT.changes, Change(name="x", before="1", after="2"))},
    "the revision": {"observed": Observation(revision="1.4.0")},
    "the steps": {"steps": (PlannedStep(name="scale", parameters={"replica": 4}),)},
}
SAME: Final[dict[str, dict[str, Any]]] = {
    "ready copies": {
        "observed": Observation(revision="1.3.0", status="RUNNING", facts={"replicas": "1 of 2"})
    },
    "the newest job": {"observed": Observation(revision="1.3.0", last_task="JOB9")},
    "a detour": {"steps": (PlannedStep(name="precheck", is_detour=True), *DRAFT.steps)},
}


@pytest.mark.parametrize("change", OTHER.values(), ids=list(OTHER))
def test_what_people_read_as_before_is_approved(change: dict[str, Any]) -> None:
    """V2: all that a card shows as before makes another plan where it differs."""
    assert BARE.made(DRAFT.model_copy(update=change)).digest != BARE.made(DRAFT).digest


@pytest.mark.parametrize("change", SAME.values(), ids=list(SAME))
def test_what_fluctuates_by_itself_is_not_approved(change: dict[str, Any]) -> None:
    """V3: a plan that is made again over the same state is the same plan."""
    assert BARE.made(DRAFT.model_copy(update=change)).digest == BARE.made(DRAFT).digest


def test_what_was_before_stays_with_the_plan() -> None:
    """A plan that is kept and read again has the digest that was approved."""
    plan = BARE.made(DRAFT)
    assert Plan.model_validate_json(plan.model_dump_json()).digest == plan.digest


def test_what_was_before_has_its_names() -> None:
    """V2: the digest covers this form of it, so no later version may write it another way."""
    observed = BARE.made(DRAFT).observed
    assert observed is not None
    assert observed.before == (("", DRAFT.before), (DRAFT.changes[0].name, "2"))
