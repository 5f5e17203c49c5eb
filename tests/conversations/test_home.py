"""App Home: what waits for one, what is one's own, what runs; kept current while somebody looks."""

from typing import Any

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import View
from bot.views.standing import NOTHING
from tests.conversations.cards import (
    ABSENT,
    APPROVE,
    NOT_EXECUTED,
    REJECT,
    START,
    operation_in,
    submit_on,
    texts,
)
from tests.conversations.places import ANN, BOB, CHECKOUT, EVE, GUS, LEA
from tests.conversations.test_change_forms import fill, form, with_many_targets
from tests.conversations.world import World
from workers.watching.states import read_states

DEPLOY = "slipway.open_deploy"


def home(world: World, by: str = BOB) -> View:
    """Return the Home that the person has before them."""
    view = world.workspace.home(by)
    assert view is not None
    return view


def looked(world: World, by: str = BOB) -> View:
    """Open the Home and return it as it is then; some targets are not there, which clouds say."""
    world.expected |= ABSENT
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


@pytest.mark.parametrize("named", ["slipway.open_deploy", "slipway.open_incident"])
def test_a_form_that_slack_does_not_open_is_not_silent(world: World, named: str) -> None:
    """Its trigger was too old: in a channel that is said, elsewhere Slack shows its own sign."""
    world.expected.add("invalid_trigger_id")
    view = looked(world, ANN)
    press = {"type": "button", "action_id": named, "block_id": "b", "value": "deploy"}
    sent = {**view.body, "id": view.id, "hash": view.hash, "state": {"values": {}}}
    container = {"type": "view", "view_id": view.id}
    told = {"type": "block_actions", "view": sent, "container": container, "actions": [press]}
    assert world.interacted({**told, "user": {"id": ANN}}).status_code == 500
    world.command("/ops")
    [menu] = world.workspace.whispers(ANN)
    assert world.click(menu, press, user={"id": ANN}).status_code == 200
    world.settle()
    assert "[form_unavailable]" in world.whispers(ANN)[-1]


def test_a_shortcut_that_slack_opens_no_form_for_is_not_silent(world: World) -> None:
    """There is no channel to say it in: Slack's own sign is all."""
    world.expected.add("invalid_trigger_id")
    chosen = {"type": "shortcut", "callback_id": "slipway.shortcut_deploy", "user": {"id": ANN}}
    assert world.interacted(chosen).status_code == 500


def test_an_incident_that_is_opened_from_home_is_told_there(world: World) -> None:
    """Nobody looks into a direct message for a whisper: the form says where its channel is."""
    view = looked(world, ANN)
    world.workspace.press_in_view("slipway.open_incident", view_id=view.id, by=ANN)
    blocks = {
        each["element"]["action_id"]: each["block_id"]
        for each in form(world, ANN).body["blocks"]
        if each["type"] == "input"
    }
    name = "slipway.title.input"
    values = {blocks[name]: {name: "it burns"}}
    assert world.workspace.submit(form(world, ANN).id, values, by=ANN).ok
    assert "Opened inc-" in said(form(world, ANN))
    assert "submit" not in form(world, ANN).body
    world.wait(15, step=5)
    assert "Open incidents (1)" in said(home(world, ANN))
    assert not any("Opened inc-" in each for each in world.whispers(ANN))


def test_a_direct_message_has_no_name(world: World) -> None:
    """What has no channel of its own stands there; Slack would call its id unknown."""
    view = looked(world, ANN)
    world.workspace.press_in_view(DEPLOY, view_id=view.id, by=ANN)
    fill(world, pick_target="orphan", pick_version="1.0.0", reason="x")
    assert "Its card is in a direct message." in said(form(world, ANN))


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
    incident = world.parts.journal.incidents.open_ones()[0]
    assert f"*flaky* · {incident.id} (it burns) freezes changes" in said(view)


def runs(view: View) -> list[list[str]]:
    """Return what the table of the Home says."""
    tables = [each for each in view.body["blocks"] if each["type"] == "table"]
    return [["\n".join(texts([cell])) for cell in row] for table in tables for row in table["rows"]]


def test_what_runs_where_is_a_table(world: World) -> None:
    """By whom and since when as the journal knows, and how it is as the cloud said it last."""
    world.done("/deploy checkout 1.4.0")
    looked(world)
    world.wait(15, step=5)
    table = runs(home(world))
    assert table[0] == ["Target", "Version", "Since", "By", "Health", "Going on"]
    known = {row[0]: row for row in table}
    assert (known["checkout"][1], known["checkout"][3]) == ("1.4.0", "Ann")
    assert known["checkout"][4] == "running · 2 of 2"
    assert known["newcomer"][4] == "not created yet"
    world.asked("/deploy checkout 1.5.0")
    world.wait(15, step=5)
    assert "waiting for approval" in runs(home(world))[1][5]


def test_clouds_are_asked_once_for_all_who_look(world: World) -> None:
    """However many look, and however often what they see is drawn: drawing asks no cloud."""
    world.expected |= ABSENT
    for each in (ANN, BOB, EVE, ANN):
        world.workspace.open_home(by=each)
        world.machines.send()
        assert runs(home(world, each))
    assert world.cloud.requests == ()
    read_states(world.machines.context)
    asked = len(world.cloud.requests)
    assert asked
    read_states(world.machines.context)
    world.machines.send()
    assert len(world.cloud.requests) == asked
    world.machines.sleep(61)
    read_states(world.machines.context)
    assert len(world.cloud.requests) == 2 * asked


def test_a_cloud_that_is_away_leaves_its_cell_empty(world: World) -> None:
    """The rest is there; when it answers again, the Homes are drawn by themselves."""
    world.done("/deploy checkout 1.4.0")
    world.machines.sleep(200)
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    looked(world)
    world.wait(15, step=5)
    assert next(row for row in runs(home(world)) if row[0] == "checkout")[4] == NOTHING
    world.cloud.faults.clear()
    world.wait(70, step=5)
    assert next(row for row in runs(home(world)) if row[0] == "checkout")[4] == "running · 2 of 2"


def test_what_slipway_never_deployed_has_its_version(world: World) -> None:
    """As its cloud names it; since when and by whom nobody knows, nor of what others brought."""
    world.done("/deploy checkout 1.4.0")
    looked(world)
    world.wait(15, step=5)
    known = {row[0]: row for row in runs(home(world))}
    assert known["flaky"][1:4] == ["2.0.0", NOTHING, NOTHING]
    assert known["newcomer"][1] == NOTHING
    assert known["checkout"][1:4:2] == ["1.4.0", "Ann"]
    world.cloud.meddle(CHECKOUT, "1.9.0")
    world.wait(150, step=5)
    known = {row[0]: row for row in runs(looked(world))}
    assert known["checkout"][1:4] == ["1.9.0", NOTHING, NOTHING]
    assert "as the clouds say" in said(home(world))


def test_a_home_of_four_hundred_targets_has_room(world: World) -> None:
    """Twenty stand in the table, those that one has changed lately among them; the rest is told."""
    with_many_targets(world)
    for number in range(12):
        world.command(f"/ops restart app-{399 - number}")
    world.expected |= ABSENT
    world.settle()
    view = looked(world, ANN)
    assert len(view.body["blocks"]) <= 100
    named = [row[0] for row in runs(view)[1:]]
    assert len(named) == 20
    assert "app-399" in named
    total = len(world.machines.context.catalogue().targets)
    assert f"What runs where ({total})" in said(view)
    assert f"{total - 20} more" in said(view)


def test_a_press_on_a_home_of_yesterday_is_told_how_it_stands(world: World) -> None:
    """Nobody is caught by what has changed since it was drawn: a view says what came of it."""
    world.asked()
    view = looked(world)
    [value] = [
        each["value"]
        for block in view.body["blocks"]
        if block["type"] == "actions"
        for each in block["elements"]
        if each["action_id"] == APPROVE
    ]
    world.command("/ops cancel " + world.recorded[0].id)
    assert world.clicked_at_home(view, BOB, APPROVE, value).status_code == 200
    assert "cancelled" in said(form(world, BOB))
    assert world.recorded[0].approvals == ()


def test_a_button_of_another_version_s_home_changes_nothing(world: World) -> None:
    """One that Slipway does not have any more, and one whose value has another shape."""
    world.asked()
    view = looked(world)
    for action, value in (("slipway.home_of_old", "1"), (APPROVE, "v2|op-1|round 1")):
        assert world.clicked_at_home(view, BOB, action, value).status_code in {200, 500}
    world.settle()
    assert world.recorded[0].approvals == ()
    assert "Waiting for you (1)" in said(looked(world))


def test_the_table_has_nothing_of_targets_that_one_may_not_see(world: World) -> None:
    """Nor does their number show."""
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    looked(world, EVE)
    named = {row[0] for row in runs(home(world, EVE))}
    assert "newcomer" in named
    assert "checkout" not in named
    assert f"What runs where ({len(named) - 1})" in said(home(world, EVE))


def test_a_table_that_slack_refuses_is_told_in_words(world: World) -> None:
    """Home has the same as lines then, and the workspace is not asked again that day."""
    world.done("/deploy checkout 1.4.0")
    world.workspace.faults.add("views.publish", "refused", times=1, code="invalid_arguments")
    for _ in range(2):
        view = looked(world)
        assert runs(view) == []
        assert "*checkout*: 1.4.0" in said(view)


def test_what_is_uncertain_waits_for_approvers(world: World) -> None:
    """Who decides about it finds it among what waits for them, with what can be said about it."""
    world.breaks(Fault(kind="answer", status=502, raw=b"<html>", match="PUT *"))
    world.approved()
    world.settle()
    assert "Nothing waits for you" in said(looked(world))
    world.wait(16 * 60, step=60)
    view = looked(world)
    assert "Waiting for you (1)" in said(view)
    assert "Running" not in said(view)
    assert NOT_EXECUTED in actions(view)
    assert "Nothing waits for you" in said(looked(world, EVE))
    assert world.workspace.press_in_view(NOT_EXECUTED, view_id=view.id, by=BOB).ok
    world.settle()
    assert "Nothing waits for you" in said(home(world))
    assert "failed" in world.card().text


def test_a_turn_waits_for_whoever_asked(world: World) -> None:
    """It is started there, and by nobody else."""
    world.asked("/deploy checkout 1.4.0")
    second = operation_in(world.command("/deploy checkout 1.5.0", LEA).text)
    world.wait(11 * 60, step=60)
    world.command("/ops cancel " + world.recorded[1].id)
    world.settle()
    view = looked(world, LEA)
    assert "Waiting for you (1)" in said(view)
    assert "Yours" not in said(view)
    assert START in actions(view)
    assert "Nothing waits for you" in said(looked(world, BOB))
    assert world.workspace.press_in_view(START, view_id=view.id, by=LEA).ok
    world.settle()
    assert world.operation(world.card(second)).phase.kind == "awaiting_approval"


def test_a_review_that_is_due_waits_too(world: World) -> None:
    """Nobody reads that nothing waits, right above what does; and nothing else stands out."""
    world.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n    break_glass: [{ANN}]\n  dev:")
    world.command('/deploy checkout 1.4.0 --break-glass --reason "it is down"')
    world.settle()
    assert "Reviews due (1)" in said(looked(world))
    assert "Nothing waits for you" not in said(home(world))
    rows = [each for each in home(world).body["blocks"] if each["type"] == "actions"]
    loud = [one["action_id"] for row in rows for one in row["elements"] if one.get("style")]
    assert loud == ["slipway.review"]


def test_what_has_no_room_is_counted(world: World) -> None:
    """A part names how many there are, and what lists them all."""
    for number in range(12):
        world.command(f'/incident open "fire {number}" flaky', channel="C0GENERAL")
    for number in range(12):
        world.command(f'/ops lock orphan "hands off {number}"')
        world.command(f"/ops restart {('checkout', 'flaky')[number % 2]}", LEA)
    world.settle()
    view = looked(world, EVE)
    assert "Open incidents (12)" in said(view)
    assert "2 more: `/incident list`" in said(view)
    assert "Locks and freezes (13)" in said(view)


def test_what_holds_most_stands_first(world: World) -> None:
    """A halt, then what freezes all or a policy, then single targets."""
    world.configuration.write_text(f"{world.configuration.read_text()}admins: [{LEA}]\n")
    world.command('/ops lock checkout "mine"', BOB)
    world.command('/ops freeze all "year"', LEA)
    world.command('/ops halt "fire"', LEA)
    shown = said(looked(world))
    assert shown.index("halted everything") < shown.index("frozen all") < shown.index("*checkout*")


def test_freezes_of_slipway_yaml_are_there(world: World) -> None:
    """As long as they last, and of policies of which one is shown a target."""
    year = "    freezes: [{from: 2026-11-01, until: 2027-01-02, reason: the year ends}]\n"
    world.edit("    deadline: 30m\n  dev:", f"    deadline: 30m\n{year}  dev:")
    assert "*Policy prod* · Changes are frozen until" in said(looked(world))
    assert "the year ends" in said(home(world))
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    world.command('/ops freeze prod "also"', BOB)
    assert "the year ends" in said(looked(world))
    assert "also" in said(home(world))
    assert "prod" not in said(looked(world, EVE))
