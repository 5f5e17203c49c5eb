"""Chinese: the forms of changes and what they offer to choose from; plain text but for `_text`."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

FORMS: Final[Mapping[str, Template]] = {
    "change_form.deploy": "部署",
    "change_form.rollback": "回滚",
    "change_form.scale": "伸缩",
    "change_form.create": "创建",
    "change_form.ask": "提交审批",
    "change_form.close": "关闭",
    "change_form.target": "目标",
    "change_form.target_hint": "输入名称的一部分",
    "change_form.version": "版本",
    "change_form.version_hint": "输入版本，或从列表选择",
    "change_form.created_hint": "{version:text:60}，即创建模板中的版本",
    "change_form.default_hint": "不选则使用默认版本",
    "change_form.replicas": "副本数",
    "change_form.revision": "回滚到的版本",
    "change_form.revision_hint": "不选则回到上一个版本",
    "change_form.reason": "原因",
    "change_form.reason_wanted": "策略 {policy:text} 要求填写原因，试运行除外。",
    "change_form.reason_public": "频道里的所有人都能看到。",
    "change_form.values": "参数",
    "change_form.values_hint": "每行一个 key=value",
    "change_form.dry_run": "试运行",
    "change_form.dry_run_option": "先看计划",
    "change_form.dry_run_says": "不会记录任何内容。",
    "change_form.about_text": (
        "*{target:name}* · {title:system}[[ · 当前 *{runs:text:60}*]]"
        "[[ · 就绪副本 {replicas:text:60}]]"
    ),
    "change_form.approvals_text": "需要 {approvals} 人批准[[，审批人：{who:people}]]",
    "change_form.no_approval_text": "无需审批",
    "change_form.held_text": "{why:sentence}。",
    "change_form.no_way_back_text": "{why:sentence}。",
    "preview.head_text": (
        "{connection:text:60} 上的 *{target:name}* 从 *{now:text:60}* 回滚到 *{back:text:60}*。"
    ),
    "preview.unread_text": "云端尚未告知会改变什么；发送之前会再次读取。",
    "preview.stays_text": "{version:text:60} 写入数据库、队列或文件的内容会保持原样。",
    "choice.target": "{title:system}[[ · {policy:text}]]",
    "choice.typed": "按输入",
    "choice.current": "当前运行[[，自 {at:moment} 起]][[ · {says:text}]]",
    "choice.deployed": "{at:moment} 部署[[ · {says:text}]]",
    "choice.cloud": "{says:text}",
    "choice.listed": "云端列出",
    "choice.history": "[[{at:moment} ]]在此部署：{phase:text}",
    "choice.requested": "[[{at:moment} ]]在此申请：{phase:text}",
    "choice.elsewhere": "已部署到 {where:text}",
    "choice.requested_elsewhere": "曾为 {where:text} 申请",
}
