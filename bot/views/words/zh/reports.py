"""Chinese: the report, and what runs where. What stands in charts and tables is plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _head(params: Params) -> str:
    of = {"all": "所有目标", "policy": "策略 {name:name} ", "target": "{name:name} "}
    return f"*{of[str(params['scope'])]}最近 {{days}} 天*"


_SPREAD: Final = "一半在 {half:duration} 以内，九成在 {most:duration} 以内"
_PART: Final = (
    "部署 {count} 次，失败或被回滚 {share:text}"
    "[[，一半在 {running:duration} 内完成]][[，一半在 {restore:duration} 内恢复]]"
)

REPORTS: Final[Mapping[str, Template]] = {
    "report.head": _head,
    "report.nothing": "没有部署。",
    "report.deployments": "*部署 {count} 次*，平均每天 {per_day:text} 次",
    "report.bad": "*{share:text}* 失败或被回滚：失败 {failed} 次，回滚 {rolled_back} 次",
    "report.lead": f"从申请到完成：{_SPREAD}",
    "report.approval": f"等待审批：{_SPREAD}",
    "report.running": f"执行时间：{_SPREAD}",
    "report.restore": f"从出问题到恢复正常：{_SPREAD}",
    "report.error": ("预估用时的误差：中位数 {error:text}；{within:text} 在预计的九成时间内完成"),
    "report.ranks": (
        "{incidents} 次故障中被回滚的变更：{hit:text} 排在可疑变更的首位，"
        "{top:text} 排在前三位，平均名次 {mean:text}"
    ),
    "report.policy": f"策略 *{{name:name}}*：{_PART}",
    "report.target": f"*{{name:name}}*：{_PART}",
    "report.more": "…另有 {more} 个",
    "report.cut": "变更太多，只统计了最新的部分。",
    "report.follows": "图表随后发出。",
    "report.as_of": "截至 {at:moment}",
    "report.chart_deployments": "部署次数（UTC 日期）",
    "report.chart_times": "用时（分钟）",
    "report.series_well": "正常",
    "report.series_bad": "失败或被回滚",
    "report.series_half": "半数用时",
    "report.series_most": "九成用时",
    "report.label_lead": "申请到完成",
    "report.label_approval": "等待审批",
    "report.label_running": "执行",
    "report.label_restore": "恢复",
    "report.column_target": "目标",
    "report.column_deployments": "部署次数",
    "report.column_bad": "失败或被回滚",
    "report.column_running": "执行时间",
    "report.column_restore": "恢复时间",
    "report.length": "{length:duration}",
    "runs.head": "*各目标当前版本*（{count} 个）",
    "runs.line": (
        "*{target:name}*[[：{version:text:60}]][[，自 {since:moment} 起]]"
        "[[，申请人 {by:text:60}]][[ · {live:text:120}]][[ · {doing}]]"
    ),
    "runs.held": "{targets:list}：{why}",
    "runs.more": "… 另有 {more} 个：用 {/ops targets} 查看全部。",
    "runs.as_of": "截至 {at:clock}",
    "runs.read": "截至 {at:clock} 的云端状态",
    "runs.health": "{status:reason:60}[[ · {replicas:reason:40}]]",
    "runs.awaits": "等待云端应答",
    "runs.waiting": "{count} 个在排队",
    "runs.column_target": "目标",
    "runs.column_version": "版本",
    "runs.column_since": "起始时间",
    "runs.column_by": "申请人",
    "runs.column_health": "状态",
    "runs.column_doing": "正在进行",
}
