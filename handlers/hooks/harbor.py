"""Harbor: pushed images, in its own format and as CloudEvents. It signs nothing.

Source: https://goharbor.io/docs/ (configure webhook notifications)
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Deployable, Event, Hook, Nothing, may_stay
from bot.core.records import Json
from handlers.hooks.proofs import Refused, Verified, authorised
from handlers.hooks.request import HookRequest, read_as

_PUSHED: Final = frozenset({"PUSH_ARTIFACT", "harbor.artifact.pushed"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Resource(_Model):
    digest: str
    tag: str = ""


class _Repository(_Model):
    repo_full_name: str


class _Data(_Model):
    resources: list[_Resource]
    repository: _Repository


class _Push(_Model):
    type: str
    operator: str = ""
    data: _Data
    occur_at: int | None = None
    time: str = ""  # the same, in a CloudEvent


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:  # noqa: ARG001 - no time is signed
    """Return whether `Authorization` is a secret of *hook*, as it stands or as a bearer."""
    return authorised(request, hook)


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what a pushed image with a tag proposes."""
    if str(content.get("type")) not in _PUSHED:
        return Nothing(ignored="unwanted_event")
    data = content.get("event_data", content.get("data"))
    push = read_as(_Push, {**content, "data": data})
    if isinstance(push, Nothing):
        return push
    tagged = [each for each in push.data.resources if each.tag and each.tag != each.digest]
    if not tagged:
        return Nothing(ignored="unwanted_event")  # pushed without a tag
    name, pushed = push.data.repository.repo_full_name, _likeliest(tagged)
    at = push.occur_at if push.occur_at is not None else push.time
    return Event(
        key=f"push:{name}:{pushed.digest}:{pushed.tag}:{at}",
        says=Deployable(
            sources=(name,), version=pushed.tag, digest=pushed.digest, by=push.operator
        ),
    )


def _likeliest(tagged: Sequence[_Resource]) -> _Resource:
    """Return the first whose tag may be a version, else the first: `latest` comes beside it."""
    return next((each for each in tagged if may_stay(each.tag)), tagged[0])
