"""Applications as both versions of ServiceStage show them."""

from collections.abc import Mapping

from bot.sandbox.clouds.http.wire import JsonObject


def application_rows(applications: Mapping[str, str], project_id: str) -> list[JsonObject]:
    """Return a row for each application: *applications* has names by ids."""
    return [
        {
            "id": id_,
            "name": name,
            "description": "",
            "creator": "slipway",
            "project_id": project_id,
            "enterprise_project_id": "0",
            "create_time": 1_700_000_000_000,
            "update_time": 1_700_000_000_000,
        }
        for id_, name in applications.items()
    ]
