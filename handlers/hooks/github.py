"""GitHub: releases, container packages, and workflows that ran well.

The name of the event and the delivery's id are not signed: the body's own shape decides, and its
own ids are the key. Source: https://docs.github.com/webhooks (events and payloads, validating
deliveries)
"""

import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Deployable, Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks.proofs import Refused, Verified, hex_signatures, matching
from handlers.hooks.request import HookRequest, read_as

_SIGNATURE: Final = re.compile(rb"sha256=([0-9a-f]{64})")
_OBJECTS: Final = {  # what of a body says which event it is, and how its header calls it
    "release": frozenset({"release"}),
    "package": frozenset({"package"}),
    "registry_package": frozenset({"registry_package"}),
    "workflow_run": frozenset({"workflow_run"}),
}
_RUNS: Final = frozenset({"push", "release", "workflow_dispatch", "schedule"})


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Repository(_Model):
    id: int
    full_name: str


class _Sender(_Model):
    login: str = ""


class _Release(_Model):
    id: int
    tag_name: str
    draft: bool = False
    prerelease: bool = False


class _ReleaseEvent(_Model):
    action: str
    release: _Release
    repository: _Repository
    sender: _Sender = _Sender()


class _Tag(_Model):
    name: str = ""
    digest: str = ""


class _Container(_Model):
    tag: _Tag = _Tag()


class _PackageVersion(_Model):
    id: int
    container_metadata: _Container | None = None


class _Package(_Model):
    id: int
    name: str
    namespace: str = ""
    package_version: _PackageVersion


class _PackageEvent(_Model):
    action: str
    package: _Package
    repository: _Repository | None = None
    sender: _Sender = _Sender()


class _Run(_Model):
    id: int
    name: str | None = None
    event: str
    head_branch: str | None = None
    conclusion: str | None = None
    run_number: int = 0
    run_attempt: int = 1
    head_repository: _Repository | None = None


class _RunEvent(_Model):
    action: str
    workflow_run: _Run
    repository: _Repository
    sender: _Sender = _Sender()


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:  # noqa: ARG001 - no time is signed
    """Return whether the body was signed with a secret of *hook*; SHA-1 does not count."""
    found = _SIGNATURE.fullmatch(request.header("x-hub-signature-256"))
    if found is None:
        return Refused(cause="header_grammar")
    return matching([found[1]], hex_signatures(hook, request.body))


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:
    """Return what a published release, a pushed image or a workflow that ran well proposes."""
    kinds = [name for name in _OBJECTS if name in content]
    if len(kinds) != 1 or request.text("x-github-event") not in _OBJECTS[kinds[0]]:
        return Nothing(ignored="unwanted_event")  # also where the header says something else
    match kinds[0]:
        case "release":
            return _release(content)
        case "workflow_run":
            return _run(content)
        case kind:
            return _package({**content, "package": content[kind]})


def _release(content: dict[str, Json]) -> Event | Nothing:
    event = read_as(_ReleaseEvent, content)
    if isinstance(event, Nothing):
        return event
    release, repository = event.release, event.repository
    if event.action != "published" or release.draft:
        return Nothing(ignored="unwanted_event")
    return Event(
        key=f"release:{repository.id}:{release.id}:{release.tag_name}",
        says=Deployable(
            sources=(str(repository.id), repository.full_name),
            version=release.tag_name,
            note="prerelease" if release.prerelease else "",
            by=event.sender.login,
        ),
    )


def _package(content: dict[str, Json]) -> Event | Nothing:
    event = read_as(_PackageEvent, content)
    if isinstance(event, Nothing):
        return event
    package, version = event.package, event.package.package_version
    tag = version.container_metadata.tag if version.container_metadata else None
    if event.action not in {"published", "updated"} or tag is None or not tag.name:
        return Nothing(ignored="unwanted_event")  # no image, or one without a tag
    repository = (str(event.repository.id), event.repository.full_name) if event.repository else ()
    return Event(
        key=f"package:{package.id}:{version.id}:{tag.name}",
        says=Deployable(
            sources=(f"{package.namespace}/{package.name}", *repository),
            version=tag.name,
            digest=tag.digest,
            by=event.sender.login,
        ),
    )


def _run(content: dict[str, Json]) -> Event | Nothing:
    event = read_as(_RunEvent, content)
    if isinstance(event, Nothing):
        return event
    run, repository = event.workflow_run, event.repository
    is_own = run.head_repository is not None and run.head_repository.id == repository.id
    ran_well = (event.action, run.conclusion) == ("completed", "success")
    if not is_own or not ran_well or run.event not in _RUNS or not run.head_branch:
        return Nothing(ignored="unwanted_event")  # a fork's pull request runs as well
    return Event(
        key=f"run:{repository.id}:{run.id}:{run.run_attempt}",
        says=Deployable(
            sources=(str(repository.id), repository.full_name),
            version=run.head_branch,
            note=f"{run.name or ''} #{run.run_number}".strip(),
            by=event.sender.login,
        ),
    )
