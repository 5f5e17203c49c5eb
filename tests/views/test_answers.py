"""Answers: what a person reads after each outcome."""

from collections.abc import Iterator
from typing import Any, Final, get_args

import pytest

from bot.core.codes import Denied
from bot.core.codes.clouds import NoAnswer
from bot.core.codes.rules import ApprovalsMissing, MayNotRequest, PastGate
from bot.core.codes.service import HeldByOperation, LineFull
from bot.core.incidents import Opened
from bot.core.operation import BreakGlass
from bot.core.outcomes import (
    AlertJoined,
    ChangeFormWanted,
    ConnectionHealth,
    DetailsWanted,
    Discovered,
    DiscoveredThing,
    Done,
    DryRun,
    Entries,
    Explained,
    FormWanted,
    Health,
    Help,
    IncidentDone,
    IncidentFormWanted,
    IncidentHelp,
    IncidentList,
    IncidentStatus,
    Noted,
    OperationStatus,
    Outcome,
    PreviewWanted,
    Recorded,
    Repeated,
    Reported,
    ReviewWanted,
    TargetLine,
    TargetQueue,
    Targets,
    TargetStatus,
    Unchanged,
    Values,
    Versions,
    WhatRuns,
)
from bot.core.plan import Change
from bot.core.policy import Policy
from bot.core.queue import Line, Spot
from bot.core.records import Asked, Parameters
from bot.core.rules import Decision, Finding, Locked
from bot.core.rules.lock import LockedByPerson
from bot.core.system import Entry, Found, LiveValues, Offer, StatusReport
from bot.systems.cce_cluster.codes import ByPath
from bot.views.answers import answer
from bot.views.blocks import faults
from bot.views.doors import doors
from bot.views.layout import Block
from bot.views.standing import NOTHING
from bot.views.text import TEXT_MAX
from bot.views.words import Locale
from tests.core.test_incidents import an_incident
from tests.views.conftest import Golden
from tests.views.figures import EMPTY, REPORT, RUNS
from tests.views.samples import (
    DRAFT,
    EN,
    NOON,
    SKIP,
    TARGET,
    at,
    broken,
    in_line,
    line_of,
    told,
    without_gate,
)
from tests.views.seen import words

ALLOWED: Final = Decision(
    findings=(
        Finding.yes().model_copy(update={"rule": "known"}),
        Finding.yes("policies.prod.request, slipway.yaml:57").model_copy(update={"rule": "rights"}),
    )
)
DECISION: Final = Decision(
    findings=(
        *ALLOWED.findings,
        Finding.wait(
            LockedByPerson(by="U0SUE", since=NOON, words="<b>Black Friday</b>"), who=("U0SUE",)
        ).model_copy(update={"rule": "lock"}),
    )
)
HELD_TWICE: Final = Decision(
    findings=(
        *DECISION.findings,
        Finding.wait(
            ApprovalsMissing(missing=1, until=NOON), place="policies.prod.approve", who=("S0SRE",)
        ).model_copy(update={"rule": "approvals"}),
    )
)
LINE: Final = TargetLine(
    target=TARGET,
    title="ServiceStage v3 component",
    holder=told("watching"),
    latest=told("failed"),
)
ENTRIES: Final = (
    Entry(revision="1.3.0", status="RUNNING", when="2026-11-19T10:00:00Z", is_current=True),
    Entry(revision="1.2.0", status="SUCCEEDED", when="2026-11-01T10:00:00Z", can_return=True),
    Entry(revision="1.1.0", status="FAILED", when="2026-10-01T10:00:00Z", description="oops"),
)
OFFERS: Final = (
    Offer(version="1.4.0"),
    Offer(version="1.3.0", is_current=True),
    Offer(version="1.2.0", description=ByPath().reason),
)
VALUES: Final = LiveValues(
    chart="search 1.3.0",
    present={"auth.password": "******", "image.tag": "1.3.0"},
    defaults={"image.tag": "1.0.0", **{f"labels.l{each}": '""' for each in range(40)}},
)
FOUND: Final = Found(
    kind="release",
    name="etcd-release",
    place="test122/default",
    status="deployed etcd 8.11.1",
    settings={
        "cluster": "test122",
        "namespace": "default",
        "release": "etcd-release",
        "chart": "bitnami-new/etcd",
    },
)
DISCOVERED: Final = Discovered(
    connection="lab",
    things=(
        DiscoveredThing(
            system="cloudpods-release",
            found=Found(kind="cluster", name="test122", status="running"),
        ),
        DiscoveredThing(system="cloudpods-release", found=FOUND, target="etcd"),
        *(
            DiscoveredThing(system="cloudpods-release", found=FOUND, new_name=f"etcd-{number}")
            for number in range(2, 10)
        ),
    ),
    unlisted=(("cloudpods-release", ByPath().reason),),
)
LINK: Final = "https://acme.slack.com/archives/C0DEPLOYS/p1795176000000100?thread_ts=1.2&cid=C1"
DENIED: Final = Denied.of(
    MayNotRequest(action="deploy"), rule="policies.prod.request", who=("S0DEVS", "U0ANN")
)
HELD: Final = Locked(target="checkout", by="U0ANN", at=NOON, reason="Black Friday")
DRY: Final = DryRun(
    target=TARGET,
    asked=Asked(action="deploy", parameters=Parameters(version="1.4.0")),
    draft=DRAFT,
    policy=Policy(name="prod", approve=("S0SRE",)),
    approvals=1,
    approvers=("S0SRE",),
)
OUTCOMES: Final[dict[str, Outcome]] = {
    "recorded_glass_broken": Recorded(
        operation=without_gate().model_copy(update={"break_glass": BreakGlass(due=at(86_400))})
    ),
    "review_wanted": ReviewWanted(operation=broken()),
    "recorded": Recorded(operation=told("awaiting_approval"), approvers=("S0SRE",)),
    "recorded_unread": Recorded(operation=told("requested")),
    "recorded_queued": Recorded(operation=without_gate()),
    "recorded_queue_down": Recorded(operation=without_gate(), queue_is_down=True),
    "recorded_gate_queue_down": Recorded(operation=told("requested"), queue_is_down=True),
    "recorded_in_line": Recorded(operation=in_line(), line=line_of(in_line())),
    "recorded_in_line_queue_down": Recorded(
        operation=in_line(), line=line_of(in_line()), queue_is_down=True
    ),
    "recorded_replacing": Recorded(
        operation=in_line(), line=line_of(in_line()), replaces="op-9876543210"
    ),
    "recorded_passing": Recorded(operation=without_gate(), passes="op-9876543210"),
    "queue": TargetQueue(target=TARGET, line=line_of(in_line())),
    "queue_offered": TargetQueue(
        target=TARGET,
        line=Line(
            holder=told("turn_offered"),
            spots=(Spot(operation=told("turn_offered"), position=1),),
        ),
    ),
    "queue_free": TargetQueue(target=TARGET, line=Line()),
    "targets_waiting": Targets(lines=(LINE.model_copy(update={"waiting": 2}),)),
    "status_in_line": OperationStatus(operation=in_line(), line=line_of(in_line())),
    "repeated": Repeated(operation=told("watching")),
    "dry_run": DRY,
    "dry_run_checked": DRY.model_copy(update={"check": "passed"}),
    "dry_run_refused": DRY.model_copy(update={"check": "refused", "check_says": ByPath().reason}),
    "help": Help(example_target="checkout", can_approve=True),
    "help_outsider": Help(example_target="", can_approve=False),
    "help_verb": Help(example_target="", can_approve=False, verb="deploy"),
    "targets": Targets(lines=(LINE,)),
    "targets_none": Targets(lines=()),
    "target_status": TargetStatus(
        line=LINE,
        report=StatusReport(headline="running 1.3.0", facts={"replicas": "2 of 2"}),
    ),
    "operation_status": OperationStatus(operation=told("watching"), link=LINK),
    "history": Entries(target=TARGET, topic="history", entries=ENTRIES),
    "revisions": Entries(target=TARGET, topic="revisions", entries=ENTRIES[1:2]),
    "revisions_none": Entries(target=TARGET, topic="revisions", entries=()),
    "versions": Versions(target=TARGET, offers=OFFERS),
    "versions_of_history": Versions(target=TARGET, offers=OFFERS[:2], is_history=True),
    "versions_none": Versions(target=TARGET, offers=()),
    "values": Values(target=TARGET, values=VALUES),
    "values_narrowed": Values(target=TARGET, values=VALUES, word="image"),
    "values_unknown": Values(
        target=TARGET, values=VALUES.model_copy(update={"present": None, "defaults": None})
    ),
    "what_runs": RUNS,
    "what_runs_of_many": RUNS.model_copy(update={"more": 360}),
    "what_runs_nowhere": WhatRuns(rows=(), as_of=NOON),
    "report": Reported(report=REPORT, has_charts=True),
    "report_nothing": Reported(report=EMPTY),
    "why": Explained(decision=DECISION, operation=told("held_back"), link=LINK),
    "why_several": Explained(decision=HELD_TWICE, operation=told("held_back"), link=LINK),
    "can_then_held": Explained(
        decision=ALLOWED, person="U0ANN", target="checkout", later=HELD_TWICE.findings[-2:]
    ),
    "why_then": Explained(decision=DECISION, operation=told("succeeded"), then=NOON),
    "can": Explained(decision=ALLOWED, person="U0ANN", action="deploy", target="checkout"),
    "cannot": Explained(decision=DECISION, person="U0ANN", target="checkout"),
    "noted": Noted(event=HELD),
    "discovered": DISCOVERED,
    "discovered_nothing": DISCOVERED.model_copy(
        update={"things": (), "unlisted": (), "words": ("etcd", "failed")}
    ),
    "health": Health(
        parts=dict.fromkeys(("database", "redis", "slack", "configuration"), ""),
        targets=13,
        connections=(ConnectionHealth(connection="huawei", target="checkout"),),
    ),
    "health_of_the_sick": Health(
        parts={"database": "", "redis": "QueueUnavailable", "slack": "", "configuration": "faults"},
        targets=1,
        unknown=("#opps", "@ser"),
        waiting=2,
        oldest=400.0,
        connections=(
            ConnectionHealth(connection="huawei", target="checkout", why=NoAnswer(within=3).reason),
            ConnectionHealth(connection="lab", target="etcd", is_late=True),
        ),
    ),
    "incident_done": IncidentDone(
        incident=an_incident(), event=Opened(at=NOON, by="U0ANN", targets=("checkout",))
    ),
    "alert_joined": AlertJoined(incident=an_incident()),
    "incident_status": IncidentStatus(incident=an_incident()),
    "incident_list": IncidentList(incidents=(an_incident(),)),
    "incident_list_none": IncidentList(incidents=()),
    "incident_help": IncidentHelp(),
    "incident_form_wanted": IncidentFormWanted(verb="incident_open", person="U0ANN"),
    "change_form_wanted": ChangeFormWanted(action="deploy"),
    "preview_wanted": PreviewWanted(operation=told("succeeded")),
    "done": Done(operation=told("cancelled")),
    "present": Unchanged(operation=told("queued"), why=PastGate(how="approved").reason),
    "form_wanted": FormWanted(operation=told("awaiting_approval")),
    "form_wanted_way": FormWanted(operation=told("failed_with_ways"), option=SKIP),
    "details_wanted": DetailsWanted(operation=told("watching")),
    "denied": DENIED,
    "denied_full": Denied.of(
        LineFull(target="checkout", holder="op-0123456789", waiting=3), operation="op-0123456789"
    ),
    "denied_held": Denied.of(
        HeldByOperation(
            target="checkout",
            holder="op-0123456789",
            action="deploy",
            phase="queued",
            by="U0ANN",
            since=NOON,
        ),
        operation="op-0123456789",
    ),
}


def cells(blocks: list[Block]) -> Iterator[str]:
    """Yield what stands in the rows of a table, but for what says that nothing is there."""
    [table] = [each for each in blocks if each["type"] == "table"]
    rows: Any = table["rows"]
    for row in rows[1:]:
        shown = [each["text"] for each in row[:-1] if each["type"] == "raw_text"]
        yield from (text for text in shown if text != NOTHING)
        yield row[-1]["text"] if row[-1]["text"] != NOTHING else ""


def test_every_outcome_has_an_answer() -> None:
    """A new outcome needs a sample here, and with it its words."""
    assert {type(outcome) for outcome in OUTCOMES.values()} == set(get_args(Outcome))


@pytest.mark.parametrize("name", OUTCOMES)
def test_each_outcome_has_its_words(name: str, golden: Golden) -> None:
    """Answers change only on purpose, and pass Slack's limits."""
    message = answer(OUTCOMES[name], EN)

    assert faults(message.blocks) == ()
    golden(f"answers/{name}", {"text": message.text, "blocks": message.blocks})


DOORS: Final = {each.text for each in doors(EN, is_first=True)}  # they open forms: words are typed


@pytest.mark.parametrize("name", OUTCOMES)
def test_text_and_blocks_say_the_same(name: str) -> None:
    """A whisper is the text alone: a button leads to what the text names, and says nothing new."""
    message = answer(OUTCOMES[name], EN)
    if any(each["type"] == "table" for each in message.blocks):
        assert all(cell in message.text for cell in cells(message.blocks))
        return
    buttons = [each for each in message.blocks if each["type"] == "actions"]

    assert words([each for each in message.blocks if each not in buttons]) == message.text
    named = [each for each in words(buttons).split("\n") if each not in DOORS]
    assert all(word in message.text for each in named for word in each.split() if word != "See")


def test_a_denial_has_code_reason_people_rule_way_out_and_effect() -> None:
    """Nobody who is refused is left without the way forward."""
    assert answer(DENIED, EN).text.splitlines() == [
        "You cannot deploy this target.",
        "Ask: <!subteam^S0DEVS>, <@U0ANN>",
        "Rule: `policies.prod.request`",
        (
            "Ask one of them, or have your name added to the policy. Nothing was recorded. "
            "[not_allowed]"
        ),
    ]


def test_a_refused_press_does_not_speak_of_recording() -> None:
    """A press concerns what was recorded long ago."""
    text = answer(DENIED, EN, recorded_nothing=False).text

    assert text.endswith("[not_allowed]")
    assert "recorded" not in text


@pytest.mark.parametrize(
    ("name", "comes"),
    [
        ("recorded", "Waiting for 1 approval from <!subteam^S0SRE>."),
        ("recorded_queued", "Starting now."),
        ("recorded_queue_down", "it starts by itself when the queue is back"),
        (
            "recorded_gate_queue_down",
            "it continues by itself when the queue is back, then waits for 1 approval",
        ),
    ],
)
def test_what_is_recorded_names_its_id_and_what_comes(name: str, comes: str) -> None:
    """The id stands there as plain letters, to be copied, and nobody wonders what happens next."""
    text = answer(OUTCOMES[name], EN).text

    assert "Recorded as op-0123456789" in text
    assert comes in text


@pytest.mark.parametrize("name", ["present", "repeated", "done"])
def test_a_press_without_effect_is_answered_with_the_present_state(name: str) -> None:
    """The answer is how things stand now, with the id as it is written elsewhere."""
    text = answer(OUTCOMES[name], EN).text

    assert "op-0123456789" in text
    assert "Deploy checkout 1.3.0 → 1.4.0" in text


def test_a_dry_run_says_that_nothing_will_happen() -> None:
    """What was only asked is not mistaken for what is done."""
    text = answer(OUTCOMES["dry_run"], EN).text

    assert "Nothing was recorded, and nothing will happen." in text
    assert "Recorded as" not in text
    assert "Approvals needed: 1 from <!subteam^S0SRE>" in text
    assert "Steps: precheck, deploy" in text


def test_a_dry_run_tells_the_version_once() -> None:
    """What stands behind the target already is no line below it."""
    outcome = OUTCOMES["dry_run"]
    assert isinstance(outcome, DryRun)
    version = Change(name="version", before=outcome.draft.before, after=outcome.draft.after)
    draft = outcome.draft.model_copy(update={"changes": (version, *outcome.draft.changes)})

    assert answer(outcome.model_copy(update={"draft": draft}), EN).text == answer(outcome, EN).text


@pytest.mark.parametrize("name", ["help", "help_outsider"])
def test_help_has_at_most_twelve_lines(name: str) -> None:
    """Help fits on a screen."""
    assert len(answer(OUTCOMES[name], EN).text.splitlines()) <= 12


def test_help_types_the_commands_as_they_are_named_here() -> None:
    """Where the commands have a prefix, the examples have it too."""
    text = answer(OUTCOMES["help_outsider"], Locale(prefix="ship-")).text

    assert "`/ship-deploy checkout 1.4.0" in text
    assert "/deploy" not in text.replace("/ship-deploy", "")


def test_long_lists_are_counted_and_stay_within_slacks_limits() -> None:
    """Hundreds of targets or rows are answered by the first ones and a number."""
    entries = Entries(target=TARGET, topic="history", entries=ENTRIES * 100)
    targets = Targets(lines=(LINE,) * 300)

    for outcome, more in ((entries, "… 280 more"), (targets, "… 260 more")):
        message = answer(outcome, EN)
        assert more in words(message.blocks)
        assert faults(message.blocks) == ()
        assert len(message.text) <= TEXT_MAX


@pytest.mark.parametrize(
    ("story", "reason"),
    [("failed", "*Failed*: pods crash"), ("rejected", "*Rejected* by <@U0SUE>: not on a Friday")],
)
def test_the_status_of_an_operation_says_why(story: str, reason: str) -> None:
    """Who asks how it stands reads the reason as well."""
    assert reason in answer(OperationStatus(operation=told(story)), EN).text


def test_a_link_that_is_no_plain_address_is_left_out() -> None:
    """What comes as a link cannot carry another text or a mention."""
    bad = OperationStatus(operation=told("watching"), link="https://evil.test/|<!here>")

    assert "evil" not in answer(bad, EN).text
    assert "&amp;cid=C1|its card>" in answer(OUTCOMES["operation_status"], EN).text
