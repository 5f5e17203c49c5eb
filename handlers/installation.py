"""Whose Slack this is: payloads of another workspace or app are refused on every transport."""

import logging
from collections.abc import Callable
from typing import Final, Literal

from pydantic import ValidationError
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from typing_extensions import override

from bot.core.records import Record
from handlers.envelopes import Origin
from handlers.refusals import FOREIGN, silent, spoken

_log: Final = logging.getLogger(__name__)


class Installation(Record):
    """The one workspace that Slipway serves, as `auth.test` told it at the start."""

    team: str
    enterprise: str = ""
    app_id: str | None = None  # None: not known, so not compared

    def mismatch(self, origin: Origin) -> Literal["app", "workspace"] | None:
        """Return what of *origin* is not ours."""
        if self.app_id and origin.api_app_id and origin.api_app_id != self.app_id:
            return "app"
        is_ours = (
            origin.team_named == self.team
            and origin.enterprise_named in {"", self.enterprise}
            and not origin.is_enterprise_install
        )
        return None if is_ours else "workspace"


def is_ours(installation: Installation, body: dict[str, object]) -> bool:
    """Whether a payload is for *installation*."""
    return _mismatch(installation, body) is None


def refusal(installation: Installation, body: dict[str, object]) -> BoltResponse | None:
    """Return the answer to a payload that is not for *installation*, if it is not."""
    mismatch = _mismatch(installation, body)
    if mismatch is None:
        return None
    _log.warning("ingress.foreign_%s", mismatch)
    if mismatch == "app":
        return silent(403)
    return spoken(FOREIGN) if "command" in body else silent()


def _mismatch(
    installation: Installation, body: dict[str, object]
) -> Literal["app", "workspace"] | None:
    try:
        return installation.mismatch(Origin.model_validate(body))
    except ValidationError:
        return "workspace"


class Guard(Middleware):
    """Refuses what is not for the installation, over HTTP and Socket Mode alike."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    @override
    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,
        next: Callable[[], BoltResponse],
    ) -> BoltResponse:
        """Go on with what is ours."""
        return refusal(self._installation, req.body) or next()
