"""The system `cce-release`: a Helm release in a CCE cluster; its revisions are remote tasks."""

from bot.systems.cce_release.system import CceRelease
from bot.systems.cce_release.target import Release

__all__ = ["CceRelease", "Release"]
