"""Chinese: what each rule looks at, and whether something may happen."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

WHY: Final[Mapping[str, Template]] = {
    "why.can": "*{who} 现在可以：{action} {target:name}*",
    "why.cannot": "*{who} 现在不可以：{action} {target:name}*",
    "why.approve": "批准",
    "why.then": "按 {at:moment} 申请时的策略判定；用户组按今天的成员。",
    "why.then_lost": "{at:moment} 申请时的策略未保留：按今天的策略判定。",
    "why.nothing": "它的下一次调用没有任何阻碍。",
    "why.next": "下一次调用之前还有：",
    "why.passed": "*已越过*：使用了紧急放行。",
    "why.way": "怎么办：{remedy}",
    "why.ways": "怎么办：",
    "why.later": "此人批准之后，仍有这些拦住它：",
    # What is said to somebody, where another one asks about them.
    "another.not_allowed.request": "{person:person} 不能{action:action}这个目标。",
    "another.not_allowed.request.way": "请其中一位申请，或把 {person:person} 加进策略。",
    "another.not_allowed.break_glass": "{person:person} 不能在这里紧急放行。",
    "another.not_approver.approve": "{person:person} 不能审批它。",
    "another.self_approval": "申请人是 {person:person}，必须由他人批准。",
    "another.self_approval.lead": (
        "申请人和故障负责人都是 {person:person}，必须由他人代负责人批准。"
    ),
    "another.unchanged.approved_already": "{person:person} 已经批准过。",
    "another.rights_unknown": "无法核对 {person:person} 的权限：Slack 没有说明这是谁。",
    "another.review_due": (
        "{person:person} 紧急放行的 {operation:code} 本应在 {due:moment} 之前复核。"
    ),
    "rule.known": "操作或目标",
    "rule.place": "位置",
    "rule.phase": "阶段",
    "rule.digest": "计划",
    "rule.way_back": "回退",
    "rule.option": "继续方式",
    "rule.target": "目标",
    "rule.newest": "更新的变更",
    "rule.drain": "停机",
    "rule.policy": "策略",
    "rule.membership": "成员身份",
    "rule.rights": "权限",
    "rule.names": "Slack 名称",
    "rule.requester": "申请人",
    "rule.settle": "观察期",
    "rule.twice": "重复操作",
    "rule.gate": "关卡",
    "rule.supported": "API",
    "rule.review": "复核",
    "rule.reason": "原因",
    "rule.secrecy": "机密信息",
    "rule.ends": "结束时间",
    "rule.delegate": "委托",
    "rule.queue": "队列",
    "rule.halt": "全局暂停",
    "rule.lock": "锁定",
    "rule.freeze": "冻结",
    "rule.incident": "故障",
    "rule.readable": "记录",
    "rule.undone": "最近的回滚",
    "rule.proposed": "提议",
    "rule.countdown": "倒计时",
    "rule.deadline": "时限",
    "rule.approvals": "审批",
    "rule.live": "现网状态",
}
