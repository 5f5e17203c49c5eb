"""ServiceStage v2: applications hold components, components hold the instances that run.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import (
    Answer,
    Call,
    JsonObject,
    RefusedError,
    Route,
    refused_by_service,
)
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.servicestage.applications import application_rows
from bot.sandbox.clouds.huawei.servicestage.jobs import Job
from bot.sandbox.clouds.huawei.servicestage_v2.bodies import (
    ActionBody,
    ComponentBody,
    CreateInstanceBody,
    ModifyInstanceBody,
    Rollback,
    Scale,
    ScaleHosts,
)
from bot.sandbox.clouds.huawei.servicestage_v2.estate import Component, Doing, EstateV2, Instance
from bot.sandbox.clouds.huawei.servicestage_v2.views import (
    component_view,
    instance_row,
    instance_view,
    snapshot_view,
)
from bot.sandbox.clouds.huawei.servicestage_v3.bodies import read

_APPLICATIONS: Final = "/v2/{project_id}/cas/applications"
_COMPONENTS: Final = "/v2/{project_id}/cas/applications/{application_id}/components"
_COMPONENT: Final = f"{_COMPONENTS}/{{component_id}}"
_INSTANCES: Final = f"{_COMPONENT}/instances"
_INSTANCE: Final = f"{_INSTANCES}/{{instance_id}}"
_PAGING: Final = frozenset({"limit", "offset", "order_by", "order"})
_SNAPSHOT_PAGING: Final = frozenset({"limit", "offset", "snapshot_order_by", "order"})
_FORCE: Final = frozenset({"force"})
_LIMIT_MAX: Final = 100
_ROWS_MAX: Final = 1000
_SNAPSHOTS_OTHERWISE: Final = 10  # where the limit is out of range
_UNKNOWN: Final = {
    "application": "SVCSTG.00100403",
    "component": "SVCSTG.00100404",
    "instance": "SVCSTG.00100412",
}
_LENIENT: Final = frozenset({"name", "environment_id", "replica"})

Act: TypeAlias = Callable[[Call, Instance, JsonObject], Job]


class ServiceStageV2:
    """The calls of ServiceStage v2 on the components and instances of a project."""

    def __init__(self, estate: EstateV2, config: HuaweiConfig) -> None:
        self._estate = estate
        self._config = config
        self._acts: Mapping[str, Act] = {
            "start": self._plain("start", "STARTING", "RUNNING"),
            "stop": self._plain("stop", "STOPPING", "STOPPED"),
            "restart": self._plain("restart", "RESTARTING", "RUNNING"),
            "scale": self._scale,
            "rollback": self._rollback,
        }

    def routes(self) -> tuple[Route, ...]:
        """Return the calls of this service."""
        return (
            Route("GET", _APPLICATIONS, self._list_applications, _PAGING),
            Route("GET", _COMPONENTS, self._list_components, _PAGING),
            Route("POST", _COMPONENTS, self._create_component, takes_body=True),
            Route("GET", _COMPONENT, self._show_component),
            Route("DELETE", _COMPONENT, self._delete_component, _FORCE),
            Route("GET", _INSTANCES, self._list_instances, _PAGING),
            Route("POST", _INSTANCES, self._create_instance, takes_body=True),
            Route("GET", _INSTANCE, self._show_instance),
            Route("PUT", _INSTANCE, self._modify_instance, takes_body=True),
            Route("DELETE", _INSTANCE, self._delete_instance, _FORCE),
            Route("GET", f"{_INSTANCE}/snapshots", self._snapshots, _SNAPSHOT_PAGING),
            Route("POST", f"{_INSTANCE}/action", self._act, takes_body=True),
        )

    def _list_applications(self, call: Call) -> Answer:
        rows = application_rows(self._estate.applications, call.names["project_id"])
        return _listed("applications", rows, call)

    def _list_components(self, call: Call) -> Answer:
        application = self._application(call)
        rows = [self._shown(each) for each in self._estate.components(application)]
        return _listed("components", rows, call)

    def _create_component(self, call: Call) -> Answer:
        application = self._application(call)
        body = _sent(read(ComponentBody, call.body))
        if any(each.name == body["name"] for each in self._estate.components(application)):
            raise _bad(why=f"the component name {body['name']} is used")
        made = self._estate.add_component(application, body, at=call.at, by=call.principal.name)
        return Answer(body=self._shown(made))

    def _show_component(self, call: Call) -> Answer:
        return Answer(body=self._shown(self._component(call)))

    def _delete_component(self, call: Call) -> Answer:
        component = self._component(call)
        if self._estate.instances(component, call.at):
            text = "the component is deployed, uninstall it first"
            raise refused_by_service(400, "SVCSTG.00100402", text)
        self._estate.drop_component(component)
        return Answer(status=204)

    def _list_instances(self, call: Call) -> Answer:
        component = self._component(call)
        application = self._estate.applications[component.application_id]
        rows = [
            instance_row(each, application, self._estate.config, call.at)
            for each in self._estate.instances(component, call.at)
        ]
        return _listed("instances", rows, call)

    def _create_instance(self, call: Call) -> Answer:
        component = self._component(call)
        body = _sent(read(CreateInstanceBody, call.body))
        if any(each.name == body["name"] for each in self._estate.instances(component, call.at)):
            raise _bad(why=f"the instance name {body['name']} is used")
        by = call.principal.name
        made = self._estate.add_instance(component, body, at=call.at, by=by)
        job = self._estate.release(made, made.settings, at=call.at, by=by)
        return Answer(body={"instance_id": made.id, "job_id": job.id})

    def _show_instance(self, call: Call) -> Answer:
        instance = self._instance(call)
        return Answer(body=instance_view(instance, self._estate.config, call.at))

    def _modify_instance(self, call: Call) -> Answer:
        instance = self._instance(call)
        body = _sent(read(ModifyInstanceBody, call.body))
        _is_same(body.get("name"), instance.name, "name")
        _is_same(body.get("environment_id"), instance.environment_id, "environment_id")
        self._is_free(instance)
        version = str(body["version"])
        self._is_unused(instance, version)
        own = {name: value for name, value in body.items() if name not in _LENIENT}
        stays = instance.settings
        if self._estate.config.omitted == "dropped":
            stays = {name: stays[name] for name in ("flavor_id", "artifacts", "refer_resources")}
        settings = {**stays, **own, "version": version}
        job = self._estate.release(instance, settings, at=call.at, by=call.principal.name)
        return Answer(body={"instance_id": instance.id, "job_id": job.id})

    def _delete_instance(self, call: Call) -> Answer:
        instance = self._instance(call)
        self._is_free(instance)
        job = self._daily(call, instance, "DEPROVISION", "deprovision/deprovMain")
        instance.begin(Doing(job, "DELETING", "DELETED"))
        return Answer(body={"job_id": job.id})

    def _snapshots(self, call: Call) -> Answer:
        instance = self._instance(call)
        rows = [
            snapshot_view(each, instance, self._estate.config)
            for each in sorted(instance.snapshots, key=lambda each: each.made_at)
        ]
        return _listed("snapshots", rows, call, otherwise=_SNAPSHOTS_OTHERWISE)

    def _act(self, call: Call) -> Answer:
        instance = self._instance(call)
        body = read(ActionBody, call.body)
        doing = self._acts.get(body.action)
        if doing is None:
            raise refused_by_service(400, "SVCSTG.00100418", f"no such action: {body.action}")
        return Answer(body={"job_id": doing(call, instance, body.parameters or {}).id})

    def _plain(self, name: str, during: str, after: str) -> Act:
        def do(call: Call, instance: Instance, parameters: JsonObject) -> Job:
            if parameters:
                raise _bad(why=f"the action {name} takes no parameters")
            self._is_free(instance)
            job = self._daily(call, instance, "DAILY_OPERATION", f"operation/{name}")
            instance.begin(Doing(job, during, after))
            return job

        return do

    def _scale(self, call: Call, instance: Instance, parameters: JsonObject) -> Job:
        if instance.platform_type == "vmapp":
            wanted = len(read(ScaleHosts, parameters).hosts)
        else:
            wanted = read(Scale, parameters).replica
        self._is_free(instance)
        job = self._daily(call, instance, "DAILY_OPERATION", "operation/scale")
        instance.replica = wanted
        instance.begin(Doing(job, "UPGRADING", "RUNNING"))
        return job

    def _rollback(self, call: Call, instance: Instance, parameters: JsonObject) -> Job:
        version = read(Rollback, parameters).version
        self._is_free(instance)
        if version == instance.version:
            raise _bad(why=f"version {version} is in use")
        snapshot = instance.snapshot(version)
        if snapshot is None:
            text = f"there is no snapshot of {version}"
            raise refused_by_service(404, "SVCSTG.00100436", text)
        job = self._daily(call, instance, "PROVISION", "provision/rollback")
        instance.settings = snapshot.settings
        instance.begin(Doing(job, "UPGRADING", "RUNNING"))
        return job

    def _daily(self, call: Call, instance: Instance, kind: str, name: str) -> Job:
        return self._estate.job(instance, kind, name, at=call.at, by=call.principal.name)

    def _shown(self, component: Component) -> JsonObject:
        return component_view(component, self._estate.config, self._estate.project_id)

    def _application(self, call: Call) -> str:
        application = call.names["application_id"]
        if application not in self._estate.applications:
            raise _unknown(what="application")
        return application

    def _component(self, call: Call) -> Component:
        application = self._application(call)
        component = self._estate.component(call.names["component_id"])
        if component is None or component.application_id != application:
            raise _unknown(what="component")
        return component

    def _instance(self, call: Call) -> Instance:
        component = self._component(call)
        instance = self._estate.instance(call.names["instance_id"], call.at)
        if instance is None or instance.component is not component:
            raise _unknown(what="instance")
        return instance

    def _is_free(self, instance: Instance) -> None:
        if instance.doing is not None:
            text = f"the instance is busy, job {instance.doing.job.id} has not ended"
            raise refused_by_service(self._config.busy_status, self._config.busy_code, text)

    def _is_unused(self, instance: Instance, version: str) -> None:
        used = version == instance.version or instance.snapshot(version) is not None
        if self._estate.config.versions_once and used:
            text = f"version {version} has been used"
            raise refused_by_service(400, "SVCSTG.00100441", text)


def _sent(body: ComponentBody | CreateInstanceBody | ModifyInstanceBody) -> JsonObject:
    """Return what was sent, in the words in which it was sent."""
    sent: JsonObject = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None}


def _listed(
    plural: str, rows: list[JsonObject], call: Call, *, otherwise: int | None = None
) -> Answer:
    """Answer with a page of *rows*, which stand oldest first; newest first is the default."""
    order = call.query.get("order", "desc")
    if order not in {"desc", "asc"}:
        raise _bad(why="order is none of desc, asc")
    ordered: list[JsonValue] = list(rows if order == "asc" else rows[::-1])
    offset, limit = _number(call, "offset", 0), _number(call, "limit", _ROWS_MAX)
    if "limit" in call.query and limit > _LIMIT_MAX:
        if otherwise is None:
            raise _bad(why=f"limit is at most {_LIMIT_MAX}")
        limit = otherwise
    return Answer(body={"count": len(rows), plural: ordered[offset:][:limit]})


def _number(call: Call, field: str, default: int) -> int:
    said = call.query.get(field, str(default))
    if not (said.isascii() and said.isdecimal()):
        raise _bad(why=f"{field} is not a number")
    return int(said)


def _is_same(said: JsonValue, known: str, field: str) -> None:
    if said is not None and said != known:
        raise _bad(why=f"{field} cannot be changed")


def _bad(*, why: str) -> RefusedError:
    return refused_by_service(400, "SVCSTG.00100400", why)


def _unknown(*, what: str) -> RefusedError:
    return refused_by_service(404, _UNKNOWN[what], f"the {what} does not exist")
