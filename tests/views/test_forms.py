"""The form for the reason of a rejection."""

from bot.core.records import Json
from bot.sandbox.slack.strictness import check_view
from bot.views.blocks import faults
from bot.views.forms import REASON_BLOCK, reject_form
from tests.views.conftest import Golden
from tests.views.samples import told


def test_the_form_for_a_reason(golden: Golden) -> None:
    """One required input, the callback that the listener waits for, the operation's id."""
    form = reject_form(told("awaiting_approval"))

    check_view(dict[str, Json](form), "modal")
    blocks = form["blocks"]
    assert isinstance(blocks, list)
    laid_out = [block for block in blocks if isinstance(block, dict)]
    assert faults(laid_out, "modal") == ()
    assert laid_out[-1]["block_id"] == REASON_BLOCK
    assert "optional" not in laid_out[-1]
    golden("forms/reject", form)
