"""Components and instances of ServiceStage v2: the truth, and what is being done with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from bot.sandbox.clouds.http.wire import JsonObject, Record
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    ENVIRONMENT_ID,
    InstanceSeed,
    ServiceStageV2Config,
    image_artifacts,
)
from bot.sandbox.clouds.huawei.servicestage.jobs import FAILURE, PROBE_SECONDS, Job, Jobs

_DAY: Final = 86_400  # seconds
_OLD_JOB_SECONDS: Final = 60.0
_TEMPLATE: Final[JsonObject] = {"flavor_id": "MICRO-5G:0.5C:1G", "refer_resources": []}


class Snapshot(Record):
    """A version that came out well, with the settings to return to."""

    version: str
    settings: JsonObject
    made_at: float


@dataclass(frozen=True)
class Doing:
    """A job that runs on an instance: its status *during* the job and *after* it."""

    job: Job
    during: str
    after: str
    is_release: bool = False


@dataclass
class Component:
    """What instances are made of."""

    id: str
    application_id: str
    settings: JsonObject
    creator: str
    created_at: float

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.settings["name"])


@dataclass
class Instance:
    """The truth about one instance."""

    id: str
    name: str
    component: Component
    environment_id: str
    platform_type: str
    settings: JsonObject
    replica: int
    creator: str
    created_at: float
    job_seconds: float
    fails_next: bool = False
    status: str = "INITIALIZING"
    available: int = 0
    updated_at: float = 0.0
    last_job: Job | None = None
    doing: Doing | None = None
    snapshots: list[Snapshot] = field(default_factory=list)  # oldest first

    @property
    def version(self) -> str:
        """The version that it has, whether it runs well or not."""
        return str(self.settings["version"])

    @property
    def gone(self) -> bool:
        """Whether it was deleted."""
        return self.status == "DELETED"

    def begin(self, doing: Doing) -> None:
        """Let a job start."""
        self.doing = doing
        self.status = doing.during
        self.last_job = doing.job
        self.updated_at = doing.job.begin

    def settle(self, now: float) -> None:
        """Draw the consequences of a job that has ended by *now*."""
        doing = self.doing
        if doing is None or doing.job.share(now) < 1:
            return
        self.doing = None
        self.updated_at = doing.job.end
        if doing.job.failure is not None:
            self.status, self.available = "FAILED", max(0, self.replica - 1)
            return
        self.status = doing.after
        self.available = self.replica if doing.after == "RUNNING" else 0
        if doing.is_release:
            made = Snapshot(version=self.version, settings=self.settings, made_at=doing.job.end)
            self.snapshots = [each for each in self.snapshots if each.version != made.version]
            self.snapshots.append(made)

    def snapshot(self, version: str) -> Snapshot | None:
        """Return the snapshot of *version*, if there is one."""
        return next((each for each in self.snapshots if each.version == version), None)


class EstateV2:
    """What there is of v2, and what is being done with it."""

    def __init__(
        self,
        config: ServiceStageV2Config,
        jobs: Jobs,
        *,
        project_id: str,
        job_seconds: float,
        now: float,
        new_id: Callable[[], str],
    ) -> None:
        self.config = config
        self.project_id = project_id
        self.applications = dict(config.applications)
        self._jobs = jobs
        self._job_seconds = job_seconds
        self._new_id = _random_id  # what is there from the start uses up none of the given ids
        self._components: dict[str, Component] = {}
        self._instances: dict[str, Instance] = {}
        for seed in config.instances:
            self._plant(seed, now)
        self._new_id = new_id

    def component(self, component_id: str) -> Component | None:
        """Return a component, if there is one."""
        return self._components.get(component_id)

    def components(self, application_id: str) -> list[Component]:
        """Return an application's components, oldest first."""
        return [each for each in self._components.values() if each.application_id == application_id]

    def instance(self, instance_id: str, now: float) -> Instance | None:
        """Return an instance as it is by *now*, unless there is none or it was deleted."""
        instance = self._instances.get(instance_id)
        if instance is None:
            return None
        instance.settle(now)
        return None if instance.gone else instance

    def instances(self, component: Component, now: float) -> list[Instance]:
        """Return a component's instances as they are by *now*, oldest first."""
        for instance in self._instances.values():
            instance.settle(now)
        return [
            each
            for each in self._instances.values()
            if each.component is component and not each.gone
        ]

    def add_component(
        self, application_id: str, settings: JsonObject, *, at: float, by: str, id_: str = ""
    ) -> Component:
        """Make a component."""
        component = Component(id_ or self._new_id(), application_id, settings, by, at)
        self._components[component.id] = component
        return component

    def drop_component(self, component: Component) -> None:
        """Forget a component that has no instance."""
        del self._components[component.id]

    def add_instance(
        self, component: Component, body: JsonObject, *, at: float, by: str
    ) -> Instance:
        """Make an instance that was never deployed; *body* is what was sent."""
        own = {"name", "environment_id", "replica"}
        replica = body["replica"]
        instance = Instance(
            id=self._new_id(),
            name=str(body["name"]),
            component=component,
            environment_id=str(body["environment_id"]),
            platform_type="cce",
            settings={name: value for name, value in body.items() if name not in own},
            replica=replica if isinstance(replica, int) else 0,
            creator=by,
            created_at=at,
            job_seconds=self._job_seconds,
        )
        self._instances[instance.id] = instance
        return instance

    def release(self, instance: Instance, settings: JsonObject, *, at: float, by: str) -> Job:
        """Bring out *settings*; it fails if the instance was told to."""
        failure = None
        if instance.fails_next:
            failure = FAILURE.format(name=instance.name, seconds=PROBE_SECONDS)
            instance.fails_next = False
        during = "UPGRADING" if instance.last_job else "INITIALIZING"
        job = self.job(instance, "PROVISION", "provision/provMain", at=at, by=by, failure=failure)
        instance.settings = settings
        instance.begin(Doing(job, during, "RUNNING", is_release=True))
        return job

    def job(
        self,
        instance: Instance,
        kind: str,
        name: str,
        *,
        at: float,
        by: str,
        failure: str | None = None,
    ) -> Job:
        """Make a job for *instance*."""
        job = Job(
            id=f"JOB{self._new_id()}",
            kind=kind,
            name=name,
            component_id=instance.id,
            principal=by,
            project_id=self.project_id,
            begin=at,
            seconds=instance.job_seconds,
            failure=failure,
        )
        self._jobs.add(job)
        return job

    def _plant(self, seed: InstanceSeed, now: float) -> None:
        """Make an instance that has run for days."""
        versions = (*seed.history, seed.version)
        born = now - _DAY * len(versions)
        component = self.component(seed.component_id) or self.add_component(
            seed.application_id,
            {"name": seed.name, "runtime": "Docker", "category": "Common"},
            at=born,
            by="sandbox",
            id_=seed.component_id,
        )
        instance = Instance(
            id=seed.instance_id,
            name=seed.name,
            component=component,
            environment_id=ENVIRONMENT_ID,
            platform_type=seed.platform_type,
            settings=_settings(seed, versions[0]),
            replica=seed.replica,
            creator="sandbox",
            created_at=born,
            job_seconds=_OLD_JOB_SECONDS,
        )
        for age, version in zip(range(len(versions), 0, -1), versions, strict=True):
            job = self.release(
                instance, _settings(seed, version), at=now - _DAY * age, by="sandbox"
            )
            instance.settle(job.end)
        instance.job_seconds = self._job_seconds if seed.job_seconds is None else seed.job_seconds
        instance.fails_next = seed.fails_next
        self._instances[instance.id] = instance


def _random_id() -> str:
    return str(uuid4())


def _settings(seed: InstanceSeed, version: str) -> JsonObject:
    artifacts = image_artifacts(seed.name, f"{seed.image}:{version}")
    return {**_TEMPLATE, "artifacts": artifacts, **seed.settings, "version": version}
