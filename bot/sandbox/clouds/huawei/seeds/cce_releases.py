"""What a simulated project holds in charts and releases when it starts, and its open choices."""

from typing import Final, Literal, TypeAlias

from pydantic import Field, JsonValue

from bot.sandbox.clouds.http.wire import Record
from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID

Flavour: TypeAlias = Literal["standard", "autopilot"]

SEARCH_CLUSTER_ID: Final = "a870253f-5dc7-11ee-bf71-0255ac100b03"
SEARCH_CHART_ID: Final = "af4b699e-018c-11ec-b8b0-0255ac100b05"  # of the newest version
_OLDER_IDS: Final = (
    "af4b699e-018c-11ec-b8b0-0255ac100b03",
    "af4b699e-018c-11ec-b8b0-0255ac100b04",
)


class ChartSeed(Record):
    """One version of a chart."""

    id: str
    name: str
    version: str
    values: dict[str, JsonValue] = Field(default_factory=dict)


_METRICS: Final = {
    "c0c7b1f6-018c-11ec-b8b0-0255ac100b05": "2.0.0",
    "c0c7b1f6-018c-11ec-b8b0-0255ac100b06": "2.1.0",
}


class RevisionSeed(Record):
    """A revision that a release had before, or has."""

    chart_version: str
    values: dict[str, JsonValue] = Field(default_factory=dict)


class ReleaseSeed(Record):
    """A release that is there from the start; *revisions* are oldest first."""

    cluster_id: str
    namespace: str
    name: str
    chart_name: str
    revisions: tuple[RevisionSeed, ...] = Field(min_length=1)
    fails_next: bool = False


class ClusterSeed(Record):
    """A cluster that releases may be in; its flavour decides on their paths."""

    id: str
    name: str
    flavour: Flavour


class CceReleaseConfig(Record):
    """Clusters, charts and releases, and what public documents do not settle.

    * *seconds*: how long an installation, upgrade, rollback or deletion takes;
    * *created_status*: what a creation answers;
    * *keeps_values*: an upgrade without values keeps the present ones, else it drops them;
    * *merges_values*: an upgrade lays the values that it is given over the present ones;
    * *masks*: parts of names whose values are shown as `******`; none: all is shown;
    * *busy_status* and *busy_code*: how a change is refused while another is under way;
    * *answers_before*: a change answers the revision before it, in the words of an installation,
      as the vendor's sample does;
    * *older*: the word for revisions that are not live any more.
    """

    clusters: tuple[ClusterSeed, ...] = ()
    charts: tuple[ChartSeed, ...] = ()
    releases: tuple[ReleaseSeed, ...] = ()
    seconds: float = Field(default=4.0, ge=0)
    created_status: int = 201
    keeps_values: bool = True
    merges_values: bool = False
    masks: tuple[str, ...] = ("password", "secret", "token")
    busy_status: int = 403
    busy_code: str = "CCE.01403005"
    answers_before: bool = False
    older: str = "SUPERSEDED"


def search_config(*, seconds: float = 4.0) -> CceReleaseConfig:
    """Return the sandbox's part: search in an Autopilot cluster, metrics in a standard one."""
    versions = ("1.0.0", "1.1.0", "1.2.0")
    ids = (*_OLDER_IDS, SEARCH_CHART_ID)
    charts = tuple(
        ChartSeed(id=chart_id, name="search", version=version, values=_defaults(version))
        for chart_id, version in zip(ids, versions, strict=True)
    )
    metrics = tuple(
        ChartSeed(id=chart_id, name="metrics", version=version, values=_defaults(version))
        for chart_id, version in _METRICS.items()
    )
    return CceReleaseConfig(
        clusters=(
            ClusterSeed(id=SEARCH_CLUSTER_ID, name="monitoring", flavour="autopilot"),
            ClusterSeed(id=EDGE_ID, name="edge", flavour="standard"),
        ),
        charts=(*charts, *metrics),
        releases=(
            ReleaseSeed(
                cluster_id=SEARCH_CLUSTER_ID,
                namespace="monitoring",
                name="search",
                chart_name="search",
                revisions=tuple(
                    RevisionSeed(chart_version=version, values=_given(replicas))
                    for version, replicas in (("1.0.0", 1), ("1.1.0", 2))
                ),
            ),
            ReleaseSeed(
                cluster_id=EDGE_ID,
                namespace="monitoring",
                name="metrics",
                chart_name="metrics",
                revisions=(RevisionSeed(chart_version="2.0.0", values=_given(1)),),
            ),
        ),
        seconds=seconds,
    )


def _defaults(version: str) -> dict[str, JsonValue]:
    return {"image": {"tag": version, "pullPolicy": "IfNotPresent"}, "replicas": 1}


def _given(replicas: int) -> dict[str, JsonValue]:
    return {"replicas": replicas, "index": {"shards": 3}}
