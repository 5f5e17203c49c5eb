"""What ServiceStage v3 answers and is sent.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0100.html
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from bot.systems._huawei.servicestage import Count, when
from bot.systems._huawei.settings import Settings, with_variables
from bot.systems._wire.text import Object, Text, Word, keyed, listed, message_in
from bot.systems.servicestage_v3.target import sourced

GRAYING: Final = "GRAYING"  # a gray release waits for a step that somebody takes by hand
_ON_HOSTS: Final = frozenset({"virtualmachine", "vmapp"})  # a stack's word, and a platform's
_NOT_SETTABLE: Final = frozenset(
    {
        *("id", "component_id", "status", "creator", "create_time", "update_time"),
        *("project_id", "enterprise_project_id", "application_id", "application_name"),
        *("environment_id", "environment_name", "platform_type", "pipeline_ids", "job_id"),
    }
)


def _flag(value: Any) -> Any:
    return False if value is None else value


class Status(BaseModel):
    """The live part of a component."""

    component_status: Word = ""
    available_replica: Text = ""
    replica: Text = ""
    fail_detail: Text = ""
    last_job_id: Word = ""
    update_time: Any = None


class View(BaseModel):
    """A component; the rest of its settings is used as it came."""

    id: UUID
    name: Text = ""
    version: Text = ""
    replica: Text = ""
    source: Object = Field(default_factory=dict)
    platform_type: Word = ""
    runtime_stack: Any = None
    status: Annotated[Status, BeforeValidator(keyed)] = Field(default_factory=Status)

    @property
    def image(self) -> str:
        """Where the running version was fetched from."""
        url = self.source.get("url")
        return url if isinstance(url, str) else ""

    @property
    def is_on_hosts(self) -> bool:
        """Whether it runs on virtual machines, whose scaling names hosts and no number."""
        stack = self.runtime_stack
        mode = stack.get("deploy_mode") if isinstance(stack, dict) else None
        return self.platform_type in _ON_HOSTS or str(mode) in _ON_HOSTS

    @property
    def replicas_wanted(self) -> str:
        """How many copies are to run, as text; empty where it is not told."""
        return self.status.replica or self.replica

    @property
    def word(self) -> str:
        """The vendor's status."""
        return self.status.component_status


class _RecordJob(BaseModel):
    job_id: Word = ""
    deploy_type: Text = ""


class VersionRecord(BaseModel):
    """One deployment in a component's records."""

    version: Text = ""
    current_used: Annotated[bool, BeforeValidator(_flag)] = False
    status: Text = ""
    deploy_type: Text = ""
    begin_time: Any = None
    end_time: Any = None
    description: Any = None
    jobs: Annotated[list[_RecordJob], BeforeValidator(listed)] = Field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether it ended, and well: the words of `status` are not documented."""
        bad = ("fail", "cancel", "rollbacked", "progress", "running", "deploying", "submitted")
        word = self.status.lower()
        is_good = not any(each in word for each in bad)
        return bool(self.version) and bool(self.end_time) and is_good

    @property
    def was_returned_to(self) -> bool:
        """Whether a rollback made it live: the words are not documented, so any like it counts."""
        kinds = (self.deploy_type, *(job.deploy_type for job in self.jobs))
        return any("roll" in kind.lower() for kind in kinds)

    @property
    def begun_at(self) -> datetime | None:
        """When it began; None where the time cannot be read."""
        return when(self.begin_time)

    @property
    def words(self) -> str:
        """Its description for people, which may be text, JSON in text, or JSON."""
        return message_in(self.description)


class RecordsPage(BaseModel):
    """A page of a component's records."""

    count: Count = None
    rows: Annotated[list[VersionRecord], BeforeValidator(listed)] = Field(alias="records")


class ComponentsPage(BaseModel):
    """A page of an application's components."""

    count: Count = None
    rows: Annotated[list[View], BeforeValidator(listed)] = Field(alias="components")


def upgraded(settings: dict[str, Any], version: str, url: str, wanted: Settings) -> dict[str, Any]:
    """Return the body that brings a component to *version*, from *url*, and keeps what else is set.

    A modification replaces the settings as a whole. What only the platform sets is left out, and
    so are empty objects, which would miss members that their types require.
    """
    kept = {
        name: value
        for name, value in settings.items()
        if name not in _NOT_SETTABLE and value is not None and value != {}
    }
    if "envs" in kept:
        kept["envs"] = [_env(each) for each in kept["envs"] if not is_inner(each)]
    kept |= wanted.fields
    if wanted.env:
        kept["envs"] = with_variables(kept.get("envs"), wanted.env)
    return {**kept, "version": version, "source": sourced(kept.get("source"), version, url)}


def is_inner(env: dict[str, Any]) -> bool:
    """Whether a variable is the platform's own."""
    return str(env.get("inner")).lower() == "true"


def _env(env: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in env.items() if name != "inner" and value is not None}
