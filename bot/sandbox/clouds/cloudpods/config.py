"""What a simulated Cloudpods installation holds when it starts, and which of its ages it shows."""

from typing import Literal

from pydantic import Field

from bot.sandbox.clouds.http.wire import JsonObject, ReadyToken, Record


class UserSeed(Record):
    """Somebody who may log in, for one of *projects*."""

    name: str
    password: str = Field(repr=False)
    domain: str = "Default"
    projects: tuple[str, ...] = ("system",)
    state: Literal["enabled", "locked", "disabled"] = "enabled"


class RepoSeed(Record):
    """A repository of charts."""

    id: str
    name: str
    type: Literal["external", "internal"] = "external"


class ChartSeed(Record):
    """A chart: its versions in any order, its default values, how long its one template is."""

    repo: str
    name: str
    versions: tuple[str, ...]
    values: JsonObject = Field(default_factory=dict)
    template_bytes: int = Field(default=60, ge=0)


class NamespaceSeed(Record):
    """A namespace of a cluster."""

    id: str
    name: str
    status: str = "Active"


class ClusterSeed(Record):
    """A cluster; the releases of a *system* cluster are shown to those alone who name it."""

    id: str
    name: str
    namespaces: tuple[NamespaceSeed, ...] = ()
    status: str = "running"
    is_system: bool = False


class RevisionSeed(Record):
    """A chart version that was brought out with these values."""

    version: str
    values: JsonObject = Field(default_factory=dict)


class ReleaseSeed(Record):
    """A release that is there from the start: installed by the first revision, upgraded since."""

    id: str
    name: str
    cluster: str
    namespace: str
    repo: str
    chart: str
    revisions: tuple[RevisionSeed, ...] = Field(min_length=1)
    fails_next: str = ""  # why its next upgrade or rollback fails


class CloudpodsConfig(Record):
    """One installation: identity service and kubeserver, and the choices that differ by age.

    * *branch*: "3.10" writes config and chart_version back after an upgrade and shows chart_info,
      "4.0" stands for 3.11 and later, which do neither;
    * *knows_upgrade*: an old server does not know the action, and its PUT upgrades;
    * *process_seconds*: after so long a caller is told 504, and the work goes on;
    * *hook_seconds*: how long the hooks of each upgrade and rollback take;
    * *waits*: whether an answer really takes its time; else it is given at once, as it would be
      after that time, and what takes longer than *process_seconds* goes on by the clock;
    * *k8s_url*: kubeserver's address in the catalog; else that at which the login was asked for.
    """

    users: tuple[UserSeed, ...] = ()
    tokens: tuple[ReadyToken, ...] = ()
    repos: tuple[RepoSeed, ...] = ()
    charts: tuple[ChartSeed, ...] = ()
    clusters: tuple[ClusterSeed, ...] = ()
    releases: tuple[ReleaseSeed, ...] = ()
    branch: Literal["3.10", "4.0"] = "4.0"
    knows_upgrade: bool = True
    token_seconds: float = Field(default=86_400.0, gt=0)
    tries_max: int = 5  # wrong passwords in a row until the user is locked
    process_seconds: float = Field(default=60.0, gt=0)
    hook_seconds: float = Field(default=0.0, ge=0)
    create_seconds: float = Field(default=4.0, ge=0)
    delete_seconds: float = Field(default=2.0, ge=0)
    waits: bool = False
    has_k8s: bool = True  # whether the catalog names kubeserver
    k8s_url: str = ""
