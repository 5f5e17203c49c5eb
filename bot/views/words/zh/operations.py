"""Chinese for what happens to operations: `bot.core.codes.operations`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import operations as codes
from bot.views.words.template import Words

OPERATIONS: Final[Mapping[str, Words]] = {
    codes.TargetGone.key: Words("{target:name} 已不在 slipway.yaml 中", "请用新名称重新申请。"),
    codes.TargetUnwatched.key: Words(
        "{target:name} 已不在 slipway.yaml 中，写回去之后 Slipway 才能查询"
    ),
    codes.NoProgress.key: Words("{because:reason}；该步骤不能再推迟", "请重新申请变更。"),
    codes.WorkerGone.key: Words("工作进程在记下应答之前退出了"),
    codes.Restored.key: Words(
        "操作日志退回到了较早的状态（从备份恢复，或主备切换时丢失了记录），之后发生了什么无法得知"
    ),
    codes.KnownTask.key: Words("恢复前的操作日志已记录任务 {task:code}"),
    codes.NotExecuted.key: Words("审批人认定该调用未执行", "如仍需要，请重新申请。"),
    codes.Executed.key: Words("应答丢失，{by:people} 认定该调用已执行"),
    codes.TakenBack.key: Words("{by:named} 选择了回滚", "回滚有单独的卡片。"),
    codes.Replaced.key: Words("同一人的 {by:code} 顶替了它的排队位置", "请关注新的操作。"),
    codes.TurnMissed.key: Words("轮到它时没有人及时启动", "如仍需要，请重新申请。"),
    codes.Overdue.key: Words("未在 {deadline:duration} 的时限内完成"),
}
