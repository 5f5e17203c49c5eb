"""Chinese: what the rules say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_DAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_BARRED: Final[Mapping[str, str]] = {
    "bot": "机器人不能使用 Slipway。",
    "guest": "访客不能使用 Slipway。",
    "stranger": "其他工作区的人不能使用 Slipway。",
    "deactivated": "该账号已停用。",
}
_NOT_THIS_ACCOUNT: Final = "该账号不能使用 Slipway。"
_PAST_GATE: Final[Mapping[str, str]] = {
    "approved": "已经批准。",
    "rejected": "此前已被驳回。",
    "expired": "已过期。",
    "cancelled": "此前已被取消。",
    "needs_none": "不需要审批。",
    "too_late": "审批时间已过。",
}


def _frozen(params: Params) -> str:
    weekday = params.get("weekday")
    when = "到 {until} 为止" if params.get("until") else ""
    if isinstance(weekday, int) and 0 <= weekday < len(_DAYS):
        when = f"每逢{_DAYS[weekday]}"
    if params.get("ends"):
        ends = "到 {ends:moment} 为止"
        when = f"{when}，{ends}" if weekday is not None and when else ends
    return (
        "变更已冻结"
        + (f"（{when}）" if when else "")
        + ("：{words}。" if params.get("words") else "。")
    )


_MEND_NAME: Final = (
    "请在 slipway.yaml 中更正；`slipway doctor` 会检查每个名称。刚写入的名称会在一分钟内查询。"
)
_ASK: Final = "请找其中一位。"
_ASK_OR_JOIN: Final = "请找其中一位，或请人把你加入策略。"
ALONE: Final = "slipway.yaml 没有为此列出任何人：请先在那里加上。"
_AGAIN: Final = "请重新申请变更。"


def _not_newest(params: Params) -> str:
    return "{newer:code} " + ("正在变更" if params["is_open"] else "此后已变更") + " {target}。"


def _now_runs(params: Params) -> str:
    now = "运行 {now:name}" if params["now"] else "什么都没有运行"
    before = "，不再是 {before:name}。" if params["before"] else "，此前什么都没有运行。"
    return "{target:name} 现在" + now + before


RULES: Final[Mapping[str, Words]] = {
    "too_large.to_read": Words(
        "计划有 {length} 个字符，而审批之前 Slack 只能展示 {most} 个。",
        "请一次少改一些，或把大段参数放进模板。",
    ),
    "unknown_operation": Words("没有这个操作。", "现有操作见 {/ops status}。"),
    "wrong_place": Words("这个按钮不在该操作的卡片上。", "请使用操作的卡片。"),
    "not_ready": Words("Slipway 还在读取现网状态。", "请等卡片显示计划。"),
    "stale": Words("这张卡片绘制之后计划已变。", "请重新查看卡片，再做决定。"),
    "not_newest": Words(_not_newest, "请看它的卡片提供什么，或指定要回滚到的修订版本。"),
    "rolled_back_lately": Words(
        "{by:person} 已于 {at:moment} 把 {target:name} 从 {before:reason} 回滚到 "
        "{after:reason}（{operation:code}），这次会再往前退一个版本。",
        "请先看 {/ops status <target>}。如果 {after:reason} 也不行，请指定要回到哪里："
        "{/rollback <target> REVISION}；{/ops revisions <target>} 列出可选的修订版本。",
    ),
    "gone_on_already": Words("它已经继续了"),
    "no_way_on": Words("该操作不能这样继续。", "请使用卡片上的按钮。"),
    "too_early": Words(
        "丢失的调用在 {until:moment} 之前仍可能生效。", "请在那之后决定；Slipway 会继续查询。"
    ),
    "unsupported_action.steps_left": Words(
        "丢失的调用之后还有步骤，它们需要那个应答中的内容。",
        "请重新查询，或点击“未执行”后重新开始。",
    ),
    "no_previous_revision.nothing_changed": Words(
        "没有可回滚的内容。", "见 {/ops status <operation>}。"
    ),
    "no_previous_revision.nothing_before": Words(
        "Slipway 没有 {target:name} 此前运行过哪个版本的记录。",
        "可用 {/rollback <target> <revision>} 回到 {/ops revisions <target>} 所列的版本。",
    ),
    "no_previous_revision.failed_before": Words(
        "{operation:code} 回滚掉的版本曾经失败，撤销它会让那个版本重新运行。",
        "可用 {/rollback <target> <revision>} 回到 {/ops revisions <target>} 所列的版本。",
    ),
    "in_progress.not_ended": Words("操作尚未结束。", "见 {/ops status <operation>}。"),
    "unsupported_action.by_system": Words(
        "{system:system} 不支持{action:action}。", "它支持{can:actions}。"
    ),
    "not_creatable.no_create": Words(
        "{target:name} 没有创建模板。", "请在 slipway.yaml 的目标中加上 `create:`。"
    ),
    "bad_values": Words(
        "{system:system} 不接受 key=value。",
        "请输入 {/deploy} {target:code} 和版本。",
        "请把参数留空。",
    ),
    "bad_values.object": Words(
        "{system:system} 只接受单个值，而 {word:code} 是对象或列表。",
        "请分别设置它的成员：{word:code}`.成员=…`。",
    ),
    "usage.no_strategies": Words(
        "{system:system} 只有一种发布方式。",
        "请输入 {/deploy} {target:code} 和版本，不带 --strategy。",
        "请去掉 --strategy。",
    ),
    "usage.no_version": Words("没有指定版本。", "请输入 {/deploy <目标> <版本>}。", "请选择版本。"),
    "draining": Words("Slipway 正在停机，不接受新的操作。", "请一分钟后重试。"),
    "not_allowed.no_policy": Words(
        "{target:name} 没有策略，因此没有人可以变更它。", "请在 slipway.yaml 中为它指定策略。"
    ),
    "not_allowed.policy_gone": Words("策略 {policy:name} 已不在 slipway.yaml 中。", _AGAIN),
    "rights_unknown": Words(
        "无法核对你的权限：Slack 没有说明你是谁。",
        "请一分钟后重试。若仍如此，应用可能缺少权限 `users:read`，`slipway doctor` 会说明。",
    ),
    "not_allowed.barred": Words(
        lambda params: _BARRED.get(str(params["kind"]), _NOT_THIS_ACCOUNT),
        "请找本工作区的成员。",
    ),
    "not_allowed.lock": Words("你不能锁定这个目标。", _ASK_OR_JOIN, alone=ALONE),
    "not_allowed.request": Words(
        "你不能{action:action}这个目标。",
        _ASK_OR_JOIN,
        alone=ALONE,
    ),
    "not_allowed.hold": Words("你不能阻止 Slipway 回滚这个目标。", _ASK_OR_JOIN, alone=ALONE),
    "not_allowed.continue": Words("你不能继续这次变更。", _ASK_OR_JOIN, alone=ALONE),
    "not_allowed.dismiss": Words("你不能忽略对这个目标的提议。", _ASK_OR_JOIN, alone=ALONE),
    "not_allowed.unknown_name": Words("Slack 中没有人叫 {names:list}。", _MEND_NAME),
    "not_approver.unknown_name": Words("Slack 中没有人叫 {names:list}。", _MEND_NAME),
    "unknown_name.channel": Words("Slack 中没有频道 {name:code}。", _MEND_NAME),
    "unknown_name.approvers": Words("没有人能审批：Slack 中没有人叫 {names:list}。", _MEND_NAME),
    "not_allowed.break_glass": Words(
        "你不能在这里紧急放行。",
        "请找其中一位，或去掉 --break-glass 再申请。",
        alone="请去掉 --break-glass 再申请：slipway.yaml 没有为此列出任何人。",
    ),
    "reason_required.break_glass": Words(
        "紧急放行必须说明原因。",
        '请在命令中加上 --reason "原因"。',
        "请简要说明原因。",
    ),
    "review_due": Words(
        "你紧急放行的 {operation:code} 本应在 {due:moment} 之前复核。",
        "请审批人在它的卡片上点击“复核”。",
    ),
    "review_due.wanted": Words(
        "{by:person} 使用了紧急放行（{operation:code}）；须在 {due:moment} 之前复核。",
        "请在它的卡片上点击“复核”。",
    ),
    "unchanged.nothing_to_review": Words("没有要复核的内容。"),
    "unchanged.reviewed_already": Words("{by:person} 已经复核过。"),
    "self_approval.review": Words("紧急放行的是你，必须由他人复核。", "请审批人点击“复核”。"),
    "not_approver.review": Words("只有审批人可以复核。", _ASK, alone=ALONE),
    "not_allowed.cancel": Words("只有申请人和审批人可以取消它。", _ASK, alone=ALONE),
    "not_approver.approve": Words("你不能审批它。", "请其中一位点击“批准”。", alone=ALONE),
    "not_approver.reject": Words("你不能驳回它。", "请其中一位点击“驳回”。", alone=ALONE),
    "not_approver.unlock": Words("只有锁定者和审批人可以解锁。", _ASK, alone=ALONE),
    "not_approver.freeze": Words("只有审批人可以冻结和解冻它。", _ASK, alone=ALONE),
    "not_allowed.not_requester": Words("只有申请人可以这样做。", "请找申请人。"),
    "waiting.in_line": Words(
        "它在 {target:name} 的队列中排第 {position} 位[[，前面是 {holder:code}]]"
        "[[；预计 {expected:moment} 开始]]。",
        "见 {/ops queue <target>}。",
    ),
    "waiting.would": Words("它要在 {holder:code} 之后排队[[，排第 {position} 位]]。"),
    "unplanned.in_line": Words(
        "{why:reason}；轮到它时再制定计划。",
        "去掉 --dry-run 即可排队。",
        "取消勾选试运行即可排队。",
    ),
    "unchanged.nothing_asked": Words("还没有人申请过对 {target:name} 的变更。"),
    "waiting.looked_for": Words("Slipway 正在查找已发出的调用；从 {at:moment} 起可由人决定。"),
    "waiting.would_replace": Words("它会取代 {older:code} 的位置，后者随即取消。"),
    "waiting.would_repeat": Words("此前已记录为 {known:code}，不会再创建操作。"),
    "waiting.for_cloud": Words("已发出的步骤正在云上执行。", "Slipway 会一直查看，直到它结束。"),
    "waiting.for_people": Words("已发出的步骤在等人决定。", "请在它的卡片上选择如何继续。"),
    "waiting.for_start": Words(
        "申请人须在 {until:moment} 之前启动它。", "请在它的卡片上点击*立即开始*。"
    ),
    "not_your_turn": Words("还没有轮到它", "请等它的消息列里的通知。"),
    "turn_missed.too_late": Words("启动的时间已过", "如仍需要，请重新申请。"),
    "not_allowed.admins": Words("只有管理员可以这样做。", _ASK, alone=ALONE),
    "not_allowed.no_admins": Words(
        "没有人可以这样做：slipway.yaml 没有列出管理员。",
        "请在 slipway.yaml 顶部加上 `admins:`。",
    ),
    "not_approver.decide": Words("只有审批人可以这样做。", _ASK, alone=ALONE),
    "self_approval.lead": Words(
        "申请人和故障负责人都是你，必须由他人代负责人批准。",
        "请用 {/incident lead <@user>} 移交负责人，由新的负责人点击“批准”。"
        "策略要求的批准同样须由他人给出。",
    ),
    "self_approval": Words("申请人是你，必须由他人批准。", "请审批人点击“批准”。"),
    "not_allowed.requester_lost": Words(
        "{requester:person} 已无权{action:action}这个目标。",
        "请有权申请的人重新申请。",
    ),
    "not_allowed.more_approvals": Words(
        "策略现在要求 {needed} 人批准[[（关卡 {gate:name}）]]，申请时是 {needed_then} 人。",
        _AGAIN,
    ),
    "not_found.connection": Words("没有连接 {word:name}。", "请从 {known:list} 中选择。"),
    "usage.no_option": Words(
        "{system:system} 在这里没有选项 --{option:name}。",
        lambda params: "请去掉它，或从 {known:list} 中选择。" if params["known"] else "请去掉它。",
    ),
    "unsupported_action.cancel": Words(
        "{system:system} 没有可以取消的内容。",
        "请用操作的 ID 取消；{/ops status <target>} 会显示它。",
    ),
    "unsupported_action.values": Words(
        "{system:system} 没有参数。", "{/ops status <target>} 显示当前运行情况。"
    ),
    "reason_required.by_policy": Words(
        "这里必须说明原因。", '请在命令中加上 --reason "原因"。', "请简要说明原因。"
    ),
    "frozen": Words(_frozen, "请等冻结结束；回滚和试运行不受影响。"),
    "deadline_passed": Words("{deadline:duration} 的时限已过，因此没有提交下一步。", _AGAIN),
    "not_allowed.approver_lost": Words("{approver:person} 已无权审批它。"),
    "changed_meanwhile.live": Words(_now_runs),
    "changed_meanwhile.policy": Words("策略已变。"),
    "changed_meanwhile.plan": Words("要做的内容已变。"),
    "unchanged.past_gate": Words(lambda params: _PAST_GATE.get(str(params["how"]), "审批已结束。")),
    "approvals_missing": Words(
        "还需要 {missing} 人批准[[（关卡 {gate:name}）]]，截止 {until:moment}。",
        "请其中一位点击“批准”。",
        alone=ALONE,
    ),
    "approvals_missing.passed_over": Words("本来需要 {missing} 人批准。", "请其中一位点击“批准”。"),
    "unchanged.nothing_to_approve": Words("{target:name} 没有待审批的内容。"),
    "unchanged.approved_already": Words("你已经批准过。"),
    "unchanged.approved_in_place": Words("{by:person} 已用 {of:person} 的权限批准。"),
    "unchanged.not_delegated": Words("没有人代此人审批。"),
    "bad_delegate.self": Words("不能委托给自己。", "请换一个人，也不能是你的另一个账号。"),
    "bad_delegate.barred": Words(
        lambda params: (
            "{delegate:person} 不能审批：" + _BARRED.get(str(params["kind"]), _NOT_THIS_ACCOUNT)
        ),
        "请指定本工作区的成员。",
    ),
    "not_approver.delegate": Words(
        "{delegator:person} 在这里没有审批权，因此没有可委托的。",
        "只有 slipway.yaml 列出的人可以委托：受托的权限不能转委托。",
    ),
    "unchanged.gates_open": Words("{gates:list} 不再需要批准[[；{missing:list} 仍需要]]。"),
    "unchanged.said_already": Words("你已经说过。"),
    "unchanged.not_cancellable": Words(
        lambda params: "它已结束，不能取消。" if params["has_ended"] else "它已提交，不能取消。"
    ),
    "unchanged.moved_on": Words("它已进入下一阶段，这个按钮不再起作用。"),
    "unchanged.no_countdown": Words("现在不会再自动回滚任何内容。"),
    "waiting.rollback_coming": Words(
        "{operation:code} 失败了，如果没有人阻止，将于 {until:moment} 回滚。"
    ),
    "unchanged.rolled_back_already": Words("它已有回滚：{by:code}。"),
    "unchanged.continued_already": Words("{by:code} 已在接续它。"),
    "unchanged.looking_again": Words("Slipway 正在重新查询。"),
}
