"""The bodies of our calls, as somebody who uses the SDK writes them.

Each takes what varies (a version, a name) from our body, and states all else in the SDK's own
models; `program.py` builds them. Templates of slipway.yaml and settings that were read before are
JSON to begin with: those the SDK itself reads into its models.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Body: TypeAlias = Callable[[Any, Any], Any]
"""Makes the SDK's body of ours, and of what the SDK was shown last by the same path."""


def model(kind: str, /, **members: Any) -> dict[str, Any]:
    """Write one of the SDK's models; what is None is left out."""
    given = {key: value for key, value in members.items() if value is not None}
    return {"$model": kind, **given}


def read_as(name: str) -> Body:
    """Let the SDK read a template's JSON."""
    return lambda ours, _shown: {"$read": name, "json": ours}


def component(ours: Any, shown: Any) -> Any:
    """Write what v3's component was shown to be, at another version, as it is to be brought out.

    The SDK drops the mark of the platform's own variables: who uses it has to know one's own.
    """
    own = {each["name"] for each in ours["envs"]}
    envs = [each for each in shown["envs"] if each["name"] in own]
    wanted = {**shown, "version": ours["version"], "envs": envs}
    wanted["source"] = {**shown["source"], "url": ours["source"]["url"]}
    if "deploy_strategy" in ours:
        wanted["deploy_strategy"] = ours["deploy_strategy"]
    return {"$read": "ComponentModify", "json": wanted}


def instance(ours: Any, shown: Any) -> Any:
    """Write what v2's instance was shown to be, at another version."""
    artifacts = {
        name: {**each, "url": ours["artifacts"][name]["url"]}
        for name, each in shown["artifacts"].items()
    }
    wanted = {**shown, "version": ours["version"], "artifacts": artifacts}
    return {"$read": "InstanceModify", "json": wanted}


def action(kind: str) -> Body:
    """Write an action on a component or an instance."""

    def written(ours: Any, _shown: Any) -> Any:
        given = ours.get("parameters")
        parameters = given and model(
            f"{kind}Parameters", replica=given.get("replica"), version=given.get("version")
        )
        return model(kind, action=ours["action"], parameters=parameters)

    return written


def workflow(ours: Any, _shown: Any) -> Any:
    """Write the beginning of an upgrade."""
    spec = model("WorkFlowSpec", target_version=ours["spec"]["targetVersion"])
    return model(
        "CreateUpgradeWorkFlowRequestBody", kind="WorkFlowTask", api_version="v3", spec=spec
    )


def precheck(ours: Any, _shown: Any) -> Any:
    """Write a precheck, with what it leaves out."""
    left_out = [_skipped(each) for each in ours["spec"].get("skippedCheckItemList", [])]
    spec = model("PrecheckSpec", **_way(ours["spec"]), skipped_check_item_list=left_out or None)
    return model("PrecheckClusterRequestBody", api_version="v3", kind="PreCheckTask", spec=spec)


def upgrade(ours: Any, _shown: Any) -> Any:
    """Write an upgrade without its own precheck, with its batches, its order and its add-ons."""
    given = ours["spec"]["clusterUpgradeAction"]
    rolling = given["strategy"]["inPlaceRollingUpdate"]
    action = model(
        "ClusterUpgradeAction",
        target_version=given["targetVersion"],
        is_only_upgrade=True,
        strategy=model(
            "UpgradeStrategy",
            type="inPlaceRollingUpdate",
            in_place_rolling_update=model(
                "InPlaceRollingUpdate",
                user_defined_step=rolling["userDefinedStep"],
                scope=rolling.get("scope"),
            ),
        ),
        node_pool_order=given.get("nodePoolOrder"),
        node_order={
            pool: [_priority(each) for each in rows]
            for pool, rows in given.get("nodeOrder", {}).items()
        }
        or None,
        addons=[_addon(each) for each in given.get("addons", [])] or None,
    )
    return model(
        "UpgradeClusterRequestBody",
        metadata=model("UpgradeClusterRequestMetadata", api_version="v3", kind="UpgradeTask"),
        spec=model("UpgradeSpec", cluster_upgrade_action=action),
    )


def _priority(ours: Any) -> Any:
    chosen = ours["nodeSelector"]
    selector = model(
        "NodeSelector", key=chosen["key"], operator=chosen["operator"], value=chosen["value"]
    )
    return model("NodePriority", node_selector=selector, priority=ours["priority"])


def _addon(ours: Any) -> Any:
    return model(
        "UpgradeAddonConfig",
        addon_template_name=ours["addonTemplateName"],
        operation=ours["operation"],
        version=ours["version"],
        values=ours.get("values"),
    )


def postcheck(ours: Any, _shown: Any) -> Any:
    """Write a postcheck."""
    spec = model("PostcheckSpec", **_way(ours["spec"]))
    return model("PostcheckClusterRequestBody", api_version="v3", kind="PostCheckTask", spec=spec)


def cancel(_ours: Any, _shown: Any) -> Any:
    """Write the end of a workflow."""
    status = model("UpgradeWorkFlowUpdateRequestBodyStatus", phase="Cancel")
    return model("UpgradeWorkFlowUpdateRequestBody", status=status)


def release(ours: Any, _shown: Any) -> Any:
    """Write a new release; the SDK's model of `values` knows two of a chart's names only."""
    told = {key: ours.get(key) for key in ("chart_id", "name", "namespace", "version")}
    return model(
        "CreateReleaseReqBody",
        **told,
        description=ours.get("description"),
        parameters=model("ReleaseReqBodyParams", **ours["parameters"]),
        values=ours["values"],
    )


def change(ours: Any, _shown: Any) -> Any:
    """Write a release's upgrade or rollback."""
    return model(
        "UpdateReleaseReqBody",
        chart_id=ours["chart_id"],
        action=ours["action"],
        parameters=model("ReleaseReqBodyParams", **ours["parameters"]),
        values=ours["values"],
    )


def _way(spec: Any) -> dict[str, str]:
    return {
        "cluster_id": spec["clusterID"],
        "cluster_version": spec["clusterVersion"],
        "target_version": spec["targetVersion"],
    }


def _skipped(item: Any) -> Any:
    chosen = item.get("resourceSelector")
    return model(
        "SkippedCheckItemList",
        name=item["name"],
        resource_selector=chosen
        and model("ResourceSelector", key="node.uid", operator="In", values=chosen["values"]),
    )
