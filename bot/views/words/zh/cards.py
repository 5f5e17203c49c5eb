"""Chinese: cards, with their steps and notes."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _awaits(params: Params) -> str:
    whose = "*{connection:name}*" if params.get("connection") else "Slack"
    sent = "" if params.get("was_sent") else "尚未提交任何内容。"
    return (
        f"正在等待 {whose}，自 {{since:clock}} 起没有得到可用的应答"
        f"[[：{{because:reason}}]]。{sent}Slipway 会继续尝试[[，直到 {{until:moment}}]]。"
    )


def _cause(params: Params) -> str:
    """Say what the row that failed says; without one, what is known of the whole."""
    if params.get("words"):
        return "{words:text:300}"
    return "任务以状态 {status:text:60} 结束[[：{row:text:80}]]"


def _progress(params: Params) -> str:
    """Count tasks; the vendor's word says no more than that it runs, and is in Details."""
    if params.get("done") is None:
        return ""
    return "已完成 {done} 个任务"


def _step(params: Params) -> str:
    """Say which nodes are upgraded now; the percentage has its place beside."""
    if params.get("nodes") and params.get("upgrading"):
        more = " 等，另有 {more} 个" if params["more"] else ""
        return "正在升级 {upgrading:list}" + more + "，共 {nodes} 个节点"
    return "" if params.get("progress") else "{status:text:60}"


def _found(params: Params) -> str:
    """Count what a precheck found; the card and the reply list it below."""
    counts = {"exceptions": "{exceptions} 个异常", "risks": "{risks} 个风险"}
    what = "、".join(words for name, words in counts.items() if params[name])
    return f"升级前检查发现 {what}" if what else "升级前检查没有发现问题"


_ADOPTED: Final = (  # why a remote task is the lost call's; Details and the thread tell it
    *("adopted.known", "adopted.task", "adopted.step", "adopted.change", "adopted.revision"),
    *("adopted.deletion", "adopted.release", "adopted.gone", "adopted.component"),
)
_DOING: Final[Mapping[str, str]] = {
    "deploy": "部署中",
    "cce-cluster.deploy": "升级中",
    "rollback": "回滚中",
    "restart": "重启中",
    "start": "启动中",
    "stop": "停止中",
    "scale": "伸缩中",
    "create": "创建中",
    "delete": "删除中",
}
_DONE: Final[Mapping[str, str]] = {
    "deploy": "*{target:name}* 已部署到 *{after}*[[（原为 {before}）]]",
    "rollback": "*{target:name}* 已回滚到 *{after}*[[（原为 {before}）]]",
    "restart": "*{target:name}* 已重启",
    "start": "*{target:name}* 已启动",
    "stop": "*{target:name}* 已停止",
    "scale": "*{target:name}* 现有 *{after}*[[（原为 {before}）]]",
    "create": "*{target:name}* 已创建[[：*{after}*]]",
    "delete": "*{target:name}* 已删除",
}
_UNDONE: Final[Mapping[str, str]] = {
    "deploy": "*{target:name}* 未能部署到 *{after}*",
    "rollback": "*{target:name}* 未能回滚到 *{after}*",
    "restart": "*{target:name}* 未能重启",
    "start": "*{target:name}* 未能启动",
    "stop": "*{target:name}* 未能停止",
    "scale": "*{target:name}* 未能达到 *{after}*",
    "create": "*{target:name}* 未能创建",
    "delete": "*{target:name}* 未能删除",
}

CARDS: Final[Mapping[str, Template]] = {
    "card.to": "*{target:name}* → *{after}*[[   _当前 {before}_]]",
    "card.back_to": "*{target:name}* 回滚到 *{after}*[[   _当前 {before}_]]",
    "card.does": "*{action} {target:name}*[[   {what}]]",
    "card.did": "*{action} {target:name}*[[（{what}）]]",
    "card.nothing_sent": "尚未提交任何内容",
    "card.replicas": "{replicas} 个副本",
    "card.needs": "*需要 {missing} 人批准*[[，审批人：{who:people}]] · 截止 {until}",
    "card.needs_more": "*还需要 {missing} 人批准*[[，审批人：{who:people}]] · 截止 {until}",
    "card.gate_missing": "{gate:name}：{count}/{needed}[[，审批人：{who:people}]]",
    "card.gate_open": "{gate:name}：{count}/{needed}[[，已由 {given:all_named} 批准]]",
    "card.needs_gates": "*需要 {missing} 人批准* · 截止 {until}",
    "card.doing": "*{doing}*[[ · 第 {step}/{total} 步]][[{done}]]",
    "card.waits": "*等待选择*：{detail:reason}",
    "card.uncertain": "*结果未知*：*{step}* 的应答丢失，可能已经执行",
    "card.stalled": "*已停滞*：停在{step}步骤，自 {since} 起：{why:reason}",
    "card.done": "{words}[[ · {length:duration}]]",
    "card.failed": "{words} — *{why}*",
    "card.cause": "{why:reason:500}",
    "card.left": "截至 {at:moment} 运行：[[*{version:name}* · ]]{health}",
    "card.quiet": "{headline}：{why:reason:500}",
    "card.rejected": "{headline} 被 {by:named} 驳回：{why:reason:500}",
    "card.rejected_without_reason": "{headline} 被 {by:named} 驳回，未说明原因",
    "card.expired": "{headline} 已过期：没有人及时审批",
    "card.turn_lapsed": "{headline} 已过期：{why:reason:500}",
    "card.cancelled": "{headline} 被 {by:named} 取消[[：{why:reason:500}]]",
    "card.asked": "{by:named} 于 {at} 申请",
    "card.approver": "{by:named}[[（代 {of:named}）]]",
    "card.people_in_place": "{by:named}，由 {who} 批准[[ 等，另有 {more} 人]]",
    "card.people": "{by:named}[[，由 {who:all_named} 批准]][[ 等，另有 {more} 人]]",
    "card.as_of": "截至 {at}",
    "card.because": "“{reason:text:500}”",
    "card.started": "{at} 开始",
    "card.failed_at": "{step}步骤失败[[，第 {at}/{of} 步]][[，用时 {length:duration}]]",
    "card.way_back": ":leftwards_arrow_with_hook: 可回滚到 {version}",
    "card.compare": "{url:link:变更内容}",
    "card.console": "{url:link:控制台}",
    **{f"doing.{action}": words for action, words in _DOING.items()},
    **{f"done.{action}": words for action, words in _DONE.items()},
    **{f"undone.{action}": words for action, words in _UNDONE.items()},
    "cause.task_failed.ended": _cause,
    "cause.task_failed.findings": _found,
    "brief.task_failed.findings": _found,
    "brief.task_failed.ended": (
        "任务 {task:text:80} 以状态 {status:text:60} 结束[[，停在 {row:text:80}]]"
    ),
    **{f"brief.{each}": "应答曾丢失，已找到它启动的任务" for each in _ADOPTED},
    "brief.task.progress": _progress,
    "brief.task.step": _step,
    "card.text": "{symbol} {subject}：{state}{time}",
    "card.requested": "由 {by:named} 申请[[：{reason:text:500}]]",
    "card.more_changes": "…另有 {more} 处变更，见详情",
    "card.more_findings": "…另有 {more} 项，见详情",
    "time.in": "，用时 {length:duration}",
    "time.after": "，用时 {length:duration}",
    "time.so_far": "，已用 {length:duration}",
    "time.usual": "通常 {half:duration}到 {most:duration}",
    "time.usual_minutes": "通常 {half}\u2013{most} 分钟",
    "time.usual_one": "通常 {half:duration}",
    "time.due": "预计 *{at}* 完成[[（{usual}）]]",
    "time.due_most": "九成在 *{at}* 前完成[[（{usual}）]]",
    "time.percent": "{percent} %",
    "time.last": "上次 {length:duration}",
    "step.line": "*{title}* {word}",
    "step.took": "，{length:duration}",
    "step.since": "，自 {at:moment} 起",
    "step.task": "云端任务 {task:code}",
    "step.rows": "{done}/{total} 个任务",
    "note.held": "暂缓执行：{why:reason:500}。解除后自动继续。",
    "note.will_be_held": "{why:sentence:500}。在此结束之前不会执行。",
    "note.glass_broken": "{by:person} 使用了*紧急放行*。",
    "note.passed_over": "越过：{why:reason:300}。",
    "note.review_due": "须由他人在 {due:moment} 之前复核。",
    "note.justified": "{by:person} 已复核：*正当*[[，“{note:text:500}”]]。",
    "note.not_justified": "{by:person} 已复核：*不正当*[[，“{note:text:500}”]]。",
    "note.in_line": (
        "在 {target:name} 的队列中排第 {position} 位[[，前面是“{holder}”]][[（{by:named}）]]"
        "[[。预计 {at:moment} 开始]]。"
    ),
    "note.offered": (
        "{who:named} 可在 {until:moment} 之前点击*立即开始*；之后过期，由下一个开始。"
    ),
    "note.stepped_aside": ("为回滚 {rollback:code} 让路：计划和审批已作废。回滚之后按新计划继续。"),
    "note.awaits": _awaits,
    "note.behind": (
        "{by:named} 已于 {at:moment} 把 {target:name} 从 {before:reason} 回滚到 {after:reason}"
        "（{operation:code}）；这次会再往前退一个版本。"
    ),
    "note.nothing_sent": "尚未提交任何内容。",
    "note.late": "*已超时*：以往很少超过 {most:duration}",
    "note.stuck": "*是否卡住？*自 {moved} 起没有进展；以往从未超过 {most:duration}",
    "note.said_not_executed": "{said:all_named} 认为未执行；还须 {left} 位审批人确认。",
    "note.said_executed": "{said:all_named} 认为已执行；还须 {left} 位审批人确认。",
    "note.by_word": "API 的应答丢失；{who:all_named} 认定该调用已执行。",
    "note.may_decide": (
        "若云控制台上没有它的痕迹，请点击*未执行*，否则点击*已执行*：需要 {deciders} 位审批人。"
    ),
    "note.decide_later": (
        "Slipway 不会重发，正在查证它是否启动了任务；目标保持锁定。"
        "审批人从 {at} 起可以点击*未执行*。"
    ),
    "note.stalled": ("它可能仍在执行：请先查看云控制台，再点击*继续等待*或*重新查询*。"),
    "note.failed": "{why:sentence:500}。[{code:text:60}]",
    "note.surfaced": (
        "它实际上已执行：云端显示云端任务 {task:code}。用 {/ops status <target>} 查看当前运行情况。"
    ),
    "note.call_rejected": "API 拒绝了 *{step:text:60}*；没有任何变化。",
    "note.continuation_asked": "将由 {operation:code} 接续。",
    "note.continued_by": "由 {operation:code} 接续。",
    "note.recovery": "*{option}*：{explanation:reason:200}。",
    "note.rolled_back_by": "已由 {operation:code} 回滚。",
    "note.rollback_asked": "已申请回滚：{operation:code}。",
    "note.countdown": "将于 {until:clock} 自动*回滚到 {version:text:60}*。",
    "note.countdown_held": "{by:named} 已阻止回滚：*不会自动回滚*。",
    "note.countdown_forgone": "*没有自动回滚*：{why:reason:300}。",
    "note.no_way_back": "*无法回滚*：{why:reason}。",
}
