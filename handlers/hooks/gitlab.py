"""GitLab: releases, and pipelines of tags that ran well.

A secret `whsec_…` is a signing token, with which GitLab 19.0 and later sign as Standard Webhooks
says; any other is the token that it sends in a header. While one takes the place of the other,
either counts. Templates of one's own are not read.
Source: https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.core.hooks import Deployable, Event, Hook, Nothing, is_standard
from bot.core.records import Json
from handlers.hooks import standard
from handlers.hooks.proofs import Refused, Verified, matching
from handlers.hooks.request import HookRequest, read_as

_SOURCES: Final = frozenset({"push", "web", "api", "schedule", "trigger"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Project(_Model):
    id: int
    path_with_namespace: str

    @property
    def names(self) -> tuple[str, ...]:
        return (str(self.id), self.path_with_namespace)


class _User(_Model):
    username: str = ""


class _Release(_Model):
    action: str
    tag: str
    name: str = ""
    project: _Project


class _Attributes(_Model):
    id: int
    ref: str
    tag: bool = False
    status: str
    source: str = ""


class _Pipeline(_Model):
    object_attributes: _Attributes
    project: _Project
    user: _User = _User()


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:
    """Return whether a signing token signed it within five minutes, or the token is a secret."""
    token, tokens = request.header("x-gitlab-token"), [_token(each) for each in hook.secrets]
    verdict: Verified | Refused = Refused(cause="header_grammar")
    if token and any(tokens):
        verdict = matching([token], tokens)
    if isinstance(verdict, Refused) and not all(tokens):
        signed = standard.verify(request, hook, now)
        is_unsigned = isinstance(signed, Refused) and signed.cause == "header_grammar"
        return verdict if is_unsigned else signed
    return verdict


def _token(secret: SecretStr) -> bytes:
    """Return what is sent in the header; b"", which is never sent: it is what signs."""
    written = secret.get_secret_value()
    return b"" if is_standard("gitlab", written) else written.encode()


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what a new release, or a tag's pipeline that ran well, proposes."""
    match content.get("object_kind"):
        case "release":
            return _release(content)
        case "pipeline":
            return _pipeline(content)
        case _:
            return Nothing(ignored="unwanted_event")


def _release(content: dict[str, Json]) -> Event | Nothing:
    event = read_as(_Release, content)
    if isinstance(event, Nothing):
        return event
    if event.action != "create":
        return Nothing(ignored="unwanted_event")
    note = event.name if event.name != event.tag else ""
    return Event(
        key=f"release:{event.project.id}:{event.tag}",
        says=Deployable(sources=event.project.names, version=event.tag, note=note),
    )


def _pipeline(content: dict[str, Json]) -> Event | Nothing:
    event = read_as(_Pipeline, content)
    if isinstance(event, Nothing):
        return event
    told = event.object_attributes
    if told.status != "success" or not told.tag or told.source not in _SOURCES:
        return Nothing(ignored="unwanted_event")  # one of a merge request looks the same otherwise
    return Event(
        key=f"pipeline:{event.project.id}:{told.id}:{told.status}",
        says=Deployable(
            sources=event.project.names,
            version=told.ref,
            note=f"#{told.id}",
            by=event.user.username,
        ),
    )
