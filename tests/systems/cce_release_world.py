"""A simulated project with releases of CCE's, and what was done there."""

from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import PlanDraft
from bot.core.records import Action, Json, PastStep
from bot.core.system import (
    PollResult,
    RemoteTask,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CLUSTER_ID,
    CceReleaseConfig,
    ReleaseSeed,
    RevisionSeed,
    search_config,
)
from bot.systems.cce_release import CceRelease, Release
from tests.systems.conversing import World

SYSTEM: Final = CceRelease()


SECONDS: Final = 4.0


PLACE: Final = (SEARCH_CLUSTER_ID, "monitoring", "search")


PASSWORD: Final = "hunter2-Zq9"


def target(**given: Any) -> Release:
    """The sandbox's release, with further keys of slipway.yaml."""
    return Release.model_validate(
        {
            "cluster_id": SEARCH_CLUSTER_ID,
            "flavour": "autopilot",
            "namespace": "monitoring",
            "release": "search",
            "chart": "search",
            **given,
        }
    )


SEARCH: Final = target()


class ReleaseWorld(World):
    """A simulated project, a client that is connected to it, and what was done before."""

    past: tuple[PastStep, ...] = ()

    def ask(self, release: Release, action: Action, **given: Any) -> PlanDraft | Denied:
        """Ask what an action would do after what was done."""
        return self.prepare(release, action, past=self.past, **given)

    def refused(self, release: Release, action: Action, **given: Any) -> Denied:
        """Ask for what cannot be done."""
        refusal = self.ask(release, action, **given)
        assert isinstance(refusal, Denied), refusal
        return refusal

    def begin(self, release: Release, action: Action, **given: Any) -> tuple[PlanDraft, RemoteTask]:
        """Plan and send."""
        draft = self.ask(release, action, **given)
        assert isinstance(draft, PlanDraft), draft
        return draft, self.send(release, Work(step=draft.steps[0]))

    def seen(self, release: Release, draft: PlanDraft, task: RemoteTask) -> PollResult:
        """Look once, now."""
        return self.run(SYSTEM.watch(release, Work(step=draft.steps[0]), task))

    def finish(self, release: Release, action: Action, **given: Any) -> PlanDraft:
        """Plan, send, let the time pass, see it done, and remember it as the journal does."""
        draft, task = self.begin(release, action, **given)
        step = draft.steps[0]
        seen = self.look(release, Work(step=step), task)
        assert isinstance(seen, TaskSucceeded), seen
        done = PastStep(action=action, name=step.name, parameters=step.parameters, task=task.id)
        self.past = (done, *self.past)
        return draft

    @property
    def sent(self) -> list[Any]:
        """The bodies of the mutations that took effect."""
        return [done.body for done in self.there.executed]

    @property
    def values(self) -> dict[str, Json]:
        """What the release truly has."""
        return self.there.releases.values(*PLACE)


def content(**given: Any) -> CceReleaseConfig:
    """The sandbox's releases with other choices."""
    return search_config(seconds=SECONDS).model_copy(update=given)


def with_password() -> CceReleaseConfig:
    """A release that was installed with a secret."""
    values: dict[str, Json] = {"db": {"password": PASSWORD, "user": "ann"}, "replicas": 2}
    seed = ReleaseSeed(
        cluster_id=SEARCH_CLUSTER_ID,
        namespace="monitoring",
        name="search",
        chart_name="search",
        revisions=(RevisionSeed(chart_version="1.1.0", values=values),),
    )
    return content(releases=(seed,))


HIDING: Final = with_password()


SHOWING: Final = HIDING.model_copy(update={"masks": ()})
