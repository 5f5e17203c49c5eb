"""The body that modifies an instance: a new version, and all that it is set to.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0018.html
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.systems._huawei.settings import Settings, with_variables
from bot.systems.servicestage_v2.artifacts import fetched

_TAKEN: Final = (
    *("flavor_id", "configuration", "description", "external_accesses", "refer_resources"),
)
CONFIGURATION: Final = "configuration"
_TOLD_ONLY: Final = frozenset({"create_time", "update_time"})  # of an external access


def modified(
    settings: Mapping[str, Any],
    version: str,
    addresses: Mapping[str, str],
    wanted: Settings,
) -> dict[str, Any]:
    """Return the body that brings an instance to *version*, and keeps what else is set.

    It holds all that a modification takes, so that nothing is lost where one replaces. Name,
    environment and replicas are no part of it.
    """
    kept = {name: _filled(settings[name]) for name in _TAKEN if settings.get(name) is not None}
    if "external_accesses" in kept:
        kept["external_accesses"] = [_access(each) for each in kept["external_accesses"]]
    artifacts = {name: _filled(each) for name, each in settings["artifacts"].items()}
    for container, url in addresses.items():
        artifacts[container] = fetched(artifacts[container], version, url)
    return {**kept, **_set(kept, wanted), "version": version, "artifacts": artifacts}


def _set(kept: Mapping[str, Any], wanted: Settings) -> dict[str, Any]:
    """Return the fields that are set: of a configuration only the members that are named."""
    fields: dict[str, Any] = dict(wanted.fields)
    if CONFIGURATION not in fields and not wanted.env:
        return fields
    configuration = {**(kept.get(CONFIGURATION) or {}), **fields.get(CONFIGURATION, {})}
    if wanted.env:
        configuration["env"] = with_variables(configuration.get("env"), wanted.env)
    return {**fields, CONFIGURATION: configuration}


def _filled(value: Any) -> Any:
    """Return *value* without members that are null: the API takes none."""
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items() if each is not None}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def _access(access: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in access.items() if name not in _TOLD_ONLY}
