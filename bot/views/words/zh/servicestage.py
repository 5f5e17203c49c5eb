"""Chinese for what ServiceStage says: components of v3 and instances of v2."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_CHECK: Final = "请检查 slipway.yaml 中的目标，以及它的凭证能否看到它。"
_BESIDE: Final = "请让 slipway.yaml 中的地址与当前地址开头一致。"


def _or_create(params: Params) -> str:
    if params["code"]:
        return _CHECK
    return "请用 {/ops create} 创建；若它已存在，请检查凭证能否看到它。"


def _coded(sentence: str) -> str:
    return sentence + "：{code}"


def _no_component(params: Params) -> str:
    says = "应用 {application} 中没有组件 {component:name}"
    return _coded(says) if params["code"] else says


def _no_instance(params: Params) -> str:
    says = "应用 {application} 中没有带实例 {instance:name} 的组件 {component:name}"
    return _coded(says) if params["code"] else says


def _artifacts(params: Params) -> str:
    return "它有 {near:list}。" if params["near"] else "它没有显示任何制品。"


def _anew(params: Params) -> str:
    if not params["is_creatable"]:
        return "请把该目标从 slipway.yaml 中去掉。"
    if params["has_id"]:
        return "请从 slipway.yaml 中去掉它的 ID，再用 {/ops create} 新建。"
    return "请用 {/ops create} 新建。"


def _for_good(params: Params) -> str:
    says = "删除的{thing:label}无法恢复，它的版本也一并消失"
    if params["is_creatable"]:
        return says + "；可用 {/ops create} 新建"
    return says + "；slipway.yaml 中没有新建所需的模板"


def _gone_since(params: Params) -> str:
    now = "状态为 {status}" if params["status"] else "不存在了"
    return "{thing:label} {id} 在我们调用之前存在，现在" + now


_FORMS: Final[Mapping[str, str]] = {
    "text": "文本",
    "number": "数字，例如 0.5",
    "count": "不超过 1000 的整数",
    "object": "JSON 对象",
    "list": "JSON 列表",
    "object_or_list": "JSON 对象或列表",
}


def _form(params: Params) -> str:
    return f"{{name:name}} 应为{_FORMS.get(str(params['form']), '其他值')}。"


def _out(params: Params) -> str:
    if params.get("batch") is None:
        return "灰度发布中，下一批尚未发布"
    return "已发布第 {batch} 批[[（共 {of} 批）]]"


def _waits(params: Params) -> str:
    return _out(params) + "[[，承接 {share}% 的流量]]"


def _next_batch(params: Params) -> str:
    if params.get("batch") is None:
        return "发布灰度的下一批"
    return "发布第 {batch} 批[[（共 {of} 批）]]"


SERVICESTAGE: Final[Mapping[str, Words]] = {
    "not_found.component": Words(_no_component, _or_create),
    "not_found.instance": Words(_no_instance, _or_create),
    "not_found.deleted": Words("Slipway 已删除{thing:label} {id:name}。", _anew),
    "no_way_back.deleted": Words(_for_good),
    "value.no_more": Words("已删除"),
    "value.id_is_gone": Words("该 ID 已不存在；请从 slipway.yaml 中去掉，否则该目标找不到新建的"),
    "value.others_stay": Words("保留，另有 {others} 个实例"),
    "task.leaving": Words("{thing:label}仍在，状态为 {status}"),
    "task.is_gone": Words("{thing:label}已不存在"),
    "task_failed.not_deleted": Words("{thing:label}未被删除：状态为 {status}[[（{fault}）]]"),
    "adopted.gone": Words(_gone_since),
    "no_trace.still_here": Words("{thing:label}仍在，状态为 {status}"),
    "status.gray_waits": Words(_waits),
    "status.gray_check_failed": Words(
        lambda params: _out(params) + "，本批检查未通过：{because:reason}"
    ),
    "value.kept_strategy": Words("{word:name}，沿用上次"),
    "bad_values.unknown": Words("{name:name} 不是可设置的参数。", "请从 {near:list} 中选择。"),
    "bad_values.form": Words("{name:name} 的格式不对。", _form),
    "bad_values.replica": Words("升级不改变副本数。", "请用 {/ops scale}。"),
    "usage.gray": Words(
        "灰度发布需要云厂商的 `deployment_mode`。",
        "请在 slipway.yaml 的目标中加上 `gray_release: {{deployment_mode: 3}}`。",
    ),
    "option.next_batch": Words("下一批"),
    "option.next_batch_explained": Words(_next_batch),
    "option.check_gray": Words("检查"),
    "option.check_gray_explained": Words("由 ServiceStage 检查已发布的批次，其他都不变。"),
    "task_failed.gray_taken_back": Words("灰度发布在最后一批之前被撤回：当前运行 {version:name}"),
    "task_failed.gray": Words("灰度发布失败：组件状态为 {status}"),
    "changed_meanwhile.no_gray": Words(
        "没有等待中的灰度发布：组件状态为 {status}。", "{/ops status} 显示当前运行情况。"
    ),
    "in_progress.gray": Words(
        "{version:name} 的灰度发布还没有发布最后一批。",
        "请在发起处（它的卡片或 ServiceStage 控制台）发布最后一批，或用 {/rollback} 撤回。",
    ),
    "unsupported_action.hosts": Words(
        "该目标运行在 ECS 上，伸缩须指定主机，不能只给数量。", "请在 ServiceStage 控制台伸缩。"
    ),
    "not_deployable.artifact": Words("实例没有制品 {container:name}。", _artifacts),
    "not_deployable.elsewhere": Words(
        "{container:name} 是桶中的对象，而 {url} 不在同一位置。", _BESIDE
    ),
    "not_creatable.elsewhere": Words(
        "创建模板中的 {container:name} 是桶中的对象，而 {url} 不在同一位置。", _BESIDE
    ),
    "in_progress.deleting": Words(
        "组件 {component:name} 正在删除。", "请等它删除后重试。{/ops status} 会显示状态。"
    ),
    "task.component_there": Words("组件 {component:name} 已存在"),
    "task_failed.being_deleted": Words("组件 {component:name} 正在删除"),
    "task_not_found.component": Words("API 不认识组件 {component}"),
    "no_trace.no_creation_time": Words("组件 {component} 是新的，但没有说明创建时间"),
    "no_trace.created_at_wrong_time": Words(
        "组件 {component} 创建于 {created:moment}，与我们的调用相差太久"
    ),
    "no_trace.component_differs": Words("组件 {component} 是新的，但{by:reason}"),
    "evidence.setting_differs": Words("它的 {name:name} 与我们提交的不同"),
    "evidence.artifact_differs": Words("它的 {container:name} 与我们提交的不同"),
    "adopted.component": Words(
        "组件 {component} 此前不存在；它创建于 {created:moment}，我们的调用于 {permitted:moment} "
        "获得许可；它的名称、运行时和类别与我们的一致"
    ),
}
