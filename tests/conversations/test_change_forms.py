"""The forms of changes, through the real doors: pickers, plans, faults at their fields."""

import json
from typing import Any

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Answer, View
from tests.conversations.cards import (
    ABSENT,
    APPROVE,
    DETAILS,
    MORE,
    ROLL_BACK,
    operation_in,
    texts,
)
from tests.conversations.cards import offered as offers_of
from tests.conversations.places import ANN, BOB, DEVELOPERS, EVE, GUS, LEA
from tests.conversations.world import World

TARGET, VERSION = "slipway.pick_target", "slipway.pick_version"


def opened(world: World, command: str = "/deploy", by: str = ANN) -> View:
    """Type a command without arguments and return the form that opens."""
    answer = world.command(command, by)
    assert (answer.status, answer.text) == (200, "")
    return form(world, by)


def form(world: World, by: str = ANN) -> View:
    """Return the form that the person has open."""
    return world.workspace.views(by)[-1]


def pick(world: World, target: str, by: str = ANN) -> View:
    """Choose a target and return the form as it is then."""
    view = form(world, by)
    assert world.workspace.press_in_view(TARGET, view_id=view.id, by=by, value=target).ok
    return form(world, by)


def offered(world: World, picker: str, typed: str = "", by: str = ANN) -> list[str]:
    """Return what a picker offers for what was typed."""
    view = form(world, by)
    found = world.workspace.options(picker, typed, view_id=view.id, by=by)
    return [each["value"] for each in found]


def fill(world: World, by: str = ANN, **fields: Any) -> Answer:
    """Fill the form that is open, by the names of its elements, and send it."""
    view = form(world, by)
    blocks = {
        each["element"]["action_id"]: each["block_id"]
        for each in view.body["blocks"]
        if each["type"] == "input"
    }
    names = {f"slipway.{name}": value for name, value in fields.items()}
    values = {blocks[name]: {name: value} for name, value in names.items()}
    return world.workspace.submit(view.id, values, by=by)


def said(view: View) -> str:
    """Return all that the view says."""
    return "\n".join(texts(view.body["blocks"]))


def test_a_command_without_arguments_opens_the_form(world: World) -> None:
    """All fields are there, by their names."""
    for command in ("/deploy", "/upgrade", "/deploy  "):
        view = opened(world, command)
        assert view.body["callback_id"] == "slipway.deploy_form"
        named = [each["element"]["action_id"] for each in view.body["blocks"]]
        assert named == [TARGET, VERSION, "slipway.reason", "slipway.values", "slipway.dry_run"]
        world.workspace.close_view(view.id, by=ANN, cleared=True)
    assert not world.recorded


def test_a_deploy_by_the_form(world: World) -> None:
    """What is filled in is what a command would have asked for, and is told as that is."""
    opened(world)
    assert offered(world, TARGET, "check") == ["checkout"]
    view = pick(world, "checkout")
    assert "checkout" in said(view)
    assert "needs 1 approval from <!subteam^S0SRE>" in said(view)
    assert fill(world, pick_target="checkout", pick_version="1.4.0", reason="why not").ok
    assert world.workspace.views(ANN) == []
    world.settle()
    (operation,) = world.recorded
    assert (operation.target, operation.parameters.version) == ("checkout", "1.4.0")
    assert (operation.reason, operation.requester) == ("why not", ANN)
    assert operation_in(world.whispers(ANN)[-1]) == operation.id


def test_the_plan_is_the_second_page(world: World) -> None:
    """With a dry run nothing is recorded; the page's button goes on with the same."""
    opened(world)
    pick(world, "checkout")
    assert fill(
        world, pick_version="1.4.0", values="replica=3", dry_run=["dry_run"], reason="now"
    ).ok
    page = form(world)
    assert page.body["callback_id"] == "slipway.deploy_form"
    assert page.body["submit"]["text"] == "Request approval"
    assert "1.4.0" in said(page)
    assert not world.recorded
    assert world.workspace.submit(page.id, {}, by=ANN).ok
    world.settle()
    (operation,) = world.recorded
    assert operation.parameters.version == "1.4.0"
    assert (operation.parameters.values, operation.reason) == ({"replica": "3"}, "now")
    assert world.workspace.views(ANN) == []


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"pick_target": "nowhere", "pick_version": "1.4.0"}, TARGET, "[unknown_target]"),
        ({"pick_target": "checkout", "pick_version": "1 4"}, VERSION, "[bad_version]"),
        ({"pick_target": "checkout", "pick_version": "v" * 129}, VERSION, "[bad_version]"),
        ({"pick_target": "checkout"}, VERSION, "[usage]"),
        (
            {"pick_target": "checkout", "pick_version": "1.4.0", "values": "what"},
            "slipway.values",
            "[usage]",
        ),
        (
            {"pick_target": "checkout", "pick_version": "1.4.0", "values": "password=hunter22"},
            "slipway.values",
            "[secret_in_values]",
        ),
        (
            {"pick_target": "checkout", "pick_version": "1.4.0", "reason": "AKIAIOSFODNN7EXAMPLE"},
            "slipway.reason",
            "[secret_in_reason]",
        ),
        (
            {"pick_target": "checkout", "pick_version": "1.3.0", "dry_run": ["dry_run"]},
            VERSION,
            "[no_change]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_said_at_its_field(
    world: World, fields: dict[str, Any], field: str, code: str
) -> None:
    """The form stays open, and nothing is recorded."""
    opened(world)
    answer = fill(world, **fields)
    assert list(answer.errors) == [field]
    assert code in answer.errors[field]
    assert not world.recorded


def test_versions_are_known_from_everywhere(world: World) -> None:
    """The cloud's own, those of its history, those of other targets, and what is typed."""
    world.done("/deploy checkout 1.4.0")
    world.command("/deploy flaky 3.3.3")
    opened(world)
    pick(world, "checkout")
    known = offered(world, VERSION)
    assert {"1.4.0", "1.3.0", "3.3.3"} <= set(known)
    assert offered(world, VERSION, "1.4") == ["1.4", "1.4.0"]
    assert offered(world, VERSION, "v" * 128)[0] == "v" * 128
    assert offered(world, VERSION, "v" * 129) == []
    assert offered(world, VERSION, "1 4") == []


def told_of(world: World, typed: str = "") -> dict[str, str]:
    """Return what the picker of versions says of each."""
    found = world.workspace.options(VERSION, typed, view_id=form(world, ANN).id, by=ANN)
    return {each["value"]: each["description"]["text"] for each in found}


def test_a_version_is_told_as_what_it_is(world: World) -> None:
    """What never ran was only asked for; what ran says when, and not its version once more."""
    world.done("/deploy checkout 1.4.0")
    card = world.asked("/deploy checkout 2.0.0")
    assert world.press("slipway.cancel", card, by=ANN).ok
    world.settle()
    world.command("/deploy flaky 3.3.3")
    opened(world)
    pick(world, "checkout")
    told = told_of(world)
    assert told["2.0.0"].startswith("Requested here 2026-")
    assert told["2.0.0"].endswith(": cancelled")
    assert told["3.3.3"] == "Requested for flaky"
    assert told["1.4.0"].startswith("Runs now, since 2026-")
    assert "New Version" not in str(told)
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    world.machines.sleep(120)
    assert told_of(world)["1.4.0"].startswith("Deployed here 2026-")


def test_who_is_called_exactly_so_stands_first(world: World) -> None:
    """Then those that begin with what is typed; who was changed lately comes only after that."""
    canary = """  checkout-canary:
    system: servicestage-v3
    connection: huawei
    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572
    component_id: 00000000-1111-4222-8333-444444444444
    source_url: "swr.cn-north-4.myhuaweicloud.com/shop/checkout:{version}"
    channel: C0DEPLOYS
    policy: prod
"""
    world.edit("targets:\n", f"targets:\n{canary}")
    opened(world)
    assert offered(world, TARGET, "checkout") == ["checkout", "checkout-canary"]
    assert offered(world, TARGET, "check") == ["checkout-canary", "checkout"]


def test_a_picker_may_ask_the_same_twice_in_a_second(world: World) -> None:
    """Whoever goes back to what was typed before: the two requests are the same, byte by byte.

    What came before took the second one for a replay, and answered with nothing.
    """
    opened(world)
    assert offered(world, TARGET, "check") == offered(world, TARGET, "check") == ["checkout"]
    pick(world, "checkout")
    assert offered(world, VERSION) == offered(world, VERSION) == ["1.3.0", "1.2.0"]


def test_versions_are_offered_while_the_cloud_is_away(world: World) -> None:
    """M9: then without live ones; whoever types on does not ask the cloud again."""
    world.done("/deploy checkout 1.4.0")
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    opened(world)
    pick(world, "checkout")
    assert offered(world, VERSION) == ["1.4.0"]
    asked = len(world.cloud.requests)
    assert offered(world, VERSION, "1.3") == ["1.3"]
    assert len(world.cloud.requests) == asked
    answer = fill(world, pick_version="1.5.0", reason="x", dry_run=["dry_run"])
    assert "[cloud_unavailable]" in answer.errors[TARGET]
    assert fill(world, pick_version="1.5.0", reason="x", dry_run=[]).ok


def with_many_targets(world: World) -> None:
    """Give the world four hundred targets more, of one policy."""
    text = world.configuration.read_text()
    many = "".join(
        f"  app-{number:03}:\n    system: servicestage-v3\n    connection: huawei\n"
        f"    application_id: 2c458700-c8e0-4651-a73b-5219b70a6572\n"
        f"    component_id: {number:08}-1111-4222-8333-444444444444\n"
        f'    source_url: "swr.cn-north-4.myhuaweicloud.com/shop/app:{{version}}"\n'
        f"    channel: C0DEPLOYS\n    policy: prod\n"
        for number in range(400)
    )
    world.configuration.write_text(text.replace("\npolicies:", f"\n{many}\npolicies:"))


def test_four_hundred_targets(world: World) -> None:
    """A hundred are offered; what is typed finds any of them."""
    with_many_targets(world)
    opened(world)
    assert len(offered(world, TARGET)) == 100
    assert offered(world, TARGET, "app-399") == ["app-399"]


def test_a_target_without_a_policy_names_none(world: World) -> None:
    """`none` is no policy: neither a picker nor a suggestion calls one so."""
    view = opened(world)
    found = world.workspace.options(TARGET, "lonely", view_id=view.id, by=ANN)
    assert [each["description"]["text"] for each in found] == ["ServiceStage v3 component"]
    assert "Did you mean newcomer?" in world.command("/ops report nowhere").text


def test_an_outsider_and_a_guest(world: World) -> None:
    """An outsider sees names, and is refused; a guest sees none, and no form."""
    opened(world, by=EVE)
    assert "checkout" in offered(world, TARGET, by=EVE)
    answer = fill(world, EVE, pick_target="checkout", pick_version="1.4.0", reason="x")
    assert "[not_allowed]" in answer.errors[TARGET]
    assert "[not_allowed]" in world.command("/deploy", GUS).text
    assert world.workspace.views(GUS) == []


def test_a_field_names_whom_to_ask(world: World) -> None:
    """Slack draws no mentions there: groups have their handles, and people their names."""
    opened(world, by=EVE)
    refused = fill(world, EVE, pick_target="checkout", pick_version="1.4.0", reason="x")
    assert "Ask: @devs, @sre.\n" in refused.errors[TARGET]
    world.command('/ops lock checkout "hands off"', BOB)
    opened(world)
    refused = fill(world, pick_target="checkout", pick_version="1.4.0", reason="x")
    assert "Bob has locked the target since" in refused.errors[TARGET]
    assert "Ask: Bob.\n" in refused.errors[TARGET]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ("A", "A is not key=value.\nWrite one key=value per line."),
        ("env.A=1\nenv.A=2", "env.A is set twice.\nSet it once."),
        ("--foo", "--foo is not a known flag.\nWrite one key=value per line."),
        ('env.A=1\nenv.B="x', "The quotes in line 2 do not match.\nWrite one key=value per line."),
        ('env.A="x y\nenv.B=2"', "The quotes in line 1 do not match."),
        ("env.PASSWORD=hunter2", "not into this form."),
    ],
)
def test_a_fault_of_the_values_is_mended_in_the_form(world: World, values: str, says: str) -> None:
    """How a command is typed helps nobody there; a line is a value, and becomes no part of another.

    What came before made `env.A="x y` and the line below it one value, without a word.
    """
    opened(world)
    pick(world, "checkout")
    told = fill(world, pick_version="1.4.0", values=values, reason="x").errors["slipway.values"]
    assert says in told
    assert "/deploy" not in told
    assert not world.recorded


def test_json_may_have_several_lines(world: World) -> None:
    """As it is pasted: none of its words has a line end."""
    opened(world)
    pick(world, "checkout")
    lines = 'affinity={"az":\n  ["az1"]}\nenv.B="x y"'
    assert fill(world, pick_version="1.4.0", values=lines, reason="x").ok
    assert set(world.recorded[0].parameters.values) == {"affinity", "env.B"}


@pytest.mark.parametrize(
    "values", ["  env.A=1\n  env.B=x", "\n\nenv.A=1\n\n\tenv.B=x\n\n", " env.A=1 env.B=x "]
)
def test_values_may_be_indented(world: World, values: str) -> None:
    """As they are pasted: blanks and empty lines around a value mean nothing, and no quotes."""
    opened(world)
    pick(world, "checkout")
    answer = fill(world, pick_version="1.4.0", values=values, reason="x")
    assert answer.errors == {}
    assert dict(world.recorded[0].parameters.values) == {"env.A": "1", "env.B": "x"}


def test_nobody_is_told_to_ask_whom_nobody_lists(world: World) -> None:
    """Where a policy lists nobody, the way is slipway.yaml: at a field, and as an answer."""
    asks = "    request: [S0DEVS, S0SRE]\n"
    world.edit(f"{asks}    approve: [S0SRE]\n    approvals: 0\n", "    approve: [S0SRE]\n")
    opened(world)
    told = fill(world, pick_target="newcomer", pick_version="1.4.0", reason="x").errors[TARGET]
    for each in (
        told,
        world.command("/ops restart newcomer").text,
        world.command("/ops can restart newcomer").text,
    ):
        assert "slipway.yaml lists nobody for this: have somebody added there." in each
        assert "one of them" not in each
    glass = world.command('/deploy checkout 1.4.0 --break-glass --reason "x"').text
    assert "one of them" not in glass
    assert "Request it without --break-glass" in glass


def test_a_target_that_is_not_shown_is_not_there(world: World) -> None:
    """M5: names do not leak to whoever may not see them: not by any picker or answer."""
    world.edit("  prod:\n", "  prod:\n    visible_to: [S0SRE]\n")
    assert "checkout" in world.command("/ops targets", BOB).text
    assert "checkout" in world.command("/ops targets", ANN).text  # she may ask for changes there
    assert "checkout" not in world.command("/ops targets", EVE).text
    card = world.asked()
    assert (
        "[unknown_operation]"
        in world.command(f"/ops status {operation_in(card.text + str(card.metadata))}", EVE).text
    )
    opened(world, by=EVE)
    assert "checkout" not in offered(world, TARGET, by=EVE)
    told = fill(world, EVE, pick_target="checkout", pick_version="1.4.0").errors[TARGET]
    assert "[unknown_target]" in told
    assert "flaky" not in told
    assert "[unknown_target]" in world.command("/deploy checkot 1.4.0", EVE).text
    assert "Did you mean checkout" not in world.command("/deploy checkot 1.4.0", EVE).text


WANTED = ("    approvals: 1\n", "    approvals: 1\n    reason: required\n")


def planned(world: World, **fields: Any) -> View:
    """Fill the form for a dry run, and return its second page, with the plan."""
    opened(world)
    pick(world, "checkout")
    assert fill(world, pick_version="1.4.0", dry_run=["dry_run"], **fields).ok
    return form(world)


def test_a_plan_asks_for_the_reason_that_is_still_missing(world: World) -> None:
    """A dry run needs none, and the rest of the way does: nobody is sent back to fill it all anew.

    What came before sent them to a command, on a page that could only be closed.
    """
    world.edit(*WANTED)
    page = planned(world, values="env.A=1")
    assert "Nothing has been recorded yet" in said(page)
    assert "[reason_required]" in fill(world, reason=" \n ").errors["slipway.reason"]
    assert "AKIA" not in str(fill(world, reason="AKIAIOSFODNN7EXAMPLE").errors)
    assert fill(world, reason="it is time").ok
    (operation,) = world.recorded
    assert (operation.reason, operation.parameters.version) == ("it is time", "1.4.0")
    assert dict(operation.parameters.values) == {"env.A": "1"}


@pytest.mark.parametrize("fields", [{"reason": "x"}, {"values": 'env.A=1 --reason "x"'}])
def test_a_plan_asks_for_no_reason_twice(world: World, fields: dict[str, str]) -> None:
    """What was given on the first page counts on the second, wherever it was written."""
    world.edit(*WANTED)
    page = planned(world, **fields)
    assert [each["type"] for each in page.body["blocks"]] == ["section"]
    assert world.workspace.submit(page.id, {}, by=ANN).ok
    assert world.recorded[0].reason == "x"


def test_a_plan_that_was_typed_among_the_values_goes_on(world: World) -> None:
    """`--dry-run` shows the plan; the page's button then asks, instead of showing it for ever."""
    opened(world)
    pick(world, "checkout")
    assert fill(world, pick_version="1.4.0", values="env.A=1 --dry-run").ok
    assert world.workspace.submit(form(world).id, {}, by=ANN).ok
    assert len(world.recorded) == 1


def test_a_plan_that_cannot_go_on_stays_below_what_is_said(world: World) -> None:
    """That page has no field: a page above it says why, and what was filled in can be sent again.

    What came before showed Slack's own "trouble" while the journal was busy.
    """
    page = planned(world, reason="x")
    with world.locked_journal():
        assert world.workspace.submit(page.id, {}, by=ANN).notice is None
    assert "[journal_down]" in said(form(world))
    world.workspace.close_view(form(world).id, by=ANN)
    world.command('/ops lock checkout "hands off"', BOB)
    assert world.workspace.submit(page.id, {}, by=ANN).notice is None
    assert "[locked]" in said(form(world))
    assert "submit" not in form(world).body
    world.command("/ops unlock checkout", BOB)
    world.workspace.close_view(form(world).id, by=ANN)
    assert form(world).id == page.id
    assert world.workspace.submit(page.id, {}, by=ANN).ok
    assert len(world.recorded) == 1


def test_a_form_that_is_not_known_any_more_says_so(world: World) -> None:
    """I22: one of another version is not closed as if all were well."""
    view = opened(world)
    old = {**view.body, "id": view.id, "callback_id": "slipway.of_old"}
    filled = {"a": {"b": {"type": "plain_text_input", "value": "x"}}}
    for values, action in ((filled, "errors"), ({}, "push")):
        sent = {**old, "state": {"values": values}}
        told = world.interacted({"type": "view_submission", "view": sent, "user": {"id": ANN}})
        assert told.json()["response_action"] == action
        assert "[unreadable_request]" in told.text


@pytest.mark.parametrize("unseen", ["\u200b", " \u2060\ufeff ", "\u3164", "\u2800\u2800", "\u202e"])
def test_a_reason_that_nobody_can_see_is_none(world: World, unseen: str) -> None:
    """Signs without ink are no reason, in a form as behind a command."""
    world.edit(*WANTED)
    opened(world)
    told = fill(world, pick_target="checkout", pick_version="1.4.0", reason=unseen).errors
    assert "[reason_required]" in told["slipway.reason"]
    typed = world.command(f'/deploy checkout 1.4.0 --reason "{unseen}"').text
    assert "Nothing was recorded" in typed
    assert not world.recorded


def test_a_form_sent_twice_is_one_operation(world: World) -> None:
    """M7: what opened it is its key, however often it is sent."""
    view = opened(world)
    assert fill(world, pick_target="checkout", pick_version="1.4.0", reason="x").ok
    for _ in range(2):
        assert world.filled(view, ANN, target="checkout", version="1.4.0").status_code == 200
    world.settle()
    assert len(world.recorded) == 1


@pytest.mark.parametrize(
    "metadata",
    [
        *("", "{}", "null", "[]", "x" * 3_001, '{"action": "delete"}', '{"action": "rollback"}'),
        '{"action": "deploy", "opener": "U0ANN", "delivery": "1.2.x", "of_a_later_version": 1}',
    ],
    ids=("nothing", "empty", "null", "list", "long", "delete", "rollback", "later"),
)
def test_what_a_form_carries_is_ours(world: World, metadata: str) -> None:
    """M1: anything else, also of another version, is said in the form; nothing is recorded."""
    view = opened(world)
    told = world.filled(view, ANN, target="checkout", version="1.4.0", metadata=metadata).json()
    assert "[unreadable_request]" in str(told["errors"])
    assert not world.recorded


def test_a_form_is_the_openers(world: World) -> None:
    """M13: whoever else sends it is refused, though he may do the same by himself."""
    view = opened(world, by=LEA)
    told = world.filled(view, ANN, target="checkout", version="1.4.0").json()
    assert "[unreadable_request]" in str(told["errors"])
    assert not world.recorded


def test_blocks_that_are_missing_or_of_another_kind(world: World) -> None:
    """M3: a form that lacks its target, or has a button in its place, asks for nothing."""
    view = opened(world)
    missing: tuple[dict[str, Any], ...] = (
        {},
        {TARGET: {}},
        {TARGET: {TARGET: {"type": "button", "value": None}}},
        {"else": {"else": {"type": "plain_text_input", "value": "checkout"}}},
    )
    for values in missing:
        told = world.filled(view, ANN, values=values).text
        assert "[unreadable_request]" in told
    assert not world.recorded


def test_rights_are_judged_when_it_is_sent(world: World) -> None:
    """M8: who has lost the right meanwhile is refused."""
    opened(world)
    world.workspace.set_group(DEVELOPERS, ())
    world.machines.sleep(3600)
    answer = fill(world, pick_target="checkout", pick_version="1.4.0", reason="x")
    assert "[not_allowed]" in answer.errors[TARGET]


def test_a_pick_in_a_form_of_the_past_changes_nothing(world: World) -> None:
    """M2: of two windows the newer one stays; the other one's pick is lost, and harms nothing."""
    world.expected |= {"hash_conflict"}
    old = opened(world)
    pick(world, "checkout")
    assert world.picked(old, ANN, "flaky").status_code == 200
    assert "checkout" in said(form(world))
    assert "flaky" not in said(form(world))


def test_words_in_a_form_are_escaped(world: World) -> None:
    """M10: mentions and marks of a reason are letters wherever it is shown."""
    opened(world)
    words = "<!channel> *bold* <@U0EVE> " + "x" * 440
    assert fill(world, pick_target="checkout", pick_version="1.4.0", reason=words).ok
    world.settle()
    assert "&lt;!channel&gt;" in str(world.card().blocks)
    assert "<!channel>" not in str(world.card().blocks)


def test_a_rollback_by_the_form(world: World) -> None:
    """The revisions that can be returned to are offered; what is chosen, or the last one, runs."""
    world.done("/deploy checkout 1.4.0")
    view = opened(world, "/rollback", BOB)
    assert view.body["callback_id"] == "slipway.rollback_form"
    pick(world, "checkout", BOB)
    assert offered(world, VERSION, by=BOB)[0] == "1.3.0"
    assert fill(world, BOB, pick_version="1.3.0", reason="x", dry_run=["dry_run"]).ok
    assert "1.4.0" in said(form(world, BOB))
    assert form(world, BOB).body["submit"]["text"] == "Roll back"
    assert world.workspace.submit(form(world, BOB).id, {}, by=BOB).ok
    world.settle()
    assert "succeeded" in world.card().text
    assert world.recorded[0].action == "rollback"


def test_a_rollback_is_shown_before_it_is_asked_for(world: World) -> None:
    """What runs, what would run, the difference and what stays; sending it does it."""
    card = world.done("/deploy checkout 1.4.0")
    choice = f"rollback:{offers_of(card)[ROLL_BACK]}"
    assert world.workspace.press(MORE, ts=card.ts, channel=card.channel, by=BOB, value=choice).ok
    view = form(world, BOB)
    assert view.body["callback_id"] == "slipway.rollback_form"
    assert "goes back from *1.4.0* to *1.3.0*" in said(view)
    assert "stays as it is" in said(view)
    assert [each.action for each in world.recorded] == ["deploy"]
    assert fill(world, BOB, reason="it burns").ok
    world.settle()
    newest, first = world.recorded
    assert (newest.rollback_of, newest.reason) == (first.id, "it burns")


def test_a_preview_without_its_cloud(world: World) -> None:
    """The form is there at once, says what is not known, and can be sent."""
    card = world.done("/deploy flaky 2.1.0")
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    world.workspace.press(
        ROLL_BACK, ts=card.ts, channel=card.channel, by=BOB, value=offers_of(card)[ROLL_BACK]
    )
    assert "The cloud has not told what would change" in said(form(world, BOB))
    world.cloud.faults.clear()
    assert fill(world, BOB).ok
    world.settle()
    assert world.recorded[0].action == "rollback"


def test_a_preview_that_slack_does_not_show_any_more(world: World) -> None:
    """M2: what came of the cloud is lost where the form has changed meanwhile; it can be sent."""
    world.expected |= {"hash_conflict"}
    card = world.done("/deploy flaky 2.1.0")
    world.workspace.faults.add("views.update", "refused", times=1, code="hash_conflict")
    world.workspace.press(
        ROLL_BACK, ts=card.ts, channel=card.channel, by=BOB, value=offers_of(card)[ROLL_BACK]
    )
    assert "The cloud has not told what would change" in said(form(world, BOB))
    assert fill(world, BOB).ok
    world.settle()
    assert world.recorded[0].action == "rollback"


def test_a_form_of_a_later_version_is_left_as_it_is(world: World) -> None:
    """M1: nobody's pick in it breaks anything, and its pickers offer targets all the same."""
    old = opened(world)
    carried = json.loads(old.body["private_metadata"])
    later = {**carried, "of_a_later_version": 1}
    body = {**old.body, "private_metadata": json.dumps(later)}
    view = old.model_copy(update={"body": body})
    assert world.picked(view, ANN, "checkout").status_code == 200
    assert said(form(world)) == said(old)
    assert not world.recorded


def test_a_version_of_a_hundred_and_twenty_eight_characters(world: World) -> None:
    """It goes all the way: the form, the plan, the card, its Details, the menu and Home."""
    version = "1." + "4" * 126
    opened(world)
    pick(world, "checkout")
    assert offered(world, VERSION, version) == [version]
    assert fill(world, pick_version=version, reason="x", dry_run=["dry_run"]).ok
    assert "1.3.0" in said(form(world))
    assert world.workspace.submit(form(world).id, {}, by=ANN).ok
    world.settle()
    card = world.card()
    assert world.press(APPROVE, card).ok
    world.press(DETAILS, card, by=BOB)
    assert version in said(form(world, BOB))
    world.settle()
    assert "succeeded" in world.card().text
    world.expected |= ABSENT
    world.workspace.open_home(by=ANN)
    world.settle()
    home = world.workspace.home(ANN)
    assert home is not None
    assert "1.444" in said(home)
    assert version in world.command("/ops status checkout").text


def test_without_a_preview_the_button_asks_itself(world: World) -> None:
    """Where the policy wants no preview, the press is the rollback."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    rollback_preview: false\n")
    card = world.done("/deploy flaky 2.1.0")
    assert world.press(ROLL_BACK, card).ok
    world.settle()
    assert world.recorded[0].action == "rollback"
    assert world.workspace.views(BOB) == []


def test_a_form_that_slack_does_not_open(world: World) -> None:
    """A trigger that is too old is said, and nothing is recorded."""
    world.expected |= {"invalid_trigger_id"}
    said = world.slash("/deploy", "").text
    assert "[form_unavailable]" in said
    assert "or type the command, once more" in said
    assert not world.recorded


def test_copies_by_the_form(world: World) -> None:
    """Who scales is shown how many run now, and only what can be scaled is offered."""
    view = opened(world, "/ops scale")
    assert view.body["callback_id"] == "slipway.scale_form"
    assert {"checkout", "flaky"} <= set(offered(world, TARGET))
    assert "2 of 2 ready" in said(pick(world, "checkout"))
    for replicas, code in (("1001", "[usage]"), ("-1", "[usage]"), ("2", "[no_change]")):
        answer = fill(world, replicas=replicas, reason="x", dry_run=["dry_run"])
        assert code in answer.errors["slipway.replicas"]
    assert not world.recorded
    assert fill(world, replicas="3", reason="it grows", dry_run=["dry_run"]).ok
    assert "3 replicas" in said(form(world))
    assert world.workspace.submit(form(world).id, {}, by=ANN).ok
    world.settle()
    (operation,) = world.recorded
    assert (operation.action, operation.parameters.replicas) == ("scale", 3)
    assert operation.reason == "it grows"


def test_copies_by_the_form_while_the_cloud_is_away(world: World) -> None:
    """How many run is not said then; the request is recorded all the same."""
    world.breaks(Fault(kind="drop", match="GET *", times=None))
    opened(world, "/ops scale")
    assert "ready" not in said(pick(world, "checkout"))
    assert fill(world, replicas="3", reason="x").ok
    assert world.recorded[0].parameters.replicas == 3


def test_a_target_is_created_by_the_form(world: World) -> None:
    """Only what has a template is offered; what the template says need not be chosen."""
    view = opened(world, "/ops create")
    assert view.body["callback_id"] == "slipway.create_form"
    assert offered(world, TARGET) == ["newcomer"]
    assert "0.1.0, as the template says" in str(pick(world, "newcomer").body["blocks"])
    assert "[bad_version]" in str(fill(world, pick_version="1 4", reason="x").errors)
    world.workspace.close_view(form(world).id, by=ANN, cleared=True)
    opened(world, "/ops create")
    pick(world, "newcomer")
    assert fill(world, reason="try it", dry_run=["dry_run"]).ok
    assert "0.1.0" in said(form(world))
    assert world.workspace.submit(form(world).id, {}, by=ANN).ok
    world.settle()
    (operation,) = world.recorded
    assert (operation.action, operation.target, operation.reason) == (
        "create",
        "newcomer",
        "try it",
    )
    assert operation.plan.after == "0.1.0"


def test_what_is_not_created_yet_is_created_first(world: World) -> None:
    """Whoever deploys to what has a template alone is told how it is made."""
    opened(world)
    pick(world, "newcomer")
    told = fill(world, pick_version="1.0.0", dry_run=["dry_run"]).errors[TARGET]
    assert "has no component newcomer" in told
    assert "Create it with /ops create" in told


def test_what_a_template_leaves_open_is_asked_for(world: World) -> None:
    """Without a version of its own the form wants one, and says so at its field."""
    world.edit("      version: 0.1.0\n", "")
    opened(world, "/ops create")
    view = pick(world, "newcomer")
    asked = next(each for each in view.body["blocks"] if each["block_id"].startswith(VERSION))
    assert "optional" not in asked
    assert "template" not in str(asked)
    assert fill(world, pick_version="0.2.0", reason="x").ok
    world.settle()
    assert world.recorded[0].plan.after == "0.2.0"


def test_the_menu_opens_each_form(world: World) -> None:
    """`/ops` alone has a button for each; who may change nothing is offered none."""
    world.command("/ops")
    (menu,) = world.workspace.whispers(ANN)
    names = [each.removeprefix("slipway.open_") for each in offers_of(menu)]
    assert names == ["deploy", "rollback", "scale", "create", "incident"]
    for name in names:
        action = f"slipway.open_{name}"
        where = {"ts": menu.ts, "channel": menu.channel}
        assert world.workspace.press(action, **where, by=ANN, value=name).ok
        assert form(world).body.get("callback_id") == f"slipway.{name}_form", said(form(world))
        world.workspace.close_view(form(world).id, by=ANN, cleared=True)
    world.command("/ops", EVE)
    assert not offers_of(world.workspace.whispers(EVE)[-1])
