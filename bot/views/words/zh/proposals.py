"""Chinese: proposals of hooks, and what is said of those that are over."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template, Words

_OPEN: Final = "仍要上报故障，请输入 {/incident open}。"

PROPOSALS: Final[Mapping[str, Words]] = {
    "unknown_proposal": Words("这个提议已不再保留。", "请改为输入 {/deploy <target> <version>}。"),
    "told.alerts_over": Words(
        "hook {hook:code} 报告告警已解除：{titles:list}[[ 等，另有 {more} 个]]。"
    ),
    "told.confirm_subscription": Words(
        "在有人打开这个地址之前，hook {hook:code} 收不到 {topic:code:300} 的任何内容："
        "{url:code:1500}。"
    ),
    "proposal_over.taken": Words("{by:person} 已据此申请：{operation:code}。"),
    "proposal_over.dismissed": Words(
        "{by:person} 已忽略它。", "仍要部署，请输入 {/deploy <target> <version>}。"
    ),
    "proposal_over.superseded": Words(
        "此间又提议了更新的版本。", "请重新查看卡片，或输入 {/deploy <target> <version>}。"
    ),
    "proposal_over.alert_taken": Words("{by:person} 已在 {incident:code} 中处理。"),
    "proposal_over.alert_dismissed": Words("{by:person} 已忽略它。", _OPEN),
    "proposal_over.alert_superseded": Words(
        "此后有了更新的告警，另有一张卡片。", "请看那张卡片，或输入 {/incident open}。"
    ),
    "proposal_over.alert_expired": Words("没有人及时上报故障。", _OPEN),
    "proposal_over.resolved": Words("告警已解除。", _OPEN),
    "proposal_over.expired": Words(
        "提议已过期。", "仍要部署，请输入 {/deploy <target> <version>}。"
    ),
}
PROPOSAL_PHRASES: Final[Mapping[str, Template]] = {
    "noted.dismissed": "已忽略对 {name:name} 的提议。",
    "proposal.head": "可以部署 *{target:name}* 的 *{version:name}*",
    "proposal.head_over": "曾提议部署 *{target:name}* 的 *{version:name}*",
    "proposal.text": "可以部署 {target:name} 的 {version:name}（{hook:name}）。",
    "proposal.text_over": "曾提议部署 {target:name} 的 {version:name}（{hook:name}）。",
    "proposal.from": "由 hook {hook:code} 提议[[，来自 {by:text:200}]]，{at:moment}",
    "proposal.note": "{note:text:200}",
    "proposal.digest": "构建产物为 {digest:code}；此后标签可能已指向别处。",
    "proposal.until": "{until:moment} 过期",
    "alert.head": "*{title:text:200}*",
    "alert.text": "{title:text:200}：{targets:list}（{hook:name}）。",
    "alert.targets": "{targets:list} 上有 {firing} 个告警，{severity} 级",
    "alert.targets_over": "曾在 {targets:list} 上告警，{severity} 级",
    "alert.from": "由 hook {hook:code} 收到，{at:moment}",
    "alert.more": "至今共 {count} 个告警",
    "alert.taken": "{by:person} 已在 {incident:code} 中处理",
    "alert.joined": ("{incident:name} 已为此开启[[，见 {channel:channel}]]：告警已写入其时间线。"),
    "alert.resolved": "已解除：不再有告警",
    "button.open_proposed": "上报故障",
    "button.alert_label": "{button:text}：{targets:list}",
    "proposal.taken": "{by:person} 已申请：{operation:code}",
    "proposal.dismissed": "已由 {by:person} 忽略",
    "proposal.superseded": "已被更新的提议取代",
    "proposal.expired": "已过期：没有人申请",
    "button.deploy_proposed": "部署 {version:text:60}",
    "button.dismiss": "忽略",
    "button.proposal_label": "{button:text}：{target:text} 的 {version:text:40}",
}
