"""The applications of a project, which both versions of ServiceStage list alike.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

import re
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, Field

from bot.core.flow import Flow, Reply
from bot.core.secrecy import holds_secret
from bot.core.system import Found
from bot.systems._huawei.servicestage import Count, pages
from bot.systems._wire.replies import parse
from bot.systems._wire.text import Text, Word, listed

VERSION_MARK = "{version}"
FILL_IN = f"fill-in:{VERSION_MARK}"
_ADDRESS: Final = re.compile(r"[\x21-\x7a|~]{1,1000}")  # no blanks, no braces


class Application(BaseModel):
    """An application: a folder of components."""

    id: Word
    name: Text = ""

    @property
    def found(self) -> Found:
        """The same, as something that a connection has."""
        return Found(kind="application", name=self.name or self.id)


class _Page(BaseModel):
    count: Count = None
    rows: Annotated[list[Application], BeforeValidator(listed)] = Field(alias="applications")


def read_applications(root: str) -> Flow[tuple[Application, ...]]:
    """Read all applications below *root*, the path of one version of the API."""
    return (yield from pages(f"{root}/applications", _applications))


def as_template(url: str, version: str) -> str:
    """Return where a version is fetched from, with a mark for it; to be filled in if not told."""
    is_marked = is_address(url) and bool(version) and url.count(version) == 1
    return url.replace(version, VERSION_MARK) if is_marked else FILL_IN


def is_address(url: str) -> bool:
    """Whether *url* can stand in slipway.yaml as it is, and may be shown."""
    return _ADDRESS.fullmatch(url) is not None and not holds_secret(url)


def _applications(reply: Reply) -> tuple[int | None, list[Application]]:
    page = parse(_Page, reply, "list the applications")
    return page.count, page.rows
