"""The applications and components of a project: the truth behind every version of ServiceStage."""

from collections.abc import Callable
from typing import Final

from bot.sandbox.clouds.http.wire import JsonObject, Principal, RefusedError, refused_by_service
from bot.sandbox.clouds.huawei.config import ComponentSeed, HuaweiConfig, image_settings
from bot.sandbox.clouds.huawei.servicestage.jobs import FAILURE, PROBE_SECONDS, Job, Jobs
from bot.sandbox.clouds.huawei.servicestage_v3.components import GRAYING, Component, Work

ENVIRONMENT_ID: Final = "21a43958-f64f-4077-8ae3-3a03bf0111c7"
_CLUSTER_ID: Final = "1d3091a2-1ecf-11ee-ae69-0255ac1001ba"
_DAY: Final = 86_400  # seconds
_OLD_JOB_SECONDS: Final = 60.0


class Estate:
    """What there is, and what is being done with it."""

    def __init__(
        self, config: HuaweiConfig, jobs: Jobs, *, now: float, new_id: Callable[[], str]
    ) -> None:
        self.config = config
        self.applications = {each.id: each.name for each in config.applications}
        self._jobs = jobs
        self._new_id = new_id
        self._components: dict[str, Component] = {}
        for seed in config.components:
            self._plant(seed, now)

    def find(self, component_id: str, now: float) -> Component | None:
        """Return a component as it is by *now*, unless there is none or it was deleted."""
        component = self._components.get(component_id)
        if component is None:
            return None
        component.settle(now)
        return None if component.gone else component

    def present(self, now: float) -> list[Component]:
        """Return all components as they are by *now*, oldest first."""
        for component in self._components.values():
            component.settle(now)
        return [each for each in self._components.values() if not each.gone]

    def add(
        self,
        application_id: str,
        environment_id: str,
        settings: JsonObject,
        *,
        at: float,
        by: Principal,
    ) -> Component:
        """Make a component that was never deployed."""
        component = Component(
            id=self._new_id(),
            application_id=application_id,
            environment_id=environment_id,
            settings=settings,
            creator=by.name,
            created_at=at,
            job_seconds=self.config.job_seconds,
        )
        self._components[component.id] = component
        return component

    def deploy(
        self, component: Component, settings: JsonObject, *, at: float, by: str, whole: bool = False
    ) -> Job:
        """Bring out *settings* as a new release; it fails if the component was told to.

        A *whole* one has come out, whatever batches its strategy wants.
        """
        first = not component.releases
        failure = None
        if component.fails_next:
            failure = FAILURE.format(name=component.name, seconds=PROBE_SECONDS)
            component.fails_next = False
        job = self.job(component, "PROVISION", "provision/provMain", at=at, by=by, failure=failure)
        number = component.release(settings, deploy_type="create" if first else "upgrade", job=job)
        component.batches_left = 0 if first or whole else component.gray_batches
        during = "INITIALIZING" if first else "UPGRADING"
        after = GRAYING if component.batches_left else "RUNNING"
        component.begin(Work(job, during, after, release=number))
        return job

    def job(
        self,
        component: Component,
        kind: str,
        name: str,
        *,
        at: float,
        by: str,
        failure: str | None = None,
    ) -> Job:
        """Make a job for *component*."""
        job = Job(
            id=f"JOB{self._new_id()}",
            kind=kind,
            name=name,
            component_id=component.id,
            principal=by,
            project_id=self.config.project_id,
            begin=at,
            seconds=component.job_seconds,
            failure=failure,
            can_roll_back=kind == "PROVISION" and bool(component.releases),
        )
        self._jobs.add(job)
        return job

    def busy(self, component: Component) -> RefusedError | None:
        """Return the refusal of a second write while a job runs, or nothing if none runs."""
        if component.work is None:
            return None
        text = f"the component is busy, job {component.last_job_id} has not ended"
        return refused_by_service(self.config.busy_status, self.config.busy_code, text)

    def _plant(self, seed: ComponentSeed, now: float) -> None:
        """Make a component that has run for days."""
        versions = (*seed.history, seed.version)
        component = Component(
            id=seed.id,
            application_id=seed.application_id,
            environment_id=ENVIRONMENT_ID,
            settings=_settings(seed, seed.version),
            creator="sandbox",
            created_at=now - _DAY * len(versions),
            job_seconds=_OLD_JOB_SECONDS,
            inner_envs=tuple((env.name, env.value) for env in seed.envs if env.inner),
        )
        for age, version in zip(range(len(versions), 0, -1), versions, strict=True):
            begin = now - _DAY * age
            job = self.deploy(
                component, _settings(seed, version), at=begin, by="sandbox", whole=True
            )
            component.settle(job.end)
        component.job_seconds = (
            self.config.job_seconds if seed.job_seconds is None else seed.job_seconds
        )
        component.fails_next = seed.fails_next
        self._components[component.id] = component


def _settings(seed: ComponentSeed, version: str) -> JsonObject:
    image = seed.image.removesuffix(f":{seed.version}") + f":{version}"
    return {
        "refer_resources": [
            {"id": _CLUSTER_ID, "type": "cce", "parameters": {"namespace": "default"}}
        ],
        **image_settings(image if seed.image.endswith(f":{seed.version}") else seed.image),
        **seed.settings,
        "name": seed.name,
        "version": version,
        "replica": seed.replica,
        "envs": [{"name": env.name, "value": env.value} for env in seed.envs if not env.inner],
    }
