"""ServiceStage v3: components of applications, their records and actions.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from collections.abc import Callable
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import (
    Answer,
    Call,
    JsonObject,
    RefusedError,
    Route,
    refused_by_service,
)
from bot.sandbox.clouds.huawei.servicestage.applications import application_rows
from bot.sandbox.clouds.huawei.servicestage_v3.actions import Asked, act, bad, no_such_release
from bot.sandbox.clouds.huawei.servicestage_v3.bodies import (
    ActionBody,
    ComponentBody,
    CreateBody,
    LenientModifyBody,
    ModifyBody,
    read,
)
from bot.sandbox.clouds.huawei.servicestage_v3.components import KEPT_BY_A_PUT, Component, Work
from bot.sandbox.clouds.huawei.servicestage_v3.estate import ENVIRONMENT_ID, Estate
from bot.sandbox.clouds.huawei.servicestage_v3.views import (
    component_row,
    component_view,
    record_view,
)

_ALL: Final = "/v3/{project_id}/cas/components"
_APPLICATIONS: Final = "/v3/{project_id}/cas/applications"
_APPLICATION: Final = "/v3/{project_id}/cas/applications/{application_id}/components"
_COMPONENT: Final = f"{_APPLICATION}/{{component_id}}"
_PAGING: Final = frozenset({"limit", "offset", "order_by", "order"})
_NAMES: Final = frozenset({"application_name", "component_name"})
_SHOWN: Final = frozenset({"expect_fields", "version"})
_IDENTITY: Final = frozenset({"id", "application_id", "environment_id"})
_MISSING_IN_THE_SAMPLE: Final = frozenset({"runtime_stack", "replica"})
_LIMIT_MAX: Final = 100
_ROWS_MAX: Final = 1000


class ServiceStageV3:
    """The calls of ServiceStage v3 on the components of a project."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def routes(self) -> tuple[Route, ...]:
        """Return the calls of this service."""
        return (
            Route("GET", _APPLICATIONS, self._list_applications, _PAGING),
            Route("GET", _ALL, self._list_all, _PAGING | _NAMES),
            Route("GET", _APPLICATION, self._list, _PAGING),
            Route("POST", _APPLICATION, self._create, takes_body=True),
            Route("GET", _COMPONENT, self._show, _SHOWN),
            Route("PUT", _COMPONENT, self._modify, takes_body=True),
            Route("DELETE", _COMPONENT, self._delete),
            Route("POST", f"{_COMPONENT}/action", self._act, takes_body=True),
            Route("GET", f"{_COMPONENT}/records", self._records, _PAGING),
        )

    def _list_applications(self, call: Call) -> Answer:
        rows = application_rows(self._estate.applications, call.names["project_id"])
        return Answer(body={"count": len(rows), "applications": _page([*rows], call)})

    def _list_all(self, call: Call) -> Answer:
        application = call.query.get("application_name", "")
        component = call.query.get("component_name", "")
        rows = [
            each
            for each in self._estate.present(call.at)
            if application in {"", self._estate.applications[each.application_id]}
            and component in {"", each.name}
        ]
        return self._rows(rows, call)

    def _list(self, call: Call) -> Answer:
        application_id = self._application(call)
        present = self._estate.present(call.at)
        return self._rows([each for each in present if each.application_id == application_id], call)

    def _rows(self, components: list[Component], call: Call) -> Answer:
        key = _ORDERS[_one_of(call, "order_by", tuple(_ORDERS))]
        rows: list[JsonValue] = [
            component_row(each, self._estate.applications[each.application_id])
            for each in sorted(components, key=key, reverse=_is_descending(call))
        ]
        return Answer(body={"count": len(rows), "components": _page(rows, call)})

    def _show(self, call: Call) -> Answer:
        component = self._component(call)
        version = call.query.get("version", component.version)
        if version == component.version:
            return Answer(body=component_view(component, component.settings))
        number = component.good_release(version)
        if number is None:
            raise no_such_release(version)
        return Answer(body=component_view(component, component.releases[number].settings))

    def _records(self, call: Call) -> Answer:
        component = self._component(call)
        numbers = range(len(component.releases))
        ordered = reversed(numbers) if _is_descending(call) else numbers
        _one_of(call, "order_by", tuple(_ORDERS))
        rows: list[JsonValue] = [record_view(component, number) for number in ordered]
        return Answer(body={"count": len(rows), "records": _page(rows, call)})

    def _create(self, call: Call) -> Answer:
        application_id = self._application(call)
        body = read(CreateBody, call.body)
        _is_same(body.application_id, application_id, "application_id")
        component = self._estate.add(
            application_id,
            body.environment_id or ENVIRONMENT_ID,
            _settings(body),
            at=call.at,
            by=call.principal,
        )
        job = self._estate.deploy(component, component.settings, at=call.at, by=call.principal.name)
        return Answer(body={"component_id": component.id, "job_id": job.id})

    def _modify(self, call: Call) -> Answer:
        component = self._component(call)
        body = read(self._modify_model(), call.body)
        _is_same(body.application_id, component.application_id, "application_id")
        _is_same(body.id, component.id, "id")
        self._is_free(component)
        self._is_unused(component, body.version)
        stays = KEPT_BY_A_PUT | _MISSING_IN_THE_SAMPLE
        kept = {name: value for name, value in component.settings.items() if name in stays}
        settings = {**kept, **_settings(body)}
        job = self._estate.deploy(component, settings, at=call.at, by=call.principal.name)
        return Answer(body={"job_id": job.id})

    def _modify_model(self) -> type[LenientModifyBody]:
        return LenientModifyBody if self._estate.config.lenient_put else ModifyBody

    def _delete(self, call: Call) -> Answer:
        component = self._component(call)
        self._is_free(component)
        job = self._estate.job(
            component,
            "DEPROVISION",
            "deprovision/deprovMain",
            at=call.at,
            by=call.principal.name,
        )
        component.begin(Work(job, "DELETING", "DELETED"))
        return Answer(body={"component_id": component.id})

    def _act(self, call: Call) -> Answer:
        component = self._component(call)
        body = read(ActionBody, call.body)
        asked = Asked(
            estate=self._estate,
            component=component,
            parameters=body.parameters or {},
            at=call.at,
            by=call.principal.name,
        )
        job = act(body, asked)
        return Answer(body={"job_id": job.id, "result": "succeeded"})

    def _application(self, call: Call) -> str:
        application_id = call.names["application_id"]
        if application_id not in self._estate.applications:
            raise _unknown(what="application")
        return application_id

    def _component(self, call: Call) -> Component:
        application_id = self._application(call)
        component = self._estate.find(call.names["component_id"], call.at)
        if component is None or component.application_id != application_id:
            raise _unknown(what="component")
        return component

    def _is_free(self, component: Component) -> None:
        if refusal := self._estate.busy(component):
            raise refusal

    def _is_unused(self, component: Component, version: str) -> None:
        used = {release.version for release in component.releases}
        if self._estate.config.versions_once and version in used:
            text = f"version {version} has been used"
            raise refused_by_service(400, "SVCSTG.00100441", text)


def _created(component: Component) -> float:
    return component.created_at


def _updated(component: Component) -> float:
    return component.updated_at


def _named(component: Component) -> str:
    return component.name


_ORDERS: Final[dict[str, Callable[[Component], str | float]]] = {
    "create_time": _created,
    "name": _named,
    "update_time": _updated,
}


def _settings(body: ComponentBody) -> JsonObject:
    """Return what was sent, in the words in which it was sent, without the ids."""
    sent: JsonObject = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {
        name: value for name, value in sent.items() if name not in _IDENTITY and value is not None
    }


def _unknown(*, what: str) -> RefusedError:
    """Refuse an id; ServiceStage v3 says 401 where others say 404."""
    return refused_by_service(401, "SVCSTG.00100401", f"the {what} does not exist")


def _is_same(said: str | None, known: str, field: str) -> None:
    if said is not None and said != known:
        raise bad(why=f"{field} differs from the one in the path")


def _is_descending(call: Call) -> bool:
    return _one_of(call, "order", ("desc", "asc")) == "desc"


def _one_of(call: Call, field: str, allowed: tuple[str, ...]) -> str:
    said = call.query.get(field, allowed[0])
    if said not in allowed:
        raise bad(why=f"{field} is none of {', '.join(allowed)}")
    return said


def _page(rows: list[JsonValue], call: Call) -> list[JsonValue]:
    offset = _number(call, "offset", default=0)
    limit = _number(call, "limit", default=_ROWS_MAX)
    if "limit" in call.query and limit > _LIMIT_MAX:
        raise bad(why=f"limit is at most {_LIMIT_MAX}")
    return rows[offset:][:limit]


def _number(call: Call, field: str, *, default: int) -> int:
    said = call.query.get(field, str(default))
    if not (said.isascii() and said.isdecimal()):
        raise bad(why=f"{field} is not a number")
    return int(said)
