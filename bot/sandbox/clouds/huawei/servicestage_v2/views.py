"""What ServiceStage v2 shows of components, instances and snapshots.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0018.html
"""

import json
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import ServiceStageV2Config
from bot.sandbox.clouds.huawei.servicestage_v2.estate import Component, Instance, Snapshot

_NOT_IN_A_LIST: Final = frozenset({"description", "flavor_id", "configuration", "refer_resources"})


def component_view(component: Component, config: ServiceStageV2Config, project: str) -> JsonObject:
    """Show *component*."""
    shown: JsonObject = {
        "description": "",
        **component.settings,
        "id": component.id,
        "project_id": project,
        "application_id": component.application_id,
        "build": component.settings.get("build"),
        "pipeline_ids": [],
        "creator": component.creator,
        "create_time": milliseconds(component.created_at),
        "update_time": milliseconds(component.created_at),
    }
    return {**shown, "status": 0} if config.shows_component_status else shown


def instance_view(instance: Instance, config: ServiceStageV2Config, now: float) -> JsonObject:
    """Show all of *instance* as it is by *now*."""
    return {
        "description": "",
        "configuration": {},
        "external_accesses": [],
        **instance.settings,
        "id": instance.id,
        "name": instance.name,
        "version": version_view(instance.version, config),
        "environment_id": instance.environment_id,
        "platform_type": instance.platform_type,
        "creator": instance.creator,
        "create_time": milliseconds(instance.created_at),
        "update_time": milliseconds(instance.updated_at),
        "status_detail": _status(instance, now),
    }


def instance_row(
    instance: Instance, application: str, config: ServiceStageV2Config, now: float
) -> JsonObject:
    """Show *instance* as a row of a list."""
    view = instance_view(instance, config, now)
    return {
        **{name: value for name, value in view.items() if name not in _NOT_IN_A_LIST},
        "application_id": instance.component.application_id,
        "application_name": application,
        "component_id": instance.component.id,
        "component_name": instance.component.name,
        "environment_name": "sandbox",
    }


def snapshot_view(
    snapshot: Snapshot, instance: Instance, config: ServiceStageV2Config
) -> JsonObject:
    """Show a snapshot of *instance*."""
    words = f"New Version: {snapshot.version}"
    text = json.dumps({"action": words}, separators=(",", ":"))
    return {
        "version": version_view(snapshot.version, config),
        "description": text if config.describes_in_json else words,
        "instance_id": instance.id,
        "create_time": milliseconds(snapshot.made_at),
    }


def version_view(version: str, config: ServiceStageV2Config) -> JsonValue:
    """Show a version; as a number, where the project's switch wants that and it is one."""
    return int(version) if config.numeric_versions and version.isdecimal() else version


def milliseconds(moment: float) -> int:
    """Return *moment*, in seconds since 1970, in the vendor's unit."""
    return int(moment * 1000)


def _status(instance: Instance, now: float) -> JsonObject:
    job = instance.last_job
    return {
        "status": instance.status,
        "available_replica": instance.available,
        "replica": instance.replica,
        "fail_detail": None,
        "last_job_id": job.id if job else "",
        "last_job_status": job.status(now) if job else "",
        "enterprise_project_id": "0",
    }
