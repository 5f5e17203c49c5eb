"""The system `cloudpods-release`: a Helm release of Cloudpods; its revisions are remote tasks."""

from typing import Final

from bot.systems.cloudpods_release.system import CloudpodsRelease
from bot.systems.cloudpods_release.target import Release

__all__ = ["SYSTEM", "CloudpodsRelease", "Release"]

SYSTEM: Final = CloudpodsRelease()
