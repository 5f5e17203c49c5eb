"""A simulated installation of Cloudpods over a real socket, and what Slipway does to it."""

from typing import Any, Final

import pytest

from bot.core.codes import Reason
from bot.core.errors import CloudRefusedError, OutcomeUnknownError
from bot.core.plan import Plan, PlanDraft
from bot.core.records import Action, Parameters, PastStep
from bot.core.system import (
    PollResult,
    RemoteTask,
    SentStep,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import CloudpodsCloud, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import (
    PASSWORD,
    RELEASE,
    USERNAME,
)
from bot.systems import system
from bot.systems._cloudpods.connection import CloudpodsConnection, CloudpodsPassword
from bot.systems._helm.codes import VersionAt
from bot.systems.cloudpods_release import Release
from bot.systems.cloudpods_release.codes import ReleaseFailed
from tests.systems.conversing import Conversation, Door, Hands

SYSTEM: Final = system("cloudpods-release")
PLACE: Final = {
    "cluster": "test122",
    "namespace": "default",
    "release": RELEASE,
    "chart": "bitnami-new/etcd",
}
ETCD: Final = Release.model_validate(PLACE)
VALUES: Final = {"image": {"tag": "3.5.8-debian-11-r9"}, "replicaCount": 3}
DECLARED: Final = Release.model_validate({**PLACE, "values": VALUES})


class Lab(Conversation):
    """A simulated installation, and what Slipway did to it so far."""

    def __init__(self, door: Door, **config: Any) -> None:
        hands = Hands()
        self.there = CloudpodsCloud(sandbox_cloudpods().model_copy(update=config), hands.seconds)
        self.past: tuple[PastStep, ...] = ()
        door.lead_to(cloudpods_app(self.there))
        auth = {
            "identity_url": f"{door.url}/v3",
            "username": USERNAME,
            "password": PASSWORD,
            "project": "system",
        }
        connection = CloudpodsConnection(
            name="lab",
            auth=CloudpodsPassword.model_validate(auth),
            endpoints={"k8s": f"{door.url}/api"},
        )
        super().__init__(connection, self.there.faults, hands, SYSTEM)

    def do(self, target: Release, action: Action, **given: Any) -> tuple[PlanDraft, PollResult]:
        """Plan, send and watch an action to its end, and remember it if it succeeded."""
        draft = self.draft(target, action, past=self.past, **given)
        work = Work(step=draft.steps[0])
        task = self.send(target, work)
        seen = self.look(target, work, task)
        if isinstance(seen, TaskSucceeded):
            self.remember(action, work, task)
        return draft, seen

    def remember(self, action: Action, work: Work, task: RemoteTask) -> None:
        """Keep a step that succeeded, as the journal does."""
        step = PastStep(
            action=action, name=work.step.name, parameters=work.step.parameters, task=task.id
        )
        self.past = (step, *self.past)

    def plan(self, action: Action, draft: PlanDraft) -> Plan:
        """The plan that is approved."""
        given = Parameters()
        empty = Plan(target="etcd", action=action, parameters=given, policy_version="1")
        return empty.made(draft)

    def attempt(self, target: Release, work: Work) -> Work:
        """Try to send; return the same work as it is after the API declined."""
        with pytest.raises(CloudRefusedError) as error:
            self.run(SYSTEM.submit(target, work))
        return work.model_copy(update={"declined": (*work.declined, error.value.verdict)})

    @property
    def revision(self) -> int:
        """The newest revision that is really there."""
        return max(int(row["revision"]) for row in self.rows)

    @property
    def rows(self) -> list[Any]:
        """The history that is really there."""
        return self.there.history(RELEASE)


def at(version: str, revision: int) -> Reason:
    """A version with its revision."""
    return VersionAt(version=version, revision=str(revision)).reason


def failed(status: str, words: str) -> Reason:
    """That a task of Cloudpods' failed."""
    return ReleaseFailed(status=status, words=words).reason


def lost(lab: Lab, target: Release, draft: PlanDraft) -> SentStep:
    """Send a plan's step; no usable answer comes."""
    work = Work(step=draft.steps[0])
    sent = SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )
    with pytest.raises(OutcomeUnknownError):
        lab.run(SYSTEM.submit(target, work))
    return sent
