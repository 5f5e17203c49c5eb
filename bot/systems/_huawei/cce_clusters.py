"""The clusters of a project, standard ones and Autopilot's."""

from typing import Final, NamedTuple

from pydantic import BaseModel, Field

from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow
from bot.systems._huawei.cce import SERVICE, Flavour, Object, Rows, is_identifier
from bot.systems._wire.replies import parse
from bot.systems._wire.text import Text, Word

_ROOTS: Final[dict[Flavour, str]] = {"standard": "/api", "autopilot": "/autopilot"}


class ClusterRow(NamedTuple):
    """A cluster, as far as it is listed."""

    id: str
    name: str
    version: str
    status: str
    flavour: Flavour


class _Metadata(BaseModel):
    uid: Word = ""
    name: Text = ""


class _Spec(BaseModel):
    version: Text = ""


class _Status(BaseModel):
    phase: Text = ""


class _Item(BaseModel):
    metadata: Object[_Metadata] = Field(default_factory=_Metadata)
    spec: Object[_Spec] = Field(default_factory=_Spec)
    status: Object[_Status] = Field(default_factory=_Status)


class _List(BaseModel):
    items: Rows[_Item]


def read_clusters() -> Flow[tuple[ClusterRow, ...]]:
    """Read all clusters; a flavour that the region lacks has none."""
    found: list[ClusterRow] = []
    for flavour, root in _ROOTS.items():
        call = Call(method="GET", service=SERVICE, path=root + "/v3/projects/{project_id}/clusters")
        try:
            reply = yield call
        except CloudRefusedError as error:
            if error.verdict != "not_found":
                raise
            continue
        rows = parse(_List, reply, "list the clusters").items
        found += [_row(each, flavour) for each in rows if is_identifier(each.metadata.uid)]
    return tuple(found)


def _row(item: _Item, flavour: Flavour) -> ClusterRow:
    metadata, status = item.metadata, item.status.phase
    return ClusterRow(metadata.uid, metadata.name, item.spec.version, status, flavour)
