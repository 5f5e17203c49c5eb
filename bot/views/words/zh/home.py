"""Chinese: App Home; headers and buttons are plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

HOME: Final[Mapping[str, Template]] = {
    "home.waiting": "等待你处理（{count}）",
    "home.nothing": "没有等待你处理的事项",
    "home.reviews": "待复核（{count}）",
    "home.mine": "我的操作（{count}）",
    "home.running": "执行中（{count}）",
    "home.incidents": "未关闭的故障（{count}）",
    "home.runs": "当前运行（{count}）",
    "home.holds": "锁定与冻结（{count}）",
    "home.asked": (
        "{by:named} 于 {at} 在 {channel:channel} 申请[[ · “{why:text:150}”]][[ · 截止 {until}]]"
    ),
    "home.no_way_back": "*无法回滚*",
    "home.review": "{by:person} 使用了紧急放行：“{why:text:200}”[[ · 期限 {due:moment}]]",
    "home.incident": (
        "*{title:text:150}* · {severity} 级 · 始于 {since:moment}"
        "[[ · {channel:channel}]] · {incident:code}"
    ),
    "home.policy": "策略 {policy:name}",
    "home.more": "另有 {more} 项",
    "home.more_incidents": "另有 {more} 项，见 {/incident list}",
    "home.more_holds": "另有 {more} 项，见 {/ops targets}",
    "home.open_deploy": "部署…",
    "home.open_rollback": "回滚…",
    "home.open_scale": "伸缩…",
    "home.open_create": "创建…",
    "home.open_incident": "上报故障…",
    "home.as_of": "更新于 {at}",
    "home.title": "Slipway",
    "shortcut.deploy": "部署",
    "shortcut.deploy_text": "用表单把某个版本部署到目标。",
}
