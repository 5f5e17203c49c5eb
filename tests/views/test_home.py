"""App Home: within Slack's limits whatever there is, and changed only on purpose."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.rules import UnknownTarget
from bot.core.incidents import Incident
from bot.core.records import Json
from bot.core.rules import Approve, Reject
from bot.core.verbs.details import Details
from bot.sandbox.slack.strictness import check_view
from bot.views.blocks import faults
from bot.views.home import HomeEntry, HomeHold, HomeShown, home_blocks
from bot.views.layout import Block
from tests.core.builders import foreign
from tests.views.conftest import Golden
from tests.views.hostile import NASTY
from tests.views.samples import EN, FACTS, NOON, told
from tests.views.seen import words

WAITING: Final = told("awaiting_approval")
MANY: Final = 10


def entry(story: str) -> HomeEntry:
    """Return an operation of a story as an approver's Home shows it."""
    operation = told(story)
    kinds = (Approve, Reject, Details) if story == "awaiting_approval" else (Details,)
    presses = tuple(press for kind in kinds for press in kind.of(operation))
    return HomeEntry(operation=operation, facts=FACTS, presses=presses)


def numbered(each: HomeEntry, number: int) -> HomeEntry:
    """Return the entry as one of several operations."""
    operation = each.operation.model_copy(update={"id": f"op-{number:010d}"})
    return each.model_copy(update={"operation": operation})


FULL: Final = HomeShown(
    now=NOON,
    waiting=(entry("awaiting_approval"),),
    waiting_more=3,
    mine=(numbered(entry("succeeded"), 1), numbered(entry("failed"), 2)),
    running=(numbered(entry("watching"), 3),),
    incidents=(
        Incident(
            id="inc-7f3k2a",
            title="checkout answers 500",
            severity=2,
            opener="U0ANN",
            lead="U0BOB",
            opened_at=NOON,
            asked_in="C0OPS",
        ),
    ),
    holds=(HomeHold(why=foreign("somebody has locked it"), target="checkout"),),
)


def checked(home: HomeShown) -> list[Block]:
    """Return the blocks, once both checks found nothing."""
    blocks = home_blocks(home, EN)
    view: dict[str, Json] = {"type": "home", "blocks": [*blocks]}
    check_view(view, "home")
    assert faults(blocks, "home") == ()
    return blocks


def test_each_home_is_one_that_slack_shows(golden: Golden) -> None:
    """A full one, an empty one, and that of whoever may do nothing."""
    golden("home/full", checked(FULL))
    golden("home/empty", checked(HomeShown(now=NOON)))
    denied = Denied.of(UnknownTarget(word="checkout", near=()))
    golden("home/denied", checked(HomeShown(now=NOON, denied=denied)))


def test_the_fullest_home_has_room() -> None:
    """Ten of everything stay below Slack's hundred blocks."""
    several = {
        name: tuple(numbered(entry(story), at + number) for number in range(MANY))
        for name, story, at in (
            ("waiting", "awaiting_approval", 100),
            ("mine", "succeeded", 200),
            ("running", "watching", 300),
            ("reviews", "succeeded", 400),
        )
    }
    parts = ("waiting", "reviews", "mine", "running", "incidents", "holds")
    more = {f"{name}_more": 90 for name in parts}
    checked(FULL.model_copy(update={**several, **more}))


def test_a_home_holds_whatever_is_said() -> None:
    """Reasons and titles of people break no limit and mention nobody."""
    for nasty in NASTY:
        waits = entry("awaiting_approval")
        operation = waits.operation.model_copy(update={"reason": nasty})
        asked = waits.model_copy(update={"operation": operation})
        blocks = checked(
            FULL.model_copy(
                update={
                    "waiting": (asked,),
                    "holds": (HomeHold(why=foreign(nasty), target="checkout"),),
                }
            )
        )
        assert not {"<!channel>", "<@U0EVIL>"} & set(words(blocks).split())
