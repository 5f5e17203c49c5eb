"""A monitor's alert proposes an incident; people open it; what follows is written into it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from bot.core.hooks import ALERTS_MAX
from bot.sandbox.content import HOOK_SECRET
from bot.sandbox.monitor import Monitor
from handlers.hooks.buckets import BURST
from tests.conversations.cards import labels, words
from tests.conversations.pipelines import DISMISS, HOOKS, Pipeline, proposals, told
from tests.conversations.places import ANN, BOB, DEPLOYS, EVE, GENERAL
from tests.conversations.stage import opened
from tests.conversations.world import World
from tests.handlers.test_hook_monitors import FIRING, GROUP, RESOLVED

OPEN: Final = "slipway.open_proposed"
MORE: Final = """
  alerts:
    kind: alertmanager
    secrets: ["${HOOK_CI}"]
    targets: [checkout, flaky]
    map: {service=payments: flaky}
"""


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook of a monitor."""
    with opened(folder, redis_url, more=HOOKS.rstrip() + MORE) as here:
        yield here


def alerts(world: World, *each: dict[str, Any], hook: str = "alerts") -> httpx.Response:
    """Let the monitor send these alerts in one message."""
    body = json.dumps({**GROUP, "alerts": list(each)}).encode()
    headers = {"authorization": f"Bearer {HOOK_SECRET}", "content-type": "application/json"}
    address = Pipeline(world, hook=hook).address
    return world.http.post(address, content=body, headers=headers)


def an_alert(number: int, service: str = "checkout", **changed: Any) -> dict[str, Any]:
    """One alert of many."""
    own = {"fingerprint": f"{number:016x}", "labels": {**FIRING["labels"], "service": service}}
    return {**FIRING, **own, **changed}


def texts(world: World) -> list[str]:
    """What the timeline of the one incident says."""
    [incident] = world.parts.journal.incidents.newest(10)
    events = world.parts.journal.incidents.events(incident.id)
    return [str(getattr(event, "text", event.kind)) for _, event in events]


def test_an_incident_began_when_its_alert_did(world: World) -> None:
    """What changed before is counted from there; one that is dated in the future begins now."""
    began = world.clock() - timedelta(minutes=3)
    assert alerts(world, an_alert(1, startsAt=began.isoformat())).status_code == 202
    world.settle()
    assert world.press(OPEN, proposals(world)[0], ANN).ok
    [incident] = world.parts.journal.incidents.newest(10)
    assert incident.onset == began
    status = world.command(f"/incident status {incident.id}").text
    first = status[status.index("Timeline") :].splitlines()[1]
    assert f"<!date^{int(began.timestamp())}^" in first
    assert first.endswith("the alert began to fire")
    later = incident.model_copy(update={"since": world.clock() + timedelta(hours=1)})
    assert later.onset == incident.opened_at


def test_an_alert_becomes_an_incident_of_whoever_presses(world: World) -> None:
    """The card says what fires where; the press opens, as if the command had been typed."""
    answer = alerts(world, FIRING)
    assert answer.status_code == 202
    world.settle()
    [card] = proposals(world)
    assert told(card)["proposal_id"] == answer.json()["id"]
    assert labels(card) == ["Open incident", "Dismiss"]
    assert "5xx above 5 %" in words(card)
    assert "checkout" in words(card)
    assert world.press(OPEN, card, ANN).ok
    world.settle()
    [incident] = world.parts.journal.incidents.newest(10)
    assert (incident.opener, incident.title, incident.severity) == (ANN, "5xx above 5 %", 1)
    assert incident.targets == ("checkout",)
    assert incident.id in proposals(world)[0].text
    assert labels(proposals(world)[0]) == []


def test_two_presses_open_one_incident(world: World) -> None:
    """Whoever comes second is told of the first one's."""
    alerts(world, FIRING)
    world.settle()
    [card] = proposals(world)
    world.press(OPEN, card, ANN)
    world.press(OPEN, card, BOB)
    world.settle()
    assert len(world.parts.journal.incidents.newest(10)) == 1
    [incident] = world.parts.journal.incidents.newest(10)
    assert f"<@{ANN}> has already taken it up in `{incident.id}`." in world.whispers(BOB)[-1]


def test_alerts_of_two_monitors_become_one_incident(world: World) -> None:
    """Whoever presses the second card is told where the first one went, and writes it there."""
    world.expected |= {"already_in_channel"}
    data = {"key": "p", "title": "probe fails", "targets": ["checkout"], "status": "firing"}
    event = {"type": "slipway.incident.proposed", "data": data}
    alerts(world, FIRING)
    world.settle()
    proposed = Pipeline(world).sends(json.dumps(event).encode()).json()["id"]
    world.settle()
    first, second = proposals(world)
    world.press(OPEN, first, ANN)
    world.settle()
    assert world.press(OPEN, second, EVE).ok
    world.press(OPEN, second, BOB)
    world.settle()
    [incident] = world.parts.journal.incidents.newest(10)
    assert texts(world)[-1] == "firing: probe fails"
    assert (
        f"{incident.id} is open for it already, in <#{incident.channel}>"
        in (world.whispers(EVE)[-1])
    )
    assert f"<@{EVE}> has already taken it up in `{incident.id}`." in world.whispers(BOB)[-1]
    told_below = proposals(world)[1]
    assert labels(told_below) == []
    assert f"<@{EVE}> took it up in `{incident.id}`" in told_below.text
    assert Pipeline(world).asks(proposed).json()["incident"] == incident.id
    assert Pipeline(world).asks(incident.id).json()["phase"] == "open"


def test_an_alert_joins_no_incident_that_is_none_of_its_own(world: World) -> None:
    """Another target, a private one, one that is closed: an incident of its own is opened."""
    world.expected |= {"already_in_channel"}
    alerts(world, FIRING, an_alert(2, "payments"))
    world.settle()
    world.command('/incident open "half" checkout')
    world.command('/incident open "secret" checkout flaky --private')
    over = world.command('/incident open "old" checkout flaky').text.partition("Opened ")[2][:10]
    world.command(f'/incident close {over} "over"')
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    found = world.parts.journal.incidents.newest(10)
    assert sorted(each.title for each in found) == ["5xx above 5 %", "half", "old", "secret"]


def test_who_may_open_none_joins_none(world: World) -> None:
    """The press is the wish to open an incident, whatever comes of it."""
    world.edit("hooks:\n", "incidents: {open: [S0SRE]}\nhooks:\n")
    alerts(world, FIRING)
    world.settle()
    world.command('/incident open "errors" checkout', by=BOB)
    world.press(OPEN, proposals(world)[0], EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert labels(proposals(world)[0]) == ["Open incident", "Dismiss"]


def test_an_alert_that_is_over_is_called_one(world: World) -> None:
    """Whoever presses late is told of alerts and incidents, and of no version to deploy."""
    alerts(world, FIRING)
    world.settle()
    [dismissed] = proposals(world)
    world.press(DISMISS, dismissed, BOB)
    world.settle()
    world.press(OPEN, dismissed, ANN)
    alerts(world, an_alert(2))
    world.settle()
    [_, replaced] = proposals(world)
    world.machines.sleep(11 * 60)
    alerts(world, an_alert(3))
    world.settle()
    world.press(OPEN, replaced, ANN)
    world.settle()
    first, second = world.whispers(ANN)[-2:]
    assert f"<@{BOB}> has dismissed it." in first
    assert "A newer alert has come since" in second
    for each in (first, second):
        assert "/incident open" in each
        assert "/deploy" not in each


def test_what_follows_is_written_into_the_open_incident(world: World) -> None:
    """Firing and resolved stand in its timeline, each once; nothing closes or thaws it."""
    alerts(world, FIRING)
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    answer = alerts(world, an_alert(7))
    [incident] = world.parts.journal.incidents.newest(10)
    assert answer.json() == {"id": incident.id}
    assert alerts(world, an_alert(7)).status_code == 200
    alerts(world, RESOLVED)
    world.settle()
    assert texts(world)[-2:] == ["firing: 5xx above 5 %", "resolved: 5xx above 5 %"]
    assert world.parts.journal.incidents.newest(10)[0].is_open
    assert "[frozen]" in world.command("/deploy checkout 1.4.0").text
    assert len(proposals(world)) == 1


def heard(world: World) -> list[str]:
    """What the channel of the one incident reads of alerts that are over."""
    [incident] = world.parts.journal.incidents.newest(10)
    read = world.workspace.messages(incident.channel or "")
    return [each.text for each in read if each.text.startswith("Resolved")]


def test_what_is_over_is_told_in_the_incidents_channel(world: World) -> None:
    """Nobody has to look into the timeline for it; as long as something fires, nothing is told."""
    alerts(world, FIRING, an_alert(7, "payments"))
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    alerts(world, RESOLVED, an_alert(7, "payments"))
    world.settle()
    assert heard(world) == []
    alerts(world, RESOLVED, an_alert(7, "payments", status="resolved"))
    alerts(world, RESOLVED, an_alert(7, "payments", status="resolved"))
    world.settle()
    assert heard(world) == ["Resolved, says hook `alerts`: 5xx above 5 %."]


def test_what_is_over_before_the_channel_stands_is_told_where_it_was_opened(world: World) -> None:
    """Slack may make the channel late, or never; of a private incident nobody else hears."""
    alerts(world, FIRING)
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    alerts(world, RESOLVED)
    world.settle()
    said = [each.text for each in world.workspace.messages(DEPLOYS)]
    assert said.count("Resolved, says hook `alerts`: 5xx above 5 %.") == 1
    assert heard(world) == []
    world.command('/incident open "secret" flaky --private')
    alerts(world, an_alert(2, "payments"))
    alerts(world, an_alert(2, "payments", status="resolved"))
    world.settle()
    assert [each.text for each in world.workspace.messages(DEPLOYS)] == said


def test_a_storm_that_ends_one_by_one_is_told_once_a_minute(world: World) -> None:
    """HT-14: the timeline counts them; the channel stays one for people."""
    alerts(world, FIRING, *(an_alert(number) for number in range(20)))
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    for number in range(20):
        alerts(world, an_alert(number, status="resolved"))
    world.machines.sleep(60)
    alerts(world, RESOLVED)
    world.settle()
    assert len(heard(world)) == 2


def test_what_is_over_is_told_below_its_card(world: World) -> None:
    """A card that changes notifies nobody; who follows its thread hears of the end."""
    alerts(world, FIRING, an_alert(2))
    world.settle()
    alerts(world, RESOLVED)
    world.settle()
    [card] = proposals(world)
    assert world.workspace.thread(card.channel, card.ts)[1:] == []
    alerts(world, an_alert(2, status="resolved"))
    world.settle()
    [told] = world.workspace.thread(card.channel, card.ts)[1:]
    assert told.text == "Resolved, says hook `alerts`: 5xx above 5 % and 1 more alert."


def test_a_thousand_alerts_are_one_card(world: World) -> None:
    """HT-14: one card with bounded updates, and no incident by itself."""
    for start in range(0, 1_000, 200):
        alerts(world, *(an_alert(number) for number in range(start, start + 200)))
    world.settle()
    [card] = proposals(world)
    assert "1000 alerts so far" in words(card)
    shown = [each for each in world.workspace.executed if each.method.startswith("chat.")]
    assert len(shown) <= 5
    assert world.parts.journal.incidents.newest(10) == ()


def test_a_thousand_alerts_join_an_open_incident(world: World) -> None:
    """HT-14: no card of their own, a few updates of the incident's, and a timeline to read."""
    alerts(world, FIRING)
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    before = len(world.workspace.executed)
    for start in range(0, 1_000, 200):
        alerts(world, *(an_alert(number) for number in range(start, start + 200)))
    sent = [alerts(world, an_alert(number)).status_code for number in range(1_000, 1_100)]
    assert set(sent) == {202, 429}
    assert sent.count(202) <= BURST
    world.settle()
    shown = [each for each in world.workspace.executed[before:] if each.method.startswith("chat.")]
    assert len(shown) <= 5
    [incident] = world.parts.journal.incidents.newest(10)
    assert len(proposals(world)) == 1
    status = world.command("/incident status", channel=incident.channel or "").text
    assert status.count("5xx above 5 %") <= 3
    assert "further messages within a minute" in status


def test_the_sandboxs_monitor_sends_what_alertmanager_does(world: World) -> None:
    """What people let fire there is proposed here, and over when they take it back."""
    monitor = Monitor()
    monitor.address = Pipeline(world, hook="alerts").address.removesuffix("/hooks/alerts")
    assert monitor.send("firing", 1)
    world.settle()
    assert labels(proposals(world)[0]) == ["Open incident", "Dismiss"]
    assert monitor.send("resolved", 1)
    world.settle()
    assert "Resolved" in proposals(world)[0].text
    monitor.address = "http://127.0.0.1:9"
    assert not monitor.send("firing", 2)


def test_alerts_of_several_targets_share_the_card(world: World) -> None:
    """One fault is seen in many places; a label with its name may be what is mapped."""
    alerts(world, FIRING, an_alert(2, "payments"))
    world.settle()
    [card] = proposals(world)
    assert "checkout, flaky" in words(card)
    world.press(OPEN, card, ANN)
    world.settle()
    assert world.parts.journal.incidents.newest(1)[0].targets == ("checkout", "flaky")


def test_a_repeated_message_changes_nothing(world: World) -> None:
    """Alertmanager sends it byte for byte as long as it lasts."""
    first = alerts(world, FIRING)
    again = alerts(world, FIRING)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    world.settle()
    assert "1 alert firing" in words(proposals(world)[0])


def test_a_repeated_message_has_its_answer_whatever_it_led_to(world: World) -> None:
    """One alert is written into an incident, one is proposed: both times the first is named."""
    alerts(world, FIRING)
    world.settle()
    world.press(OPEN, proposals(world)[0], ANN)
    world.settle()
    two = (an_alert(2, "payments"), an_alert(3))
    first, again = alerts(world, *two), alerts(world, *two)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"].startswith("prop-")
    assert again.json() == first.json()


def test_an_alert_is_found_among_hundreds_of_others(world: World) -> None:
    """A group of a whole estate is looked through; what names no target of ours takes no place."""
    others = [an_alert(number, "nobody") for number in range(300)]
    told = alerts(world, *others, an_alert(300))
    assert told.status_code == 202
    assert told.json()["id"].startswith("prop-")


def test_more_than_is_written_down_at_once_comes_with_the_repetition(world: World) -> None:
    """Nothing of a large group is lost: what was not written down at first is new once more."""
    many = [an_alert(number) for number in range(2 * ALERTS_MAX + 1)]
    sent = [alerts(world, *many) for _ in range(4)]
    assert [each.status_code for each in sent] == [202, 202, 202, 200]
    assert len({each.json()["id"] for each in sent}) == 1


def test_what_is_over_before_anybody_pressed_is_said(world: World) -> None:
    """The last alert that ends takes the buttons along."""
    alerts(world, FIRING, an_alert(2))
    alerts(world, RESOLVED)
    world.settle()
    assert labels(proposals(world)[0]) == ["Open incident", "Dismiss"]
    alerts(world, an_alert(2, status="resolved"))
    world.settle()
    [card] = proposals(world)
    assert "Resolved" in card.text
    assert labels(card) == []


def test_a_later_alert_is_a_new_message(world: World) -> None:
    """An update notifies nobody: after ten quiet minutes people are told anew."""
    alerts(world, FIRING)
    world.settle()
    world.machines.sleep(11 * 60)
    alerts(world, an_alert(2))
    world.settle()
    first, second = proposals(world)
    assert labels(first) == []
    assert labels(second) == ["Open incident", "Dismiss"]


def test_a_new_message_has_what_still_fires(world: World) -> None:
    """Whatever fires can be taken up, and nothing is over before all of it is."""
    alerts(world, FIRING)
    world.settle()
    world.machines.sleep(11 * 60)
    alerts(world, an_alert(2, "payments"))
    world.settle()
    old, new = proposals(world)
    assert labels(old) == []
    assert "2 alerts firing on checkout, flaky" in words(new)
    alerts(world, an_alert(2, "payments", status="resolved"))
    world.settle()
    assert "1 alert firing" in words(proposals(world)[1])
    replaced = Pipeline(world, hook="alerts").asks(told(old)["proposal_id"]).json()
    assert (replaced["phase"], replaced["newer"]) == ("superseded", told(new)["proposal_id"])
    alerts(world, RESOLVED)
    world.settle()
    [_, over] = proposals(world)
    assert "Resolved" in over.text
    assert "Fired on checkout, flaky, severity 1" in words(over)


def test_the_same_alert_said_again_counts_once(world: World) -> None:
    """A monitor that repeats under new ids has one alert, on one card, as bad as it says by now."""
    data = {"key": "probe", "title": "5xx", "targets": ["checkout"], "status": "firing"}
    for number, severity in enumerate(("sev3", "sev3", "sev1")):
        event = {"type": "slipway.incident.proposed", "data": {**data, "severity": severity}}
        assert Pipeline(world).sends(json.dumps(event).encode(), key=f"m{number}").is_success
        world.settle()
        world.machines.sleep(11 * 60)
    [card] = proposals(world)
    assert "1 alert firing on checkout, severity 1" in words(card)
    assert "alerts so far" not in words(card)


def test_what_is_over_is_over_on_its_card_though_an_incident_is_open(world: World) -> None:
    """Somebody opened one by hand meanwhile: the end stands in its timeline, and on the card."""
    alerts(world, FIRING)
    world.settle()
    world.command('/incident open "errors" checkout')
    world.settle()
    alerts(world, RESOLVED)
    world.settle()
    assert texts(world)[-1] == "resolved: 5xx above 5 %"
    [card] = proposals(world)
    assert "Resolved" in card.text
    assert labels(card) == []


def test_an_alert_may_be_dismissed(world: World) -> None:
    """Whoever may ask for changes of its first target may say that it is none."""
    alerts(world, FIRING)
    world.settle()
    assert world.press(DISMISS, proposals(world)[0], BOB).ok
    world.settle()
    assert f"Dismissed by <@{BOB}>" in proposals(world)[0].text


def test_an_alert_of_nothing_that_is_ours_is_ignored(world: World) -> None:
    """HT-10: its labels name no target of this hook."""
    answer = alerts(world, an_alert(1, "search"))
    assert (answer.status_code, answer.json()) == (200, {"ignored": "not_mapped"})
    world.settle()
    assert proposals(world) == []


def test_nothing_of_an_alert_is_markup(world: World) -> None:
    """HT-13: annotations are letters, on the card and in the incident's channel."""
    alerts(world, {**FIRING, "annotations": {"summary": "<!channel> <https://evil.example|x>"}})
    world.settle()
    [card] = proposals(world)
    assert "<!channel>" not in words(card) + card.text
    world.press(OPEN, card, ANN)
    world.settle()
    [incident] = world.parts.journal.incidents.newest(1)
    shown = [each.text for each in world.workspace.messages(incident.channel or "")]
    assert not any("<!channel>" in each for each in shown)


@pytest.fixture
def opening(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with a hook that may open incidents itself."""
    more = HOOKS.rstrip() + MORE.rstrip() + "\n    then: open\n"
    with opened(folder, redis_url, more=more) as here:
        yield here


def test_a_hook_that_may_open_opens_itself(opening: World) -> None:
    """HT-17: it has a channel and its timeline; and it freezes nothing, whatever is configured."""
    answer = alerts(opening, FIRING, an_alert(2))
    opening.settle()
    [incident] = opening.parts.journal.incidents.newest(10)
    assert (answer.status_code, answer.json()) == (202, {"id": incident.id})
    assert (incident.opener, incident.targets) == ("hook:alerts", ("checkout",))
    assert incident.channel is not None
    assert proposals(opening) == []
    assert "Recorded as" in opening.command("/deploy checkout 1.4.0").text
    assert alerts(opening, FIRING, an_alert(2)).status_code == 200
    alerts(opening, RESOLVED)
    opening.settle()
    [incident] = opening.parts.journal.incidents.newest(10)
    assert incident.is_open
    assert texts(opening)[-1] == "resolved: 5xx above 5 %"


def test_who_is_invited_is_called_where_nobody_leads(opening: World) -> None:
    """A hook leads nothing: the card says so, and what is asked is asked of people."""
    opening.expected |= {"already_in_channel"}
    told = f"incidents: {{invite: [S0SRE], announce: {GENERAL}}}\n"
    opening.edit("hooks:\n", f"{told}hooks:\n")
    alerts(opening, FIRING)
    opening.settle()
    [incident] = opening.parts.journal.incidents.newest(10)
    channel = incident.channel or ""
    assert "Nobody leads it yet: <#" in opening.workspace.messages(GENERAL)[-1].text
    card = opening.workspace.messages(channel)[0]
    assert "Nobody leads it. Opened" in card.text
    assert "nobody; `/incident lead` makes it you" in words(card)
    opening.wait(31 * 60, step=300)
    asking = opening.workspace.messages(channel)[-1]
    assert asking.text.startswith("<!subteam^S0SRE>: nobody leads this incident")
    assert labels(asking) == ["Change lead", "Post update", "Close"]
    opening.command("/incident lead", by=BOB, channel=channel)
    opening.wait(31 * 60, step=300)
    assert opening.workspace.messages(channel)[-1].text.startswith(f"<@{BOB}>, the last update")


def test_one_alert_at_the_same_moment_is_new_once(opening: World) -> None:
    """HT-6: one of them is 202; the others are told of the same incident."""
    with ThreadPoolExecutor(8) as pool:
        sent = [*pool.map(lambda _: alerts(opening, FIRING), range(8))]
    assert sorted(each.status_code for each in sent) == [*[200] * 7, 202]
    assert len({each.json()["id"] for each in sent}) == 1


def test_alerts_at_the_same_moment_open_one_incident(opening: World) -> None:
    """A storm comes in many groups at once: its target has one incident and one channel."""
    with ThreadPoolExecutor(8) as pool:
        sent = [*pool.map(lambda number: alerts(opening, an_alert(number)), range(8))]
    [incident] = opening.parts.journal.incidents.newest(10)
    assert {each.status_code for each in sent} == {202}
    assert {each.json()["id"] for each in sent} == {incident.id}
    assert sum("firing" in each for each in texts(opening)) == 8


def test_two_monitors_at_the_same_moment_open_one_incident(folder: Path, redis_url: str) -> None:
    """Both see the same fault, and both may open: whoever comes second finds it open."""
    first = f"{MORE.rstrip()}\n    then: open\n"
    more = HOOKS.rstrip() + first + first.replace("alerts:", "others:")
    with opened(folder, redis_url, more=more) as here, ThreadPoolExecutor(8) as pool:
        hooks = ("alerts", "others") * 4
        sent = pool.map(
            lambda each: alerts(here, an_alert(each[0]), hook=each[1]), enumerate(hooks)
        )
        assert {each.status_code for each in sent} == {202}
        assert len(here.parts.journal.incidents.newest(10)) == 1
        assert sum("firing" in each for each in texts(here)) == 8


def test_incidents_of_several_targets_are_opened_at_the_same_moment(opening: World) -> None:
    """Each target has its own; and a later alert, once that is closed, opens another one."""
    services = ("checkout", "payments") * 4
    with ThreadPoolExecutor(8) as pool:
        [*pool.map(lambda each: alerts(opening, an_alert(each[0], each[1])), enumerate(services))]
    found = opening.parts.journal.incidents.newest(10)
    assert sorted(each.targets for each in found) == [("checkout",), ("flaky",)]
    opening.settle()
    for each in found:
        opening.command(f'/incident close {each.id} "over"', by=BOB)
    assert alerts(opening, an_alert(20)).status_code == 202
    assert [each.is_open for each in opening.parts.journal.incidents.newest(10)].count(True) == 1


def test_a_hook_that_may_not_open_asks_people(opening: World) -> None:
    """Where `incidents.open` lists somebody else alone, the alert is a proposal as ever."""
    opening.edit("hooks:\n", "incidents: {open: [S0SRE]}\nhooks:\n")
    alerts(opening, FIRING)
    opening.settle()
    assert opening.parts.journal.incidents.newest(10) == ()
    assert labels(proposals(opening)[0]) == ["Open incident", "Dismiss"]


def test_a_monitor_can_ask_how_the_incident_stands(opening: World) -> None:
    """With its secret; of an incident that it had no part in it learns nothing."""
    answer = alerts(opening, FIRING)
    incident_id = answer.json()["id"]
    assert incident_id.startswith("inc-")
    headers = {"authorization": f"Bearer {HOOK_SECRET}"}
    address = Pipeline(opening, hook="alerts").address

    def asked(wanted: str) -> httpx.Response:
        return opening.http.get(f"{address}/{wanted}", headers=headers)

    assert asked(incident_id).json()["phase"] == "open"
    said = opening.command(f'/incident close {incident_id} "over"').text
    told = asked(incident_id).json()
    assert (told["done"], told["targets"]) == ("Closed" in said, ["checkout"])
    opening.settle()
    other = opening.command('/incident open "x" checkout').text.partition("Opened ")[2][:10]
    assert asked(other).status_code == 404
