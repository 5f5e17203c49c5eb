"""What tests and the sandbox do to instances of ServiceStage v2 past its API."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.servicestage_v2.estate import EstateV2, Instance
from bot.sandbox.clouds.huawei.servicestage_v2.views import instance_view

STRANGER: Final = "somebody-else"


class InstanceHooks:
    """A door beside the API; *reach* locks the cloud, brings it up to date and tells the time.

    Every method raises LookupError where there is no such instance.
    """

    def __init__(
        self, estate: EstateV2, reach: Callable[[], AbstractContextManager[float]]
    ) -> None:
        self._estate = estate
        self._reach = reach

    def view(self, instance_id: str) -> JsonObject:
        """Return an instance as ServiceStage v2 would show it now."""
        with self._reach() as now:
            return instance_view(self._instance(instance_id, now), self._estate.config, now)

    def fail_next_deploy(self, instance_id: str) -> None:
        """Let the next deploy of an instance fail."""
        with self._reach() as now:
            self._instance(instance_id, now).fails_next = True

    def take_seconds(self, instance_id: str, seconds: float) -> None:
        """Let the coming jobs of an instance take *seconds*; a billion is for ever."""
        with self._reach() as now:
            self._instance(instance_id, now).job_seconds = seconds

    def meddle(self, instance_id: str, version: str) -> str:
        """Deploy *version* past Slipway, as somebody in the console would; return the job id."""
        with self._reach() as now:
            instance = self._instance(instance_id, now)
            if instance.doing is not None:
                text = f"job {instance.doing.job.id} runs on {instance_id!r}"
                raise LookupError(text)
            settings = {**instance.settings, "version": version}
            return self._estate.release(instance, settings, at=now, by=STRANGER).id

    def _instance(self, instance_id: str, now: float) -> Instance:
        instance = self._estate.instance(instance_id, now)
        if instance is None:
            text = f"there is no instance {instance_id!r}"
            raise LookupError(text)
        return instance
