"""Chinese for what CCE's clusters and releases say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words
from bot.views.words.zh.helm import or_unknown, with_words

_TRY_LATER: Final = "请等它结束后重试。{/ops status} 会显示状态。"
_ASK_AGAIN: Final = "请重新申请升级。"
_STEPS: Final[Mapping[str, str]] = {
    "workflow": "工作流",
    "precheck": "升级前检查",
    "snapshot": "备份",
    "upgrade": "升级任务",
    "postcheck": "升级后验证",
    "cancel": "取消",
}


def _step_name(params: Params) -> str:
    return _STEPS.get(str(params["step"]), "{step}")


def _no_release(params: Params) -> str:
    return with_words("集群 {cluster} 中没有模板实例 {place}", params)


def _no_chart(params: Params) -> str:
    needed = "（{needed_for} 需要它）" if params["needed_for"] else ""
    return "没有模板 {chart:name}" + needed


def _no_chart_remedy(params: Params) -> str:
    if params["near"]:
        return "请从 {near:list} 中选择。"
    return "请检查 slipway.yaml 中的 `chart:`，或上传该模板。"


def _deletion(params: Params) -> str:
    return "模板实例仍存在，" + or_unknown("status", params)


def _deletion_failed(params: Params) -> str:
    return with_words("删除失败：模板实例状态为 {status}", params) + "。请手动删除残留，再重新安装"


_RETRY: Final[Mapping[str, str]] = {
    "precheck": "重新检查",
    "snapshot": "重新备份",
    "upgrade": "重试升级",
    "postcheck": "重新验证",
}
_RETRY_DOES: Final[Mapping[str, str]] = {
    "precheck": "重新执行升级前检查，通过后继续升级",
    "snapshot": "重新备份，成功后继续升级",
    "upgrade": "失败的升级任务从中断处继续",
    "postcheck": "再次检查集群及其工作负载，不做任何变更",
}


def _retry(params: Params) -> str:
    return _RETRY.get(str(params["step"]), "重试")


def _retry_does(params: Params) -> str:
    return _RETRY_DOES.get(str(params["step"]), "重新执行")


def _no_version(params: Params) -> str:
    return "{version:name} 不是集群版本" if params["version"] else "没有指定版本"


def _not_offered(params: Params) -> str:
    if params["offered"]:
        return "CCE 没有为该集群（当前 {running:name}）提供 {version:name}"
    paths = "。从当前版本出发的升级路径通向 {paths:list}" if params["paths"] else ""
    return "CCE 目前没有为该集群（当前 {running:name}）提供可升级的版本" + paths


def _not_offered_remedy(params: Params) -> str:
    if params["offered"]:
        return "请从可升级的版本中选择：{offered:list}。"
    return "请稍后重试。何时提供升级由 CCE 决定。"


def _changing(params: Params) -> str:
    return with_words("集群正在变更：状态为 {status}", params)


def _unavailable(params: Params) -> str:
    return with_words("集群状态为 {status}，只有可用（Available）的集群才能升级", params)


def _elsewhere(params: Params) -> str:
    there = "{version:name}" if params["version"] else "未知版本"
    return "工作流 {workflow} 通向" + there + "，而不是 {wanted:name}"


def _course(params: Params) -> str:
    to = "升级到 {version:name}，" if params["version"] else ""
    return to + or_unknown("status", params) + "：" + _points(params)


def _points(params: Params) -> str:
    return "{points:list}" if params["points"] else "尚无检查点"


def _expired(params: Params) -> str:
    said = "{words}：" if params["words"] else ""
    return said + "升级前检查已过期。请重新申请升级，届时会重新检查"


def _step(params: Params) -> str:
    says = "{status}" + ("，{progress}" if params["progress"] else "")
    says += _nodes(params)
    says += "；{points:list}" if params["points"] else ""
    return "与重试之前相同：" + says if params["is_old"] else says


def _nodes(params: Params) -> str:
    """Say which nodes are being upgraded; older versions did not record any."""
    if not params.get("nodes"):
        return ""
    if not params["upgrading"]:
        return "，共 {nodes} 个节点"
    more = " 等，另有 {more} 个" if params["more"] else ""
    return "，正在升级 {upgrading:list}" + more + "，共 {nodes} 个节点"


def _at_once(params: Params) -> str:
    how_many = "" if params["nodes"] is None else "共 {nodes} 个，"
    by_pool = "，逐个节点池进行" if params["by_pool"] else ""
    return how_many + "每批最多 {batch} 个" + by_pool


def _made(params: Params) -> str:
    return "从 {before:name} 到 {after:name}；" + _points(params)


def _precheck_failed(params: Params) -> str:
    return with_words("升级前检查以状态 {status} 结束", params)


def _found(params: Params) -> str:
    counts = {"exceptions": "{exceptions} 个异常", "risks": "{risks} 个风险"}
    what = "、".join(words for name, words in counts.items() if params[name])
    more = " 等，另有 {more} 项" if params["more"] else ""
    found = f"发现 {what}" if what else "没有发现问题"
    return f"升级前检查{found}：{{findings:list}}{more}"


def _skip_does(params: Params) -> str:
    what = " {told:list}" if params.get("told") else "这 {risks} 个风险"
    return f"重新执行升级前检查，跳过{what}。若没有发现其他问题，升级将继续"


def _snapshot_failed(params: Params) -> str:
    return with_words("备份失败", params)


def _upgrade_failed(params: Params) -> str:
    return with_words("升级失败", params) + ("；{points:list}" if params["points"] else "")


def _cancel_does(params: Params) -> str:
    left = "。集群保持失败升级留下的状态" if params["is_begun"] else ""
    return "关闭工作流，不升级" + left


def _step_is_ours(params: Params) -> str:
    match = "；{match:reason}" if params["match"] else ""
    return (
        f"{_step_name(params)} {{task}} 创建于 {{made:moment}}，"
        "我们的调用于 {permitted:moment} 获得许可" + match + "；没有其他新的"
    )


CCE: Final[Mapping[str, Words]] = {
    "unsupported_action.no_downgrade": Words("CCE 不支持集群降级", "可用的功能见 {/ops help}。"),
    "unsupported_action.option": Words("集群升级没有继续方式 {name:name}。", _ASK_AGAIN),
    "not_found.cluster": Words(
        lambda params: (
            "没有"
            + {"standard": "标准版", "autopilot": " Autopilot "}.get(
                str(params["flavour"]), " {flavour} "
            )
            + "集群 {cluster}。"
        ),
        "请检查 slipway.yaml 中目标的 `cluster_id` 和 `flavour`。",
    ),
    "bad_version.cluster": Words(
        _no_version, "请按 CCE 的写法：v1.31，或用 v1.31.4-r0 指定补丁版本。"
    ),
    "no_change.lower": Words(
        "{version:name} 低于当前的 {running:name}，而集群不能降级。", "请指定更高的版本。"
    ),
    "no_such_version.not_offered": Words(_not_offered, _not_offered_remedy),
    "in_progress.cluster": Words(_changing, _TRY_LATER),
    "not_available.cluster": Words(_unavailable, "请在 CCE 控制台修复后再申请。"),
    "in_progress.workflow": Words("工作流 {workflow} 正在执行，{course:reason}。", _TRY_LATER),
    "in_progress.other_workflow": Words(
        "已有升级到 {version:name} 的工作流 {workflow}，而集群同一时间只能有一个。",
        "请申请 {version:name} 以继续它，或在 CCE 控制台取消它。",
    ),
    "in_progress.workflows": Words(
        "集群有多个未结束的工作流：{workflows:list}。", "请在 CCE 控制台只保留一个，取消其余的。"
    ),
    "in_progress.no_task": Words(
        "工作流 {workflow} 的升级失败，但 CCE 没有显示可重试的任务。", "请查看 CCE 控制台。"
    ),
    "in_progress.not_cancellable": Words(
        "工作流 {workflow} 不能取消：{because:reason}。", "请继续它，或查看 CCE 控制台。"
    ),
    "workflow.point_busy": Words("{point} 状态为 {status}"),
    "workflow.phase": Words("它的阶段为 {status}"),
    "workflow.critical": Words("关键阶段尚未结束"),
    "changed_meanwhile.workflow_closed": Words("失败的工作流已关闭。", _ASK_AGAIN),
    "no_change.no_workflow": Words(
        "没有未结束的升级工作流。", "{/ops status} 显示 CCE 中未结束的内容。"
    ),
    "changed_meanwhile.workflow_ended": Words("工作流 {workflow} 已结束：{status}。", _ASK_AGAIN),
    "changed_meanwhile.version": Words(_elsewhere, _ASK_AGAIN),
    "changed_meanwhile.precheck": Words(
        "工作流 {workflow} 的升级前检查不再是失败状态，或检查结果已变。", _ASK_AGAIN
    ),
    "value.workflow": Words("到 {version:name} 的工作流"),
    "value.cancelled": Words("已取消"),
    "value.nothing_offered": Words("目前没有"),
    "value.at_once": Words(_at_once),
    "value.priorities": Words("{told}（数值大的先升级）"),
    "value.by_path": Words("目前未提供；有升级路径通向它"),
    "value.course": Words(_course),
    "plan.precheck_expired": Words("上次升级前检查已于 {at:moment} 过期"),
    "refused.precheck_expired": Words(_expired),
    "task.step": Words(_step),
    "task.workflow": Words(_made),
    "task.cancelled": Words("工作流已取消"),
    "task_failed.workflow_cancelled": Words("工作流 {workflow} 已被取消"),
    "task_failed.workflow_succeeded": Words("工作流反而成功了"),
    "task_failed.precheck": Words(_precheck_failed),
    "task_failed.findings": Words(_found),
    "task_failed.snapshot": Words(_snapshot_failed),
    "task_failed.upgrade": Words(_upgrade_failed),
    "task_failed.postcheck": Words("升级后验证失败：集群已是新版本，但尚未确认"),
    "option.retry": Words(_retry),
    "option.retry_does": Words(_retry_does),
    "task.upgraded": Words("集群已运行 {version:name}。请确认集群及其工作负载正常"),
    "option.confirm": Words("执行升级后验证"),
    "option.confirm_does": Words("由 CCE 检查集群，以确认集群及其工作负载正常，并关闭工作流"),
    "value.asked_before": Words("由人启动"),
    "option.skip": Words("跳过 {risks} 个风险"),
    "option.skip_does": Words(_skip_does),
    "value.skipped_risks": Words("{risks:list}"),
    "option.cancel": Words("取消工作流"),
    "option.cancel_does": Words(_cancel_does),
    "no_trace.step": Words(lambda params: f"CCE 没有列出我们调用时间前后的{_step_name(params)}"),
    "no_trace.untimed": Words(
        lambda params: f"CCE 没有说明{_step_name(params)}的创建时间：{{tasks:list}}"
    ),
    "no_trace.still_so": Words("{task} 仍为 {status}"),
    "no_trace.changed_then": Words("{task} 有变化，但不在我们调用的时间"),
    "no_trace.unreadable": Words("{task} 无法读取：{by:reason}"),
    "adopted.step": Words(_step_is_ours),
    "adopted.change": Words(
        "{task} 自 {changed:moment} 起为 {status}；我们的调用于 {permitted:moment} 获得许可"
    ),
    "usage.version_or_value": Words(
        "既没有版本，也没有参数。", "请指定模板版本，或设置 key=value。"
    ),
    "not_found.release_in": Words(
        _no_release,
        "请检查 slipway.yaml 中的目标及其凭证的可见范围，或用 {/ops create} 创建模板实例。",
    ),
    "no_such_chart.cce": Words(_no_chart, _no_chart_remedy),
    "ambiguous.charts": Words(
        "有多个模板是 {chart:name} {version:name}：{ids:list}。",
        "请在 slipway.yaml 中指定模板的 ID（`chart:`）。",
    ),
    "value.unknown_release": Words("CCE 建议手动删除后重新安装"),
    "task_not_found.revision": Words("模板实例的修订版本中没有 {revision}"),
    "task.deletion": Words(_deletion),
    "task_failed.deletion": Words(_deletion_failed),
}
