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
