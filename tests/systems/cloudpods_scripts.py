"""Answers of Cloudpods as scripts, and what the flows make of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.flow import Call
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters, PastStep
from bot.core.system import SentStep, Work
from bot.systems.cloudpods_release import CloudpodsRelease, Release
from bot.systems.cloudpods_release.examples import RELEASE_ID
from tests.systems.scripts import Answer, run_by

SYSTEM: Final = CloudpodsRelease()
AT: Final = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
PLACE: Final[dict[str, Any]] = {
    "cluster": "test122",
    "namespace": "default",
    "release": "etcd-release",
    "chart": "bitnami-new/etcd",
}
ETCD: Final = Release.model_validate(PLACE)
ROW: Final[dict[str, Any]] = {
    "id": RELEASE_ID,
    "name": "etcd-release",
    "status": "deployed",
    "chart": "etcd",
    "chart_version": "8.11.1",
    "repo_id": "22e3d2e4-9230-4380-8a6f-a378fe730625",
    "created_at": "2026-11-21T12:00:01Z",
}
CHARTS: Final[dict[str, Any]] = {
    "charts": [{"name": "etcd", "version": each} for each in ("8.12.0", "8.11.2", "8.11.1")]
}


def target(**changes: Any) -> Release:
    """The target, with *changes* to what slipway.yaml says."""
    return Release.model_validate({**PLACE, **changes})


def listed(*rows: dict[str, Any]) -> Json:
    """The list's answer."""
    return {"releases": list(rows), "total": len(rows)}


def revision(
    number: int, status: str, version: str = "8.11.1", description: str = "Upgrade complete"
) -> dict[str, Any]:
    """A row of the history, made so many minutes after twelve."""
    updated = f"2026-11-21T12:{number:02}:00.123456789Z"
    chart = f"etcd-{version}"
    return {
        "revision": number,
        "status": status,
        "chart": chart,
        "description": description,
        "updated": updated,
    }


def wrapped(*rows: dict[str, Any]) -> Json:
    """The history's answer, as the API gives it."""
    return {"release": list(rows)}


INSTALLED: Final = revision(1, "deployed", description="Install complete")
UPGRADED: Final = (
    revision(2, "deployed", "8.11.2"),
    revision(1, "superseded", description="Install complete"),
)


def answers(**given: Answer) -> Any:
    """Answer by the last part of a call's path: list, history, show, charts, events, or the act."""

    def answer(call: Call) -> Answer:
        last = call.path.rsplit("/", 1)[-1]
        key = {"releases": "list", RELEASE_ID: "show"}.get(last, last)
        return given[key if not call.mutates else "act"]

    return answer


def prepared(action: Action, answer: Any, *, past: tuple[PastStep, ...] = (), **given: Any) -> Any:
    """What an action would do to the target that *given* names, else to etcd."""
    where = given.pop("target", ETCD)
    asked = Asked(action=action, parameters=Parameters(**given), past=past)
    return run_by(SYSTEM.prepare(where, asked), answer).result


def denied(action: Action, answer: Any, **given: Any) -> Denied:
    """Why an action cannot be done."""
    result = prepared(action, answer, **given)
    assert isinstance(result, Denied), result
    return result


def drafted(action: Action, answer: Any, **given: Any) -> PlanDraft:
    """The plan of an action."""
    result = prepared(action, answer, **given)
    assert isinstance(result, PlanDraft), result
    return result


STUCK: Final = (revision(3, "pending-upgrade", "8.12.0", "Preparing upgrade"), *UPGRADED)
FAILED: Final = (
    revision(3, "failed", "8.12.0", 'Upgrade "etcd-release" failed: 100% forbidden'),
    *UPGRADED,
)
BACK: Final = (
    revision(4, "deployed", "8.11.1", "Rollback to 1"),
    revision(3, "superseded", "8.12.0"),
    revision(2, "superseded", "8.11.2"),
    revision(1, "superseded", description="Install complete"),
)
FIRST_FAILED: Final = (revision(1, "failed", description='Release "x" failed: timed out'),)
FIRST_PENDING: Final = (revision(1, "pending-install", description="Initial install underway"),)


def a_work(name: str = "deploy", **parameters: Any) -> Work:
    """A step that was planned on revision 2."""
    known: dict[str, Any] = {
        "release_id": RELEASE_ID,
        "above": 2,
        "failure": "",
        "version": "8.12.0" if name == "deploy" else "8.11.1",
        "sends_values": False,
        **({"revision": 1} if name == "rollback" else {}),
    }
    return Work(step=PlannedStep(name=name, parameters={**known, **parameters}))


def sent(name: str = "deploy", minute: int = 3, **parameters: Any) -> SentStep:
    """A step whose answer was lost, sent so many minutes after twelve."""
    return SentStep(
        work=a_work(name, **parameters),
        observed=Observation(revision="2", status="deployed"),
        permitted_at=AT + timedelta(minutes=minute),
        settle=timedelta(minutes=15),
    )


def newest(status: str, description: str = "Upgrade complete", version: str = "8.12.0") -> Json:
    """A history with a third revision."""
    return wrapped(revision(3, status, version, description), *UPGRADED)
