"""How a cluster is upgraded, as slipway.yaml has it: by the vendor's own words, recorded in a plan.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/UpgradeCluster.html
"""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError
from bot.core.plan import Change
from bot.core.records import Json, Record
from bot.systems._helm.declared import Hidden, revealed
from bot.systems._helm.values import Values, ValuesError, masked, with_secrets
from bot.systems.cce_cluster.codes import AtOnce, Priorities

_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$"
BATCH: Final = 20  # nodes; the range differs by page, this is in all of them
_SELECTED: Final = "nodeSelector"

_Name: TypeAlias = Annotated[str, StringConstraints(pattern=_NAME)]
_Priority: TypeAlias = Annotated[int, Field(ge=0, le=1_000)]


class Selector(Record):
    """Which nodes are meant."""

    key: _Name
    operator: Literal["in", "notin", "exists", "!", "gt", "lt"]
    value: tuple[str, ...] = ()


class NodePriority(Record):
    """How early some nodes of a pool are upgraded: a higher number goes first."""

    nodeSelector: Selector  # noqa: N815 - as on the wire
    priority: _Priority


class Order(Record):
    """Which pools and nodes go first; the default pool is called DefaultPool."""

    pools: dict[_Name, _Priority] = Field(default_factory=dict)
    nodes: dict[_Name, tuple[NodePriority, ...]] = Field(default_factory=dict)


class Addon(Record):
    """An add-on that is brought to another version with the cluster."""

    addonTemplateName: _Name  # noqa: N815 - as on the wire
    version: _Name
    operation: Literal["patch"] = "patch"
    values: Hidden | None = None  # may hold secrets

    @property
    def body(self) -> dict[str, Json]:
        """The add-on as it is sent."""
        values = revealed(self.values)
        told: dict[str, Json] = self.model_dump(mode="json", exclude={"values"})
        return told if values is None else {**told, "values": values}


class Upgrade(Record):
    """The part of the upgrade's call that is a matter of taste."""

    batch: int = Field(default=BATCH, ge=1, le=40)  # the most nodes at once
    scope: Literal["Cluster", "NodePool"] | None = None  # where batches begin to grow anew
    order: Order = Order()
    addons: tuple[Addon, ...] = ()

    @property
    def settings(self) -> Values:
        """What is sent, and is not as Slipway has it where nothing is said; with its secrets."""
        rolling: dict[str, Json] = {}
        if self.batch != BATCH:
            rolling["userDefinedStep"] = self.batch
        if self.scope:
            rolling["scope"] = self.scope
        nodes = self.order.model_dump(mode="json")["nodes"]
        told: Values = {
            "rolling": rolling,
            "nodePoolOrder": dict(self.order.pools),
            "nodeOrder": nodes,
            "addons": [each.body for each in self.addons],
        }
        return {name: value for name, value in told.items() if value}

    @property
    def recorded(self) -> dict[str, Json]:
        """The part of a step's parameters that is about it: nothing where nothing is said."""
        return {"settings": masked(self.settings)} if self.settings else {}

    def changes(self, nodes: int | None) -> tuple[Change, ...]:
        """Return what people read of it before they approve; *nodes* is how many there are."""
        first = ", ".join(f"{name} {number}" for name, number in self.order.pools.items())
        within = ", ".join(
            f"{pool} {_shown(each)}" for pool, rows in self.order.nodes.items() for each in rows
        )
        by_pool = self.scope == "NodePool"
        at_once = AtOnce(nodes=nodes, batch=self.batch, by_pool=by_pool).reason
        told = [Change(name=label("nodes"), before="", after=at_once)]
        if first:
            pools = Priorities(told=first).reason
            told.append(Change(name=label("pool_order"), before="", after=pools))
        if within:
            inside = Priorities(told=within).reason
            told.append(Change(name=label("node_order"), before="", after=inside))
        told += [
            Change(name=label("addon", of=each.addonTemplateName), before="", after=each.version)
            for each in self.addons
        ]
        return tuple(told)


def _shown(each: NodePriority) -> str:
    chosen = each.nodeSelector
    return f"{chosen.key} {chosen.operator} {'|'.join(chosen.value)} {each.priority}"


def body(version: str, recorded: object, now: Upgrade, doing: str) -> dict[str, Any]:
    """Return the body of the upgrade, as it was *recorded* in the plan.

    The precheck has been made before it. Secrets come from what slipway.yaml says *now*.

    Raises:
        CloudRefusedError: a secret is not there any more.
    """
    told = _with_secrets(recorded if isinstance(recorded, dict) else {}, now, doing)
    rolling = told.pop("rolling", {})
    strategy = {
        "type": "inPlaceRollingUpdate",
        "inPlaceRollingUpdate": {"userDefinedStep": BATCH, **rolling},
    }
    action = {"strategy": strategy, "targetVersion": version, "isOnlyUpgrade": True, **told}
    return {
        "metadata": {"apiVersion": "v3", "kind": "UpgradeTask"},
        "spec": {"clusterUpgradeAction": action},
    }


def _with_secrets(recorded: Values, now: Upgrade, doing: str) -> dict[str, Any]:
    try:
        return with_secrets(recorded, now.settings)
    except ValuesError as error:
        raise CloudRefusedError(
            doing=doing, why=error.code, status=0, verdict="refused", code=error.code.reason.code
        ) from error
