"""Chinese for what is said of Helm's releases and their values."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_TRY_LATER: Final = "请等它结束后重试。{/ops status} 会显示状态。"
_READY_OR_NOT: Final = "。这不代表它的实例已就绪"
_ALL_VALUES: Final = (
    "请在 slipway.yaml 的 `values:` 下声明被隐藏的参数（只需这些），"
    "或在那里设置 `values_mode: merge` 以只提交单个参数。"
)
_KEY_FAULTS: Final[Mapping[str, str]] = {
    "character": "有一个字符用错了位置",
    "name_before_dot": "点号前缺少名称",
    "name_before_index": "下标前缺少名称",
    "name_at_end": "末尾缺少名称",
    "dot_after_index": "] 之后缺少点号",
    "index": "下标须是不超过 65536 的整数",
    "levels": "超过 30 层",
}
_KINDS: Final[Mapping[str, str]] = {
    "text": "文本",
    "number": "数字",
    "boolean": "布尔值",
    "list": "列表",
    "map": "映射",
}


def or_unknown(name: str, params: Params) -> str:
    """Return the place for the vendor's word, or that there is none."""
    return f"状态为 {{{name}}}" if params[name] else "状态未知"


def with_words(says: str, params: Params) -> str:
    """Return *says* with the vendor's words behind it, where there are any."""
    return says + "：{words}" if params["words"] else says


def choose(params: Params) -> str:
    """Return the remedy that names what is near."""
    return "请从 {near:list} 中选择。" if params["near"] else "请换一个版本。"


def _busy_remedy(params: Params) -> str:
    if params["frees"]:
        return _TRY_LATER + "如果卡住，请回滚到修订版本 {frees} 以释放模板实例。"
    if params["is_deletable"]:
        return _TRY_LATER + "如果卡住，只有 {/ops delete} 能释放模板实例。"
    return _TRY_LATER


def _no_version(params: Params) -> str:
    needed = "（{needed_for} 需要它）" if params["needed_for"] else ""
    return "模板 {chart:name} 没有版本 {version:name}" + needed


def _unreadable(params: Params) -> str:
    return "{word:name} 不是参数名：" + _KEY_FAULTS.get(str(params["fault"]), "{fault}")


def _misfit(params: Params) -> str:
    if params["wanted"] == "row":
        return "{word:name} 无法设置：{above:name} 没有那么多项"
    what = "映射" if params["wanted"] == "map" else "列表"
    return "{word:name} 无法设置：{above:name} 不是" + what


def _unknown(params: Params) -> str:
    if params["paths"]:
        return "{paths:list} 的值被隐藏，而所有参数必须一起提交"
    return "模板实例的当前参数未能全部得知，而它们必须一起提交"


def _other_type(params: Params) -> str:
    return "{value}（现为" + _KINDS.get(str(params["kind"]), " {kind}") + "）"


def _version_at(params: Params) -> str:
    version = "{version:name}" if params["version"] else "?"
    return version + "（修订版本 {revision}）"


def _deployed(params: Params) -> str:
    if not params["revision"]:
        return "已部署" + _READY_OR_NOT
    version = "（{version:name}）" if params["version"] else ""
    return "修订版本 {revision}" + version + ("" if version else " ") + "已部署" + _READY_OR_NOT


def _superseded(params: Params) -> str:
    newest = or_unknown("status", params)
    return "修订版本 {revision} 曾已部署；更新的修订版本 {newest} " + newest


def _revision(params: Params) -> str:
    return with_words("修订版本 {revision} " + or_unknown("status", params), params)


def _failed(params: Params) -> str:
    is_ = " 状态为 {status}" if params["status"] else ""
    advice = "。请手动删除后重新安装" if params["status"] == "UNKNOWN" else ""
    return with_words("修订版本 {revision}" + is_, params) + advice


def _not_yet(params: Params) -> str:
    is_ = "（状态为 {status}）" if params["status"] else ""
    return "还没有比 {newest} 更新的修订版本" + is_


def _gone(params: Params) -> str:
    again = "，又重新安装为修订版本 {revision}" if params["revision"] else ""
    return "模板实例已不存在" + again


def _other_kind(params: Params) -> str:
    if params["kind"] == "upgrade":
        return "它是一次升级"
    to = "，回到修订版本 {revision}" if params["revision"] else ""
    ours = "，而我们要回到修订版本 {ours}" if params["ours"] else ""
    return "它是一次回滚" + to + ours


def _revision_is_ours(params: Params) -> str:
    words = "（{words}）" if params["words"] else ""
    return (
        "调用之前模板实例处于修订版本 {before}；修订版本 {revision} 是唯一新增的，"
        "生成于 {made:moment}。我们的调用于 {permitted:moment} 获得许可。"
        "它与我们提交的一致" + words
    )


def _deletion_is_ours(params: Params) -> str:
    if params["status"]:
        return "模板实例 {id} 在我们调用之前不是 {status}，现在是了"
    return "模板实例 {id} 在我们调用之前存在，现在没有了"


_ONE_TEXT: Final = "；或把整个值放在引号里，作为一段文本提交。"


def _listed(params: Params) -> str:
    return "{names:list}" + (" 等，另有 {more} 个" if params["more"] else "")


def _pods(params: Params) -> str:
    unwell = "；{unwell:list}" if params["unwell"] else ""
    more = f"{' ' if unwell else ''}等，另有 {{more}} 个" if params["more"] else ""
    return "{well}/{total} 个运行中" + unwell + more


HELM: Final[Mapping[str, Words]] = {
    "value.listed": Words(_listed),
    "value.pods": Words(_pods),
    "usage.several_values": Words(
        "{word:name} 似乎在一个词里设置了多个参数。",
        "请分成多个词：{instead:code}" + _ONE_TEXT,
    ),
    "usage.list_in_braces": Words(
        "{word:name} 似乎是花括号里的列表。", "请把每一项写成一个词：{instead:code}" + _ONE_TEXT
    ),
    "bad_version.tag": Words(
        "{version:name} 不能作为镜像标签：它含有 +。", "请使用镜像仓库中的标签，例如 1.4.0。"
    ),
    "no_change.values": Words("这些参数已经部署。", "请设置其他参数。"),
    "no_change.revision": Words(
        "修订版本 {revision} 已是当前版本。", "{/ops revisions} 列出其他修订版本。"
    ),
    "in_progress.revision": Words(
        "模板实例正在变更：修订版本 {revision} 状态为 {status}。", _busy_remedy
    ),
    "no_such_version.chart": Words(_no_version, choose),
    "bad_values.unreadable": Words(_unreadable, "模板有哪些参数名，请看模板的参数。"),
    "bad_values.misfit": Words(_misfit, "模板有哪些参数名，请看模板的参数。"),
    "bad_values.twice": Words("{one:name} 和 {other:name} 设置的是同一个参数。", "请只写一个。"),
    "values_unknown.values": Words(_unknown, _ALL_VALUES),
    "value.values_kept": Words("保持不变"),
    "value.values_unread": Words("未知"),
    "value.values_replaced": Words("整体替换"),
    "value.secrets_sent": Words("已提交，未比较"),
    "value.secret_changed": Words("******（已变）"),
    "value.only_these": Words("只提交所列参数，其余由云端保留"),
    "value.other_type": Words(_other_type),
    "value.word_kept": Words("沿用此前的值"),
    "value.word_dropped": Words("已舍弃：不再适用"),
    "value.more_changes": Words("另有 {count} 处变更"),
    "value.deleted": Words("已删除"),
    "value.other_values": Words("{version:name}，参数不同"),
    "value.version_at": Words(_version_at),
    "task.deployed": Words(_deployed),
    "task.superseded": Words(_superseded),
    "task.revision": Words(_revision),
    "task.no_revision_yet": Words(_not_yet),
    "task.gone": Words(_gone),
    "task_failed.revision": Words(_failed),
    "task_not_found.release": Words("云端不再认识模板实例 {release}"),
    "no_trace.still_at": Words("模板实例仍处于修订版本 {revision}"),
    "no_trace.still_there": Words("模板实例仍存在，状态为 {status:code}"),
    "no_trace.no_release": Words("还没有这个模板实例"),
    "no_trace.several_revisions": Words(
        "修订版本 {revisions:list} 都是新的，须有人判断哪个是我们的"
    ),
    "no_trace.revision": Words("修订版本 {revision} 是新的，但{by:reason}"),
    "evidence.other_kind": Words(_other_kind),
    "evidence.untimed": Words("它没有说明生成时间"),
    "evidence.untimely": Words("它生成于 {at:moment}，与我们的调用相差太久"),
    "evidence.other_value": Words("它的参数 {path:name} 与我们的不同"),
    "adopted.revision": Words(_revision_is_ours),
    "adopted.deletion": Words(_deletion_is_ours),
}
