"""Rules about what is asked for: the whole of what each of them says."""

from typing import Any, Final

import pytest

from bot.core.codes import rules as codes
from bot.core.codes.service import SecretInReason
from bot.core.codes.systems import NoSuchStrategy
from bot.core.rules import Abilities, Facts, Finding
from tests.core.builders import a_policy, foreign
from tests.core.rules.found import YES, Table, cases, found, no, wish, world
from tests.core.rules.known import a_change, a_target
from tests.journal.builders import an_id

DRY: Final = wish("deploy", dry_run=True)
NO_OPERATION: Final = world(operation=None)
NO_WAY: Final = foreign("The API keeps no revisions")
SECRET: Final = "postgres://ann:hunter2@db/shop is new"
OLDER: Final = an_id(9)
STRATEGIES: Final = ("one-batch", "rolling:N")


def able(*actions: Any, **more: Any) -> Facts:
    """Return what is known of a target whose system can do this."""
    return world(abilities=Abilities(title="thing", actions=frozenset(actions), **more))


def cannot(action: Any, *can: Any) -> Finding:
    """Return what is said of what a system cannot do."""
    return no(codes.Unsupported(action=action, system="thing", can=can))


SUPPORTED: Final[Table] = {
    "supported": {
        "it can": (wish("restart"), able("restart"), YES),
        "it cannot": (
            wish("restart"),
            able("stop", "deploy", "scale", no_rollback=NO_WAY),
            cannot("restart", "deploy", "scale", "stop"),
        ),
        "it cannot go back": (
            wish("rollback command"),
            able("stop", "deploy"),
            cannot("rollback", "deploy", "stop"),
        ),
        "it says why it cannot": (
            wish("rollback command"),
            able("deploy", no_rollback=NO_WAY),
            Finding(verdict="no", why=NO_WAY),
        ),
        "nothing says what to create": (
            a_change("create"),
            able("create"),
            no(codes.NotCreatable(target="checkout")),
        ),
        "something says what to create": (
            a_change("create"),
            able("create").model_copy(update={"target": a_target(create={})}),
            YES,
        ),
        "it takes no values": (
            a_change("deploy", version="1", values={"a": "b"}),
            able("deploy"),
            no(codes.NoValues(system="thing", target="checkout")),
        ),
        "it takes values": (
            a_change("deploy", values={"a": "b"}),
            able("deploy", takes_values=True),
            YES,
        ),
        "it takes no values, but a way on": (
            a_change("restart", way="retry"),
            able("restart"),
            YES,
        ),
        "nothing to cancel": (
            a_change("deploy", way="cancel"),
            able("deploy"),
            no(codes.NothingToCancel(system="thing", target="checkout")),
        ),
        "nothing to cancel, with values": (
            a_change("deploy", way="cancel"),
            able("deploy", takes_values=True),
            no(codes.NothingToCancel(system="thing", target="checkout")),
        ),
        "something to cancel": (
            a_change("deploy", way="cancel"),
            able("deploy", cancels=True),
            YES,
        ),
        "a way to deploy a version": (
            a_change("deploy", version="1", way="retry"),
            able("deploy"),
            YES,
        ),
        "one of its strategies": (
            a_change("deploy", version="1", strategy="rolling:20"),
            able("deploy", strategies=STRATEGIES),
            YES,
        ),
        "another strategy": (
            a_change("deploy", version="1", strategy="rolling:0"),
            able("deploy", strategies=STRATEGIES),
            no(NoSuchStrategy(word="rolling:0", known=STRATEGIES)),
        ),
        "objects, where it takes them": (
            a_change("deploy", version="1", values={"a": '{"b": "c"}'}),
            able("deploy", takes_values=True, takes_json=True),
            YES,
        ),
        "objects, where it takes none": (
            a_change("deploy", version="1", values={"x": "1", "a": '{"b": "c"}', "z": '["d"]'}),
            able("deploy", takes_values=True),
            no(codes.NoObjects(system="thing", word="a")),
        ),
        "one of its options": (
            a_change("restart", options=("drain",)),
            able("restart", options={"restart": ("drain", "grace")}),
            YES,
        ),
        "another option": (
            a_change("restart", options=("drain", "force")),
            able("restart", options={"restart": ("drain", "grace"), "deploy": ("force",)}),
            no(codes.NoOption(option="force", system="thing", known=("drain", "grace"))),
        ),
        "it has no options": (
            a_change("restart", options=("force",)),
            able("restart"),
            no(codes.NoOption(option="force", system="thing", known=())),
        ),
        "nothing to cancel of a restart": (
            a_change("restart", way="cancel"),
            able("restart"),
            no(codes.NothingToCancel(system="thing", target="checkout")),
        ),
        "it has no strategies": (
            a_change("deploy", version="1", strategy="one-batch"),
            able("deploy"),
            no(codes.NoStrategies(system="thing", target="checkout")),
        ),
        "no version": (a_change("deploy"), able("deploy"), no(codes.NoVersion())),
        "a restart of no version": (a_change("restart"), able("restart"), YES),
        "for a press": (wish("approve"), able(), None),
        "without a target": (wish("deploy"), world(target=None), None),
        "of an unknown system": (wish("deploy"), world(abilities=None), None),
    },
}

WANTED: Final = world(policy=a_policy(reason="required"))
REASONS: Final[Table] = {
    "reason": {
        "none is wanted": (wish("deploy"), world(), YES),
        "none is given": (
            wish("deploy"),
            WANTED,
            no(codes.ReasonRequired(), "policies.prod.reason"),
        ),
        "words": (wish("deploy", reason="new prices"), WANTED, YES),
        "it undoes another": (wish("rollback command", rollback_of=OLDER), WANTED, YES),
        "it goes on with another": (wish("deploy", follows=OLDER), WANTED, YES),
        "a dry run": (DRY, WANTED, None),
        "for a press": (wish("recover"), WANTED, None),
        "without a policy": (wish("deploy"), world(policy=None), None),
    },
    "secrecy": {
        "of a change": (wish("deploy", reason=SECRET), world(), no(SecretInReason())),
        "of a rejection": (wish("reject", reason=SECRET), world(), no(SecretInReason())),
        "of a way on": (wish("recover", reason=SECRET), world(), no(SecretInReason())),
        "harmless words": (wish("deploy", reason="new prices"), world(), YES),
        "no words": (wish("deploy"), world(), None),
        "no words of a rejection": (wish("reject"), world(), None),
        "for an approval": (wish("approve"), world(), None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(SUPPORTED))
def test_a_system_is_asked_for_what_it_can(rule: str, case: str) -> None:
    """Who asks for what the API cannot do is told what it can, or what is missing."""
    intent, known, said = SUPPORTED[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize(("rule", "case"), cases(REASONS))
def test_a_reason_is_there_and_tells_no_secret(rule: str, case: str) -> None:
    """A policy may want a reason; none is kept that holds a secret, wherever it was typed."""
    intent, known, said = REASONS[rule][case]
    assert found(rule, intent, known) == said
