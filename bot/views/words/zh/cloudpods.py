"""Chinese for what Cloudpods' releases alone say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words
from bot.views.words.zh.helm import or_unknown, with_words


def _exists_remedy(params: Params) -> str:
    return "请先用 {/ops delete} 删除它。" if params["has_failed"] else "请向它部署。"


def _no_release_remedy(params: Params) -> str:
    similar = "相近的名称：{near:list}。" if params["near"] else ""
    return (
        similar + "请检查 slipway.yaml 中的目标及其凭证的可见范围，"
        "或用 {/ops create} 创建模板实例。"
    )


def _newest(params: Params) -> str:
    return "{chart:name}，最新版本" if params["chart"] else "最新版本"


def _revision_state(params: Params) -> str:
    return with_words("修订版本 {revision} " + or_unknown("status", params), params)


def _pending_since(params: Params) -> str:
    return "{status}" + ("，自 {since} 起" if params["since"] else "")


def _release_failed(params: Params) -> str:
    return with_words("{status}", params)


def _deletion(params: Params) -> str:
    return "模板实例仍在" + ("，状态为 {status}" if params["status"] else "")


def _changed_meanwhile(params: Params) -> str:
    now = "现在处于修订版本 {revision}" if params["revision"] else "已没有修订版本"
    return "模板实例" + now + "，不再是 {planned}。尚未提交任何内容。"


CLOUDPODS: Final[Mapping[str, Words]] = {
    "no_change.release": Words("{place} 已存在，状态为 {status:code}。", _exists_remedy),
    "usage.version_unread": Words("Cloudpods 没有说明当前运行的模板版本。", "请指定模板版本。"),
    "bad_values.empty": Words(
        "Cloudpods 会忽略空的参数，当前参数将保持不变。",
        "请在 slipway.yaml 中至少声明一个参数，或去掉 `values:`。",
    ),
    "ambiguous.releases": Words(
        "有多个模板实例与 {place} 相符：{ids:list}。",
        "请在 slipway.yaml 中用 ID 指定集群和命名空间。",
    ),
    "not_found.release": Words("没有模板实例 {place}。", _no_release_remedy),
    "not_found.no_record": Words(
        "Helm 没有该模板实例的记录；Cloudpods 显示其状态为 {status:code}。",
        "{/ops status} 会显示它。安装失败的请用 {/ops delete} 删除。",
    ),
    "not_found.nothing_runs": Words(
        "没有可升级的内容在运行：修订版本 {revision} 状态为 {status:code}。",
        "请删除该模板实例，再重新创建。",
    ),
    "no_repository.release": Words(
        "这个模板实例是 Cloudpods 在集群中发现的，不知道它的模板仓库，因此无法升级。",
        "请用 Helm 升级，或通过 Cloudpods 重新创建。",
    ),
    "no_such_chart.other": Words(
        "该模板实例由模板 {chart:name} 创建，升级不会更换模板；而 slipway.yaml 写的是 "
        "{declared:name}。",
        "请更正 slipway.yaml 中目标的 `chart:`。",
    ),
    "no_such_chart.missing": Words(
        "仓库 {repository:name} 中没有模板 {chart:name}。", "请从 {near:list} 中选择。"
    ),
    "value.newest_version": Words(_newest),
    "value.revision_state": Words(_revision_state),
    "value.pending_since": Words(_pending_since),
    "value.passed_over": Words("跳过，即使他人的变更仍在执行"),
    "task.not_ours_yet": Words("有新的修订版本 {revisions:list}，目前没有我们的"),
    "task.cluster_away": Words("Cloudpods 目前连不上集群"),
    "task.update": Words("更新中，还没有比 {newest} 更新的修订版本"),
    "task.cloudpods_deletion": Words(_deletion),
    "task.purged": Words(
        "Cloudpods 不再列出该模板实例。Helm 部署的内容没有动，集群同步后可能再次列出"
    ),
    "option.purge": Words("移除记录"),
    "option.purge_does": Words(
        "只把该模板实例从 Cloudpods 的列表中移除。Helm 部署的内容仍在集群中"
    ),
    "value.forgotten": Words("不再列出，仍在集群中"),
    "task.name_taken": Words("原模板实例已删除，但有一个同名的，ID 是 {id}"),
    "task_failed.release": Words(_release_failed),
    "task_failed.update_ignored": Words("Cloudpods 受理了更新，但没有升级模板实例"),
    "no_trace.release": Words("模板实例 {id} 是新的，但{by:reason}"),
    "adopted.release": Words(
        "{place} 在我们调用之前不存在；现在有模板实例 {id}，生成于 {made:moment}。"
        "我们的调用于 {permitted:moment} 获得许可"
    ),
    "not_found.release_gone": Words(
        "模板实例 {place} 已不存在。尚未提交任何内容。", "{/ops status} 显示该目标。"
    ),
    "changed_meanwhile.revision": Words(_changed_meanwhile, "请查看 {/ops status}，再重新申请。"),
    "unsupported_action.call": Words(
        "这个 Cloudpods 不支持 {step} 所需的调用。尚未提交任何内容。",
        "请升级 Cloudpods，或用 Helm 完成。",
    ),
    "unreadable.no_new_revision": Words("应答中的修订版本 {revision} 不是新的"),
}
