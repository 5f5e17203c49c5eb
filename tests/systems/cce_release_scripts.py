"""A release of CCE by scripts: a target, what CCE shows of it, and questions about it."""

from datetime import UTC, datetime
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters
from bot.systems.cce_release import CceRelease, Release
from tests.systems.scripts import Answer, Driven, run

SYSTEM: Final = CceRelease()


NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


CLUSTER: Final = "a870253f-5dc7-11ee-bf71-0255ac100b03"


IDS: Final = {
    version: f"af4b699e-018c-11ec-b8b0-0255ac100b{number:02}"
    for number, version in enumerate(("1.0.0", "1.1.0", "1.2.0"))
}


PAGE: Final = f"/cce/cam/v3/clusters/{CLUSTER}/namespace/shop/releases/search"


def target(**given: Any) -> Release:
    """A release as slipway.yaml has it."""
    settings: dict[str, Any] = {
        "cluster_id": CLUSTER,
        "namespace": "shop",
        "release": "search",
        "chart": "search",
    }
    return Release.model_validate({**settings, **given})


SEARCH: Final = target()


def row(version: Any = 3, **given: Any) -> dict[str, Any]:
    """A release, or a revision, as CCE shows it."""
    return {
        "name": "search",
        "namespace": "shop",
        "chart_name": "search",
        "chart_version": "1.1.0",
        "status": "DEPLOYED",
        "description": "Upgrade complete",
        "status_description": "",
        "create_at": "2026-05-01T10:00:00+08:00",
        "update_at": "2026-05-06T15:08:09+08:00",
        "values": '{"replicas":2}',
        "version": version,
        **given,
    }


def chart(version: str, **given: Any) -> dict[str, Any]:
    """A version of a chart as CCE lists it."""
    return {"id": IDS[version], "name": "search", "version": version, **given}


CHARTS: Final[list[Json]] = [chart(version) for version in IDS]


HISTORY: Final[list[Json]] = [
    row(1, chart_version="1.0.0", status="SUPERSEDED"),
    row(3),
    row(2, status="SUPERSEDED", values='{"replicas":1}'),
]


def ask(
    action: Action, *answers: Answer, release: Release = SEARCH, past: Any = (), **given: Any
) -> Driven:
    """Drive `prepare`."""
    asked = Asked(action=action, parameters=Parameters(**given), past=past)
    return run(SYSTEM.prepare(release, asked), answers)


def drafted(driven: Driven) -> PlanDraft:
    """The plan, where one was made."""
    assert isinstance(driven.result, PlanDraft), driven.result
    return driven.result


def denied(driven: Driven) -> Denied:
    """The refusal, where there is one."""
    assert isinstance(driven.result, Denied), driven.result
    return driven.result


def step(name: str = "deploy", **parameters: Any) -> PlannedStep:
    """A planned step."""
    known: dict[str, Any] = {"present": 3, "chart_id": IDS["1.2.0"], "chart_name": "search"}
    rest: dict[str, Any] = {"chart_version": "1.2.0", "action": "upgrade", "sends_values": False}
    return PlannedStep(name=name, parameters={**known, **rest, **parameters})
