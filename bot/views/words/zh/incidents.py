"""Chinese: incidents, what they hold, and what is told of them."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.views.words.template import Params, Template, Words
from bot.views.words.zh.rules import ALONE

_STEPS: Final[Mapping[str, str]] = {
    "channel": "创建频道",
    "topic": "设置频道主题",
    "purpose": "设置频道说明",
    "pin": "置顶卡片",
    "bookmark": "为卡片添加书签",
    "invite": "邀请 {who:people}",
    "announcement": "在别处公布",
    "mark": "读取被标记的消息",
    "canvas": "把它写入频道的画布",
    "archive": "归档频道",
    "export": "上传时间线文件",
}


_BARRED: Final[Mapping[str, str]] = {
    "bot": "机器人不能批准修复。",
    "guest": "访客不能批准修复。",
    "stranger": "其他工作区的人不能批准修复。",
    "deactivated": "该账号已停用。",
}
_GONE: Final[Mapping[str, str]] = {
    "bot": "负责人是机器人",
    "guest": "负责人现在是访客",
    "stranger": "负责人现在属于其他工作区",
    "deactivated": "负责人的账号已停用",
}


def _barred(params: Params) -> str:
    return _BARRED.get(str(params["kind"]), "该账号不能批准修复。")


def _either(led: str, unled: str) -> Callable[[Params], str]:
    """Return *led* where a person leads, *unled* where a hook has opened it and nobody does yet."""
    return lambda params: led if params.get("lead") else unled


def _lead_gone(params: Params) -> str:
    happened = _GONE.get(str(params["why"]), "负责人不能再使用 Slipway")
    return (
        f"{happened}。请用 {{/incident lead}} 接手：在此之前，这里的修复无人可以批准；"
        "回滚不受影响。"
    )


_NO_CANVAS: Final[Mapping[str, str]] = {
    "team_tier_cannot_create_channel_canvases": "此工作区的套餐没有画布",
    "canvas_disabled_user_team": "此工作区已停用画布",
    "channel_canvas_already_exists": "频道已有自己的画布，保持不变",
}
_INSTEAD: Final[Mapping[str, str]] = {
    "export": "可用 `slipway incidents export` 打印。",
    "canvas": "文件中有全部内容。",
}


def _step_failed(params: Params) -> str:
    if params["step"] == "canvas" and params["code"] in _NO_CANVAS:
        return f"{_NO_CANVAS[str(params['code'])]}（{{code:code}}）：完整的时间线见文件。"
    does = _STEPS.get(str(params["step"]), "执行 {step:name}")
    if not params.get("who"):
        does = does.replace("邀请 {who:people}", "邀请人员")
    more = "[[，{detail:text:200}]]" if params.get("detail") else ""
    instead = _INSTEAD.get(str(params["step"]), "")
    return f"Slack 不允许 Slipway {does}（{{code:code}}{more}）。{instead}其他步骤继续。"


def _marked(params: Params) -> str:
    if params.get("is_edited"):
        return "[[{author:person}：]]{text:text:500}（{by:person} 标记后有改动）"
    return "[[{author:person}：]]{text:text:500}（由 {by:person} 标记）"


def _frozen(params: Params) -> str:
    named = "（{title:text:150}）" if params.get("title") else " "
    return f"{{incident:name}}{named}自 {{since:moment}} 起冻结变更，直到故障关闭。"


def _way_through(params: Params) -> str:
    where = " {channel:channel} " if params.get("channel") else "故障频道"
    return f"回滚不受影响。若要修复，请在{where}中申请，由故障负责人 {{lead:person}} 在那里批准。"


INCIDENTS: Final[Mapping[str, Words]] = {
    "unknown_incident.here": Words(
        "本频道不属于任何故障。", "请在故障频道中输入，或指明故障：{/incident list} 列出全部故障。"
    ),
    "unknown_incident": Words("没有你能看到的故障 {word:code}。", "见 {/incident list}。"),
    "not_allowed.incident_open": Words("你不能上报故障。", "请找其中一位。", alone=ALONE),
    "not_allowed.incident_close": Words(
        "只有上报人、负责人和其目标的审批人可以解除它的冻结。", "请找其中一位。"
    ),
    "bad_lead.barred": Words(
        lambda params: "{lead:person} 不能担任负责人：" + _barred(params),
        "请指定本工作区的成员，或用 {/incident lead} 自己接手。",
    ),
    "bad_lead.unknown": Words(
        "{lead:person} 不能担任负责人：Slack 没有说明这是谁。", "请换一个人，或一分钟后重试。"
    ),
    "unchanged.incident_closed": Words("{incident:name} 已关闭。{/incident reopen} 可重新打开。"),
    "unchanged.incident_open": Words("{incident:name} 处于打开状态。"),
    "unchanged.incident_same": Words("{incident:name} 无需更改。"),
    "frozen.by_incident": Words(_frozen, _way_through),
    "frozen.beside_incident": Words(
        "{incident:name}[[（{title:text:150}）]]自 {since:moment} 起"
        "也冻结了 {target:name} 的变更。",
        "在这里申请的修复只能通过 {passes:name}。请先把目标移出另一个故障"
        "（负责人 {lead:person}）：{/incident remove <incident> <target>}。回滚不受影响。",
    ),
    "no_channel.incident": Words(
        "{incident:name} 没有可以上传文件的频道。",
        "请打印它：`slipway incidents export {incident:name}`。",
    ),
    "told.incident_step": Words(
        "Slack 不允许 Slipway 创建 {incident:name} 的频道（{word:code}[[，{detail:text:200}]]）。"
        "[[{frozen:list} 仍已冻结。]]"
    ),
}

INCIDENT_PHRASES: Final[Mapping[str, Template]] = {
    "incident_shortcut.mark": "添加到时间线",
    "incident_shortcut.mark_text": "把这条消息添加到故障的时间线。",
    "incident_state.open": "处理中",
    "incident_state.closed": "已关闭",
    "incident.headline": "*{title:text:150}*",
    "incident.status": "{symbol:text} *{state:text}* · {severity} 级 · {incident:name}",
    "incident.text": _either(
        "{symbol:text} 故障 {incident:name}，{state:text}，{severity} 级：{title:text:150}。"
        "负责人 {lead:person}，开始于 {since:moment}。",
        "{symbol:text} 故障 {incident:name}，{state:text}，{severity} 级：{title:text:150}。"
        "无人负责，开始于 {since:moment}。",
    ),
    "incident.no_lead": "暂无；可用 {/incident lead} 接手",
    "incident.lead": "负责人",
    "incident.since": "开始时间",
    "incident.targets": "目标",
    "incident.target": "{target:name}[[，运行 {version:reason:60}]]",
    "incident.no_targets": "无；用 {/incident add <target>} 添加",
    "incident.frozen": lambda params: (
        "其目标的变更已冻结。回滚不受影响；修复须在"
        + (" {channel:channel} 中" if params.get("channel") else "这里")
        + "申请，并由 {lead:person} 批准。"
    ),
    "incident.not_frozen": "其目标没有冻结。",
    "incident.update": "*最新进展*：{text:lines:2000}",
    "incident.summary": "*总结*：{text:lines:2000}",
    "incident.opened_by": "由 {by:person} 上报",
    "incident.topic": (
        "SEV{severity} · {state:text}[[ · 负责人 {lead:text:40}]][[ · {targets:list}]] · 自 "
        "{since:text} 起"
    ),
    "incident.purpose": "{title:text:150}（{incident:name}）",
    "incident.bookmark": "故障卡片",
    "incident_line.channel_made": (
        "{opener:person} 上报了故障：*{title:text:150}*。请到 {channel:channel}。"
    ),
    "incident_line.step_failed": _step_failed,
    "incident_line.update_given": "*进展*，{by:person}：{text:lines:2000}",
    "incident_line.lead_changed": "从现在起由 {lead:person} 负责处理故障。",
    "incident_line.waiting": "等待负责人批准：{operations:list}。",
    "incident_line.severity_changed": "{by:person} 把级别从 {before} 改为 *{severity}*。",
    "incident_line.targets_added": "{by:person} 添加了 {targets:list}。",
    "incident_line.targets_removed": "{by:person} 移除了 {targets:list}。",
    "incident_line.update_asked": _either(
        "{lead:person}，最近一次进展已是 {length:duration}前的了。现在情况如何？",
        "[[{whom:people}：]]该故障无人负责，最近一次进展已是 {length:duration}前的了。"
        "请用 {/incident lead} 接手。",
    ),
    "incident_line.quiet_asked": _either(
        "{lead:person}，这里已有 {length:duration}没有动静。故障结束了吗？",
        "[[{whom:people}：]]该故障无人负责，这里已有 {length:duration}没有动静。故障结束了吗？",
    ),
    "incident_line.lead_gone": _lead_gone,
    "incident_line.closed": (
        "*{by:person} 关闭了故障*，历时 {length:duration}：{summary:lines:2000}"
    ),
    "incident_close.detected": "*发现用时*：{length:duration}（自告警开始）",
    "incident_close.decided": "*决策用时*：{length:duration}",
    "incident_close.restored": "*恢复用时*：{length:duration}（{what}）",
    "incident_close.restored_by_none": "*恢复用时*：{length:duration}",
    "incident_close.cause": "被回滚的变更（{cause:name}）在可疑变更中排第 {rank} 位。",
    "incident_close.operations": "*操作*：{count} 个",
    "incident_close.operation": (
        "{what}：{state}，由 {by:named} 申请[[，{approvers:all_named} 批准]]（{operation:name}）"
    ),
    "incident_close.more": "另有 {more} 个",
    "incident_close.people": "*谁做了什么*",
    "incident_close.person": "{by:named}：{done}",
    "incident_did.operations": "{count} 个操作",
    "incident_did.opened": "上报故障",
    "incident_did.closed": "关闭故障",
    "incident_did.approvals": "{count} 次批准",
    "incident_did.notes": "{count} 条记录",
    "incident_did.updates": "{count} 次进展",
    "incident_did.others": "{count} 次其他动作",
    "incident_line.reopened": "{by:person} 重新打开了故障。",
    "incident_line.frozen": "该故障的目标已冻结变更。",
    "incident_line.thawed": "其目标已解冻。",
    "incident_said.channel_made": _either(
        "*{severity} 级故障*：{title:text:150}[[（{targets:list}）]]。"
        "{lead:person} 在 {channel:channel} 负责处理。",
        "*{severity} 级故障*：{title:text:150}[[（{targets:list}）]]。"
        "尚无人负责：{channel:channel}。",
    ),
    "incident_said.severity_changed": (
        "*{title:text:150}*：级别 {before} → {severity}[[，{channel:channel}]]。"
    ),
    "incident_said.closed": (
        "*{title:text:150}*[[（{channel:channel}）]]已关闭，历时 {length:duration}："
        "{summary:lines:1000}"
    ),
    "incident_said.reopened": "*{title:text:150}* 已重新打开[[（{channel:channel}）]]。",
    "incident_button.lead": "更换负责人",
    "incident_button.update": "发布进展",
    "incident_button.close": "关闭",
    "incident_form.open": "上报故障",
    "incident_form.open_yes": "上报",
    "incident_form.lead": "更换负责人",
    "incident_form.lead_yes": "更换",
    "incident_form.update": "发布进展",
    "incident_form.update_yes": "发布",
    "incident_form.close": "关闭故障",
    "incident_form.close_yes": "关闭",
    "incident_form.title": "出了什么问题？",
    "incident_form.targets": "影响哪些目标？",
    "incident_form.severity": "级别",
    "incident_form.severity_hint": "1 级最严重，4 级最轻。",
    "incident_form.private": "私密",
    "incident_form.private_option": "只有受邀的人能看到",
    "incident_form.who": "由谁负责？",
    "incident_form.said": "现在情况如何？",
    "incident_form.summary": "发生了什么，怎样解决的？",
    "incident_answer.form": "请填写表单。",
    "incident_answer.opened": "已上报 {incident:name}：{title:text:150}。",
    "incident_answer.under_way": "尚未结束：{operations:list}。它们会继续执行。",
    "incident_answer.others": "其目标也属于 {incidents:list}，要等最后一个故障关闭才会解冻。",
    "incident_answer.frozen": "从现在起冻结 {targets:list} 的变更。",
    "incident_answer.channel_comes": "频道马上建好，并会邀请你。",
    "incident_answer.marked": "已添加到 {incident:name} 的时间线。",
    "incident_answer.noted": "已记入 {incident:name}。",
    "incident_answer.update_given": "已在 {incident:name} 中发布。",
    "incident_answer.lead_changed": "{lead:person} 负责 {incident:name}。",
    "incident_answer.severity_changed": "{incident:name} 现为 {severity} 级。",
    "incident_answer.targets_added": "已把 {targets:list} 添加到 {incident:name}。",
    "incident_answer.targets_removed": "已把 {targets:list} 从 {incident:name} 移除。",
    "incident_answer.closed": "已关闭 {incident:name}。",
    "incident_answer.reopened": "已重新打开 {incident:name}。",
    "incident_answer.exported": "{incident:name} 的时间线将以文件形式发到故障频道。",
    "incident_list.head": "*故障*（{count}）",
    "incident_list.none": "没有你能看到的故障。",
    "incident_list.line": (
        "{symbol:text} {incident:code} *{title:text:100}*，{severity} 级，"
        "自 {since:moment} 起{state:text}[[，{channel:channel}]]"
    ),
    "incident_list.more": "…另有 {more} 个；`slipway incidents list` 会全部打印",
    "incident_timeline.head": "*时间线*",
    "incident_timeline.entry": "{at:moment} {words}",
    "incident_timeline.onset": "告警开始触发",
    "incident_timeline.opened": "{by:person} 上报了故障",
    "incident_timeline.channel_made": "频道 #{name:name} 已创建",
    "incident_timeline.update_given": "{by:person} 的进展：{text:text:2000}",
    "incident_timeline.severity_changed": "{by:person} 把级别从 {before} 改为 {severity}",
    "incident_timeline.closed": (
        "{by:person} 关闭了故障，历时 {length:duration}：{summary:text:2000}"
    ),
    "incident_timeline.marked": _marked,
    "incident_timeline.message_deleted": (
        "[[{author:person}：]]{text:text:100}（这条消息已在 Slack 中删除）"
    ),
    "incident_timeline.unmarked": "一条消息不再被标记",
    "incident_timeline.noted": "{by:person}：{text:text:300}[[（一分钟内另有 {more} 条）]]",
    "incident_timeline.operation_began": "{by:person} 申请：{what}（{operation:name}）",
    "incident_timeline.operation_broke_glass": (
        "{by:person} 紧急放行：{what}（{operation:name}）。{why:text:500}"
    ),
    "incident_timeline.operation_approved": "{by:person} 批准了：{what}（{operation:name}）",
    "incident_timeline.operation_ended": "{what}：{state}（{operation:name}）",
    "incident_timeline.outside_seen": "在 Slipway 之外变更：{words}",
    "incident_timeline.outside_change": (
        "{target:name}，修订版本 {revision:name}[[（{description:reason:100}）]]，"
        "{changed_at:moment}"
    ),
    "incident_timeline.exported": "{by:person} 导出了时间线",
    "incident_export.detected": "发现用时",
    "incident_export.decided": "决策用时",
    "incident_export.restored": "恢复用时",
    "incident_export.operations": "操作",
    "incident_export.people": "谁做了什么",
    "incident_export.none": "无",
    "incident_export.title": "{title:text:150}（{incident:name}）",
    "incident_export.comment": "{incident:name} 的时间线文档。",
    "incident_export.severity": "级别",
    "incident_export.state": "状态",
    "incident_export.opener": "上报人",
    "incident_export.lead": "负责人",
    "incident_export.targets": "目标",
    "incident_export.opened": "上报时间",
    "incident_export.closed": "关闭时间",
    "incident_export.lasted": "历时",
    "incident_export.length": "{length:duration}",
    "incident_export.more": "…… 其余内容见频道中的文件",
    "incident_export.summary": "总结",
    "incident_export.timeline": "时间线",
    "incident_timeline.more": "…之前还有 {more} 条",
    "incident_help.head": "*故障*会冻结它的目标，并有自己的频道。",
    "incident_help.usage": "{usage:code:120} {does}",
    "incident_help.open": "上报故障：建频道，冻结目标",
    "incident_help.status": "查看状态和时间线",
    "incident_help.add": "冻结更多目标",
    "incident_help.remove": "解冻其中一个目标",
    "incident_help.lead": "由你或他人负责",
    "incident_help.severity": "1 级最严重",
    "incident_help.note": "写入时间线",
    "incident_help.update": "在频道中发布进展",
    "incident_help.close": "关闭故障：解冻目标",
    "incident_help.reopen": "故障未结束：再次冻结目标",
    "incident_help.list": "列出所有故障，处理中的在前",
    "incident_help.export": "把时间线导出为文件",
    "incident_help.help": "本帮助",
    "incident_help.here": (
        '在故障频道中无需输入编号；在别处编号写在最前：{/incident note inc-7f3k2a "…"}'
    ),
}
