"""Chinese: what targets are called by, where they are, and what people do about them."""

from collections.abc import Mapping
from typing import Final

from bot.core.target import ALL
from bot.views.words.template import Params, Template, Words


def _unknown_target(params: Params) -> str:
    return "是不是想用 {near:list}？" if params.get("near") else "见 {/ops targets}。"


def _unknown_policy(params: Params) -> str:
    return "是不是想用 {near:list}？" if params.get("near") else "不写策略表示全部。"


_FROZEN: Final[Mapping[str, str]] = {  # of an event, its name is its target's
    "target": " {name:name}",
    "policy": "策略 {name:name} 的所有目标",
    "all": "所有目标",
}

TARGETS: Final[Mapping[str, Words]] = {
    "locked.by_person": Words(
        "{by:person} 自 {since:moment} 起锁定了目标[[，到 {until:moment} 为止]]：{words:reason}。",
        '请对方解锁；审批人可以用 {/ops unlock <target> "原因"} 接管。',
    ),
    "locked.warning": Words(
        "{by:person} 自 {since:moment} 起提醒不要变更[[，到 {until:moment} 为止]]："
        "{words:reason}。",
        "继续之前请先问对方。",
    ),
    "halted": Words(
        "{by:person} 自 {since:moment} 起全局暂停：{words:reason}。",
        "请等管理员执行 {/ops resume}。",
    ),
    "frozen.by_person": Words(
        lambda params: (
            "{by:person} 自 {since:moment} 起冻结了"
            + _FROZEN.get(str(params["scope"]), " {name:name}")
            + "[[，到 {until:moment} 为止]]：{words:reason}。"
        ),
        lambda params: (
            "请等冻结结束，或请"
            + ("管理员" if params["scope"] == "all" else "审批人")
            + "用 {/ops thaw <name>} 解除；回滚和试运行不受影响。"
        ),
    ),
    "unchanged.not_locked": Words("{target:name} 没有被锁定。"),
    "unchanged.not_frozen": Words("没有命令冻结过 {name:name}；slipway.yaml 中的冻结会自行结束。"),
    "unchanged.not_halted": Words("没有全局暂停。"),
    "bad_end.no_such_time": Words(
        "{zone:name} 没有 {typed} 这个时刻：时钟跳过了那一小时。", "请换成之前或之后的时间。"
    ),
    "bad_end.passed": Words(
        lambda params: (
            "{until:moment}" + ("（{zone:name}）" if params.get("zone") else " ") + "已经过去。"
        ),
        "请给出将来的时间。",
    ),
    "bad_end.too_far": Words("{until:moment} 在 {days} 天以后。", "请给出一年以内的时间。"),
    "told.lock_taken": Words("{by:person} 解除了你对 {target:name} 的锁定：{words:reason}。"),
    "told.approves_for": Words(
        "在 {until:moment} 之前，你可以代 {delegator:person} 审批，对方自己申请的除外。"
    ),
    "told.lock_held": Words(
        "你自 {since:moment} 起一直锁定着 {target:name}：{words:reason}。"
        "完成后请执行 {/ops unlock <target>}。"
    ),
    "unknown_target.named": Words("没有名为 {word:name} 的目标。", _unknown_target),
    "unknown_target.scope": Words("没有名为 {word:name} 的目标或策略。", _unknown_target),
    "unknown_target.policy": Words("没有名为 {word:name} 的策略。", _unknown_policy),
    "not_allowed.target_moved": Words(
        "{target:name} 现在位于 {connection:name}（{system:name}），"
        "不再是 {connection_then:name}（{system_then:name}）。",
        "请重新申请变更。",
    ),
}
TARGET_PHRASES: Final[Mapping[str, Template]] = {
    "noted.locked": lambda params: (
        "已锁定 {target:name}[[，到 {until:moment} 为止]]：{reason:text:500}。"
        + ("其他人会看到提醒，但仍可变更。" if params["is_warning"] else "其他人不能变更它。")
    ),
    "noted.unlocked": "已解锁 {target:name}。",
    "noted.freeze_begun": lambda params: (
        f"已冻结{_FROZEN[params['scope']]}"
        "[[，到 {until:moment} 为止]][[（按 {zone:name} 时区）]]：{reason:text:500}。"
        "回滚和试运行不受影响；已提交的会执行完。"
    ),
    "noted.freeze_ended": lambda params: f"已解冻{_FROZEN[params['scope']]}。",
    "noted.delegated": lambda params: (
        "{delegate:person} 可以代 {delegator:person} 审批，到 {until:moment} 为止"
        "[[（按 {zone:name} 时区）]]"
        + ("，适用于所有策略。" if params["target"] == ALL else "，适用于策略 {target:name}。")
    ),
    "noted.delegation_ended": "不再有人代 {delegator:person} 审批。",
    "noted.halt_begun": (
        "已全局暂停：{reason:text:500}。在 {/ops resume} 之前不再发放执行许可；已提交的继续跟踪。"
    ),
    "noted.halt_ended": "已恢复：重新发放执行许可。",
    "targets.none": "没有你能看到的目标。",
    "targets.head": "*目标*[[，含 {word:code}]]（{count}）",
    "targets.more": (
        "…另有 {more} 个。{/ops targets <word>} 列出名称、别名、系统、连接或策略中含有该词的目标。"
    ),
    "status.title": "{title:system}，连接 {connection:text:60}",
}
