"""What ServiceStage v2 answers and is sent.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0018.html
"""

import json
import re
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field

from bot.core.flow import Reply
from bot.systems._huawei.servicestage import Count, when
from bot.systems._wire.text import Object, Text, Word, keyed, listed, message_in

VM: Final = "vmapp"  # the platform whose instances run on ECS
GONE: Final = "DELETED"
NORMAL, DELETING = "0", "1"  # a component's status
_MISPRINT: Final = re.compile(r'\}\s*,\s*"count"\s*:\s*(\d+)\s*\]\s*\}\s*$')

Identifier: TypeAlias = Annotated[str, Field(pattern=r"\A[A-Za-z0-9-]{1,64}\z")]


class ComponentView(BaseModel):
    """A component, as far as it matters here."""

    id: Identifier
    name: Text = ""
    status: Word = ""
    runtime: Text = ""
    category: Text = ""
    create_time: Any = None


class StatusDetail(BaseModel):
    """The live part of an instance."""

    status: Word = ""
    available_replica: Text = ""
    replica: Text = ""
    fail_detail: Text = ""
    last_job_id: Word = ""
    last_job_status: Word = ""


class InstanceView(BaseModel):
    """An instance, or its row in a list; the rest of its settings is used as it came."""

    id: Identifier
    name: Text = ""
    version: Text = ""
    platform_type: Word = ""
    artifacts: Object = Field(default_factory=dict)
    status_detail: Annotated[StatusDetail, BeforeValidator(keyed)] = Field(
        default_factory=StatusDetail
    )

    @property
    def word(self) -> str:
        """The vendor's status."""
        return self.status_detail.status

    @property
    def last_job(self) -> str:
        """The id of the newest job that it shows; empty where it shows none."""
        return self.status_detail.last_job_id

    def address(self, container: str) -> str:
        """Return where a container's image or package was fetched from; empty if not told."""
        artifact = self.artifacts.get(container)
        url = artifact.get("url") if isinstance(artifact, dict) else None
        return url if isinstance(url, str) else ""


class Snapshot(BaseModel):
    """A version that a rollback may name."""

    version: Text = ""
    description: Any = None
    create_time: Any = None

    @property
    def made_at(self) -> datetime | None:
        """When it was made; None where the time cannot be read."""
        return when(self.create_time)

    @property
    def words(self) -> str:
        """Its description for people, which may be text, JSON in text, or JSON."""
        return message_in(self.description)


class ComponentsPage(BaseModel):
    """A page of an application's components."""

    count: Count = None
    rows: Annotated[list[ComponentView], BeforeValidator(listed)] = Field(alias="components")


class InstancesPage(BaseModel):
    """A page of a component's instances."""

    count: Count = None
    rows: Annotated[list[InstanceView], BeforeValidator(listed)] = Field(alias="instances")


class SnapshotsPage(BaseModel):
    """A page of an instance's snapshots."""

    count: Count = None
    rows: Annotated[list[Snapshot], BeforeValidator(listed)] = Field(alias="snapshots")


def mended(reply: Reply) -> Reply:
    """Return a list of snapshots that closes after its `count`, as the vendor prints it, as meant.

    Source: https://support.huaweicloud.com/intl/en-us/usermanual-servicestage/
    """
    if not _MISPRINT.search(reply.text):
        return reply
    try:
        body = json.loads(_MISPRINT.sub(r'}], "count": \1}', reply.text))
    except (ValueError, RecursionError):
        return reply
    return reply.model_copy(update={"body": body})
