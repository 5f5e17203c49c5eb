"""The documented calls and answers: documentation, contract suite and simulator in one."""

from bot.core.flow import Call, Reply
from bot.core.records import Json, Parameters
from bot.core.system import Exchange, Sample

TOY = "/v1/{project_id}/toys/toy-1"


def _exchange(method: str, path: str, body: Json, sent: Json = None) -> Exchange:
    call = {"method": method, "service": "toys", "path": path, "body": sent}
    return Exchange(call=Call.model_validate(call), reply=Reply(status=200, body=body))


EXAMPLES = (
    _exchange(
        "GET",
        TOY,
        {
            "version": "1.3.0",
            "status": "RUNNING",
            "last_job": "job-1",
            "updated_at": "2026-05-06T07:08:09Z",
        },
    ),
    _exchange("PUT", TOY, {"job_id": "job-2"}, {"version": "1.4.0"}),
    _exchange("GET", "/v1/{project_id}/jobs/job-2", {"status": "RUNNING", "version": "1.4.0"}),
    _exchange("GET", "/v1/{project_id}/jobs/job-1", {"status": "SUCCESS", "version": "1.3.0"}),
)
SAMPLE = Sample(
    target={"toy_id": "toy-1"},
    asked={"deploy": Parameters(version="1.4.0")},
    ended=(
        _exchange("GET", "/v1/{project_id}/jobs/job-2", {"status": "SUCCESS", "version": "1.4.0"}),
    ),
)
