"""What slipway.yaml says of a ServiceStage component."""

import re
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator

from bot.core.records import Json, Record
from bot.systems.servicestage_v3.strategy import check_strategy

_MARK: Final = "{version}"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")


def _source_url(template: str) -> str:
    if template.count(_MARK) != 1 or set("{}") & set(template.replace(_MARK, "")):
        msg = f"wants {_MARK} in it exactly once, and no other braces"
        raise ValueError(msg)
    if not re.fullmatch(r"[\x21-\x7e]{1,1024}", template):
        msg = "has blanks or characters outside ASCII, or is longer than 1,024 characters"
        raise ValueError(msg)
    return template


def _is_name(value: Json) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


class Component(Record):
    """A component; without an id it is looked up by the name that `create_body` gives it."""

    application_id: UUID
    component_id: UUID | None = None
    source_url: Annotated[str, AfterValidator(_source_url)]
    create_body: dict[str, Json] | None = None  # the vendor's body, where it may be created
    strategy: Annotated[str | None, AfterValidator(check_strategy)] = None  # "rolling:3"
    gray_release: dict[str, Json] | None = None  # the vendor's body of it, but for the share

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.create_body is not None and not _is_name(self.create_body.get("name")):
            msg = "create.name wants 2 to 64 letters, digits, '-' and '_'"
            raise ValueError(msg)
        if self.component_id is None and self.create_body is None:
            msg = "component_id is missing, and no create template names the component"
            raise ValueError(msg)
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from all others of its project."""
        if self.component_id is not None:
            return (str(self.component_id),)
        return (str(self.application_id), self.created_name)

    @property
    def created_name(self) -> str:
        """The name that the template gives; empty without one."""
        return str(self.create_body["name"]) if self.create_body else ""

    @property
    def created_version(self) -> str | None:
        """The version that the template gives."""
        given = (self.create_body or {}).get("version")
        return given if isinstance(given, str) and given else None

    def url(self, version: str) -> str:
        """Return where *version* is fetched from."""
        return self.source_url.replace(_MARK, version)

    def created_as(self, version: str, url: str) -> dict[str, Any]:
        """Return the body that creates the component at *version*, fetched from *url*."""
        body: dict[str, Any] = dict(self.create_body or {})
        return {**body, "version": version, "source": sourced(body.get("source"), version, url)}


def sourced(source: Any, version: str, url: str) -> dict[str, Any]:
    """Return *source* with another address and, where it has one, another version.

    Without an address it stays as it is.
    """
    kept = {key: value for key, value in dict(source or {}).items() if value is not None}
    if not url:
        return kept
    kept["url"] = url
    if kept.get("version"):
        kept["version"] = version
    return kept
