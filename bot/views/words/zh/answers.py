"""Chinese: answers to commands and presses, and what people ask for."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template
from bot.views.words.zh.service import READ_IT, UNREADABLE

_BY_ITSELF: Final = "队列服务不可用；恢复后会自动{}"


def _waiting_for(params: Params) -> str:
    whose = "{connection:name}" if params.get("connection") else "Slack"
    return (
        f"{{operation:name}} 正在等待 {whose}，自 {{since:clock}} 起没有得到可用的应答"
        "[[：{because:reason}]]。尚未提交任何内容。Slipway 会继续尝试[[，直到 {until:moment}]]；"
        "用 {/ops cancel <operation>} 可撤回。"
    )


ANSWERS: Final[Mapping[str, Template]] = {
    "answer.recorded": "已记录为 {operation:name}：{subject}。卡片在 {channel:channel}。",
    "answer.waiting": "等待 {needed} 人批准[[，审批人：{who:people}]]。",
    "answer.waiting_queue_down": (
        _BY_ITSELF.format("继续") + "，然后等待 {needed} 人批准[[，审批人：{who:people}]]。"
    ),
    "answer.in_line": (
        "正在排队：第 {position} 位[[，前面是 {holder:name}]]"
        "[[。预计 {at:moment} 开始]]。轮到它时再制定计划。"
    ),
    "answer.in_line_queue_down": ("正在排队：第 {position} 位。队列服务不可用；恢复后会自动继续。"),
    "answer.replaces": "它顶替了 {replaces:name}，后者已取消。",
    "answer.passes": "{passes:name} 为它让路，在它之后继续。",
    "answer.starting": "现在开始。请在卡片上查看进展。",
    "answer.queue_down": _BY_ITSELF.format("开始") + "。无需重复申请。",
    "answer.repeated": (
        "此前已记录为 {operation:name}，卡片在 {channel:channel}。没有再创建操作。"
    ),
    "answer.done": "完成：{operation:name}。",
    "answer.unchanged": "{operation:name}：{why:reason}。",
    "answer.unchanged_named": "{why:sentence}。",
    "answer.approved_by": "已由 {who:people} 批准。",
    "answer.form_reject": "请在表单中填写驳回 {operation:name}（{subject}）的原因。",
    "answer.form_recovery": "请在表单中填写继续 {operation:name}（{subject}）的原因。",
    "answer.parked": (
        f"{{operation:code}} {UNREADABLE}。不会再提交它的任何内容，目标保持锁定。{READ_IT}"
    ),
    "answer.waiting_for": _waiting_for,
    "answer.directly": (
        "Slipway 无法在 {channel:channel} 发消息（{code:code}），因此直接告诉你。{text}"
    ),
    "denied.who": "可找：{who:people}",
    "denied.rule": "规则：{rule:code:200}",
    "denied.nothing_recorded": "没有记录任何操作。",
    "dry_run.head": "*试运行：{action} {target:name}*",
    "dry_run.steps": "步骤：{steps:list}",
    "dry_run.more_steps": "步骤：{steps:list}，另有 {more} 步",
    "answer.glass_broken": ("已紧急放行：此事会在频道中公布，须由他人在 {due:moment} 之前复核。"),
    "dry_run.gate": "关卡 {gate:name} 需要 {approvals} 人批准[[，审批人：{who:people}]]",
    "dry_run.approvals": "需要 {approvals} 人批准[[，审批人：{who:people}]]",
    "dry_run.no_approvals": "无需审批",
    "dry_run.barred": "现在申请会被拒绝：{why:reason:500}。",
    "dry_run.passed_over": "它会越过：{why:reason:500}。",
    "dry_run.glass_broken": "无需审批，但事后须由他人复核",
    "dry_run.check_passed": "云端已检查，没有异议。",
    "dry_run.check_refused": "云端会拒绝：{why:reason:300}。",
    "dry_run.check_unknown": "云端无法检查：{why:reason:300}。",
    "dry_run.nothing": "没有记录，也不会执行。",
    "dry_run.nothing_yet": "尚未记录任何内容。",
    "status.head": "*{target:name}*：{headline:reason}",
    "status.fact": "{name:label}：{value:reason:200}",
    "status.can_cancel": "{/ops cancel <target>} 可关闭未结束的工作流。",
    "status.operation": "{symbol:text} {subject}：*{state:text}* {operation:code}",
    "status.unreadable": (
        "{symbol:text} {action:action} {target:name}：*无法读取* {operation:code}；"
        "见 {/ops status <operation>}"
    ),
    "status.in_progress": "进行中：{operation}",
    "status.waiting": "排队中：{waiting}；见 {/ops queue <target>}",
    "queue.head": "*{target:name} 的队列*",
    "queue.free": "空闲，没有人在等。",
    "queue.holder": "进行中：{operation}",
    "queue.spot": (
        "{position}. {operation} · {by:person}，自 {since:moment} 起等待[[，预计 {at:moment} 开始]]"
    ),
    "queue.offered": "{operation} · {by:person} 可在 {until:moment} 之前启动",
    "status.latest": "最近一次：{operation}[[ {at:moment}]]",
    "status.requested": "由 {by:person} 于 {at:moment} 申请[[：{reason:text:500}]]",
    "status.state": "{state}[[（{by:person}）]][[：{why:reason:500}]]",
    "status.expired": "没有人及时审批",
    "status.card": "{url:link:卡片}",
    "history.head": "*人员操作记录*",
    "history.at": "{at:moment}：{words}",
    "history.requested": "{who:person} 申请{action:action}（{subject:code}）",
    "history.glass_broken": (
        "{who:person} 对{action:action} *紧急放行*（{subject:code}）[[：{reason:text:120}]]"
    ),
    "history.approval_given": "{who:person} 批准 {subject:code}[[，代 {behalf:person}]]",
    "history.approval_refused": "{who:person} 驳回 {subject:code}[[：{reason:text:120}]]",
    "history.withdrawn": "{who:person} 取消 {subject:code}",
    "history.reviewed": lambda params: (
        "{who:person} 复核 {subject:code}："
        + ("正当" if params["verdict"] == "justified" else "不正当")
    ),
    "history.locked": "{who:person} 锁定 {subject:name}[[：{reason:text:120}]]",
    "history.unlocked": "{who:person} 解锁 {subject:name}[[：{reason:text:120}]]",
    "history.freeze_begun": "{who:person} 冻结 {subject:name}[[：{reason:text:120}]]",
    "history.freeze_ended": "{who:person} 解冻 {subject:name}",
    "history.halt_begun": "{who:person} 全局暂停[[：{reason:text:120}]]",
    "history.halt_ended": "{who:person} 恢复执行",
    "entries.history": "*{target:name} 的历史*（{count}）",
    "entries.no_history": "云端没有 {target:name} 的历史。",
    "entries.revisions": "*{target:name} 可回滚到的修订版本*（{count}）",
    "entries.no_revisions": "{target:name} 没有可回滚的更早修订版本[[：{why:reason}]]。",
    "entries.status": "{status:status}",
    "entries.current": "*当前运行*",
    "entries.no_way_back": "不可回滚",
    "discovered.head": "*{connection:name} 的资源*[[，含 {words:list}]]（{count}）",
    "discovered.more": (
        "…另有 {more} 个。{/ops discover <connection> release} 只列出含 `release` 的，"
        "换成别的词也行"
    ),
    "discovered.target": "目标 {target:code}",
    "discovered.unlisted": "{system:name} 无法列出：{why:reason:200}",
    "discovered.new": "*尚未写入 slipway.yaml*（{count}）。需要的请加到 `targets:` 下",
    "discovered.new_more": (
        "…另有 {more} 个。`slipway discover {connection:name}` 会全部打印，可直接粘贴"
    ),
    "health.head": "*Slipway 的状况*",
    "health.part_database": "操作日志可以写入",
    "health.part_database_lost": "操作日志无法写入（{error:code}）",
    "health.part_redis": "队列服务（`redis`）可以写入",
    "health.part_redis_lost": "队列服务（`redis`）无法写入（{error:code}）：恢复之前，变更会等待",
    "health.part_slack": "Slack 接受机器人的令牌",
    "health.part_slack_lost": "Slack 不接受机器人的令牌（{error:code}）",
    "health.part_configuration": "slipway.yaml 没有错误（{targets} 个目标）",
    "health.part_configuration_lost": (
        "slipway.yaml 有错误，生效的仍是上一份没有错误的内容；`slipway config check` 会列出全部错误"
    ),
    "health.waiting": (
        "有 {count} 条消息还没有发到 Slack，最早的一条已等待 {age:duration}：工作进程在运行吗？"
    ),
    "health.unknown": "Slack 中没有名为 {names:list} 的成员、用户组或频道：按无人处理",
    "health.connection": "{connection:code} 有应答（查询了 {target:name}）",
    "health.refused": "{connection:code} 没有给出 {target:name} 的可用应答：{why:reason:200}",
    "health.late": "{connection:code} 没有及时给出 {target:name} 的应答",
    "health.more": "在机器人所在主机上运行 `slipway doctor`，会检查得更多，并说明如何处理。",
    "versions.head": "*{target:name} 的版本*（{count}）",
    "versions.of_history": (
        "*{target:name} 的版本*（{count}），来自它的历史：云端没有列出其他版本"
    ),
    "versions.none": "云端没有列出 {target:name} 的任何版本。",
    "values.head": "*{target:name} 的参数*[[，含 {word:code}]]，模板 {chart:name}",
    "values.present": "*已设置*（{count}）",
    "values.no_present": "云端不告知当前设置了哪些参数。",
    "values.defaults": "*模板默认值*（{count}）",
    "values.no_defaults": "模板的默认值无法读取。",
    "values.more": "…另有 {more} 个。{/ops values <target> image} 只列出含 `image` 的",
}
