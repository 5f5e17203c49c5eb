"""The forms for a reason: of a rejection, and of a way on."""

import pytest

from bot.core.outcomes import FormWanted
from bot.core.records import Json
from bot.core.verbs import verb_of
from bot.sandbox.slack.strictness import check_view
from bot.views.blocks import faults
from bot.views.forms import REASON_BLOCK, reason_form
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.hostile import NASTY
from tests.views.samples import EN, SKIP, told
from tests.views.seen import words


@pytest.mark.parametrize("name", ["reject", "recovery"])
def test_the_form_for_a_reason(name: str, golden: Golden) -> None:
    """One required input, the callback that the listener waits for, the operation's id."""
    wanted = {
        "reject": FormWanted(operation=told("awaiting_approval")),
        "recovery": FormWanted(operation=told("failed_with_ways"), option=SKIP),
    }
    form = reason_form(verb_of(name), wanted[name], EN)

    check_view(dict[str, Json](form), "modal")
    blocks = form["blocks"]
    assert isinstance(blocks, list)
    laid_out = [block for block in blocks if isinstance(block, dict)]
    assert faults(laid_out, "modal") == ()
    assert laid_out[-1]["block_id"] == REASON_BLOCK
    assert "optional" not in laid_out[-1]
    golden(f"forms/{name}", form)


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_a_form_of_a_way_on_holds_whatever_a_system_says(nasty: str) -> None:
    """Label and explanation come from outside: they break no limit and mention nobody."""
    way = SKIP.model_copy(update={"label": foreign(nasty[:75]), "explanation": foreign(nasty)})
    wanted = FormWanted(operation=told("failed_with_ways"), option=way)
    form = reason_form(verb_of("recovery"), wanted, EN)

    check_view(dict[str, Json](form), "modal")
    assert not {"<!channel>", "<@U0EVIL>"} & set(words([form]).split())
