"""What people do to targets: together, the stories make every call that our flows can make.

A story is told to a place, and does not know who makes its calls.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlanDraft
from bot.core.records import Action
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import BILLING_INSTANCE_ID
from tests.peers.places import Place
from tests.peers.projects import BILLING, FLAKY

UNKNOWN: Final = Fault(
    kind="answer",
    match="GET */components/*",
    status=401,
    body={"error_msg": "The component does not exist.", "error_code": "SVCSTG.00100401"},
)
Story: TypeAlias = Callable[[Place], None]

LOST: Final = Fault(
    kind="answer",
    when="after",
    status=502,
    body={"error_msg": "Backend unavailable", "error_code": "APIGW.0201"},
)


def living(target: Any, versions: tuple[str, str]) -> Story:
    """Deploy twice, look at it from all sides, and go through the other actions."""

    def told(place: Place) -> None:
        for version in versions:
            assert isinstance(place.carry_out(target, "deploy", version=version), TaskSucceeded)
        for action in ("rollback", "stop", "start", "restart"):
            assert isinstance(place.carry_out(target, action), TaskSucceeded)
        assert isinstance(place.carry_out(target, "rollback", revision=versions[1]), TaskSucceeded)
        assert isinstance(place.carry_out(target, "scale", replicas=3), TaskSucceeded)
        read(place, target)

    return told


def coming(target: Any) -> Story:
    """Create it from a template, find it by name then, and deploy to it."""

    def told(place: Place) -> None:
        read(place, target)
        assert isinstance(place.prepare(target, "deploy", version="1.0.0"), Denied)
        assert isinstance(place.carry_out(target, "create", version="1.0.0"), TaskSucceeded)
        read(place, target)
        assert isinstance(place.prepare(target, "create", version="1.0.0"), Denied)
        assert isinstance(place.carry_out(target, "deploy", version="1.1.0"), TaskSucceeded)
        assert isinstance(place.carry_out(target, "delete"), TaskSucceeded)
        assert isinstance(place.prepare(target, "deploy", version="1.1.0"), Denied)

    return told


def graying(target: Any, version: str) -> Story:
    """Bring a version out in a gray release: check its first batch, and bring out the others."""

    def told(place: Place) -> None:
        work = Work(step=place.draft(target, "deploy", version=version).steps[0])
        seen = place.look(target, work, place.send(target, work))
        for way in ("check_gray_release", "continue_deploy", "continue_deploy"):
            assert isinstance(seen, TaskRunning), seen
            [step] = [each.step for each in seen.ways if each.name == way]
            assert step is not None
            work = Work(step=step)
            seen = place.look(target, work, place.send(target, work))
        assert isinstance(seen, TaskSucceeded), seen

    return told


def shutting_out(target: Any, version: str) -> Story:
    """Read a component that is there as one that is not known: its gray release has not ended."""

    def told(place: Place) -> None:
        work = Work(step=place.draft(target, "deploy", version=version).steps[0])
        task = place.send(target, work)
        place.there.faults.add(UNKNOWN)
        with pytest.raises(CloudRefusedError):
            place.look(target, work, task)

    return told


def vanishing(target: Any) -> Story:
    """Delete it, and let its job go with it: what is gone tells the end."""

    def told(place: Place) -> None:
        work = Work(step=place.draft(target, "delete").steps[0])
        task = place.send(target, work)
        place.hands.advance(60)
        place.there.faults.add(Fault(kind="vanished_job", times=2))
        assert isinstance(place.look(target, work, task), TaskSucceeded)

    return told


def losing(target: Any, action: Action, **given: Any) -> Story:
    """Lose the answer of each of the plan's steps, and find what it started."""

    def told(place: Place) -> None:
        lose_all(place, target, place.draft(target, action, **given))

    return told


def hurrying(target: Any, versions: tuple[str, str]) -> Story:
    """Deploy twice within a minute and lose the second answer: the first is told from it."""

    def told(place: Place) -> None:
        assert isinstance(place.carry_out(target, "deploy", version=versions[0]), TaskSucceeded)
        assert isinstance(place.carry_out(target, "rollback"), TaskSucceeded)
        lose_all(place, target, place.draft(target, "deploy", version=versions[1]))

    return told


def lose_all(place: Place, target: Any, draft: PlanDraft) -> None:
    """Lose the answer of each step, and find what it started."""
    earlier: tuple[RemoteTask, ...] = ()
    for step in draft.steps:
        sent = place.lose_step(target, LOST, draft, earlier)
        place.hands.advance(1)
        found = place.run(place.system.recover(target, sent))
        assert isinstance(found, Adopted), (step.name, found)
        seen = place.look(target, sent.work, found.task)
        assert isinstance(seen, TaskSucceeded), (step.name, seen)
        earlier = (*earlier, found.task)


def mistaking(place: Place) -> None:
    """Lose a call that never arrived, while somebody else deploys another version."""
    lost = LOST.model_copy(update={"when": "before"})
    sent = place.lose(BILLING, lost, "deploy", version="2.4.0")
    place.there.instances.meddle(BILLING_INSTANCE_ID, "2.5.0")
    place.hands.advance(1)
    assert isinstance(place.run(place.system.recover(BILLING, sent)), NothingFound)


def failing(place: Place) -> None:
    """Let a deployment fail, and go back."""
    assert isinstance(place.carry_out(FLAKY, "deploy", version="2.1.0"), TaskFailed)
    assert isinstance(place.carry_out(FLAKY, "rollback"), TaskSucceeded)


def hiding(target: Any, version: str) -> Story:
    """Read a job by v3's own path, where v2's does not know it."""

    def told(place: Place) -> None:
        work = Work(step=place.draft(target, "deploy", version=version).steps[0])
        task = place.send(target, work)
        place.there.faults.add(Fault(kind="vanished_job"))
        assert isinstance(place.look(target, work, task), TaskSucceeded)

    return told


def missing(target: Any, **changes: Any) -> Story:
    """Ask for what is not there."""

    def told(place: Place) -> None:
        nobody = target.model_copy(update=changes)
        assert isinstance(place.prepare(nobody, "deploy", version="1.0.0"), Denied)

    return told


def listing(place: Place) -> None:
    """List all that there is."""
    assert place.system.questions.discover is not None
    assert place.run(place.system.questions.discover())


def read(place: Place, target: Any) -> None:
    """Look at it, and ask all that can be asked about it."""
    place.run(place.system.status(target))
    place.run(place.system.history(target))
    questions = place.system.questions
    if questions.versions:
        place.run(questions.versions(target))
    if questions.values:
        place.run(questions.values(target, ()))
