"""Bodies of CCE's upgrade calls, read strictly.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html
"""

from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_gateway import bad_request

BodyT = TypeVar("BodyT", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WorkflowSpec(_Body):
    """From where to where; the present version and the cluster are generated, if given or not."""

    targetVersion: str = Field(min_length=1)  # noqa: N815 - as on the wire
    clusterID: str | None = None  # noqa: N815 - as on the wire
    clusterVersion: str | None = None  # noqa: N815 - as on the wire


class WorkflowBody(_Body):
    """Creates a workflow."""

    kind: Literal["WorkFlowTask"]
    apiVersion: Literal["v3"]  # noqa: N815 - as on the wire
    spec: WorkflowSpec


class _Cancel(_Body):
    phase: Literal["Cancel"]


class CancelBody(_Body):
    """Cancels a workflow; nothing else can be done to one."""

    status: _Cancel


class Selector(_Body):
    """Which nodes an item is skipped on."""

    key: Literal["node.uid"]
    operator: Literal["In"]
    values: list[str] = Field(min_length=1)


class Skip(_Body):
    """An item that a precheck leaves out."""

    name: str = Field(min_length=1)
    resourceSelector: Selector | None = None  # noqa: N815 - as on the wire


class CheckSpec(_Body):
    """What is checked."""

    clusterID: str | None = None  # noqa: N815 - as on the wire
    clusterVersion: str | None = None  # noqa: N815 - as on the wire
    targetVersion: str | None = None  # noqa: N815 - as on the wire


class PrecheckSpec(CheckSpec):
    """What is checked, and what is not."""

    skippedCheckItemList: list[Skip] | None = None  # noqa: N815 - as on the wire


class PrecheckBody(_Body):
    """Asks for a precheck."""

    kind: Literal["PreCheckTask"]
    apiVersion: Literal["v3"]  # noqa: N815 - as on the wire
    spec: PrecheckSpec


class PostcheckBody(_Body):
    """Asks for a postcheck."""

    kind: Literal["PostCheckTask"]
    apiVersion: Literal["v3"]  # noqa: N815 - as on the wire
    spec: CheckSpec


class _Rolling(_Body):
    userDefinedStep: int = Field(ge=1, le=40)  # noqa: N815 - as on the wire
    scope: Literal["Cluster", "NodePool"] | None = None


class _Strategy(_Body):
    type: Literal["inPlaceRollingUpdate"]
    inPlaceRollingUpdate: _Rolling | None = None  # noqa: N815 - as on the wire


class _Addon(_Body):
    addonTemplateName: str  # noqa: N815 - as on the wire
    operation: Literal["patch"]
    version: str
    values: JsonValue = None


class _NodeSelector(_Body):
    key: str = Field(min_length=1)
    operator: Literal["in", "notin", "exists", "!", "gt", "lt"]
    value: list[str] | None = None


class _NodePriority(_Body):
    nodeSelector: _NodeSelector  # noqa: N815 - as on the wire
    priority: int = Field(ge=0)


class UpgradeAction(_Body):
    """How a cluster is upgraded."""

    targetVersion: str = Field(min_length=1)  # noqa: N815 - as on the wire
    strategy: _Strategy
    isOnlyUpgrade: bool = False  # noqa: N815 - as on the wire
    addons: list[_Addon] | None = None
    nodeOrder: dict[str, list[_NodePriority]] | None = None  # noqa: N815 - as on the wire
    nodePoolOrder: dict[str, int] | None = None  # noqa: N815 - as on the wire
    agencyName: str | None = None  # noqa: N815 - as on the wire


class UpgradeMetadata(_Body):
    """What every Kubernetes-like object begins with."""

    apiVersion: Literal["v3"]  # noqa: N815 - as on the wire
    kind: Literal["UpgradeTask"]


class UpgradeSpec(_Body):
    """The action, under either of the two names that are told for Autopilot."""

    clusterUpgradeAction: UpgradeAction | None = None  # noqa: N815 - as on the wire
    autopilotClusterUpgradeAction: UpgradeAction | None = None  # noqa: N815 - as on the wire

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.clusterUpgradeAction is None) == (self.autopilotClusterUpgradeAction is None):
            msg = "wants one action"
            raise ValueError(msg)
        return self


class UpgradeBody(_Body):
    """Asks for an upgrade."""

    metadata: UpgradeMetadata
    spec: UpgradeSpec


def read(model: type[BodyT], body: JsonObject | None) -> BodyT:
    """Read *body* as *model*.

    Raises:
        RefusedError: a field is missing, unknown, of another type or out of range.
    """
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise bad_request(why=f"{where}: {first['msg']}") from None
