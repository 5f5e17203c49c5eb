"""Chinese for what systems say alike: `bot.core.codes.systems`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import systems as codes
from bot.views.words.template import Params, Words

_TRY_LATER: Final = "请等它结束后重试。{/ops status} 会显示状态。"
_LABELS: Final[Mapping[str, str]] = {
    "addon": "插件",
    "advice": "建议",
    "artifact": "制品",
    "category": "类别",
    "chart": "模板",
    "cloudpods": "Cloudpods 状态",
    "cluster": "集群",
    "component": "组件",
    "description": "描述",
    "earlier_words": "沿用此前命令的参数",
    "fault": "错误",
    "image": "镜像",
    "instance": "实例",
    "key_value": "key=value",
    "last_job": "最近一次任务",
    "more_values": "其他参数",
    "name": "名称",
    "namespace": "命名空间",
    "newest": "最新修订版本",
    "node_order": "节点升级顺序",
    "nodes": "节点",
    "number": "数量",
    "objects": "资源对象",
    "offered": "可升级版本",
    "options": "选项",
    "package": "软件包",
    "platform": "平台",
    "pods": "实例",
    "pods_in_namespace": "命名空间内的实例",
    "pool_order": "节点池升级顺序",
    "postcheck": "升级后验证",
    "release": "模板实例",
    "replicas": "副本",
    "repository": "仓库",
    "revision": "修订版本",
    "runtime": "运行时",
    "secrets": "机密信息",
    "skipped": "跳过的风险",
    "state_reason": "原因",
    "status": "状态",
    "strategy": "发布方式",
    "updated": "更新时间",
    "upgrade": "升级",
    "values": "参数",
    "version": "版本",
    "workflow": "工作流",
}


def _label(name: str) -> Words:
    words = _LABELS[name]
    return Words(lambda params: words + " {of:name}" if params.get("of") else words)


def _near(params: Params) -> str:
    return "请从 {near:list} 中选择。" if params["near"] else "请部署你要的版本。"


def _near_version(params: Params) -> str:
    return "请从 {near:list} 中选择。" if params["near"] else ""


def _vendor_said(params: Params) -> str:
    return " ".join("{" + name + "}" for name in ("code", "words") if params[name])


def _now(params: Params) -> str:
    status = "{status:status}" if params["status"] else "状态未知"
    return status + (" {version:name}" if params["version"] else "")


def _replicas(params: Params) -> str:
    return "副本数未知" if params["replicas"] is None else "{replicas} 个副本"


def _ready(params: Params) -> str:
    ready, wanted = ("?" if params[name] is None else f"{{{name}}}" for name in ("ready", "wanted"))
    return f"{ready}/{wanted}"


def _progress(params: Params) -> str:
    return "{status}" if params["done"] is None else "{status}，已完成 {done} 个任务"


def _unlisted(params: Params) -> str:
    of = "{of}的" if params["of"] else ""
    return of + "未知状态 {status:code}：API 参考中没有列出"


def _ended(params: Params) -> str:
    ended = "任务 {task} 以状态 {status} 结束"
    row = "{row}" if params["row"] else ""
    words = "{words}" if params["words"] else ""
    return "：".join(part for part in (ended, row, words) if part)


def _still_last(params: Params) -> str:
    if not params["task"]:
        return "{thing:label}还没有显示任务"
    return "{thing:label}的最近一次任务仍是 {task}"


def _differs(params: Params) -> str:
    if params["what"] == "replicas":
        return "它有 {theirs} 个副本，而不是 {ours} 个"
    return "它的{what:label}是 {theirs}，而不是 {ours}"


def _ours(params: Params) -> str:
    before = "最近一次任务是 {before}" if params["before"] else "没有任务"
    return (
        "我们调用之前" + before + "，现在是 {task}；它开始于 {began:moment}，我们的调用于 "
        "{permitted:moment} 获得许可；{match:reason}；没有其他新任务"
    )


def _field(params: Params) -> str:
    where = "应答中的 {place} " if params["place"] else "应答"
    return where + "无法读取：{fault}"


SYSTEMS: Final[Mapping[str, Words]] = {
    **{f"label.{name}": _label(name) for name in sorted(codes.LABELS)},
    codes.AlreadyRunning.key: Words("版本 {version:name} 已在运行。", "请换一个版本。"),
    codes.AlreadyScaled.key: Words("已有 {replicas} 个副本。", "请换一个数量。"),
    codes.AlreadySo.key: Words(
        "{thing:label}已处于“{status:status}”状态。", "{/ops status} 显示当前运行情况。"
    ),
    codes.AlreadyThere.key: Words("已有名为 {name:name} 的{thing:label}。", "请向它部署。"),
    codes.NotGiven.key: Words("没有给出{what:label}。", "请指定{what:label}。"),
    codes.NoSuchStrategy.key: Words("没有发布方式 {word:name}。", "请从 {known:list} 中选择。"),
    codes.BusyWithTask.key: Words("{thing:label}正在变更：任务 {task} 在执行。", _TRY_LATER),
    codes.BusyByStatus.key: Words("{thing:label}正在变更：状态为“{status:status}”。", _TRY_LATER),
    codes.TemplateLacks.key: Words(
        "创建模板缺少 {fields:list}。", "请补全 slipway.yaml 中该目标的 `create:`。"
    ),
    codes.TemplateMisfit.key: Words(
        "创建模板中的 {field:name} 必须是 {wanted:code}。",
        "请更正 slipway.yaml 中该目标的 `create:`。",
    ),
    codes.NoTemplate.key: Words(
        "该目标没有创建模板。", "请在 slipway.yaml 的目标中加上 `create:`。"
    ),
    codes.NoPreviousRevision.key: Words(
        "{thing:label}没有更早的、运行良好的版本。", "请部署你要的版本。"
    ),
    codes.NoSuchVersion.key: Words("没有版本 {version:name}。", _near_version),
    codes.NoSuchRevision.key: Words("{thing:label}的记录中没有 {revision:name}。", _near),
    codes.RevisionEndedBadly.key: Words("{revision:name} 没有成功：{status}。", _near),
    codes.VendorSaid.key: Words(_vendor_said),
    codes.NotCreatedYet.key: Words("尚未创建"),
    codes.StatusOf.key: Words(_now),
    codes.Replicas.key: Words(_replicas),
    codes.Ready.key: Words(_ready),
    codes.Absent.key: Words("无"),
    codes.RunState.key: Words("{status:status}"),
    codes.Hidden.key: Words("[已隐藏]"),
    codes.TaskProgress.key: Words(_progress),
    codes.UnlistedStatus.key: Words(_unlisted),
    codes.TaskEnded.key: Words(_ended),
    codes.TaskUnknown.key: Words("API 不认识任务 {task}"),
    codes.StillLast.key: Words(_still_last),
    codes.NotThere.key: Words("还没有名为 {name:name} 的{thing:label}"),
    codes.NoTaskShown.key: Words("{thing:label} {id} 已存在，但还没有显示任务"),
    codes.NoStartShown.key: Words("任务 {task} 是新的，但没有说明开始时间"),
    codes.WrongTime.key: Words("任务 {task} 开始于 {began:moment}，与我们的调用相差太久"),
    codes.Contradicted.key: Words("任务 {task} 是新的，但{by:reason}"),
    codes.Differs.key: Words(_differs),
    codes.StatusMisfits.key: Words("状态 {status} 与{action:action}不符"),
    codes.Matches.key: Words("它的{what:label}与我们的一致：{value}"),
    codes.StatusFits.key: Words("状态 {status} 与{action:action}相符"),
    codes.WasNotThere.key: Words("{thing:label} {id} 此前不存在"),
    codes.SeveralCandidates.key: Words("有多个新任务可能是我们的，必须由人判断：{tasks:list}"),
    codes.TaskIsOurs.key: Words(_ours),
    codes.FieldUnreadable.key: Words(_field),
    codes.NotObjects.key: Words("{place:code} 不是对象列表"),
    codes.TooDeep.key: Words("应答嵌套过深"),
    codes.AboutAnother.key: Words("应答说的是别的内容：{id}"),
    codes.SeveralCalled.key: Words("名称 {name:name} 对应多个{thing:label}"),
    codes.EndlessList.key: Words("列表在 {pages} 页之后仍未结束"),
    codes.NoUsableId.key: Words("应答中没有可供查询的 ID"),
    codes.ListedTwice.key: Words("应答把同一个{what:label}列了两次"),
}
