"""Chinese: the replies in an operation's thread."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

THREADS: Final[Mapping[str, Template]] = {
    "thread.named": "{named}：{words}",
    "thread.nothing_sent": "尚未提交任何内容",
    "thread.request": "请求 ID {request:code}",
    "thread.to_decide": "请 {who:people} 决定",
    "thread.to_know": "{who:people} 请知悉",
    "thread.look_at": "请在云控制台查看云端任务 {task:code}",
    "thread.seen_last": "最近一次看到：{detail}",
    "thread.ran_late": "*{named}已超时*：很少需要这么久[[（{usual}）]]",
    "thread.seemed_stuck": (
        "*{named}可能卡住了*，停在{step}步骤：自 {moved:moment} 起没有进展，"
        "以往从未超过 {most:duration}"
    ),
    "thread.quarter": "*{step}* 已过 {quarter} %[[：{seen}]]",
    "thread.decision_awaited": (
        "*{named}仍在等待选择*，自 {since:moment} 起。{who:person}，请选择下一步"
    ),
    "thread.more_findings": (
        "…另有 {more} 项，用 `slipway operations show --json {operation:name}` 查看"
    ),
    "thread.approval_wanted": "*{subject}* 需要 {needed} 人批准",
    "thread.glass_broken": "*{by:person} 紧急放行*：{subject}[[，“{why:text:500}”]]",
    "thread.review_until": "须在 {due:moment} 之前复核",
    "thread.review_reminded": (
        "*待复核*[[，请 {who:people}]] 在 {due:moment} 之前判断：这次紧急放行是否正当？"
    ),
    "thread.review_overdue": (
        "*复核已逾期*，应在 {due:moment} 之前完成[[，请 {who:people} 处理]]：这次紧急放行是否正当？"
    ),
    "thread.justified": "{by:person} 已复核：*正当*[[，“{note:text:500}”]]",
    "thread.not_justified": "{by:person} 已复核：*不正当*[[，“{note:text:500}”]]",
    "thread.approval_reminded": lambda params: (
        "*还在等待 {missing} 人批准*[[，审批人：{who:people}]]，截止 {until:moment}"
        + ("。从现在起 {escalated:people} 也可以批准" if params["escalated"] else "")
    ),
    "thread.plan_refused": "*{word:text}*：{why:reason} [{code:text:60}]",
    "thread.approved": "{by:named} 已批准[[（代 {of:named}）]][[（{place}/{needed}）]]",
    "thread.approved_last": (
        "{by:named} 已批准[[（代 {of:named}）]]（{place}/{needed}）：*审批已齐*"
    ),
    "thread.approvals_voided": "*审批已作废*：{why:reason:500}",
    "thread.plan_changed": "*计划已变*：{why:reason:500}",
    "thread.would_be": "现在的变更是 {change}",
    "thread.rejected": "*已驳回*，{by:named}：{why:reason:500}",
    "thread.rejected_without_reason": "*已驳回*，{by:named}，未说明原因",
    "thread.approval_lapsed": "*已过期*：没有人及时审批。尚未提交任何内容。",
    "thread.cancelled": "*已取消*，{by:named}[[：{why:reason:500}]]",
    "thread.held_back": "*暂缓执行*：{reason:reason:500}。解除后自动继续",
    "thread.turn_came": "{requester:person}，*轮到{named}了*。Slipway 正在读取现网状态",
    "thread.turn_taken": "{by:person} 现在启动 *{named}*。Slipway 正在读取现网状态",
    "thread.turn_offered": (
        "{requester:person}，*轮到{named}了*。它已等待很久：请在 {until:moment} 之前点击"
        "*立即开始*，否则过期"
    ),
    "thread.turn_lapsed": "*已过期*：{requester:person} 没有及时启动。尚未提交任何内容",
    "thread.stepped_aside": (
        "*让路*：{by:person} 的回滚 {rollback:code} 优先。计划和审批已作废，回滚之后按新计划继续"
    ),
    "thread.extended": "先增加 *{steps:list}*：{why:reason}",
    "thread.not_accepted": "*{step}* 未被受理：{why:reason}",
    "thread.retrying": "没有执行任何内容。将于 {at:moment} 重试",
    "thread.accepted": "*{step}* 已受理，云端任务 {task:code}",
    "thread.call_rejected": "*{named}失败*，停在{step}步骤：API 拒绝了调用",
    "thread.rejection": "{why:reason} [{code:text:60}]",
    "thread.answer_lost": (
        "*{named}结果未知*，停在{step}步骤：请求于 {sent:moment} 发出，没有得到可用的应答："
        "{why:reason}"
    ),
    "thread.checking": (
        "Slipway 不会重发，正在查证它是否启动了任务。审批人从 {at:moment} 起可以决定"
    ),
    "thread.adopted": "*{step}* 丢失应答的调用已启动云端任务 {task:code}",
    "thread.watching": "Slipway 正在跟踪它",
    "thread.no_trace": "*没有找到丢失调用的痕迹*：{why:reason}",
    "thread.may_decide": "审批人可以查看云控制台，然后点击*未执行*或*已执行*",
    "thread.said_not_executed": "{by:named} 认为丢失的调用*未执行*（{said}/{needed}）",
    "thread.must_confirm": "还须 {left} 位审批人确认",
    "thread.not_executed": "*{named}失败*：{by:named} 认定丢失的调用未执行",
    "thread.said_executed": "{by:person} 认为丢失的调用*已执行*（{said}/{needed}）",
    "thread.executed": "*{named}成功*：{by:person} 认定丢失的调用已执行",
    "thread.unlocked": "目标已解锁",
    "thread.executed_late": "*{named}丢失的调用实际上已执行*：云端显示云端任务 {task:code}",
    "thread.not_tracked": "Slipway 不再跟踪它。用 {/ops status <target>} 查看当前运行情况",
    "thread.rollback_held": "{by:named} 已阻止：*{target:name} 不会自动回滚*",
    "thread.rollback_begun": "没有人阻止：*Slipway 正在回滚 {target:name}*，操作为 {rollback:code}",
    "thread.rollback_forgone": "*{target:name} 没有自动回滚*：{reason:reason:500}",
    "thread.rollback_coming": (
        "*Slipway 将于 {until:clock} 自动把 {target:name} 回滚到 {version:text:60}*。"
        "如要保持现状，请点击*不要回滚*"
    ),
    "thread.stalled": "*{named}已停滞*，停在{step}步骤：{why:reason}",
    "thread.may_still_run": "它可能仍在执行。请先查看，再继续等待或重新查询",
    "thread.wait_extended": "{by:named} 把等待延长了 {extra:duration}",
    "thread.wait_until": "直到 {until:moment}",
    "thread.seen": "*{step}*：{note:reason}",
    "thread.waits": ("*{named}等待选择*：{detail:reason}。{who:person}，请选择下一步"),
    "thread.step_added": "{by:named} 继续：*{option}*[[，原因：{why:text:500}]]",
    "thread.taken_back": "{by:named} 在 *{named}* 结束之前将其回滚",
    "thread.own_card": "回滚有单独的卡片",
    "thread.succeeded": "*{subject}成功*[[，用时 {length:duration}]]",
    "thread.step_succeeded": "*{step}* 成功[[，用时 {length:duration}]]。下一步：{next}",
    "thread.failed": "*{subject}失败*，停在{step}步骤[[，用时 {length:duration}]]：{why}",
}
