"""What slipway.yaml says of an instance of a ServiceStage component."""

import hashlib
import json
import re
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from bot.core.records import Json, Record
from bot.core.secrecy import holds_secret

_MARK: Final = "{version}"
_CONTAINER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_NAMES: Final = {
    "component": re.compile(r"[A-Za-z0-9_-]{2,64}"),
    "instance": re.compile(r"[a-z0-9][a-z0-9-]{1,62}"),
}
_WANTED_NAMES: Final = {
    "component": "2 to 64 letters, digits, '-' and '_'",
    "instance": "2 to 63 lower-case letters, digits and '-'",
}


def _artifacts(templates: dict[str, str]) -> dict[str, str]:
    if not any(_MARK in template for template in templates.values()):
        msg = f"wants {_MARK} in at least one of them"
        raise ValueError(msg)
    for container, template in templates.items():
        _check(container, template)
    return templates


def _check(container: str, template: str) -> None:
    if not _CONTAINER.fullmatch(container):
        msg = f"{container!r} cannot be a container's name"
        raise ValueError(msg)
    if set("{}") & set(template.replace(_MARK, "")):
        msg = f"{container} has other braces than {_MARK}"
        raise ValueError(msg)
    if not re.fullmatch(r"[\x21-\x7e]{1,1024}", template):
        msg = f"{container} has blanks or characters outside ASCII, or over 1,024 characters"
        raise ValueError(msg)
    if holds_secret(template):
        msg = f"{container} holds a password, which plans would show"
        raise ValueError(msg)


def _check_bodies(create: dict[str, Json]) -> None:
    if set(create) != set(_NAMES):
        msg = "create wants the two bodies `component` and `instance`, and nothing else"
        raise ValueError(msg)
    for part, pattern in _NAMES.items():
        body = create[part]
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not pattern.fullmatch(name):
            msg = f"create.{part}.name wants {_WANTED_NAMES[part]}"
            raise ValueError(msg)


Strategy: TypeAlias = Literal["rolling", "recreate"]


class Instance(Record):
    """An instance; without ids it is looked up by the names that `create_body` gives."""

    application_id: UUID
    component_id: UUID | None = None
    instance_id: UUID | None = None
    artifacts: Annotated[dict[str, str], Field(min_length=1), AfterValidator(_artifacts)]
    create_body: dict[str, Json] | None = None  # the vendor's two bodies, by what they create
    strategy: Strategy | None = None  # how a version is brought out

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.create_body is not None:
            _check_bodies(self.create_body)
        for field in ("component_id", "instance_id"):
            if getattr(self, field) is None and self.create_body is None:
                msg = f"{field} is missing, and no create template names the {field[:-3]}"
                raise ValueError(msg)
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from all others of its project."""
        if self.instance_id is not None:
            return (str(self.instance_id),)
        component = self.component_id or f"{self.application_id}/{self.component_name}"
        return (str(component), self.instance_name)

    @property
    def component_name(self) -> str:
        """The component's name in the template; empty without one."""
        return str(self.component_body.get("name", ""))

    @property
    def instance_name(self) -> str:
        """The instance's name in the template; empty without one."""
        return str(self.instance_body.get("name", ""))

    @property
    def component_body(self) -> dict[str, Any]:
        """The vendor's body that creates the component; empty without a template."""
        return self._body("component")

    @property
    def instance_body(self) -> dict[str, Any]:
        """The vendor's body that creates the instance; empty without a template."""
        return self._body("instance")

    @property
    def created_version(self) -> str | None:
        """The version that the template gives."""
        given = self.instance_body.get("version")
        return given if isinstance(given, str) and given else None

    @property
    def template_digest(self) -> str:
        """What a plan names the template by, so that another one is another plan."""
        canonical = json.dumps(self.create_body, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def addresses(self, version: str) -> dict[str, str]:
        """Return by container where *version* is fetched from."""
        return {name: each.replace(_MARK, version) for name, each in self.artifacts.items()}

    def _body(self, part: str) -> dict[str, Any]:
        body = (self.create_body or {}).get(part)
        return dict(body) if isinstance(body, dict) else {}
