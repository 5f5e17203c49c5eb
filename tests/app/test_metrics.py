"""Figures: what Prometheus reads of a process."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from bot.app.exemplars import answer, belongs_to
from bot.metrics import Figures, Metrics


def _nothing() -> Figures:
    return {}


@pytest.mark.parametrize(("is_faulty", "figure"), [(True, "1.0"), (False, "0.0")])
def test_a_faulty_configuration_is_a_figure(
    figure: str,
    is_faulty: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """It is there whatever the journal can tell, and asked at each reading."""
    page = Metrics(_nothing, is_faulty=lambda: is_faulty).page().decode()
    assert f"\nslipway_catalogue_faulty {figure}\n" in page


def test_the_rank_of_causes_is_a_histogram() -> None:
    """How often the change that was taken back stood first among the suspects, or near."""
    figures = {"incident_cause_rank": {"1": 4.0, "4": 1.0, "12": 1.0}}
    page = Metrics(lambda: figures, is_faulty=lambda: False).page().decode()
    for line in ('bucket{le="1"} 4.0', 'bucket{le="5"} 5.0', 'bucket{le="+Inf"} 6.0', "sum 20.0"):
        assert f"slipway_incident_cause_rank_{line}" in page


def test_an_answer_that_is_traced_is_an_example_of_its_bucket() -> None:
    """Where OpenMetrics is asked for, its trace stands there; Prometheus' old text has none."""
    metrics = Metrics(_nothing, is_faulty=lambda: False)
    with answer() as traces, ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, belongs_to, "ab" * 16).result()
    belongs_to("cd" * 16)  # nobody asks any more
    metrics.answered(0.02, traces)
    metrics.answered(0.3, [])
    example = f'slipway_answer_seconds_bucket{{le="0.025"}} 1.0 # {{trace_id="{"ab" * 16}"}} 0.02'
    page = metrics.open_page()[0].decode()
    assert example in page
    assert page.count("trace_id") == 1
    assert page.endswith("# EOF\n")
    assert "trace_id" not in metrics.page().decode()
