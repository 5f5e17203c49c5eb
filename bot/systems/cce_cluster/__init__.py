"""The system `cce-cluster`: an upgrade is a workflow whose points are tasks of their own."""

from typing import Final

from bot.systems.cce_cluster.system import CceCluster
from bot.systems.cce_cluster.target import Cluster

__all__ = ["SYSTEM", "CceCluster", "Cluster"]

SYSTEM: Final = CceCluster()
