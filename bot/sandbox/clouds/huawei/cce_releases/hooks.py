"""What tests and the sandbox do to releases past their API."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_releases.estate import Release, ReleaseEstate
from bot.sandbox.clouds.huawei.cce_releases.views import release_view


class ReleaseHooks:
    """A door beside the API; *reach* locks the cloud, brings it up to date and tells the time.

    Every method raises LookupError where there is no such release.
    """

    def __init__(
        self, estate: ReleaseEstate, reach: Callable[[], AbstractContextManager[float]]
    ) -> None:
        self._estate = estate
        self._reach = reach

    def view(self, cluster_id: str, namespace: str, name: str) -> JsonObject:
        """Return a release as CCE would show it now."""
        with self._reach() as now:
            release = self._release(cluster_id, namespace, name, now)
            return release_view(release, release.last, self._estate.config, now)

    def values(self, cluster_id: str, namespace: str, name: str) -> dict[str, JsonValue]:
        """Return the values that a release truly has, with their secrets."""
        with self._reach() as now:
            return dict(self._release(cluster_id, namespace, name, now).last.values)

    def fail_next(self, cluster_id: str, namespace: str, name: str) -> None:
        """Let the next revision of a release fail."""
        with self._reach() as now:
            self._release(cluster_id, namespace, name, now).fails_next = True

    def take_seconds(self, cluster_id: str, namespace: str, name: str, seconds: float) -> None:
        """Let the coming changes of a release take *seconds*; a billion is for ever."""
        with self._reach() as now:
            self._release(cluster_id, namespace, name, now).seconds = seconds

    def force_status(self, cluster_id: str, namespace: str, name: str, status: str) -> None:
        """Let the newest revision have *status*, such as UNKNOWN; empty: its own again."""
        with self._reach() as now:
            self._release(cluster_id, namespace, name, now).last.forced = status

    def meddle(
        self,
        cluster_id: str,
        namespace: str,
        name: str,
        chart_id: str,
        values: dict[str, JsonValue] | None = None,
    ) -> int:
        """Upgrade past Slipway, as somebody in the console would; return the new revision.

        Raises:
            RefusedError: the release is being changed, or there is no such chart.
        """
        with self._reach() as now:
            release = self._release(cluster_id, namespace, name, now)
            if refusal := self._estate.busy(release, now):
                raise refusal
            given = release.last.values if values is None else values
            return release.add("upgrade", self._estate.chart(chart_id), given, now).number

    def _release(self, cluster_id: str, namespace: str, name: str, now: float) -> Release:
        release = self._estate.find(cluster_id, namespace, name, now)
        if release is None:
            text = f"there is no release {namespace}/{name}"
            raise LookupError(text)
        return release
