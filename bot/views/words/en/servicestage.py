"""English for what ServiceStage says: components of v3 and instances of v2."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_CHECK: Final = "Check the target in slipway.yaml, and whether its credentials may see it."
_BESIDE: Final = "Let its address in slipway.yaml begin as the present one does."


def _coded(sentence: str) -> str:
    return sentence + ": {code}"


def _no_component(params: Params) -> str:
    says = "Application {application} has no component {component:name}"
    return _coded(says) if params["code"] else says


def _no_instance(params: Params) -> str:
    says = (
        "Application {application} has no component {component:name}"
        " with an instance {instance:name}"
    )
    return _coded(says) if params["code"] else says


def _or_create(params: Params) -> str:
    """What has an id was there; what has a name alone is made from the template."""
    if params["code"]:
        return _CHECK
    return "Create it with {/ops create}; if it is there, check what its credentials may see."


def _artifacts(params: Params) -> str:
    return "It has {near:list}." if params["near"] else "It shows none at all."


def _anew(params: Params) -> str:
    if not params["is_creatable"]:
        return "Take the target out of slipway.yaml."
    if params["has_id"]:
        return "Take its ids out of slipway.yaml, then make a new one with {/ops create}."
    return "Make a new one with {/ops create}."


def _for_good(params: Params) -> str:
    says = "a deleted {thing:label} does not come back, and its versions go with it"
    if params["is_creatable"]:
        return says + "; {/ops create} makes a new one"
    return says + "; slipway.yaml has no template for a new one"


def _gone_since(params: Params) -> str:
    now = "its status is {status}" if params["status"] else "it is gone"
    return "The {thing:label} {id} was there before our call, and now " + now


_FORMS: Final[Mapping[str, str]] = {
    "text": "text",
    "number": "a number, such as 0.5",
    "count": "a whole number, 1000 at most",
    "object": "a JSON object",
    "list": "a JSON list",
    "object_or_list": "a JSON object or list",
}


def _form(params: Params) -> str:
    return f"Give {{name:name}} {_FORMS.get(str(params['form']), 'another value')}."


def _out(params: Params) -> str:
    if params.get("batch") is None:
        return "gray release, next batch not deployed yet"
    return "batch {batch}[[ of {of}]] is out"


def _waits(params: Params) -> str:
    return _out(params) + "[[ with {share} % of the traffic]]"


def _next_batch(params: Params) -> str:
    if params.get("batch") is None:
        return "Deploys the next batch of the gray release"
    return "Deploys batch {batch}[[ of {of}]]"


SERVICESTAGE: Final[Mapping[str, Words]] = {
    "not_found.component": Words(_no_component, _or_create),
    "not_found.instance": Words(_no_instance, _or_create),
    "not_found.deleted": Words("Slipway has deleted the {thing:label} {id:name}.", _anew),
    "no_way_back.deleted": Words(_for_good),
    "value.no_more": Words("deleted"),
    "value.id_is_gone": Words(
        "nothing has it; take it out of slipway.yaml, or the target does not find the new one"
    ),
    "value.others_stay": Words("stays, with {others:count:other instance}"),
    "task.leaving": Words("the {thing:label} is still there, with status {status}"),
    "task.is_gone": Words("the {thing:label} is gone"),
    "task_failed.not_deleted": Words(
        "The {thing:label} was not deleted: its status is {status}[[ ({fault})]]"
    ),
    "adopted.gone": Words(_gone_since),
    "no_trace.still_here": Words("The {thing:label} is still there, with status {status}"),
    "status.gray_waits": Words(_waits),
    "status.gray_check_failed": Words(
        lambda params: _out(params) + ", and its check failed: {because:reason}"
    ),
    "value.kept_strategy": Words("{word:name}, as last time"),
    "bad_values.unknown": Words("{name:name} is not a setting.", "Choose one of {near:list}."),
    "bad_values.form": Words("{name:name} has the wrong form.", _form),
    "bad_values.replica": Words(
        "An upgrade does not change the number of replicas.", "Use {/ops scale}."
    ),
    "usage.gray": Words(
        "A gray release needs the vendor's `deployment_mode`.",
        "Add `gray_release: {{deployment_mode: 3}}` to the target in slipway.yaml.",
    ),
    "option.next_batch": Words("Next batch"),
    "option.next_batch_explained": Words(_next_batch),
    "option.check_gray": Words("Check"),
    "option.check_gray_explained": Words(
        "ServiceStage checks the batch that is out. Nothing else changes."
    ),
    "task_failed.gray_taken_back": Words(
        "The gray release was taken back before its last batch: {version:name} is running"
    ),
    "task_failed.gray": Words("The gray release failed: the component's status is {status}"),
    "changed_meanwhile.no_gray": Words(
        "No gray release is waiting: the component's status is {status}.",
        "{/ops status} shows what runs.",
    ),
    "in_progress.gray": Words(
        "The gray release of {version:name} has not brought out its last batch.",
        "Bring out its last batch where it was begun, on its card or in ServiceStage's console; "
        "or take it back with {/rollback}.",
    ),
    "unsupported_action.hosts": Words(
        "The target runs on ECS, which is scaled by naming hosts, not by a number.",
        "Scale it in ServiceStage's console.",
    ),
    "not_deployable.artifact": Words("The instance has no artifact {container:name}.", _artifacts),
    "not_deployable.elsewhere": Words(
        "{container:name} is an object in a bucket, and {url} is not in the same place.", _BESIDE
    ),
    "not_creatable.elsewhere": Words(
        "{container:name} in the create template is an object in a bucket,"
        " and {url} is not in the same place.",
        _BESIDE,
    ),
    "in_progress.deleting": Words(
        "The component {component:name} is being deleted.",
        "Try again when it is gone. {/ops status} shows it.",
    ),
    "task.component_there": Words("component {component:name} exists"),
    "task_failed.being_deleted": Words("Component {component:name} is being deleted"),
    "task_not_found.component": Words("The API does not know component {component}"),
    "no_trace.no_creation_time": Words(
        "Component {component} is new, but does not say when it was created"
    ),
    "no_trace.created_at_wrong_time": Words(
        "Component {component} was created {created:moment}, too far from our call"
    ),
    "no_trace.component_differs": Words("Component {component} is new, but {by:reason}"),
    "evidence.setting_differs": Words("its {name:name} is not the one that we sent"),
    "evidence.artifact_differs": Words("its {container:name} is not the one that we sent"),
    "adopted.component": Words(
        "Component {component} was not there before; it was created {created:moment}, our call"
        " was permitted {permitted:moment}; its name, runtime and category are ours"
    ),
}
