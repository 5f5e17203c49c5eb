"""What ServiceStage v3 has in a project: applications, and their components."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from bot.core.flow import Flow, Reply
from bot.core.system import Found
from bot.systems._huawei.applications import as_template, read_applications
from bot.systems._huawei.servicestage import DELETED, Count, pages
from bot.systems._wire.replies import parse
from bot.systems._wire.text import Text, Word, listed, plain
from bot.systems.servicestage_v3.reads import CAS
from bot.systems.servicestage_v3.wire import View


class _Row(View):
    application_id: Word = ""
    application_name: Text = ""


class _Page(BaseModel):
    count: Count = None
    rows: Annotated[list[_Row], BeforeValidator(listed)] = Field(alias="components")


def discover() -> Flow[tuple[Found, ...]]:
    """Read all applications and all components."""
    applications = yield from read_applications(CAS)
    rows = yield from pages(f"{CAS}/components", _components)
    there = (row for row in rows if row.word != DELETED)
    return (*(each.found for each in applications), *map(_found, there))


def _found(row: _Row) -> Found:
    settings: dict[str, Any] = {
        "application_id": row.application_id,
        "component_id": str(row.id),
        "source_url": as_template(row.image, row.version),
    }
    return Found(
        kind="component",
        name=row.name,
        place=row.application_name,
        status=" ".join(filter(None, (plain(row.word), row.version))),
        settings=settings,
        identity={"component_id": (str(row.id),)},
    )


def _components(reply: Reply) -> tuple[int | None, list[_Row]]:
    page = parse(_Page, reply, "list the components")
    return page.count, page.rows
