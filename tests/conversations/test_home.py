"""App Home: what waits for one, what is one's own, what runs; kept current while somebody looks."""

from typing import Any

from bot.sandbox.slack import View
from tests.conversations.cards import APPROVE, REJECT, submit_on, texts
from tests.conversations.places import ANN, BOB, EVE, GUS
from tests.conversations.test_change_forms import fill, form
from tests.conversations.world import World

DEPLOY = "slipway.open_deploy"


def home(world: World, by: str = BOB) -> View:
    """Return the Home that the person has before them."""
    view = world.workspace.home(by)
    assert view is not None
    return view


def looked(world: World, by: str = BOB) -> View:
    """Open the Home and return it as it is then."""
    assert world.workspace.open_home(by=by).ok
    world.settle()
    return home(world, by)


def said(view: View) -> str:
    """Return all that the Home says."""
    return "\n".join(texts(view.body["blocks"]))


def actions(view: View) -> list[str]:
    """Return what can be pressed there."""
    rows: list[Any] = [each for each in view.body["blocks"] if each["type"] == "actions"]
    return [each["action_id"] for row in rows for each in row["elements"]]


def test_what_waits_for_me_is_decided_there(world: World) -> None:
    """Who may approve has the buttons, on the plan that is shown; the rest reads what is theirs."""
    world.asked('/deploy checkout 1.4.0 --reason "fix rounding"')
    view = looked(world)
    assert "Waiting for you (1)" in said(view)
    assert "fix rounding" in said(view)
    assert actions(view)[:3] == [APPROVE, REJECT, "slipway.details"]
    assert "Yours (1)" in said(looked(world, ANN))
    assert "Nothing waits for you" in said(home(world, ANN))
    assert "Nothing waits for you" in said(looked(world, EVE))
    assert APPROVE not in actions(home(world, EVE))
    assert world.workspace.press_in_view(APPROVE, view_id=view.id, by=BOB).ok
    world.settle()
    assert world.operation(world.card()).approvals[0].by == BOB
    assert "succeeded" in world.card().text
    assert "Nothing waits for you" in said(home(world))


def test_a_rejection_from_home_asks_for_its_reason(world: World) -> None:
    """The form opens as on a card, and what was pressed too late is said in a view."""
    world.asked()
    view = looked(world)
    assert world.workspace.press_in_view(REJECT, view_id=view.id, by=BOB).ok
    assert submit_on(world.workspace, "not today", BOB).ok
    assert world.workspace.press_in_view(APPROVE, view_id=view.id, by=BOB).ok
    assert "rejected" in said(form(world, BOB))
    world.settle()
    assert "Nothing waits for you" in said(home(world))


def test_it_is_kept_current_for_twelve_hours(world: World) -> None:
    """What happens is shown to whoever has looked lately, and to nobody later."""
    looked(world)
    world.asked()
    world.wait(15, step=5)
    assert "Waiting for you (1)" in said(home(world))
    world.command("/ops cancel " + world.recorded[0].id)
    world.wait(15, step=5)
    assert "Nothing waits for you" in said(home(world))
    world.wait(13 * 3600, step=3600)
    before = home(world).hash
    world.asked("/deploy flaky 2.2.0")
    world.wait(15, step=5)
    assert home(world).hash == before
    assert "Waiting for you (1)" in said(looked(world))


def test_forms_open_from_home_and_from_anywhere(world: World) -> None:
    """The card stands in the target's channel; what came of it is said in the form."""
    view = looked(world, ANN)
    for where in ("home", "anywhere"):
        if where == "home":
            assert world.workspace.press_in_view(DEPLOY, view_id=view.id, by=ANN).ok
        else:
            assert world.workspace.global_shortcut("slipway.shortcut_deploy", by=ANN).ok
        version = f"1.{len(world.recorded) + 4}.0"
        assert fill(world, pick_target="checkout", pick_version=version, reason="x").ok
        assert "Recorded as" in said(form(world, ANN))
        world.workspace.close_view(form(world, ANN).id, by=ANN, cleared=True)
    world.settle()
    assert {each.channel for each in world.recorded} == {"C0DEPLOYS"}
    world.workspace.press_in_view("slipway.open_incident", view_id=view.id, by=ANN)
    assert form(world, ANN).body["callback_id"] == "slipway.incident_form"
    world.workspace.press_in_view("slipway.open_rollback", view_id=view.id, by=ANN)
    assert form(world, ANN).body["callback_id"] == "slipway.rollback_form"


def test_whoever_may_do_nothing_is_told_so(world: World) -> None:
    """A guest reads why; nothing of what runs is shown to one who is not shown its target."""
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    world.asked()
    world.command('/ops lock checkout "hands off"', BOB)
    assert "[not_allowed]" in said(looked(world, GUS))
    assert "checkout" not in said(looked(world, EVE))
    home = said(looked(world, BOB))
    assert "Locks and freezes (1)" in home
    assert f"*checkout* · <@{BOB}> has locked" in home


def test_what_runs_and_what_is_open(world: World) -> None:
    """Incidents, locks and what others run are there for everybody."""
    world.command('/incident open "it burns" flaky')
    world.command('/ops freeze checkout "wait"', BOB)
    world.settle()
    view = looked(world, EVE)
    assert "Open incidents (1)" in said(view)
    assert "it burns" in said(view)
    assert "Locks and freezes" in said(view)
