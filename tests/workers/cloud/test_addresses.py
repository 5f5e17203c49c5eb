"""Addresses of calls: what slipway.yaml says goes before what a login told."""

import pytest

from bot.core.errors import CloudRefusedError
from bot.core.flow import Call
from tests.systems.connections import LAB, lab, read
from workers.cloud.verdicts import url_of

PUBLIC = "https://pub.example/api"


def test_slipway_yaml_goes_before_the_catalog() -> None:
    """An address that somebody wrote down is meant; one that nobody knows is a clear refusal."""
    call = Call(method="GET", service="k8s", path="/releases")
    catalog = {"k8s": PUBLIC}
    assert url_of(lab(), call, catalog) == "https://lab.example:30442/api/releases"
    bare = read({**LAB, "endpoints": {}})
    assert url_of(bare, call, catalog) == f"{PUBLIC}/releases"
    with pytest.raises(CloudRefusedError, match="no_endpoint connection=lab service=k8s") as caught:
        url_of(bare, call)
    assert (caught.value.verdict, caught.value.code) == ("misdirected", "no_endpoint")
