"""What the real bot tells of itself over HTTP."""

import httpx

from tests.processes.house import House
from tests.processes.running import until


def _page(home: House, path: str) -> httpx.Response:
    return httpx.get(f"{home.url}{path}", trust_env=False)


def test_health_and_readiness(home: House) -> None:
    """`/healthz` says that it runs, `/readyz` that each part is there."""
    assert _page(home, "/healthz").text == "ok\n"
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
