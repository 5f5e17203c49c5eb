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
    "rule.known": "操作存在",
    "rule.place": "按钮在该操作的卡片上",
    "rule.phase": "操作处于此举能起作用的阶段",
    "rule.digest": "所展示的计划就是当前计划",
    "rule.way_back": "可以回滚",
    "rule.option": "提供了这种继续方式",
    "rule.target": "目标没有变",
    "rule.newest": "目标上没有更新的变更",
    "rule.drain": "Slipway 没有在停机",
    "rule.policy": "有策略规定谁可以操作",
    "rule.membership": "此人是本工作区成员",
    "rule.rights": "策略列出了此人",
    "rule.names": "Slack 认得它的频道和审批人",
    "rule.requester": "申请人仍有权申请",
    "rule.settle": "观察期已过",
    "rule.twice": "此人没有重复操作",
    "rule.gate": "此人可以打开一个未开的关卡",
    "rule.supported": "API 支持",
    "rule.review": "由他人复核，且没有逾期的复核",
    "rule.reason": "给出了原因",
    "rule.secrecy": "内容不含机密信息",
    "rule.ends": "结束时间在将来",
    "rule.delegate": "有审批权的人委托给另一位成员",
    "rule.queue": "轮到它了",
    "rule.halt": "没有全局暂停",
    "rule.lock": "没有被他人锁定",
    "rule.freeze": "没有冻结",
    "rule.deadline": "时限未过",
    "rule.approvals": "该批准的人都已批准，且仍有权批准",
    "rule.live": "现网状态与计划一致",
}
