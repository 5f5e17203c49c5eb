"""What ServiceStage v3 shows of components and their records.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.servicestage_v3.components import Component, Release


def component_view(component: Component, settings: JsonObject) -> JsonObject:
    """Show all of *component*, with the *settings* of one of its versions."""
    return {
        "description": "",
        "labels": [],
        **settings,
        "envs": _envs(component, settings),
        "id": component.id,
        "application_id": component.application_id,
        "environment_id": component.environment_id,
        "status": _status(component),
    }


def component_row(component: Component, application_name: str) -> JsonObject:
    """Show *component* as a row of a list."""
    settings = component.settings
    return {
        "id": component.id,
        "name": component.name,
        "version": component.version,
        "labels": settings.get("labels", []),
        "runtime_stack": settings["runtime_stack"],
        "source": settings["source"],
        "external_accesses": settings.get("external_accesses", []),
        "platform_type": "cce",
        "creator": component.creator,
        "application_id": component.application_id,
        "application_name": application_name,
        "environment_id": component.environment_id,
        "environment_name": "sandbox",
        "status": _status(component),
    }


def record_view(component: Component, number: int) -> JsonObject:
    """Show one release of *component*."""
    release = component.releases[number]
    return {
        "version": release.version,
        "current_used": number == component.current,
        "status": release.status,
        "deploy_type": release.deploy_type,
        "begin_time": _milliseconds(release.begin),
        "end_time": None if release.end is None else _milliseconds(release.end),
        "description": {"action": f"New Version: {release.version}"},
        "instance_id": component.id,
        "jobs": _record_jobs(release),
    }


def _record_jobs(release: Release) -> list[JsonValue]:
    source = release.settings["source"]
    url = source.get("url") if isinstance(source, dict) else None
    return [
        {
            "sequence": sequence,
            "deploy_type": deploy_type,
            "job_id": job_id,
            "job_info": {
                "deploy_type": deploy_type,
                "source_url": url,
                "replica": release.settings["replica"],
            },
        }
        for sequence, (deploy_type, job_id) in enumerate(release.jobs, start=1)
    ]


def _status(component: Component) -> JsonObject:
    source = component.settings["source"]
    url = source.get("url") if isinstance(source, dict) else None
    return {
        "component_status": component.status,
        "available_replica": component.available,
        "replica": component.replica,
        "fail_detail": component.fail_detail,
        "last_job_id": component.last_job_id,
        "creator": component.creator,
        "create_time": _milliseconds(component.created_at),
        "update_time": _milliseconds(component.updated_at),
        "artifact": {"type": "image", "url": url},
    }


def _envs(component: Component, settings: JsonObject) -> list[JsonValue]:
    """List the variables of people, then those of the platform that people did not override."""
    sent = settings.get("envs")
    own = [env for env in sent if isinstance(env, dict)] if isinstance(sent, list) else []
    taken = {env["name"] for env in own}
    system = {
        **dict(component.inner_envs),
        "CAS_APPLICATION_ID": component.application_id,
        "CAS_COMPONENT_ID": component.id,
        "CAS_COMPONENT_NAME": component.name,
        "CAS_INSTANCE_VERSION": component.version,
    }
    shown: list[JsonValue] = [{**env, "inner": False} for env in own]
    inner: list[JsonValue] = [
        {"name": name, "value": value, "inner": True}
        for name, value in system.items()
        if name not in taken
    ]
    return shown + inner


def _milliseconds(moment: float) -> int:
    return int(moment * 1000)
