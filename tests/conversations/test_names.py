"""Names in slipway.yaml: looked up once in Slack, kept, and nobody where they are unknown."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.slack import Group, Message, Person, Workspace
from tests.conversations.cards import APPROVE, operation_in, words
from tests.conversations.invariants import check
from tests.conversations.places import ANN, BOB, DEPLOYS, DEVELOPERS, EVE, LEA, RELIABILITY
from tests.conversations.places import configuration as with_ids
from tests.conversations.stage import opened
from tests.conversations.world import World

NAMED: Final = {DEPLOYS: '"#deploys"', DEVELOPERS: '"@devs"', RELIABILITY: '"@SRE"'}
BOT: Final = "U0SLIPWAY"


def named(clouds: str, lab: str) -> str:
    """Return slipway.yaml with a name wherever there is one."""
    text = with_ids(clouds, lab)
    for known, name in NAMED.items():
        text = text.replace(known, name)
    return text


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """A world whose slipway.yaml has names, which workers have looked up."""
    with opened(folder, redis_url, configured=named) as here:
        here.settle()
        yield here
        check(here)


def is_called(workspace: Workspace, group: str, handle: str) -> None:
    """Let somebody give the group another handle."""
    groups = workspace.state.groups
    groups[group] = groups[group].model_copy(update={"handle": handle})


def told(world: World, person: str, card: Message) -> str:
    """Return what somebody is told who presses Approve."""
    world.press(APPROVE, card, by=person)
    world.machines.send()
    return world.whispers(person)[-1]


def is_new(workspace: Workspace, group: Group) -> None:
    """Let somebody make a group."""
    workspace.state.groups[group.id] = group


def test_names_are_as_good_as_ids(world: World) -> None:
    """People ask, approve and are called, and cards stand in channels, all by their names."""
    card = world.asked()
    assert card.channel == DEPLOYS
    assert f"<!subteam^{RELIABILITY}>" in words(card)
    assert "[not_approver]" in told(world, EVE, card)
    world.approve(card)
    assert world.mutations == ["PUT"]
    assert world.parts.journal.names.all() == {
        "#deploys": DEPLOYS,
        "@devs": DEVELOPERS,
        "@sre": RELIABILITY,
    }


def test_an_unknown_name_stops_only_what_depends_on_it(world: World) -> None:
    """It counts as nobody: who asks is told the name with its line, and all else works."""
    world.edit('approve: ["@SRE"]\n    approvals: 1', 'approve: ["@ser"]\n    approvals: 1')
    world.settle()
    assert "/deploy" in world.command("/ops help").text
    assert "checkout" in world.command("/ops targets").text
    refused = world.command("/deploy checkout 1.4.0").text
    assert "Nobody could approve it: Slack knows nobody called @ser." in refused
    assert "policies.prod.approve, slipway.yaml:" in refused
    assert "[unknown_name]" in refused
    assert "nothing was recorded" in refused.lower()
    assert "1.4.0" in world.command("/deploy checkout 1.4.0 --dry-run").text
    assert operation_in(world.command("/ops create newcomer").text)


def test_glass_is_broken_without_approvers(world: World) -> None:
    """Nobody could approve, and in an emergency nobody has to."""
    new = 'approve: ["@ser"]\n    approvals: 1\n    break_glass: ["@lea"]'
    world.edit('approve: ["@SRE"]\n    approvals: 1', new)
    world.settle()
    typed = '/deploy checkout 1.4.0 --break-glass --reason "checkout burns"'
    assert operation_in(world.command(typed, by=LEA).text)
    world.settle()
    assert world.mutations == ["PUT"]


def test_who_is_refused_learns_which_name_is_unknown(world: World) -> None:
    """An unknown name beside known ones takes nothing from these."""
    world.edit('approve: ["@SRE"]\n    approvals: 1', 'approve: ["@SRE", "@ser"]\n    approvals: 1')
    world.settle()
    card = world.asked()
    refused = told(world, EVE, card)
    assert "Slack knows nobody called @ser." in refused
    assert "[not_approver]" in refused
    assert f"<!subteam^{RELIABILITY}>" in refused
    world.approve(card, by=BOB)
    assert world.mutations == ["PUT"]


def test_each_gate_is_opened_by_somebody(world: World) -> None:
    """A gate whose names are all unknown is named, however many may open the others."""
    gates = 'gates: [{name: ops, approve: ["@SRE"]}, {name: law, approve: ["@lawyers"]}]'
    world.edit('approve: ["@SRE"]\n    approvals: 1', gates)
    world.settle()
    refused = world.command("/deploy checkout 1.4.0").text
    assert "Slack knows nobody called @lawyers" in refused
    assert "policies.prod.gates, slipway.yaml:" in refused
    is_new(world.workspace, Group(id="S0LAW", handle="lawyers", name="Law", users=(EVE,)))
    world.wait(61)
    world.approve(world.approve(world.asked(), by=EVE), by=BOB)
    assert world.mutations == ["PUT"]


def test_incidents_have_names_as_well(world: World) -> None:
    """Who may open one, and where it is announced, may be names."""
    text = world.configuration.read_text()
    section = 'incidents: {open: ["@devs", "@nope"], announce: "#incidents", invite: ["@SRE"]}\n'
    world.configuration.write_text(text + section)
    world.settle()
    refused = world.command('/incident open "checkout burns" checkout', by=EVE).text
    assert "Slack knows nobody called @nope" in refused
    assert "incidents.open, slipway.yaml:" in refused
    assert "inc-" in world.command('/incident open "checkout burns" checkout').text
    world.settle()
    assert "checkout burns" in str(world.workspace.messages("C0INCIDENTS"))


def test_an_unknown_channel_is_refused_by_its_name(world: World) -> None:
    """A card goes to no other channel than the one that is meant."""
    policy = "\n    policy: prod\n    aliases"
    world.edit(f'channel: "#deploys"{policy}', f'channel: "#deplois"{policy}')
    world.settle()
    refused = world.command("/deploy checkout 1.4.0").text
    assert "Slack has no channel" in refused
    assert "#deplois" in refused
    assert "new there is looked up within a minute" in refused
    assert "targets.checkout.channel, slipway.yaml:" in refused
    assert operation_in(world.command("/deploy flaky 2.1.0").text)


def test_a_name_that_comes_later_is_found(world: World) -> None:
    """It is looked up again each minute; nobody has to restart anything."""
    world.edit('approve: ["@SRE"]\n    approvals: 1', 'approve: ["@night"]\n    approvals: 1')
    world.settle()
    assert "[unknown_name]" in world.command("/deploy checkout 1.4.0").text
    is_new(world.workspace, Group(id="S0NIGHT", handle="Night", name="Night", users=(EVE,)))
    world.wait(61)
    card = world.asked()
    world.approve(card, by=EVE)
    assert world.mutations == ["PUT"]


def test_a_renamed_group_keeps_its_rights_and_another_of_its_name_gets_none(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A name stands for what it stood for at first, also in the middle of an operation."""
    card = world.asked()
    is_called(world.workspace, RELIABILITY, "reliability")
    is_new(world.workspace, Group(id="S0FAKE", handle="sre", name="Not us", users=(EVE,)))
    with caplog.at_level(logging.ERROR, "slipway.names"):
        world.wait(3500, step=600)
        assert "[not_approver]" in told(world, EVE, card)
        world.approve(card, by=LEA)
        world.wait(200, step=100)
    assert world.mutations == ["PUT"]
    (line,) = [each for each in caplog.records if each.message == "name.moved"]
    assert (vars(line)["id"], vars(line)["now"]) == (RELIABILITY, "S0FAKE")


def test_a_name_is_let_go_of_by_a_person(world: World) -> None:
    """Then it is looked up anew, and what waits for approval is put before people once more."""
    card = world.asked()
    is_called(world.workspace, RELIABILITY, "reliability")
    is_new(world.workspace, Group(id="S0NEW", handle="sre", name="New", users=(EVE,)))
    world.parts.journal.names.forget("@sre", by=ANN, now=world.clock())
    world.parts.catalogue.names_changed()
    world.settle()
    assert "[not_approver]" in told(world, BOB, world.card(card))
    again = world.approve(world.card(card), by=EVE)
    assert world.operation(card).phase.kind == "awaiting_approval"
    world.approve(again, by=EVE)
    assert world.mutations == ["PUT"]
    audit = [(row["what"], row["who"]) for row in world.parts.journal.audit.export()]
    assert ("name_forgotten", ANN) in audit
    assert audit.count(("name_known", "slipway")) == 4


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (Person(id="U1ANN", name="ann", real_name="Another"), "ambiguous"),
        (None, ""),
        (Person(id="U1BOT", name="ann", real_name="Bot", is_bot=True), ""),
        (Person(id="U1OLD", name="ann", real_name="Old", deleted=True), ""),
        (Person(id="U1SUE", name="ann", real_name="Sue", is_stranger=True), ""),
        (Person(id="U1TOM", name="ann", real_name="Tom", team_id="T0OTHER"), ""),
        (
            Person(
                id="U1TIM",
                name="ann",
                real_name="Tim",
                team_id="T0OTHER",
                teams=("T0OTHER", "T0SLIPWAY"),
            ),
            "ambiguous",
        ),
        (Person(id="U1GUS", name="ann", real_name="Gus", is_restricted=True), ""),
    ],
)
def test_people_are_found_by_their_names(
    world: World, caplog: pytest.LogCaptureFixture, person: Person | None, why: str
) -> None:
    """Two of one name are nobody; who can do nothing here takes a name from nobody."""
    if person is not None:
        world.workspace.state.people[person.id] = person
    with caplog.at_level(logging.ERROR, "slipway.names"):
        world.edit('request: ["@devs", "@SRE"]', 'request: ["@Ann"]')
        world.settle()
    answer = world.command("/deploy checkout 1.4.0").text
    assert ("[not_allowed]" in answer) == bool(why)
    told = [vars(each) for each in caplog.records if each.message == "name.unknown"]
    assert [each["why"] for each in told] == ([why] if why else [])
    if told:
        assert any("policies.prod.request, slipway.yaml:" in each for each in told[0]["places"])


def test_the_longest_lists_are_read_to_their_end(world: World) -> None:
    """A name on the last page is found, at the pace that Slack allows."""
    people = world.workspace.state.people
    for number in range(450):
        people[f"U9{number:03}"] = Person(id=f"U9{number:03}", name=f"p{number}", real_name="P")
    world.edit('request: ["@devs", "@SRE"]', 'request: ["@p449"]')
    world.settle()
    assert world.parts.journal.names.all()["@p449"] == "U9449"


def test_a_scope_that_is_missing_leaves_the_other_names_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """What Slack does not let us list is unknown, with Slack's own word; it is asked again."""
    world.workspace.faults.add("usergroups.list", "refused", code="missing_scope")
    with caplog.at_level(logging.ERROR, "slipway.names"):
        world.edit('approve: ["@SRE"]\n    approvals: 0', 'approve: ["@eve"]\n    approvals: 0')
        world.settle()
    assert [vars(each)["why"] for each in caplog.records if each.message == "name.unknown"] == [
        "missing_scope"
    ]
    world.wait(61)
    assert world.parts.journal.names.all()["@eve"] == EVE


def test_figures_name_those_that_are_unknown(world: World) -> None:
    """Who watches the installation has them among the figures."""
    world.edit('approve: ["@SRE"]\n    approvals: 1', 'approve: ["@ser"]\n    approvals: 1')
    world.settle()
    page = world.http.get(world.workspace.request_url.replace("/slack/events", "/metrics")).text
    assert 'slipway_names_unknown{of="@ser"} 1.0' in page
    assert 'of="@sre"' not in page


def test_slack_being_away_changes_nothing(world: World) -> None:
    """What was looked up counts on; what was not is looked up when Slack is back."""
    world.workspace.faults.add("usergroups.list", "drop_before")
    world.edit('approve: ["@SRE"]\n    approvals: 0', 'approve: ["@eve"]\n    approvals: 0')
    world.settle()
    assert operation_in(world.command("/deploy checkout 1.4.0").text)
    world.wait(16)
    assert world.parts.journal.names.all()["@eve"] == EVE
