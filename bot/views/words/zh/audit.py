"""Chinese: what the installation says about itself, in the channel of its audit."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

AUDIT: Final[Mapping[str, Template]] = {
    "audit.reloaded": (
        "slipway.yaml 已变更并生效[[。策略：{policies:list}]][[。目标：{targets:list}]]"
        "[[。以下未结束的操作从现在起按新规则判定：{operations:list}]]。"
    ),
    "audit.broken": "slipway.yaml 有 {count} 处错误，继续使用此前生效的内容：{faults:text:1500}",
    "audit.anchored": "{at:moment} 的审计锚点，第 {sequence} 条记录：`{line:text:600}`",
}
