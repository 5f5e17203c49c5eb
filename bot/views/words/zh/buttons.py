"""Chinese: buttons, what they ask first, and forms; all but `form.…_text` is plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _again(params: Params) -> str:
    return "重试…" if params["has_failed"] else "再来一次…"


BUTTONS: Final[Mapping[str, Template]] = {
    "button.approve": "批准",
    "button.reject": "驳回…",
    "button.cancel": "取消申请",
    "button.start": "立即开始",
    "button.look_again": "重新查询",
    "button.not_executed": "未执行",
    "button.executed": "已执行",
    "button.hold": "不要回滚",
    "button.keep_waiting": "继续等待",
    "button.again": _again,
    "button.review": "复核",
    "button.roll_back": "回滚到 {version:text:60}",
    "button.label": "{button:text}：{object:text}",
    "button.label_of_target": "{button:text}：{target:text}",
    "confirm.back": "返回",
    "confirm.cancel": "取消这个申请？",
    "confirm.cancel_text": "{subject:text}。尚未提交任何内容。",
    "confirm.cancel_yes": "取消申请",
    "confirm.irreversible": "此操作无法撤销",
    "confirm.irreversible_text": "{subject:text}：无法回滚，因为{why:reason}。[[{more:text}]]",
    "confirm.irreversible_yes": "批准",
    "confirm.not_executed": "标记为未执行？",
    "confirm.not_executed_text": (
        "{subject:text}，连接 {connection:text}：将标记为失败并解锁目标。请先在云控制台确认。"
    ),
    "confirm.not_executed_yes": "未执行",
    "confirm.executed": "标记为已执行？",
    "confirm.executed_text": (
        "{subject:text}，连接 {connection:text}：将标记为成功并解锁目标。请先在云控制台确认。"
    ),
    "confirm.executed_yes": "已执行",
    "confirm.roll_back": "确认回滚？",
    "confirm.roll_back_text": ("{target:text}（连接 {connection:text}）将回滚到 {version:text}。"),
    "confirm.roll_back_yes": "回滚",
    "confirm.recovery": "{option:text}？",
    "confirm.recovery_text": "{target:text}（连接 {connection:text}）：{what:reason}。",
    "confirm.recovery_yes": "继续",
    "form.reject": "驳回",
    "form.recovery": "继续",
    "form.again": "再次申请",
    "form.back": "取消",
    "form.reason": "原因",
    "form.recovery_text": "*{option}*：{what:reason:2000}。",
    "form.review": "复核",
    "form.review_text": "{by:person} 使用了紧急放行：“{why:text:500}”",
    "form.verdict": "这次紧急放行是否正当？",
    "form.justified": "正当",
    "form.not_justified": "不正当",
    "form.note": "备注",
    "form.note_hint": "不正当时必填",
    "form.public_note_text": "频道中所有人都能看到备注。",
    "form.public_text": "频道里的所有人都能看到原因。",
}
