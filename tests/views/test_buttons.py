"""The button row is there only while pressing could have an effect."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.operation import Operation, RecoveryOption
from bot.core.plan import Observation
from bot.core.records import Parameters
from bot.core.rules import Abilities, Newest
from bot.core.verbs import MORE
from bot.views.buttons import accessory, buttons, menu
from bot.views.card import CardFacts
from bot.views.layout import Button
from bot.views.words import spelled
from tests.core.builders import foreign
from tests.views.samples import EN, FACTS, RETRY, STORIES, at, offering, told, without_gate

TABLE: Final[dict[str, tuple[str, ...]]] = {
    "requested": ("Details", "Cancel request"),
    "awaiting_the_cloud": ("Details", "Cancel request"),
    "held_back": ("Details", "Cancel request"),
    "stepped_aside": ("Details", "Cancel request"),
    "turn_offered": ("Start now", "Details", "Cancel request"),
    "turn_came": ("Details", "Cancel request"),
    "turn_lapsed": (),
    "awaiting_approval": ("Approve", "Reject…", "Details", "Cancel request"),
    "queued": ("Details", "Cancel request"),
    "submitting": ("Details",),
    "watching_first": ("Details",),
    "ready_for_second": ("Details",),
    "watching": ("Details",),
    "timed": ("Details",),
    "late": ("Details",),
    "stuck": ("Details",),
    "waiting": ("Next batch", "Roll back to 1.3.0", "Details"),
    "gone_on": ("Details",),
    "taken_back": ("Roll back to 1.3.0", "Next batch", "Details"),
    "uncertain": ("Look again", "Details"),
    "stalled": ("Keep waiting", "Look again", "Details"),
    "succeeded": ("Roll back to 1.3.0", "Same again…", "Details"),
    "failed": ("Roll back to 1.3.0", "Try again…", "Details"),
    "failed_with_ways": ("Roll back to 1.3.0", "Retry", "Skip 2 risks", "Cancel", "Details"),
    "extended": ("Details",),
    "call_refused": ("Try again…", "Details"),
    "not_executed": ("Roll back to 1.3.0", "Try again…", "Details"),
    "executed_late": ("Roll back to 1.3.0", "Try again…", "Details"),
    "executed": ("Roll back to 1.3.0", "Same again…", "Details"),
    "plan_refused": ("Details",),
    "rejected": (),
    "expired": (),
    "cancelled": (),
}

NEWER: Final = Newest(id="op-9876543210", is_open=True)

UNSHOWN: Final = FACTS.model_copy(update={"is_previewed": False})


def row(operation: Operation, facts: CardFacts = FACTS, **known: object) -> dict[str, Button]:
    """Return what can be pressed by its text, menus unfolded; *known*: what the rules know."""
    offered = offering(operation, facts, **known)
    beside = accessory(operation, offered, EN)
    folded = menu(operation, offered, EN)
    options = folded.options if folded else ()
    shown = [
        *buttons(operation, offered, EN),
        *([beside] if beside else ()),
        *(Button(action_id=MORE, text=each.text, label="", value=each.value) for each in options),
    ]
    return {each.text: each for each in shown}


def test_every_story_has_its_row() -> None:
    """A new phase needs a decision about its buttons."""
    assert TABLE.keys() == STORIES.keys()


@pytest.mark.parametrize("story", TABLE)
def test_buttons_of_a_phase(story: str) -> None:
    """Each phase offers what can be done in it and nothing else."""
    assert tuple(row(told(story))) == TABLE[story]


def test_queued_without_a_plan_can_be_cancelled() -> None:
    """While the live state is read, who asked may still withdraw it."""
    assert tuple(row(without_gate())) == ("Details", "Cancel request")


@pytest.mark.parametrize(
    ("seconds", "offered"),
    [
        (960, ("Look again", "Details")),
        (961, ("Look again", "It was executed", "Not executed", "Details")),
    ],
)
def test_not_executed_waits_for_the_settle_time(seconds: int, offered: tuple[str, ...]) -> None:
    """A person decides about a lost call only after it could have surfaced."""
    facts = FACTS.model_copy(update={"now": at(seconds)})

    assert tuple(row(told("uncertain"), facts)) == offered


@pytest.mark.parametrize(
    "facts",
    [
        {"newest": NEWER},
        {"rolled_back_by": "op-9876543210"},
        {"abilities": Abilities(title="x", actions=frozenset({"deploy"}))},
    ],
    ids=lambda facts: next(iter(facts)),
)
@pytest.mark.parametrize("story", ["succeeded", "failed", "failed_with_ways"])
def test_no_way_back_no_button(story: str, facts: dict[str, Any]) -> None:
    """An older, a rolled back and an irreversible operation offer no rollback."""
    assert "Roll back to 1.3.0" not in row(told(story), FACTS, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"newest": NEWER},
        {"rolled_back_by": "op-9876543210"},
        {"continued_by": "op-9876543210"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_no_way_on_once_something_else_was_done(facts: dict[str, Any]) -> None:
    """An older, a rolled back and a gone on operation offer no way on."""
    shown = row(told("failed_with_ways"), FACTS, **facts)

    assert not {"Retry", "Skip 2 risks", "Cancel"} & set(shown)


def test_a_way_on_asks_first_or_by_its_form() -> None:
    """What needs no reason says where and what before it counts; the form says it otherwise."""
    shown = row(told("failed_with_ways"))

    asks = shown["Retry"].confirm
    assert asks is not None
    assert (asks.title, asks.confirm, asks.style) == ("Retry?", "Retry", "primary")
    assert asks.text == "checkout on connection huawei: the upgrade is tried once more."
    assert shown["Skip 2 risks"].confirm is None
    danger = shown["Cancel"]
    assert danger.confirm is not None
    assert (danger.style, danger.confirm.style) == ("danger", "danger")


def test_a_way_on_is_known_by_its_name() -> None:
    """Ids are unique in a message, and the value says which way of which card was pressed."""
    operation = told("failed_with_ways")
    shown = row(operation)

    assert [each.action_id for each in shown.values()] == [
        "slipway.rollback",
        "slipway.recovery.retry",
        "slipway.recovery.skip",
        "slipway.recovery.cancel",
        "slipway.details",
    ]
    assert shown["Retry"].value == f"op-0123456789:1:{operation.plan.digest[:12]}:retry"


def test_a_long_label_does_not_become_a_question_of_one_word() -> None:
    """What does not fit on the button of a confirmation is said above it, and "Continue" on it."""
    long = RETRY.model_copy(
        update={"label": foreign("Skip every risk of all the nodes in this pool")}
    )
    label = spelled(long.label)
    asks = row(_with_ways(long))[label].confirm

    assert asks is not None
    assert (asks.title, asks.confirm) == (f"{label}?", "Continue")


def test_ways_on_of_one_name_are_one_and_many_are_few() -> None:
    """Whatever a system offers, the row stays legal: names once, and five at most."""
    many = [
        RETRY.model_copy(update={"name": f"way-{n}", "label": foreign(f"Way {n}")})
        for n in range(9)
    ]

    assert list(row(_with_ways(RETRY, RETRY.model_copy(update={"label": foreign("Again")})))) == [
        "Roll back to 1.3.0",
        "Retry",
        "Details",
    ]
    assert list(row(_with_ways(*many)))[1:-1] == [f"Way {n}" for n in range(5)]


def _with_ways(*ways: RecoveryOption) -> Operation:
    failed = told("failed_with_ways")
    phase = failed.phase.model_copy(update={"ways": ways})
    return failed.model_copy(update={"phase": phase})


def test_no_rollback_to_what_is_not_known() -> None:
    """Where nothing was seen to run before, there is nothing to go back to."""
    first = told("succeeded")
    plan = first.plan.model_copy(update={"observed": Observation(revision=None)})

    assert row(first.model_copy(update={"plan": plan})).keys() == {"Same again…", "Details"}


def test_no_rollback_to_what_runs_now() -> None:
    """A deployment of the version that ran before anyway changed nothing to go back from."""
    same = told("succeeded")
    plan = same.plan.model_copy(update={"observed": Observation(revision="1.4.0")})

    assert row(same.model_copy(update={"plan": plan})).keys() == {"Same again…", "Details"}


def test_no_rollback_where_the_api_accepted_nothing() -> None:
    """A call without a remote task changed nothing, so there is nothing to take back."""
    failed = told("failed")
    steps = tuple(step.model_copy(update={"remote_task": None}) for step in failed.steps)

    assert row(failed.model_copy(update={"steps": steps})).keys() == {"Try again…", "Details"}


@pytest.mark.parametrize("action", ["restart", "start", "stop", "scale", "create", "delete"])
def test_only_what_replaces_a_version_is_rolled_back(action: str) -> None:
    """A restart or a scaling leaves the version, so there is none to return to."""
    update = {"action": action, "parameters": Parameters()}

    assert "Roll back to 1.3.0" not in row(told("failed").model_copy(update=update))


@pytest.mark.parametrize("action", ["create", "delete"])
def test_what_can_be_done_once_is_not_offered_again(action: str) -> None:
    """Nothing is created or deleted twice."""
    update = {"action": action, "parameters": Parameters()}

    assert row(told("failed").model_copy(update=update)).keys() == {"Details"}
    assert row(told("succeeded").model_copy(update=update)).keys() == {"Details"}


def test_nothing_is_tried_again_where_the_system_says_how() -> None:
    """A failure with ways on has those; what was never sent is asked for anew."""
    assert "Try again…" not in row(told("failed_with_ways"))
    assert "Try again…" not in row(told("plan_refused"))


def test_a_failure_is_tried_again_while_it_is_the_newest() -> None:
    """What went well may be wanted once more, whatever came after."""
    assert "Try again…" not in row(told("failed"), FACTS, newest=NEWER)
    assert "Same again…" in row(told("succeeded"), FACTS, newest=NEWER)


def test_a_rollback_can_be_rolled_back() -> None:
    """A rollback replaces what runs like any deployment."""
    update = {"action": "rollback", "parameters": Parameters(revision="1.2.0")}

    assert tuple(row(told("succeeded").model_copy(update=update))) == (
        "Roll back to 1.3.0",
        "Same again…",
        "Details",
    )


def test_a_rollback_asks_first_and_names_where_and_what() -> None:
    """Where no form shows what would be done: it names target, connection and version."""
    assert row(told("failed"))["Roll back to 1.3.0"].confirm is None
    button = row(told("failed"), UNSHOWN)["Roll back to 1.3.0"]

    assert button.style == "primary"
    assert button.confirm is not None
    assert button.confirm.text == "checkout on connection huawei goes back to 1.3.0."


def test_the_value_names_the_card_that_was_seen() -> None:
    """The value is operation, round and the beginning of the digest; it decides nothing."""
    operation = told("awaiting_approval")
    values = {each.value for each in row(operation).values()}

    assert values == {f"op-0123456789:1:{operation.plan.digest[:12]}"}


def test_an_option_of_the_menu_stands_for_its_button() -> None:
    """It says which button it is; the token is the very one that the button would carry."""
    operation = told("succeeded")
    token = f"op-0123456789:1:{operation.plan.digest[:12]}"

    assert [(each.action_id, each.value) for each in row(operation).values()] == [
        ("slipway.more", f"rollback:{token}"),
        ("slipway.more", f"again:{token}"),
        ("slipway.more", f"details:{token}"),
    ]


def test_what_cannot_be_undone_asks_first() -> None:
    """Cancel, a word about a lost call and Roll back ask; Approve, Reject and looking do not."""
    late = FACTS.model_copy(update={"now": at(0) + timedelta(days=1)})
    offered = {
        **row(told("awaiting_approval")),
        **row(told("uncertain"), late),
        **row(told("stalled")),
        **row(told("failed"), UNSHOWN),
    }

    asking = {text for text, button in offered.items() if button.confirm}
    assert asking == {"Cancel request", "It was executed", "Not executed", "Roll back to 1.3.0"}


def test_labels_name_the_target_and_begin_with_the_text() -> None:
    """A screen reader hears which checkout; a voice command by the visible text works."""
    late = FACTS.model_copy(update={"now": at(10_000)})
    for story in STORIES:
        for text, button in row(told(story), late).items():
            if button.action_id == MORE:
                continue  # an option has no label: its menu stands beside the target's name
            assert button.label.startswith(text)
            assert "checkout" in button.label
    assert row(told("awaiting_approval"))["Approve"].label == "Approve checkout 1.4.0"


@pytest.mark.parametrize("story", STORIES)
def test_at_most_one_button_is_primary(story: str) -> None:
    """One thing at most is the thing to do."""
    styles = [each.style for each in row(told(story)).values()]

    assert styles.count("primary") <= 1


def test_what_nothing_undoes_is_approved_knowingly() -> None:
    """The question names what cannot be undone, and why; red only where it destroys."""
    why = foreign("CCE cannot downgrade a cluster")
    facts = FACTS.model_copy(update={"no_rollback_reason": why})
    operation = told("awaiting_approval")
    button = row(operation, facts)["Approve"]
    assert button.confirm is not None
    assert button.confirm.text == (
        "Deploy checkout 1.4.0: there is no way back, since CCE cannot downgrade a cluster."
    )
    assert (button.confirm.title, button.style) == ("This cannot be undone", "primary")
    destroys = operation.model_copy(update={"action": "delete"})
    assert row(destroys, facts)["Approve"].style == "danger"
    assert row(operation)["Approve"].confirm is None


@pytest.mark.parametrize("story", STORIES)
def test_danger_is_for_what_destroys(story: str) -> None:
    """A rejection or a rollback destroys nothing: only what its system calls dangerous is red."""
    late = FACTS.model_copy(update={"now": at(10_000)})
    red = {text for text, button in row(told(story), late).items() if button.style == "danger"}

    assert red <= {"Cancel"}
