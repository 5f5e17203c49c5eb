"""Components of ServiceStage: their settings, releases and present work."""

from dataclasses import dataclass, field

from bot.sandbox.clouds.http.wire import JsonObject, Record
from bot.sandbox.clouds.huawei.servicestage.jobs import Job

SUCCEEDED = "succeeded"
FAILED = "failed"
GRAYING = "GRAYING"
DEPLOYING = "deploying"

KEPT_BY_A_PUT = frozenset({"refer_resources", "enterprise_project_id"})
"""Where a component is placed; all its other settings are replaced."""


class Release(Record):
    """One version as it was deployed; the vendor calls it a record.

    The words in *status* and *deploy_type* are ours: the vendor lists none. Times are in seconds
    since 1970.
    """

    version: str
    settings: JsonObject
    status: str
    deploy_type: str
    begin: float
    end: float | None
    jobs: tuple[tuple[str, str], ...]  # (deploy_type, job id), oldest first


@dataclass(frozen=True)
class Work:
    """A job that runs on a component: its status *during* the job, *after* it, and if it failed."""

    job: Job
    during: str
    after: str
    failed: str = "FAILED"
    release: int | None = None  # which release the job brings out


@dataclass
class Component:
    """The truth about one component."""

    id: str
    application_id: str
    environment_id: str
    settings: JsonObject
    creator: str
    created_at: float
    job_seconds: float
    inner_envs: tuple[tuple[str, str], ...] = ()
    fails_next: bool = False
    fails_next_check: bool = False  # of a gray release
    status: str = "INITIALIZING"
    available: int = 0
    updated_at: float = 0.0
    last_job_id: str = ""
    fail_detail: str = ""
    releases: list[Release] = field(default_factory=list)
    current: int = -1
    predecessor: int | None = None
    batches_left: int = 0  # of a gray release
    rolled_back: bool = False
    work: Work | None = None

    @property
    def name(self) -> str:
        """The component's name."""
        return str(self.settings["name"])

    @property
    def version(self) -> str:
        """The version that the component has, whether it runs well or not."""
        return str(self.settings["version"])

    @property
    def replica(self) -> int:
        """How many instances are wanted."""
        wanted = self.settings["replica"]
        return wanted if isinstance(wanted, int) else 0

    @property
    def gone(self) -> bool:
        """Whether the component was deleted."""
        return self.status == "DELETED"

    def begin(self, work: Work) -> None:
        """Let *work* start."""
        self.work = work
        self.status = work.during
        self.last_job_id = work.job.id
        self.updated_at = work.job.begin

    def settle(self, now: float) -> None:
        """Draw the consequences of a job that has ended by *now*."""
        work = self.work
        if work is None or work.job.share(now) < 1:
            return
        self.work = None
        self.updated_at = work.job.end
        good = work.job.failure is None
        self._settle_status(work, good=good)
        if work.release is not None and self.status != GRAYING:
            ended = {"status": SUCCEEDED if good else FAILED, "end": work.job.end}
            self.releases[work.release] = self.releases[work.release].model_copy(update=ended)

    def _settle_status(self, work: Work, *, good: bool) -> None:
        if good:
            self.status = work.after
            self.available = self.replica if work.after in {"RUNNING", GRAYING} else 0
            self.fail_detail = ""
        elif work.failed == GRAYING:
            self.status = GRAYING
        else:
            self.status = work.failed
            self.available = max(0, self.replica - 1)
            self.fail_detail = "create_failed" if work.release == 0 else ""

    def release(self, settings: JsonObject, *, deploy_type: str, job: Job) -> int:
        """Take up new *settings* as a release of their own and return its number."""
        if self.releases and self.releases[self.current].status == SUCCEEDED:
            self.predecessor = self.current
        self.settings = settings
        self.releases.append(
            Release(
                version=self.version,
                settings=settings,
                status=DEPLOYING,
                deploy_type=deploy_type,
                begin=job.begin,
                end=None,
                jobs=((deploy_type, job.id),),
            )
        )
        self.current = len(self.releases) - 1
        self.rolled_back = False
        return self.current

    @property
    def gray_batches(self) -> int:
        """How many batches its strategy leaves for people; 0 where it is no gray release."""
        strategy = self.settings.get("deploy_strategy")
        gray = strategy.get("gray_release") if isinstance(strategy, dict) else None
        if not isinstance(gray, dict):
            return 0
        left = gray.get("remaining_batch")
        return left if isinstance(left, int) else 1

    def return_to(self, number: int, job: Job) -> None:
        """Take up the settings of an earlier release again."""
        if self.status == GRAYING:
            left = {"status": FAILED, "end": job.begin}
            self.releases[self.current] = self.releases[self.current].model_copy(update=left)
        self.batches_left = 0
        earlier = self.releases[number]
        jobs = (*earlier.jobs, ("rollback", job.id))
        self.releases[number] = earlier.model_copy(update={"jobs": jobs})
        self.settings = earlier.settings
        self.current = number
        self.rolled_back = True

    def good_release(self, version: str) -> int | None:
        """Return the newest release of *version* that came out well, if there is one."""
        numbers = range(len(self.releases) - 1, -1, -1)
        return next((n for n in numbers if self._came_out_well(n, version)), None)

    def _came_out_well(self, number: int, version: str) -> bool:
        release = self.releases[number]
        return release.version == version and release.status == SUCCEEDED
