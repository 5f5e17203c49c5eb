"""The forms of changes and what their pickers offer, within Slack's limits whatever is said."""

from typing import Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.rules import ReasonRequired, UnknownTarget
from bot.core.outcomes import (
    ChangeFormWanted,
    DryRun,
    IncidentDone,
    PreviewWanted,
    Recorded,
    Repeated,
    TargetAbout,
    TargetChoice,
    Unchanged,
    VersionChoice,
)
from bot.core.records import Asked, Json, Parameters
from bot.sandbox.slack.strictness import check_options, check_view
from bot.views.blocks import faults
from bot.views.change_forms import change_form, notice, planned_form, refused_form, told_form
from bot.views.pickers import options
from bot.views.previews import preview_form
from bot.views.words import Locale
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.hostile import NASTY
from tests.views.samples import EN, told
from tests.views.seen import words
from tests.views.test_answers import OUTCOMES

PLANNED: Final = next(each for each in OUTCOMES.values() if isinstance(each, DryRun))
BACK: Final = PLANNED.model_copy(
    update={"asked": Asked(action="rollback", parameters=Parameters()), "approvals": 0}
)
TOLD: Final = (Denied, Recorded, Repeated, Unchanged, IncidentDone)
ABOUT: Final = TargetAbout(
    target=PLANNED.target,
    title="ServiceStage v3 component",
    runs="1.3.0",
    approvals=2,
    approvers=("S0SRE", "U0LEAD"),
    wants_reason=True,
    takes_values=True,
    holds=(foreign("frozen until Monday"),),
)


def forms(locale: Locale) -> dict[str, dict[str, Json]]:
    """Return each form of a change, in the language of its reader."""
    return {
        "deploy": change_form(ChangeFormWanted(action="deploy"), locale),
        "deploy_about": change_form(ChangeFormWanted(action="deploy", about=ABOUT), locale),
        "rollback": change_form(ChangeFormWanted(action="rollback", about=ABOUT), locale),
        "scale": change_form(ChangeFormWanted(action="scale"), locale),
        "scale_about": change_form(
            ChangeFormWanted(action="scale", about=ABOUT.model_copy(update={"replicas": "2 of 2"})),
            locale,
        ),
        "create": change_form(ChangeFormWanted(action="create"), locale),
        **{
            f"create_{name}": change_form(
                ChangeFormWanted(
                    action="create", about=ABOUT.model_copy(update={"created_version": given})
                ),
                locale,
            )
            for name, given in (("open", None), ("newest", ""), ("given", "1.4.0"))
        },
        "planned": planned_form("deploy", PLANNED, locale),
        "planned_reason": planned_form("deploy", PLANNED, locale, asks_reason=True),
        "refused": refused_form(Denied.of(ReasonRequired()), locale),
        "told": told_form(OUTCOMES["recorded"], locale, title="change_form.deploy"),
        "preview": preview_form(PreviewWanted(operation=told("succeeded"), planned=BACK), locale),
        "preview_unread": preview_form(PreviewWanted(operation=told("succeeded")), locale),
        "preview_refused": preview_form(
            PreviewWanted(
                operation=told("succeeded"),
                refused=Denied.of(UnknownTarget(word="checkout", near=())),
            ),
            locale,
        ),
    }


FORMS: Final = forms(EN)


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_one_that_slack_opens(name: str, golden: Golden) -> None:
    """It passes Slack's limits, and changes only on purpose."""
    form = FORMS[name]
    check_view(dict[str, Json](form), "modal")
    blocks = form["blocks"]
    assert isinstance(blocks, list)
    assert faults([block for block in blocks if isinstance(block, dict)], "modal") == ()
    golden(f"forms/change_{name}", form)


def test_what_pickers_offer(golden: Golden) -> None:
    """Each says where it is known from."""
    choices = (
        TargetChoice(target=ABOUT.target, title=ABOUT.title),
        VersionChoice(version="1.5.0", source="typed"),
        VersionChoice(version="1.4.1", source="cloud"),
        VersionChoice(version="1.4.0", source="cloud", says="2 h ago", is_current=True),
        VersionChoice(version="1.3.0", source="cloud", says=foreign("from the chart")),
        VersionChoice(version="1.2.0", source="history", phase="awaiting_approval", was_sent=False),
        VersionChoice(version="1.1.0", source="elsewhere", where="billing"),
    )
    offered = options(choices, EN)
    assert len(check_options({"options": offered})) == len(choices)
    golden("forms/options", {"options": offered})


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_forms_hold_whatever_is_said(nasty: str) -> None:
    """What clouds and people say breaks no limit and mentions nobody."""
    about = ABOUT.model_copy(update={"runs": nasty, "holds": (foreign(nasty),)})
    form = change_form(ChangeFormWanted(action="deploy", about=about), EN)
    check_view(dict[str, Json](form), "modal")
    assert not {"<!channel>", "<@U0EVIL>"} & set(words([form]).split())
    says = VersionChoice(version="v" * 128, source="cloud", says=nasty)
    assert check_options({"options": options((says,), EN)})


@pytest.mark.parametrize(
    "name", [name for name, each in OUTCOMES.items() if isinstance(each, TOLD)]
)
def test_what_is_told_in_a_view_has_no_button_that_does_nothing(name: str) -> None:
    """A press in a form is no press of a card: nobody listens to what an answer offers there."""
    for view in (notice(OUTCOMES[name], EN), told_form(OUTCOMES[name], EN, title="home.title")):
        check_view(dict[str, Json](view), "modal")
        assert "'type': 'button'" not in str(view)
