"""`slipway config show` and `check` with the values of releases, which may hold secrets."""

import json
from pathlib import Path
from typing import Final

from tests.catalogue.files import a_file, built
from tests.cli.conftest import Run

SEARCH: Final = """\
  search:
    system: cce-release
    connection: h
    cluster_id: a870253f-5dc7-11ee-bf71-0255ac100b03
    flavour: autopilot
    namespace: monitoring
    release: search
    chart: search
    policy: prod
    values:
      replicas: 2
      db: {user: ann, connect: "${TOKEN}"}
    create: {values: {licence: "${LAB_PASSWORD}"}}
"""


def test_values_are_never_shown(here: Run, environment: dict[str, str]) -> None:
    """Whatever a value is called, it may come from the environment: all of them are hidden."""
    Path(environment["SLIPWAY_CONFIG"]).write_text(a_file(target=SEARCH))

    done = here("config", "show")

    assert done.code == 0, done.err
    shown = json.loads(done.out)["targets"]["search"]
    assert shown["settings"]["values"] == "**********"
    assert shown["create"]["values"] == "**********"
    assert shown["settings"]["chart"] == "search"
    for secret in (environment["TOKEN"], environment["LAB_PASSWORD"], "replicas"):
        assert secret not in done.out


def test_a_templates_secrets_are_never_shown(here: Run, environment: dict[str, str]) -> None:
    """Of a create template that is what a variable gave, and what a name beside it calls one."""
    pairs = '[{name: DSN, value: "db?${LAB_PASSWORD}"}, {name: DB_PASSWORD, value: hunter2}]'
    template = f"    create: {{name: checkout, envs: {pairs}}}\n"
    Path(environment["SLIPWAY_CONFIG"]).write_text(a_file(target=template))

    done = here("config", "show")

    assert done.code == 0, done.err
    shown = json.loads(done.out)["targets"]["checkout"]["create"]
    assert [each["name"] for each in shown["envs"]] == ["DSN", "DB_PASSWORD"]
    assert {each["value"] for each in shown["envs"]} == {"**********"}
    for secret in (environment["LAB_PASSWORD"], "hunter2"):
        assert secret not in done.out


def test_a_target_in_a_log_has_no_values() -> None:
    """What a target looks like in a traceback holds neither its values nor its template."""
    target = built(a_file(target=SEARCH)).targets["search"]

    assert "MIIFtoken" not in repr(target)
    assert "p@ss word" not in repr(target)


def test_a_wrong_value_is_told_without_it(here: Run, environment: dict[str, str]) -> None:
    """A fault names the place, and never repeats what stands there."""
    wrong = SEARCH.replace('"${TOKEN}"', '"******"').replace("replicas: 2", "at: 2026-05-06")
    text = a_file(target=wrong + "    parameters: {dry_run: true}\n")
    Path(environment["SLIPWAY_CONFIG"]).write_text(text)

    done = here("config", "check")

    assert done.code == 3
    assert "targets.search.values" in done.err
    assert "targets.search.parameters.dry_run" in done.err
    assert environment["LAB_PASSWORD"] not in done.err
