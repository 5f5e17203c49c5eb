"""Chinese: the view that has all of an operation."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

DETAILS: Final[Mapping[str, Template]] = {
    "button.details": "详情",
    "button.in_the_way": "查看 {operation:text}",
    "details.title": "详情",
    "details.close": "关闭",
    "details.changes": "*变更内容*",
    "details.asked": "*申请内容*",
    "details.sent": "*提交内容*",
    "details.steps": "*步骤*",
    "details.approvals": "*相关人员*",
    "details.ways": "*可以怎么做*",
    "details.where": "{target:name}，{system:system}，连接 {connection:text:60}",
    "details.rolls_back": "回滚 {operation:code}",
    "details.continues": "接续 {operation:code}[[（{way:text:60}）]]",
    "details.requested": "• {by:person} 于 {at:moment} 申请",
    "details.approved": "• {who} 于 {at:moment} 批准",
    "details.ids": "*标识*",
    "details.operation": "• {operation:code}",
    "details.policy": "• 策略 {policy:code}，版本 {version:code}",
    "details.digest": "• 计划 {round}，摘要 {digest:code}",
    "details.task": "• {step}：云端任务 {task:code}",
    "details.request": "• {step}：请求 ID {request:code}",
}
