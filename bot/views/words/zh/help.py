"""Chinese: the help."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

HELP: Final[Mapping[str, Template]] = {
    "app.description": "把变更部署到你的云：先审批，可回滚。",
    "help.slipway": "*Slipway* 负责云上目标的部署与运维，变更须经审批。",
    "help.deploy": (
        '{/deploy <target> 1.4.0 --reason "原因"} 部署一个版本 · '
        "变更命令后加 `--dry-run` 只看会做什么"
    ),
    "help.rollback": "{/rollback <target>} 回滚到上一个修订版本，或回滚到指定的修订版本",
    "help.actions": (
        "{/ops restart <target>} 重启 · `start` 启动 · `stop` 停止 · `scale` 伸缩 · "
        "`create` 创建 · `delete` 删除"
    ),
    "help.targets": "{/ops targets} 列出可以变更的目标",
    "help.status": ("{/ops status <target>} 查看当前运行情况 · {/ops status op-…} 查看一个操作"),
    "help.history": (
        "{/ops history <target>} 查看历史 · `revisions` 可回滚的修订版本 · "
        "`versions` 可部署的版本 · `values` 参数"
    ),
    "help.cancel": ("{/ops cancel op-…} 撤回尚未提交的操作 · {/ops why op-…} 查看它在等什么"),
    "help.more": (
        "{/ops help lock} 查看锁定的用法，同样可查 `unlock` 解锁 · `queue` 队列 · `freeze` 冻结 · "
        "`thaw` 解冻 · `can` 权限 · `delegate` 委托 · `report` 报表 · `doctor` 自检；"
        "故障见 {/incident help}"
    ),
    "help.threads": "消息列里不能用斜杠命令，请输入 `@slipway status`。",
    "help.usage": "{usage:code:300}",
    "help.example": "例如 {example:code:200}",
    "help.outsider": "你可以查询，但不能变更：没有策略在 `request` 中列出你。",
    "help.approver": "你可以审批：在卡片上点击*批准*或*驳回*。",
}
