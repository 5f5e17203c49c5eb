"""What a precheck found: by node, with level and kind; and what may be skipped of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, Field

from bot.core.codes.systems import AboutAnother
from bot.core.flow import Flow
from bot.core.operation import TaskLine
from bot.core.records import Record
from bot.systems._huawei.cce import Object, Rows, identifier, is_identifier
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import Text, Word, plain
from bot.systems.cce_cluster.reads import OPERATION, get
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import Metadata

RISK: Final = "Risk"
_FAILED: Final = "Failed"
_LEVELS: Final = ("Info", "Warning", "Fatal")
_NODES: Final = re.compile(r"[A-Za-z0-9-]{1,64}(?:,[A-Za-z0-9-]{1,64})*")
_NAME_MAX: Final = 200
_NODES_TOLD: Final = 5


class _Item(BaseModel):
    name: Word = ""
    kind: Word = ""
    level: Text = ""
    phase: Word = ""
    message: Text = ""
    codes: Rows[Text] = Field(default_factory=list, alias="errorCodes")


class _Checks(BaseModel):
    items: Rows[_Item] = Field(default_factory=list, alias="itemsStatus")


class _Node(BaseModel):
    uid: Word = ""
    name: Text = ""


class _NodeStage(BaseModel):
    node: Object[_Node] = Field(default_factory=_Node, alias="nodeInfo")
    items: Rows[_Item] = Field(default_factory=list, alias="itemsStatus")


class _Nodes(BaseModel):
    stages: Rows[_NodeStage] = Field(default_factory=list, alias="nodeStageStatus")


class _Status(BaseModel):
    phase: Word = ""
    expires: Text = Field(default="", alias="expireTimeStamp")
    message: Text = ""
    cluster: Object[_Checks] = Field(default_factory=_Checks, alias="clusterCheckStatus")
    addons: Object[_Checks] = Field(default_factory=_Checks, alias="addonCheckStatus")
    nodes: Object[_Nodes] = Field(default_factory=_Nodes, alias="nodeCheckStatus")


class _Selector(BaseModel):
    key: Text = ""
    values: Rows[Word] = Field(default_factory=list)


class _Skip(BaseModel):
    name: Word = ""
    selector: Object[_Selector] = Field(default_factory=_Selector, alias="resourceSelector")


class _Spec(BaseModel):
    skipped: Rows[_Skip] = Field(default_factory=list, alias="skippedCheckItemList")


class Finding(Record):
    """A check that did not pass."""

    where: str  # the node's name, or the part of the cluster
    node: str  # the node's uid; empty for the rest
    name: str
    kind: str  # verbatim: only a Risk may be skipped
    level: str
    message: str

    @property
    def line(self) -> TaskLine:
        """The finding for people: "node-1: disk usage", "Risk/Warning"."""
        status = plain(f"{self.kind or '?'}/{self.level or '?'}")
        name = plain(f"{self.where}: {self.name}")
        return TaskLine(name=name, status=status, detail=self.message, state="failed")

    @property
    def order(self) -> tuple[bool, int, str, str]:
        """The worst first: what cannot be skipped, then by level."""
        level = _LEVELS.index(self.level) if self.level in _LEVELS else len(_LEVELS)
        return (self.kind == RISK, -level, self.where, self.name)


class Precheck(BaseModel):
    """A precheck with all that it found."""

    metadata: Metadata
    spec: Object[_Spec] = Field(default_factory=_Spec)
    status: Object[_Status] = Field(default_factory=_Status)

    @property
    def phase(self) -> str:
        """The vendor's word."""
        return self.status.phase

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The checks that did not pass, the worst first."""
        return tuple(sorted(self._found(), key=lambda each: each.order))

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """What it left out: names with the node that each is about, if any."""
        return tuple(
            (skip.name, uid)
            for skip in self.spec.skipped
            for uid in (skip.selector.values or [""])
            if skip.name
        )

    def _found(self) -> Iterator[Finding]:
        for where, checks in (("cluster", self.status.cluster), ("addons", self.status.addons)):
            yield from _failed(checks.items, where)
        for stage in self.status.nodes.stages:
            name = stage.node.name or stage.node.uid or "node"
            yield from _failed(stage.items, name, stage.node.uid)


def read_precheck(target: Cluster, uid: str) -> Flow[Precheck]:
    """Read a precheck."""
    doing = f"read precheck {uid}"
    reply = yield get(target.path(OPERATION, "precheck", "tasks", identifier(uid, doing)))
    precheck = parse(Precheck, reply, doing)
    if precheck.metadata.uid != uid:
        raise unreadable(doing=doing, why=AboutAnother(id=precheck.metadata.uid))
    return precheck


def risks(precheck: Precheck) -> tuple[str, ...]:
    """Return all that a next precheck has to leave out; nothing where that would not help."""
    found = precheck.findings
    if not found or any(each.kind != RISK or not each.name for each in found):
        return ()
    return items((*precheck.skipped, *((each.name, each.node) for each in found)))


def items(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Write names with the nodes that they are about: `name`, or `name@uid,uid`."""
    by_name: dict[str, list[str]] = {}
    for name, node in pairs:
        by_name.setdefault(name, []).extend([node] if node else [])
    return tuple(
        f"{name}@{','.join(dict.fromkeys(nodes))}" if nodes else name
        for name, nodes in by_name.items()
    )


def selectors(written: Iterable[str]) -> list[dict[str, Any]]:
    """Return what `items` has written as the API wants it.

    Raises:
        ValueError: one has no name, or is too long to be one.
    """
    wanted = []
    for item in written:
        name, nodes = _parts(item)
        if not name or len(name) > _NAME_MAX:
            raise ValueError(item)
        wanted.append(_selector(name, nodes))
    return wanted


def told(written: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what `items` has written for people: "DiskUsage (node-1)".

    *names* are the nodes' names by their uids; a node that has none there is told by its uid.
    """
    return tuple(_told(*_parts(item), names) for item in written)


def _told(name: str, nodes: str, names: Mapping[str, str]) -> str:
    if not nodes:
        return plain(name, _NAME_MAX)
    where = [names.get(each) or each for each in nodes.split(",")]
    more = "…" if len(where) > _NODES_TOLD else ""
    return plain(f"{name} ({', '.join(where[:_NODES_TOLD])}{more})", _NAME_MAX)


def _parts(item: str) -> tuple[str, str]:
    """Return the name in an item, and its nodes with commas; "" where it is about none."""
    name, at, nodes = item.rpartition("@")
    return (name, nodes) if at and _NODES.fullmatch(nodes) else (item, "")


def _selector(name: str, nodes: str) -> dict[str, Any]:
    if not nodes:
        return {"name": name}
    chosen = {"key": "node.uid", "operator": "In", "values": nodes.split(",")}
    return {"name": name, "resourceSelector": chosen}


def _failed(items: Iterable[_Item], where: str, node: str = "") -> Iterator[Finding]:
    for each in items:
        if each.phase == _FAILED:
            yield Finding(
                where=where,
                node=node if is_identifier(node) else "",
                name=each.name,
                kind=each.kind,
                level=each.level,
                message=each.message or plain(", ".join(each.codes)),
            )
