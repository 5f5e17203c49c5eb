"""What CCE has in a project: clusters."""

from bot.core.flow import Flow
from bot.core.records import Json
from bot.core.system import Found
from bot.systems._huawei.cce_clusters import ClusterRow, read_clusters


def discover() -> Flow[tuple[Found, ...]]:
    """Read all clusters."""
    rows = yield from read_clusters()
    return tuple(map(_found, rows))


def _found(row: ClusterRow) -> Found:
    flavour: dict[str, Json] = {} if row.flavour == "standard" else {"flavour": row.flavour}
    return Found(
        kind="cluster",
        name=row.name or row.id,
        place=row.flavour,
        status=" ".join(filter(None, (row.status, row.version))),
        settings={"cluster_id": row.id, **flavour},
        identity={"cluster_id": (row.id,)},
    )
