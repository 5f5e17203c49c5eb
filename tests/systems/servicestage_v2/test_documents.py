"""ServiceStage v2: the vendor's page, step by step."""

from typing import Final

import pytest

from bot.core.errors import UnreadableReplyError
from bot.core.flow import Reply
from bot.core.system import (
    RemoteTask,
    TaskSucceeded,
    Work,
)
from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.examples import (
    APPLICATION,
    JOB,
    POLLED,
)
from tests.systems.scripts import run
from tests.systems.servicestage_v2 import documents as printed
from tests.systems.servicestage_v2.cases import (
    DEPLOY,
    IDLE,
    PATH,
    SYSTEM,
    TARGET,
    components,
    instance,
    prepare,
    submit,
)

PRINTED: Final = Instance.model_validate(
    {
        **ServiceStageV2.spec.sample.target,
        "create_body": {
            "component": printed.CREATE_COMPONENT,
            "instance": printed.CREATE_INSTANCE,
        },
    }
)


def test_the_printed_creation_is_what_goes_out() -> None:
    """Steps 1 and 2: the template as it stands is sent, and both answers are understood."""
    draft = prepare("create", components(), target=PRINTED)
    first = Work(step=draft.steps[0])
    one = run(SYSTEM.submit(PRINTED, first), [printed.COMPONENT_CREATED])
    assert one.calls[-1].body == printed.CREATE_COMPONENT
    assert one.result == RemoteTask(id="string")
    shown = run(SYSTEM.watch(PRINTED, first, one.result), [printed.COMPONENT_CREATED]).result
    assert isinstance(shown, TaskSucceeded)
    second = Work(step=draft.steps[1], earlier=(one.result,))
    two = run(SYSTEM.submit(PRINTED, second), [printed.INSTANCE_CREATED])
    assert two.calls[-1].body == printed.CREATE_INSTANCE
    assert two.calls[-1].path.endswith(f"/applications/{APPLICATION}/components/string/instances")
    assert two.result == RemoteTask(id=printed.INSTANCE_CREATED["job_id"])


def test_the_printed_job_is_an_end() -> None:
    """Step 3: the job, read at v2's path."""
    flow = SYSTEM.watch(PRINTED, Work(step=DEPLOY), RemoteTask(id=POLLED))
    driven = run(flow, [JOB])
    assert isinstance(driven.result, TaskSucceeded)
    assert driven.calls[0].path == f"/v2/{{project_id}}/cas/jobs/{POLLED}"


def test_the_printed_upgrade_is_sent_as_the_api_takes_it() -> None:
    """Step 4: to the same place, in the fields that a modification has.

    The sample names the instance, its environment and replicas besides, and a version that is a
    number: the API's model has none of the three, and takes text.
    """
    draft = prepare("deploy", instance(), IDLE, target=PRINTED, version="2")
    driven = submit(draft.steps[0], instance(), printed.UPGRADE_TAKEN)
    body = driven.calls[-1].body
    assert isinstance(body, dict)
    own = {"name", "environment_id", "replica"}
    wanted = {k: v for k, v in printed.UPGRADE.items() if k not in own} | {"version": "2"}
    assert {k: v for k, v in body.items() if k in printed.UPGRADE} == wanted
    assert (driven.calls[-1].method, driven.calls[-1].path) == ("PUT", PATH)
    assert driven.result == RemoteTask(id=printed.UPGRADE_TAKEN["job_id"])


def test_the_printed_snapshots_lead_to_the_printed_rollback() -> None:
    """Steps 5 and 6: the list that is closed after its count is read as it is meant."""
    misprinted = Reply(status=200, text=printed.SNAPSHOTS_MISPRINTED)
    draft = prepare("rollback", instance(), IDLE, misprinted)
    driven = submit(draft.steps[0], printed.ACTION_TAKEN)
    assert driven.calls[0].body == printed.ROLLBACK
    assert driven.result == RemoteTask(id=printed.ACTION_TAKEN["job_id"])
    (entry,) = run(SYSTEM.history(TARGET), [instance(), misprinted]).result
    assert (entry.revision, entry.description) == ("1", "xxx")
    assert entry.when == "2019-10-21T08:37:58Z"


def test_the_printed_stop() -> None:
    """Step 7."""
    draft = prepare("stop", instance(), IDLE)
    assert submit(draft.steps[0], printed.ACTION_TAKEN).calls[0].body == printed.STOP


@pytest.mark.parametrize(
    "text",
    [
        printed.SNAPSHOTS_MISPRINTED[:-3],
        printed.SNAPSHOTS_MISPRINTED.replace('"1"', '"1'),
        "<html></html>",
        "",
        '{"snapshots": ' + "[" * 100_000 + '},"count": 1]}',
    ],
)
def test_other_misprints_are_no_answer(text: str) -> None:
    """What is not that very slip is told as unreadable."""
    with pytest.raises(UnreadableReplyError):
        prepare("rollback", instance(), IDLE, Reply(status=200, text=text))
