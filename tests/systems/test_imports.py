"""What stands beside what in `bot.systems`, by the graph of imports; no list grows with it."""

from collections.abc import Iterator
from typing import Final

import grimp
import pytest

from bot.systems import SYSTEMS, VENDORS

ROOT: Final = "bot.systems"
WIRE: Final = f"{ROOT}._wire"  # how any reply is read
HELM: Final = f"{ROOT}._helm"  # what Helm's releases are alike in, whoever runs them
VENDOR: Final = {each.kind: type(each).__module__ for each in VENDORS}
GRAPH: Final = grimp.build_graph("bot", cache_dir=None)


def folder(module: str) -> str:
    """The folder of `bot.systems` that a module stands in."""
    return ".".join(module.split(".")[:3])


def allowed() -> dict[str, set[str]]:
    """Which other folders each folder may know: a system its vendor's, and what is no vendor's."""
    systems = {
        folder(type(each).__module__): {folder(VENDOR[each.spec.connection_kind]), HELM, WIRE}
        for each in SYSTEMS
    }
    vendors = {folder(each): {WIRE} for each in VENDOR.values()}
    return {**systems, **vendors, HELM: {WIRE}, WIRE: set()}


def imports(of: str) -> Iterator[tuple[str, str]]:
    """What the modules of a folder import from other folders of `bot.systems`."""
    for module in (of, *GRAPH.find_descendants(of)):
        for other in GRAPH.find_modules_directly_imported_by(module):
            if other.startswith(f"{ROOT}.") and folder(other) != of:
                yield module, other


def test_every_folder_has_its_place() -> None:
    """What is neither a system, nor a vendor, nor shared by all is nothing."""
    assert set(GRAPH.find_children(ROOT)) == set(allowed())


@pytest.mark.parametrize("of", sorted(allowed()))
def test_a_system_knows_no_other(of: str) -> None:
    """It knows its vendor's folder and what is shared; a vendor's folder is no common room."""
    strangers = {pair for pair in imports(of) if folder(pair[1]) not in allowed()[of]}
    assert strangers == set()
