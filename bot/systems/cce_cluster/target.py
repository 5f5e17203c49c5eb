"""What slipway.yaml says of a CCE cluster."""

from uuid import UUID

from bot.core.flow import path
from bot.core.records import Record
from bot.systems._huawei.cce import Flavour
from bot.systems.cce_cluster.settings import Upgrade


class Cluster(Record):
    """A cluster of CCE.

    The control plane is backed up before an upgrade unless *snapshot* is false, on Autopilot too:
    no API takes an upgrade back, so a backup is the only thing that support could return to.
    """

    cluster_id: UUID
    flavour: Flavour = "standard"
    snapshot: bool = True
    upgrade: Upgrade = Upgrade()
    confirm_postcheck: bool = False  # whether people say when the check after it is made

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from all others of its project."""
        return (self.id,)

    @property
    def id(self) -> str:
        """The id as it stands in paths and answers."""
        return str(self.cluster_id)

    def path(self, *tail: str, version: str = "v3") -> str:
        """Return the cluster's path, or that of what lies below it."""
        base = "/autopilot/" if self.flavour == "autopilot" else "/api/"
        below = "".join(path("/{part}", part=part) for part in tail)
        template = base + version + "/projects/{project_id}/clusters/{cluster}"
        return path(template, cluster=self.id) + below

    @property
    def paths_path(self) -> str:
        """Where all ways from version to version are listed."""
        base = "/autopilot" if self.flavour == "autopilot" else "/api"
        return f"{base}/v3/clusterupgradepaths"
