"""A line of a vendor's document, and where it is kept: command, simulator, test."""

from typing import NamedTuple

from bot.sandbox.clouds.http.wire import Route


class Document(NamedTuple):
    """A page of a vendor's."""

    title: str
    address: str


class Line(NamedTuple):
    """What a document shows in one place."""

    document: Document
    words: str  # where it stands, and what it shows
    call: str = ""  # "PUT /v3/{project_id}/…", as the document writes it; where it shows one
    commands: tuple[str, ...] = ()  # as they are typed, or the `action_id` of a button
    tests: tuple[str, ...] = ()  # "tests/systems/test_x.py::test_it"
    why_not: str = ""  # where Slipway does nothing with it


class Section(NamedTuple):
    """A system: what its documents show, and the calls that its simulator plays."""

    system: str
    lines: tuple[Line, ...]
    routes: tuple[Route, ...]
