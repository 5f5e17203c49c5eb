"""Figures: what Prometheus reads of a process."""

import pytest

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
