"""Chinese for what calls to clouds come to: `bot.core.codes.clouds`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import clouds as codes
from bot.views.words.template import Params, Words

_SOON: Final = "请一分钟后重试。"
_DOCTOR: Final = "请运行 slipway doctor 检查连接。"


def _foreign(params: Params) -> str:
    kind = "{content_type}" if params["content_type"] else "没有内容类型"
    return f"HTTP {{status}} 的应答不是该 API 自己的格式（{kind}）。"


def _login(params: Params) -> str:
    word = " {word}" if params["word"] else ""
    later = "；Slipway 在 {until:moment} 之前不再尝试" if params["until"] else ""
    return f"{{identity}} 对登录的应答是 HTTP {{status}}{word}{later}。"


def _no_room(params: Params) -> str:
    if not params["because"]:
        return "{target:name} 所在云的限流没有余量再发一次调用。"
    return "{target:name} 所在的云目前不再接受调用：{because:reason}。"


CLOUDS: Final[Mapping[str, Words]] = {
    codes.NoAnswer.key: Words("{within:duration}内没有收到完整的应答。", _SOON),
    codes.NoTimeLeft.key: Words("云端应答太慢。", _SOON),
    codes.NotReached.key: Words("连不上云端，没有提交任何内容[[（{detail}）]]。", _SOON),
    codes.Broken.key: Words("应答完整之前连接中断[[（{detail}）]]。", _SOON),
    codes.ForeignAnswer.key: Words(_foreign, _SOON),
    codes.Interrupted.key: Words("这个工作进程正在退出，由另一个接替。", _SOON),
    codes.PermitTooOld.key: Words("执行许可放置过久，没有使用。", _SOON),
    codes.NoConnection.key: Words(
        "连接 {connection:name} 已不在 slipway.yaml 中。", "请恢复它，或把目标改到其他连接。"
    ),
    codes.NoRoom.key: Words("API 的限流没有余量再发一次调用。", _SOON),
    codes.Redirected.key: Words("端点重定向到别处（HTTP {status}），Slipway 不会跟随。", _DOCTOR),
    codes.BadCertificate.key: Words("端点的证书无效（{detail}），没有提交任何内容。", _DOCTOR),
    codes.NoEndpoint.key: Words(
        "slipway.yaml 中缺少 connections.{connection:name}.endpoints.{service:name}。",
        "请补上该服务的地址。",
    ),
    codes.SecondChange.key: Words("一个步骤只做一次变更，第二次没有提交。"),
    codes.LoginRefused.key: Words(_login, "请检查该连接的凭证。"),
    codes.NoToken.key: Words("{identity} 对登录的应答中没有令牌。", _SOON),
    codes.NoCatalog.key: Words("{identity} 的服务列表无法读取。", _SOON),
    codes.LoginBusy.key: Words("另一个进程还在登录 {identity}。", _SOON),
    codes.AnswerLost.key: Words("{call}：{because:reason}。"),
    codes.DeadlinePassed.key: Words("{because:reason}；{deadline:duration}的时限已过。"),
    codes.MayNotLook.key: Words("云端不再允许 Slipway 查询：{because:reason}。"),
    codes.NothingAbout.key: Words(
        "云端没有给出关于 {target:name} 的可用应答：{because:reason}。", _SOON
    ),
    codes.RefusedAbout.key: Words("云端拒绝告知 {target:name} 的情况：{because:reason}。", _DOCTOR),
    codes.UnknownThere.key: Words(
        "云端不认识 {target:name}（{because:reason}）。", "请检查 slipway.yaml 中该目标的 ID。"
    ),
    codes.NoRoomAbout.key: Words(_no_room, "请 {retry_after:duration}后重试。"),
}
