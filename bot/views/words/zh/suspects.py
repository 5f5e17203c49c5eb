"""Chinese: which changes may have caused an incident, and why."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template, Words

_PHASES: Final[Mapping[str, str]] = {
    "failed": "失败",
    "cancelled": "取消",
    "rejected": "驳回",
    "expired": "过期",
    "stalled": "停滞",
    "uncertain": "结果未知",
}


def _content(params: Params) -> str:
    if params["action"] == "deploy":
        return "新版本：{before:reason:60} → {after:reason:60}"
    return "{action:action}：{before:reason:60} → {after:reason:60}"


def _ended_badly(params: Params) -> str:
    return "以" + _PHASES.get(str(params["phase"]), " {phase:name} ") + "告终"


SUSPECTS: Final[Mapping[str, Words]] = {
    "suspect.ended_before": Words("在故障开始前 {gap:duration}结束"),
    "suspect.ran_at_onset": Words("故障开始时正在执行"),
    "suspect.on_target": Words("就在 {target:name} 上"),
    "suspect.beneath": Words("在其所在集群 {target:name} 上"),
    "suspect.beside": Words("在相邻目标 {target:name} 上"),
    "suspect.content": Words(_content),
    "suspect.scaled_down": Words("缩容"),
    "suspect.restarted": Words("重启"),
    "suspect.scaled_up": Words("扩容"),
    "suspect.same_again": Words("重复部署同一版本"),
    "suspect.carries": Words("承载 {targets} 个目标"),
    "suspect.several": Words("一次改动多处"),
    "suspect.major": Words("主版本变化"),
    "suspect.minor": Words("次版本变化"),
    "suspect.values": Words("一次改动 {values} 个参数"),
    "suspect.first_change": Words("{days} 天来的首次变更"),
    "suspect.ended_badly": Words(_ended_badly),
    "suspect.still_ran": Words("故障开始时尚未结束"),
    "suspect.slow": Words("比平时慢"),
    "suspect.cut_corners": Words("绕过了对他人的限制"),
    "suspect.approved_alone": Words("由申请人自己批准"),
    "suspect.known_bad": Words("{version:reason:60} 曾于 {at:moment} 被回滚"),
    "suspect.often_trouble": Words("最近十次变更中有两次被回滚"),
    "suspect.undone": Words("已于 {at:moment} 回滚（{operation:code}）"),
    "suspect.back_to_quiet": Words("回到平稳运行过一天的版本"),
    "suspect.replaced": Words("已于 {at:moment} 被替换（{operation:code}）"),
}
SUSPECT_PHRASES: Final[Mapping[str, Template]] = {
    "suspects.head": "*此前有哪些变更？*最可疑的在前，由你判断。",
    "suspects.none_stands_out": "*此前有哪些变更？*近期没有特别可疑的变更。",
    "suspects.none": "*此前有哪些变更？* Slipway 没有发现此前的变更。",
    "suspects.no_targets": ("*此前有哪些变更？*还没有关联目标：用 {/incident add <target>} 添加。"),
    "suspects.strong": "高度可疑",
    "suspects.possible": "可能",
    "suspects.weak": "可能性小",
    "suspects.suspect": "*{band}*：{subject}，{by:person}（{operation:code}）[[，共 {times} 次]]",
    "suspects.no_way_back": "无法从这里回滚：{why:reason:200}。",
    "suspects.more": "…另有 {more} 个",
    "suspects.after": "故障开始之后：{operations}[[ 等，另有 {more} 个]]",
    "suspects.after_unread": "{operation:code}",
    "suspects.after_one": "{subject}（{operation:code}）",
    "suspects.outside": (
        "*在 Slipway 之外变更*：{target:name}，修订版本 {revision:name}"
        "[[（{description:reason:100}）]]，故障开始前 {length:duration}\n"
        "这不是 Slipway 做的变更，没有对应的按钮：可用 {/rollback <target>} 回滚。"
    ),
    "suspects.outside_after": (
        "*在 Slipway 之外变更*，故障开始之后：{target:name}，修订版本 {revision:name}"
        "[[（{description:reason:100}）]]，{length:duration}后"
    ),
    "suspects.unread": "{targets:list} 的云端历史无法读取。",
    "suspects.small": (
        "最近 {hours} 小时内故障目标及其相邻目标的变更，来自 Slipway 和云端历史；"
        "以故障上报时间为开始时间。"
    ),
    "suspects.small_known": (
        "告警之前 {hours} 小时内故障目标及其相邻目标的变更，来自 Slipway 和云端历史。"
    ),
}
