"""The system `cce-release`: a Helm release in a CCE cluster; its revisions are remote tasks."""

from typing import Final

from bot.systems.cce_release.system import CceRelease
from bot.systems.cce_release.target import Release

__all__ = ["SYSTEM", "CceRelease", "Release"]

SYSTEM: Final = CceRelease()
