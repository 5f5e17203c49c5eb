"""Incidents: a channel of their own, targets that stand still, and a timeline."""

import pytest

from bot.core.incidents import Incident
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, operation_of
from tests.conversations.places import ANN, BOB, DEPLOYS, EVE, GUS, LEA
from tests.conversations.world import World

OPEN = '/incident open "Checkout 5xx" checkout --severity 2'


def opened(world: World, text: str = OPEN, by: str = ANN) -> Incident:
    """Open an incident and return it once its channel stands."""
    said = world.command(text, by=by).text
    assert "Opened inc-" in said, said
    world.settle()
    return world.parts.journal.incidents.load(said.partition("Opened ")[2][:10])


def place(world: World, incident: Incident) -> str:
    """Return the incident's channel."""
    found = world.parts.journal.incidents.load(incident.id).channel
    assert found is not None
    return found


def card(world: World, incident: Incident) -> Message:
    """Return the incident's card as it stands."""
    cards = [each for each in world.workspace.messages(place(world, incident)) if _is_card(each)]
    assert len(cards) == 1
    return cards[0]


def _is_card(message: Message) -> bool:
    told = message.metadata or {}
    payload = told.get("event_payload") or {}
    return told.get("event_type") == "slipway_incident" and payload.get("sequence") == 0


def lines(world: World, incident: Incident) -> list[str]:
    """Return what the incident's channel reads, but for its card."""
    return [
        each.text for each in world.workspace.messages(place(world, incident)) if not _is_card(each)
    ]


def test_opening_makes_a_channel_with_everything_in_it(world: World) -> None:
    """The opener is in it; its card is pinned and bookmarked; it is said where it was asked."""
    incident = opened(world)
    day = f"{incident.opened_at:%m%d}"
    made = world.workspace.channels()[-1]
    assert (made.name, made.is_private) == (f"inc-{day}-checkout-5xx", False)
    assert ANN in made.members
    shown = card(world, incident)
    assert shown.metadata == {
        "event_type": "slipway_incident",
        "event_payload": {"incident_id": incident.id, "sequence": 0},
    }
    for words in ("Checkout 5xx", "severity 2", incident.id, f"<@{ANN}>"):
        assert words in shown.text
    assert world.workspace.pins(made.id) == [shown.ts]
    assert [each["title"] for each in world.workspace.bookmarks(made.id)] == ["Incident card"]
    assert made.topic.startswith("SEV2 · open · lead Ann · checkout · since ")
    assert made.purpose == f"Checkout 5xx ({incident.id})"
    told = world.workspace.messages(DEPLOYS)[-1].text
    assert f"<#{made.id}>" in told
    assert f"<@{ANN}> opened an incident" in told


def test_the_targets_are_frozen_at_once(world: World) -> None:
    """Recorded with the opening: no worker has to have heard of it; other targets go on."""
    said = world.command(OPEN).text
    assert "Changes to checkout are frozen" in said
    refused = world.command("/deploy checkout 1.4.0").text
    assert "[frozen]" in refused
    assert "Checkout 5xx" in refused
    assert "Dry run" in world.command("/deploy checkout 1.4.0 --dry-run").text
    assert "Recorded as" in world.command("/deploy flaky 1.4.0").text


def test_rollbacks_pass(world: World) -> None:
    """What goes back is never stopped by an incident, and its card stands in the channel."""
    world.done()
    incident = opened(world)
    back = world.asked("/rollback checkout")
    assert "succeeded" in world.card(back).text
    there = world.cards(channel=place(world, incident))
    assert operation_of(there[-1]) == operation_of(back)
    assert "succeeded" in there[-1].text


def test_a_mend_passes_where_its_lead_approves_it_in_the_channel(world: World) -> None:
    """Asked for there, it has the lead's gate besides the policy's; elsewhere it is held."""
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, LEA, "U0SLIPWAY"))
    refused = world.command("/deploy checkout 1.4.1", by=LEA).text
    assert "[frozen]" in refused
    assert f"<#{channel}>" in refused
    said = world.command("/deploy checkout 1.4.1", by=LEA, channel=channel).text
    assert "Recorded as" in said
    world.settle()
    mend = world.card()
    operation = world.operation(mend)
    assert operation.incident == incident.id
    assert [(each.gate, each.needed) for each in operation.gates] == [("approvers", 1), ("lead", 1)]
    world.press(APPROVE, mend, by=BOB)
    world.settle()
    assert world.operation(mend).phase.kind == "awaiting_approval"
    assert world.tries == 0
    world.press(APPROVE, world.card(mend), by=ANN)
    world.settle()
    assert "succeeded" in world.card(mend).text


def test_the_leads_own_mend_wants_no_second_press_of_the_lead(world: World) -> None:
    """Only the policy's gate stays; a rollback there has no lead's gate either."""
    incident = opened(world)
    channel = place(world, incident)
    assert "Recorded as" in world.command("/deploy checkout 1.4.1", by=ANN, channel=channel).text
    world.settle()
    mend = world.card()
    assert world.operation(mend).gates == ()
    assert "succeeded" in world.approve(mend).text
    world.workspace.set_members(channel, (ANN, LEA, "U0SLIPWAY"))
    assert "Recorded as" in world.command("/rollback checkout", by=LEA, channel=channel).text
    world.settle()
    assert world.operation(world.card()).incident is None
    assert "succeeded" in world.card().text


def mended(world: World, *, lead: str) -> tuple[str, Message]:
    """Let Lea ask for a fix in an incident that *lead* leads since; return its channel and card."""
    world.expected.add("already_in_channel")
    channel = place(world, opened(world))
    world.workspace.set_members(channel, (ANN, BOB, LEA, EVE, "U0SLIPWAY"))
    world.command("/deploy checkout 1.4.1", by=LEA, channel=channel)
    world.command("/incident lead", by=lead, channel=channel)
    world.settle()
    return channel, world.card()


def test_who_leads_later_approves_instead(world: World) -> None:
    """The gate is the present lead's: another one opens it, and not whoever led before."""
    _, mend = mended(world, lead=EVE)
    world.press(APPROVE, mend, by=ANN)
    world.settle()
    assert world.operation(mend).approvals == ()
    world.press(APPROVE, world.card(mend), by=BOB)
    world.settle()
    world.press(APPROVE, world.card(mend), by=EVE)
    world.settle()
    assert "succeeded" in world.card(mend).text


def test_a_requester_who_takes_the_lead_is_told_who_opens_its_gate(world: World) -> None:
    """Nobody approves the own wish; whoever is handed the lead does."""
    channel, mend = mended(world, lead=LEA)
    world.press(APPROVE, mend, by=BOB)
    world.settle()
    world.press(APPROVE, world.card(mend), by=LEA)
    world.settle()
    told = world.whispers(LEA)[-1]
    assert "[self_approval]" in told
    assert "/incident lead" in told
    assert f"<@{LEA}>" not in told
    world.command(f"/incident lead <@{EVE}>", by=LEA, channel=channel)
    world.settle()
    world.press(APPROVE, world.card(mend), by=EVE)
    world.settle()
    assert "succeeded" in world.card(mend).text


def test_the_gate_of_a_lead_who_is_none_any_more_opens_to_approvers(world: World) -> None:
    """Whoever led a closed incident hands it to nobody: who asked for the fix is no dead end."""
    world.edit("    approve: [S0SRE]\n", f"    approve: [S0SRE, {EVE}]\n")
    channel, mend = mended(world, lead=LEA)
    world.command('/incident close "over"', by=LEA, channel=channel)
    world.settle()
    for each in (LEA, BOB, EVE):
        world.press(APPROVE, world.card(mend), by=each)
        world.settle()
    assert "/incident lead" not in world.whispers(LEA)[-1]
    assert "succeeded" in world.card(mend).text


def test_what_waits_is_held_and_goes_on_after_closing(world: World) -> None:
    """An operation that was approved and not sent waits for the end; closing thaws."""
    waiting = world.approved()
    incident = opened(world)
    assert world.tries == 0
    assert world.operation(waiting).phase.kind == "queued"
    channel = place(world, incident)
    assert "Closed" in world.command('/incident close "a bad image"', channel=channel).text
    world.settle()
    assert "succeeded" in world.card(waiting).text


def test_notes_make_a_timeline(world: World) -> None:
    """In the channel no id is typed; elsewhere it comes first; each note is one entry."""
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, EVE, "U0SLIPWAY"))
    noted = world.command('/incident note "errors began"', channel=channel).text
    assert noted == f":memo: Written down in {incident.id}."
    assert f"requested in <#{channel}>" in world.command(f"/incident status {incident.id}").text
    assert (
        "Written down" in world.command(f"/incident note {incident.id} at 14:02 <b>", by=EVE).text
    )
    assert "[unknown_incident]" in world.command('/incident note "lost"').text
    status = world.command("/incident status", by=EVE, channel=channel).text
    assert "errors began" in status
    assert "at 14:02 &lt;b&gt;" in status
    kinds = [event.kind for _, event in world.parts.journal.incidents.events(incident.id)]
    assert kinds == ["opened", "channel_made", "noted", "noted"]


def test_what_changes_is_told_and_shown(world: World) -> None:
    """Lead, severity, targets and updates are told in the channel and stand on the card."""
    world.expected.add("already_in_channel")
    incident = opened(world)
    channel = place(world, incident)

    def there(text: str, by: str = ANN) -> str:
        said = world.command(f"/incident {text}", by=by, channel=channel).text
        world.settle()
        return said

    world.workspace.set_members(channel, (ANN, BOB, "U0SLIPWAY"))
    assert f"<@{BOB}> leads" in there("lead", by=BOB)
    assert "severity 1" in there("severity 1")
    assert "Added flaky" in there("add flaky")
    assert "Posted" in there('update "rolled back, watching"')
    assert "[frozen]" in world.command("/deploy flaky 1.4.0").text
    shown = card(world, incident)
    assert f"<@{BOB}>" in shown.text
    told = lines(world, incident)
    assert any("set the severity from 2 to *1*" in each for each in told)
    assert any("added flaky" in each for each in told)
    assert any("rolled back, watching" in each for each in told)
    topic = next(each.topic for each in world.workspace.channels() if each.id == channel)
    assert topic.startswith("SEV1 · open · lead Bob · checkout, flaky")
    assert "Removed flaky" in there("remove flaky")
    assert "Recorded as" in world.command("/deploy flaky 1.4.0").text


def test_closing_and_reopening(world: World) -> None:
    """Opener, lead and approvers close with a summary; reopened, it freezes again."""
    incident = opened(world)
    channel = place(world, incident)
    world.workspace.set_members(channel, (ANN, BOB, EVE, "U0SLIPWAY"))
    assert "[not_allowed]" in world.command('/incident close "x"', by=EVE, channel=channel).text
    assert "[usage]" in world.command("/incident close", channel=channel).text
    assert "[unchanged]" in world.command("/incident reopen", channel=channel).text
    assert "Closed" in world.command('/incident close "a bad image"', by=BOB, channel=channel).text
    world.settle()
    shown = card(world, incident)
    assert "closed" in shown.text
    assert any("a bad image" in each for each in lines(world, incident))
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text
    assert "[unchanged]" in world.command("/incident severity 1", channel=channel).text
    assert "Reopened" in world.command("/incident reopen", by=EVE, channel=channel).text
    assert "[frozen]" in world.command("/deploy checkout 1.5.0").text


def test_a_private_incident_is_seen_from_inside_alone(world: World) -> None:
    """Neither its title nor its channel is named elsewhere; its opener sees it from anywhere."""
    incident = opened(world, '/incident open "secret leak" checkout --private')
    channel = place(world, incident)
    assert world.workspace.channels()[-1].is_private
    assert "[unknown_incident]" in world.command(f"/incident status {incident.id}", by=BOB).text
    assert "secret leak" not in world.command("/incident list", by=BOB).text
    refused = world.command("/deploy checkout 1.4.0", by=BOB).text
    assert "[frozen]" in refused
    assert "secret leak" not in refused
    assert channel not in refused
    assert all("secret leak" not in each.text for each in world.workspace.messages(DEPLOYS))
    assert "secret leak" in world.command(f"/incident status {incident.id}").text
    assert "secret leak" in world.command("/incident list", channel=channel).text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("open checkout", "usage"),
        ('open ""', "usage"),
        ('open "x" nothing', "unknown_target"),
        ('open "x" checkout --severity 5', "usage"),
        ('open "x" --for 2h', "usage"),
        ('open "key AKIAIOSFODNN7EXAMPLE"', "secret_in_reason"),
        (f'open "{"x" * 200}"', "too_long"),
        ("note", "usage"),
        ("lead bob", "usage"),
        ("severity", "usage"),
        ("add", "usage"),
        ("list now", "usage"),
        ("status inc-000000", "unknown_incident"),
        (f'note inc-000000 "{"x" * 4_000}"', "too_long"),
        ('note inc-000000 "use AKIAIOSFODNN7EXAMPLE"', "secret_in_reason"),
        ("clse", "unknown_command"),
    ],
)
def test_what_is_refused_says_why(world: World, text: str, code: str) -> None:
    """Each refusal has its code, and nothing was recorded."""
    assert f"[{code}]" in world.command(f"/incident {text}").text
    assert world.parts.journal.incidents.newest(9) == ()


def test_help_names_every_verb(world: World) -> None:
    """Each with what it wants, and nothing is recorded."""
    told = world.command("/incident help").text
    verbs = ("open", "status", "add", "remove", "lead", "severity", "note", "update", "close")
    for verb in (*verbs, "export", "reopen", "list"):
        assert f"/incident {verb}" in told
    assert world.parts.journal.incidents.newest(9) == ()


def test_guests_and_strangers_open_nothing(world: World) -> None:
    """Who is no full member opens no incident, whatever slipway.yaml lists."""
    assert "[not_allowed]" in world.command(OPEN, by=GUS).text


def test_a_title_that_channels_do_not_take(world: World) -> None:
    """A Chinese title is kept as it is; its channel is called by the first target."""
    incident = opened(world, '/incident open "结账失败" checkout')
    assert world.workspace.channels()[-1].name.endswith("-checkout")
    assert "结账失败" in card(world, incident).text


def test_a_taken_name_gets_a_number(world: World) -> None:
    """A second incident of the same title has its own channel, and never adopts the first one's."""
    world.expected.add("name_taken")
    first = opened(world)
    second = opened(world)
    names = [each.name for each in world.workspace.channels()[-2:]]
    assert names[1] == f"{names[0]}-2"
    assert place(world, first) != place(world, second)


def test_what_held_nothing_thaws_nothing(world: World) -> None:
    """With `freeze: false` nobody reads of a freeze: not at opening, beside another, or closing."""
    world.expected.add("name_taken")
    world.edit("policies:\n", "incidents: {freeze: false}\npolicies:\n")
    first, second = opened(world), opened(world)
    said = world.command(f'/incident close {second.id} "over"').text
    world.settle()
    told = "\n".join((*world.whispers(ANN), *lines(world, first), *lines(world, second)))
    assert said in told
    for word in ("thaw", "frozen", "also belong"):
        assert word not in told


def test_one_delivery_is_one_incident(world: World) -> None:
    """Slack's repetition of a command opens no second incident."""
    for _ in range(2):
        world.slash("/incident", 'open "x" checkout', trigger_id="7.8.same")
    assert len(world.parts.journal.incidents.newest(9)) == 1


def test_two_incidents_hold_one_target(world: World) -> None:
    """It is thawed with the last of them."""
    world.expected.add("name_taken")
    first, second = opened(world), opened(world)
    said = world.command(f'/incident close {first.id} "over"').text
    held = f"Its targets also belong to {second.id}; they thaw when the last of these closes."
    world.settle()
    told = "\n".join((said, *lines(world, first)))
    assert told.count(held) == 2  # in the answer and in its channel
    assert "are thawed" not in told
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    assert "Its targets are thawed." in world.command(f'/incident close {second.id} "over"').text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text
