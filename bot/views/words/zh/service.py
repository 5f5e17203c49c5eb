"""Chinese: what is said to whoever asks, and at the edge."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

UNREADABLE: Final = "无法读取：它由另一版本的 Slipway 记录，或记录已损坏"
READ_IT: Final = "请运维人员运行最新版本；若仍不行，用 `slipway operations show` 查看并恢复备份。"

SERVICE: Final[Mapping[str, Words]] = {
    "locked": Words(
        "{target:name} 自 {since:moment} 起被 {by:person} 的 {holder:code}（{action:action}）"
        "锁定。",
        "请等它结束；见 {/ops status <holder>}。",
    ),
    "queue_full": Words(
        "{target:name} 被占用（[[{by:person}，]]{holder:code}），且队列已满：{waiting} 个变更。",
        "见 {/ops queue <target>}；等其中一个结束后再申请。",
    ),
    "locked.unreadable": Words(
        f"{{target:name}} 被 {{holder:code}} 锁定，而后者{UNREADABLE}。", READ_IT
    ),
    "unreadable_operation": Words(
        f"{{operation:code}} {UNREADABLE}。不会再提交它的任何内容，目标保持锁定。", READ_IT
    ),
    "too_many.person": Words(
        "你有 {limit} 个未结束的操作（上限 {limit}）。", "请等一些操作结束，或取消一个。"
    ),
    "too_many.all": Words(
        "共有 {limit} 个未结束的操作（上限 {limit}）。", "请等一些操作结束，或取消一个。"
    ),
    "try_again": Words("同时点击的人太多，你的点击没有计入。", "请再点一次。"),
    "secret_in_reason": Words(
        "内容中疑似含有密码或令牌。", "请去掉它，并更换该密码或令牌：别人可能已经看到。"
    ),
    "foreign_workspace": Words(
        "本工作区没有安装 Slipway。", "请到它所属的工作区使用，或请那里的管理员在此安装。"
    ),
    "unknown_command.slash": Words("这里没有这个命令。", "可用命令见 {/ops help}。"),
    "unknown_button": Words("Slipway 不认识这个按钮。", "请使用操作的卡片。"),
    "unreadable_request.incomplete": Words(
        "从 Slack 收到的内容不完整。", "请重试；若仍不行，用 {/ops status}。"
    ),
    "unreadable_request.form": Words("这不是 Slipway 为你打开的表单。", "请关闭它，再重新打开。"),
    "busy": Words("Slipway 正在处理的请求太多。", "请一分钟后重试。"),
    "journal_down": Words("操作日志无法写入，因此什么都不会发生。", "请一分钟后重试。"),
    "no_channel.target": Words(
        "{target:name} 没有可以放卡片的频道。",
        "请在应当看到它的频道里输入 {/deploy}，或在 slipway.yaml 里设置 `channel`。",
    ),
    "form_unavailable": Words("表单打不开。", "请再点一次按钮，或再输入一次命令。"),
    "reason_required.by_review": Words("判定为不正当时须填写备注。", "请简要说明原因。"),
    "reason_required.by_form": Words("需要填写原因。", "请简要说明原因。"),
    "internal_error": Words(
        "出现内部错误（{error_id}）；是否已记录无法得知。", "进行中的操作见 {/ops status}。"
    ),
}
