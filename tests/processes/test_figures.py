"""What the real bot tells of itself over HTTP."""

from typing import Final

import httpx

from bot.sandbox.ports import NO_TLS
from tests.processes.house import House, locked
from tests.processes.running import until

_FAULTY: Final = "slipway_catalogue_faulty"


def _page(home: House, path: str) -> httpx.Response:
    return httpx.get(f"{home.url}{path}", trust_env=False, verify=NO_TLS)


def test_health_and_readiness(home: House) -> None:
    """`/healthz` says that it runs, `/readyz` that each part is there."""
    assert _page(home, "/healthz").text == "ok\n"
    assert _page(home, "/healthz/").status_code == 404  # and no redirect, as of no path
    assert home.readiness() == (200, {"database": "ok", "redis": "ok", "slack": "ok"})


def test_readiness_names_what_is_missing(home: House) -> None:
    """Without Redis the bot lives, but is not ready, and says which part is missing."""
    home.redis.kill()

    status, parts = until(lambda: home.readiness() if not home.is_ready() else None, "no")

    assert status == 503
    assert parts == {"database": "ok", "redis": "QueueUnavailable", "slack": "ok"}
    assert _page(home, "/healthz").status_code == 200
    home.start()
    until(home.is_ready, "the bot to be ready again")


def test_v51_v60_readiness_tries_what_it_promises(home: House) -> None:
    """V51, V60: stores that answer and take nothing, and a token that was revoked, are told."""
    redis = home.client()
    redis.replicaof("127.0.0.1", "1")
    until(lambda: home.readiness()[1]["redis"] == "QueueUnavailable", "the replica to be told")
    page = _page(home, "/metrics").text
    assert 'slipway_ready{of="redis"} 0.0' in page
    assert 'slipway_ready{of="database"} 1.0' in page
    redis.replicaof("NO", "ONE")
    until(home.is_ready, "Redis to be well")
    with locked(home):
        until(lambda: home.readiness()[1]["database"] == "JournalUnavailable", "the database")
    until(home.is_ready, "the database to be well")
    home.workspace.faults.add("auth.test", "refused", code="token_revoked")
    until(lambda: home.readiness()[1]["slack"] == "token_revoked", "the token")
    until(home.is_ready, "the token to be well")
    told = [each["check"] for each in home.bot.events("readiness.lost")]
    assert told[-3:] == ["redis", "database", "slack"]


def test_figures_have_our_prefix(home: House) -> None:
    """`/metrics` counts answers and open operations under `slipway_`, and nothing else."""
    target = home.target()
    home.card_with(home.deploy(target), "slipway.approve")

    page = _page(home, "/metrics")

    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    assert all(line.startswith("slipway_") for line in lines), lines
    assert any(line.startswith('slipway_open_operations{of="awaiting_approval"}') for line in lines)
    assert any(line.startswith("slipway_answer_seconds_count") for line in lines)


def test_a_configuration_that_breaks_is_not_silent(home: House) -> None:
    """Bot and worker each say it once in their log, and `/metrics` while it lasts."""
    path = home.folder / "slipway.yaml"
    right = path.read_text()

    def write(text: str) -> None:
        path.with_suffix(".new").write_text(text)
        path.with_suffix(".new").replace(path)

    def figure() -> float:
        lines = _page(home, "/metrics").text.splitlines()
        return float(next(each for each in lines if each[:1] == "s" and _FAULTY in each).split()[1])

    assert figure() == 0
    write(right.replace("approvals: 1", "approvals: many"))
    until(lambda: figure() == 1, "the figure")
    until(lambda: home.worker.events("catalogue.faulty"), "the worker to say so")
    until(lambda: home.bot.events("catalogue.faulty"), "the bot to say so")
    home.until_phase(home.deploy(home.target()), "awaiting_approval")  # jobs read it as well
    write(right)
    until(lambda: figure() == 0, "the figure to go back")
    until(lambda: home.worker.events("catalogue.reloaded"), "the worker to say that it is mended")
    for program in (home.bot, home.worker):
        [faulty] = program.events("catalogue.faulty")
        assert "policies.prod.approvals (line 12)" in faulty["faults"][0]
        assert (faulty["level"], len(program.events("catalogue.reloaded"))) == ("error", 1)
