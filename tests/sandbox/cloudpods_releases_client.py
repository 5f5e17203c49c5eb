"""Calls about releases of the simulated kubeserver."""

from typing import Any, Final

from tests.sandbox.cloudpods_client import error

UNCLASSIFIED: Final = "UnclassifiedError"


def unclassified(answer: Any) -> str:
    """Return the text of an error of Helm or Kubernetes."""
    status, kind, text = error(answer)
    assert (status, kind) == (500, UNCLASSIFIED)
    return text
