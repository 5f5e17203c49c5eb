"""Two accounts of one person are one person, whatever they are called."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core.operation import Approval, Operation, Queued
from bot.core.rules import Approve, Decision, Facts, Locked, Send, decide
from tests.core.builders import PLACES, a_member, a_policy
from tests.core.rules.known import SRE, a_change, an_intent, facts, operations
from tests.journal.builders import ANN, BOB, NOON

OTHER_ANN, OTHER_BOB = "U0ANN2", "W0BOB"
ALIASES: Final = (frozenset({ANN, OTHER_ANN}), frozenset({BOB, OTHER_BOB, "U0BOB3"}))
POLICY: Final = a_policy(request=(ANN,), approve=(SRE,), approvals=2)


def _approved(*by: str) -> Operation:
    planned = PLACES["planned"]()
    digest = planned.plan.digest
    given = tuple(Approval(by=each, at=NOON, digest=digest) for each in by)
    return planned.model_copy(update={"approvals": given, "approvals_needed": 2})


def _queued(*by: str) -> Operation:
    return _approved(*by).model_copy(update={"phase": Queued()})


def _pressed(account: str, operation: Operation, **known: object) -> Decision:
    intent = an_intent("approve", operation)
    assert isinstance(intent, Approve)
    return decide(intent, _known(account, operation, **known))


def _known(account: str, operation: Operation, **known: object) -> Facts:
    given = {"aliases": ALIASES, **known}
    return facts(operation, a_member(account, SRE), POLICY, **given)


def test_who_asked_does_not_approve_by_another_account() -> None:
    """Self-approval by an alias is self-approval; anybody else's account approves."""
    operation = _approved()
    assert _pressed(OTHER_ANN, operation).denied is not None
    assert _pressed(OTHER_ANN, operation).decisive == _pressed(ANN, operation).decisive
    assert _pressed(OTHER_ANN, operation, aliases=()).is_allowed
    assert _pressed(OTHER_BOB, operation).is_allowed


@pytest.mark.parametrize("account", sorted(ALIASES[1]))
def test_one_person_approves_once(account: str) -> None:
    """Whoever approved is told so at any of the accounts; another person still counts."""
    decisive = _pressed(account, _approved(BOB)).decisive
    assert decisive is not None
    assert (decisive.rule, decisive.verdict) == ("twice", "moot")
    assert _pressed("U0SUE", _approved(BOB)).is_allowed


def test_approvals_of_one_person_count_once_before_the_permit() -> None:
    """What was approved by two accounts before they were known to be one person's is void."""
    operation = _queued(BOB, OTHER_BOB)
    send = Send(operation=operation.id, step=0)
    known = _known(BOB, operation, now=NOON + timedelta(minutes=1), live_plan=operation.plan)
    [found] = [each for each in decide(send, known).findings if each.rule == "approvals"]
    assert found.verdict == "void"
    assert found.why is not None
    assert found.why.params == {"approver": OTHER_BOB}
    distinct = known.model_copy(update={"aliases": ()})
    [fine] = [each for each in decide(send, distinct).findings if each.rule == "approvals"]
    assert fine.verdict == "yes"


def test_an_approval_of_the_requesters_other_account_does_not_count() -> None:
    """Also where the alias was listed after the press."""
    operation = _queued(OTHER_ANN, BOB)
    known = _known(BOB, operation, live_plan=operation.plan)
    found = decide(Send(operation=operation.id, step=0), known).findings
    assert [each.verdict for each in found if each.rule == "approvals"] == ["void"]


def test_a_lost_call_is_decided_by_distinct_people() -> None:
    """Who said that nothing was executed says it once, by whichever account."""
    uncertain = operations()["uncertain"]
    said = uncertain.phase.model_copy(update={"said": (BOB,)})
    operation = uncertain.model_copy(update={"phase": said})
    person = a_member(OTHER_BOB, SRE)
    known = facts(operation, person, POLICY, aliases=ALIASES)
    found = decide(an_intent("not executed", operation), known).findings
    assert [each.verdict for each in found if each.rule == "twice"] == ["moot"]


def test_a_lock_is_its_holders_at_any_account() -> None:
    """Who locked a target changes it by the other account, too."""
    lock = Locked(target="checkout", by=ANN, at=NOON, reason="hands off")
    for account, verdict in ((OTHER_ANN, "yes"), (OTHER_BOB, "no")):
        known = _known(account, _approved(), kept=(lock,))
        found = decide(a_change("deploy", version="2"), known).findings
        assert [each.verdict for each in found if each.rule == "lock"] == [verdict]
