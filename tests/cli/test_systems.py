"""`slipway systems`: what there is, and whether it keeps its promises, without configuration."""

import json

import pytest

from bot.systems import SYSTEMS
from tests.cli.conftest import Run


def test_every_system_is_listed(here: Run) -> None:
    """Each has its line: name, whose it is, title and what it can do."""
    done = here("systems", "list", SLIPWAY_CONFIG="/nowhere.yaml")
    assert (done.code, done.err) == (0, "")
    assert [each.split()[0] for each in done.out.splitlines()] == [
        each.spec.name for each in SYSTEMS
    ]
    rows = json.loads(here("systems", "list", "--json").out)
    assert rows[0]["name"] == SYSTEMS[0].spec.name
    assert {each["package"] for each in rows} == {"slipway"}
    assert rows[0]["actions"] == sorted(SYSTEMS[0].spec.actions)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_system_that_is_built_in_keeps_every_promise(here: Run, words: tuple[str, ...]) -> None:
    """Each promise stands there with its rule, and all are kept."""
    done = here("systems", "check", "cce-cluster", *words)
    assert (done.code, done.err) == (0, "")
    if words:
        assert all(each["ok"] and each["rule"] for each in json.loads(done.out))
    else:
        assert "ok    A permit covers one call" in done.out


def test_an_unknown_system_is_a_wrong_use(here: Run) -> None:
    """The answer names those that there are."""
    done = here("systems", "check", "cce-clutser")
    assert (done.code, done.out) == (2, "")
    assert "there is no system cce-clutser; there are cce-cluster, cce-release" in done.err
