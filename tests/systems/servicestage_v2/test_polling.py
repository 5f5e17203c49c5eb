"""ServiceStage v2: what a look shows."""

from typing import Any

import pytest

from bot.core.codes.systems import UnlistedStatus
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems.servicestage_v2.examples import (
    COMPONENT,
)
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v2.cases import COMPONENT_STEP, SYSTEM, TARGET, component


def watched(*answers: Answer) -> Any:
    """What a look at a component shows."""
    task = RemoteTask(id=COMPONENT)
    return run(SYSTEM.watch(TARGET, Work(step=COMPONENT_STEP), task), answers).result


def test_what_a_components_status_means() -> None:
    """0 is normal, 1 is deleting; another is shown and waited for, with one warning."""
    assert isinstance(watched(component(status=0)), TaskSucceeded)
    assert isinstance(watched(component(status="0")), TaskSucceeded)
    assert isinstance(watched(component(status=None)), TaskSucceeded)
    assert isinstance(watched(component(status=1)), TaskFailed)
    busy = watched(component(status=7))
    assert isinstance(busy, TaskRunning)
    assert busy.note == UnlistedStatus(status="7", of="component-a").reason
    assert isinstance(watched(refused(404, "not_found", "SVCSTG.00100404")), TaskNotFound)
    with pytest.raises(CloudRefusedError):
        watched(refused(403, "refused"))
    with pytest.raises(UnreadableReplyError):
        watched(component(id="another"))
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.watch(TARGET, Work(step=COMPONENT_STEP), RemoteTask(id="../x")), [])
