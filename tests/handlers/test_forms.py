"""The forms for a reason, of a rejection and of a way on: M1 to M13 where they touch them."""

import json
from typing import Final

import pytest

from bot.core.operation import Rejected
from bot.core.verbs.reasons import kept_reason
from handlers.submissions import FormContext
from tests.handlers.workspace import (
    ANN,
    APP,
    BOB,
    FIRST,
    OPS,
    TEAM,
    Workspace,
    a_failed,
    an_operation,
    interaction,
)

CALLBACK: Final = "slipway.reject_reason"
WAY_CALLBACK: Final = "slipway.recovery_reason"
SEEN: Final = f"{FIRST}:1:52ddc814e000"
CONTEXT: Final = FormContext(
    value=SEEN, channel=OPS, opener=BOB, delivery="7.176.abcdef"
).model_dump_json()
CLOSED: Final = {"response_action": "clear"}


@pytest.fixture
def asked(workspace: Workspace) -> Workspace:
    """Return a workspace in which one operation waits for approval."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    return workspace


def _submit(
    workspace: Workspace, reason: object = "too risky today", *, by: str = BOB, **view: object
) -> dict[str, object]:
    sent = {"callback_id": CALLBACK, "private_metadata": CONTEXT, **view}
    values = {"slipway.reason": {"in": {"type": "plain_text_input", "value": reason}}}
    body = interaction(
        type="view_submission",
        team={"id": TEAM},
        user={"id": by},
        api_app_id=APP,
        trigger_id=workspace.trigger(),
        view={"type": "modal", "state": {"values": values}, **sent},
    )
    answer: dict[str, object] = workspace.post(body).json()
    return answer


def _error(answer: dict[str, object]) -> str:
    assert answer["response_action"] == "errors"
    errors = answer["errors"]
    assert isinstance(errors, dict)
    return str(errors["slipway.reason"])


def test_the_opened_form_comes_back(asked: Workspace) -> None:
    """What Reject opened, submitted as it is, rejects the operation for that reason."""
    asked.press("slipway.reject", f"{FIRST}:1:52ddc814e000")
    [view] = asked.forms.opened
    body = asked.submission(view, "too risky\ntoday")

    answer = asked.post(body).json()

    phase = asked.service.operations[FIRST].phase
    assert answer == CLOSED
    assert isinstance(phase, Rejected)
    assert (phase.by, phase.reason) == (BOB, "too risky today")


@pytest.mark.parametrize("reason", [None, "", "  \n ", "\0"])
def test_a_reason_has_words(asked: Workspace, reason: str | None) -> None:
    """Blank is no reason; the form stays open and says so."""
    assert "[reason_required]" in _error(_submit(asked, reason))
    assert not asked.service.operations[FIRST].is_final


def test_a_second_submission_hears_how_things_stand(asked: Workspace) -> None:
    """M7: submitted twice, the second closes and whispers the present state."""
    first, second = _submit(asked), _submit(asked, "again")

    phase = asked.service.operations[FIRST].phase
    assert (first, second) == (CLOSED, CLOSED)
    assert isinstance(phase, Rejected)
    assert phase.reason == "too risky today"
    assert [to for to, _, _ in asked.service.whispers] == [BOB]


@pytest.mark.parametrize(
    "metadata", ["", "op-0000000001", "x" * 3_001, CONTEXT.replace(BOB, "slipway"), "{}", "null"]
)
def test_changed_metadata_is_refused(asked: Workspace, metadata: str) -> None:
    """M1: a form whose context is not what we wrote rejects nothing."""
    assert "[unreadable_request]" in _error(_submit(asked, private_metadata=metadata))
    assert not asked.service.operations[FIRST].is_final


def test_another_operation_than_any_is_refused(asked: Workspace) -> None:
    """M1: the service decides on the operation that is named, and its words are shown."""
    context = CONTEXT.replace(FIRST, "op-0000000009")

    assert "[unknown_operation]" in _error(_submit(asked, private_metadata=context))


STATES: Final[dict[str, object]] = {
    "M3-more-blocks": {
        "slipway.reason": {"in": {"type": "plain_text_input", "value": "x"}},
        "b": {"in": {"type": "plain_text_input", "value": "x"}},
    },
    "M3-other-type": {"slipway.reason": {"in": {"type": "static_select", "value": "x"}}},
    "M3-no-input": {"slipway.reason": {}},
    "M3-value-is-no-text": {"slipway.reason": {"in": {"type": "plain_text_input", "value": 7}}},
}


@pytest.mark.parametrize("values", STATES.values(), ids=STATES)
def test_another_state_is_refused(asked: Workspace, values: object) -> None:
    """M3: a block too many or of the wrong type rejects nothing."""
    assert "[unreadable_request]" in _error(_submit(asked, state={"values": values}))
    assert not asked.service.operations[FIRST].is_final


@pytest.mark.parametrize("state", [None, {}, {"values": {}}, {"values": 7}])
def test_a_form_without_inputs_is_refused(asked: Workspace, state: object) -> None:
    """M3: what has no block to say it at is told on a page of its own, and has no effect."""
    told = _submit(asked, state=state)
    assert told["response_action"] == "push"
    assert "[unreadable_request]" in str(told["view"])
    assert not asked.service.operations[FIRST].is_final


def test_a_form_is_its_openers_alone(asked: Workspace) -> None:
    """M13: submitted by another person than the one it was opened for, it has no effect."""
    assert "[unreadable_request]" in _error(_submit(asked, by=ANN))
    assert not asked.service.operations[FIRST].is_final


def test_journal_down_is_said_at_the_input(asked: Workspace) -> None:
    """Without the journal the form stays open and says that nothing was recorded."""
    asked.service.is_down = True

    text = _error(_submit(asked))

    assert "[journal_down]" in text
    assert "Nothing was recorded." in text


def test_a_fault_of_ours_is_said_at_the_input(asked: Workspace) -> None:
    """An unforeseen exception leaves the form open, with its id."""
    asked.service.is_wrong = True

    assert "[internal_error]" in _error(_submit(asked))


def _gone_on(workspace: Workspace, reason: object = "known", **context: str) -> dict[str, object]:
    """Send the form that Skip opened, with what is given changed in its context."""
    value = f"{context.pop('operation', FIRST)}:1:52ddc814e000:skip"
    opened = FormContext(value=value, channel=OPS, opener=BOB, delivery="7.176.abcdef")
    metadata = opened.model_copy(update=context).model_dump_json()
    return _submit(workspace, reason, callback_id=WAY_CALLBACK, private_metadata=metadata)


@pytest.fixture
def failed(workspace: Workspace) -> Workspace:
    """Return a workspace in which one operation failed, with two ways on."""
    workspace.service.operations[FIRST] = a_failed(FIRST)
    return workspace


def test_a_way_on_is_gone_for_the_reason_of_its_form(failed: Workspace) -> None:
    """What Skip opened, submitted as it is, goes on that way for that reason."""
    failed.press("slipway.recovery.skip", f"{FIRST}:1:52ddc814e000:skip")
    [view] = failed.forms.opened

    answer = failed.post(failed.submission(view, "known\nand harmless")).json()

    [follower] = [each for each in failed.service.operations.values() if each.follows]
    assert answer == CLOSED
    assert (follower.follows, follower.requester) == (FIRST, BOB)
    assert follower.reason == "skip: known and harmless"


def test_a_form_of_a_way_on_is_one_operation(failed: Workspace) -> None:
    """M7: submitted twice, the second closes and whispers which operation it is already."""
    first, second = _gone_on(failed), _gone_on(failed, "again")

    assert (first, second) == (CLOSED, CLOSED)
    assert len([each for each in failed.service.operations.values() if each.follows]) == 1
    assert [to for to, _, _ in failed.service.whispers] == [BOB]


@pytest.mark.parametrize(
    ("reason", "context", "code"),
    [
        ("  ", {}, "reason_required"),
        ("x", {"delivery": ""}, "unreadable_request"),
        ("x", {"opener": ANN}, "unreadable_request"),
        ("x", {"operation": "op-0000000009"}, "unknown_operation"),
    ],
)
def test_a_way_on_is_refused_at_its_field(
    failed: Workspace, reason: str, context: dict[str, str], code: str
) -> None:
    """M1, M13: a blank reason, another's form or one that no press opened goes on with nothing."""
    assert f"[{code}]" in _error(_gone_on(failed, reason, **context))
    assert len(failed.service.operations) == 1


def test_mentions_in_a_reason_are_kept_as_text(asked: Workspace) -> None:
    """M10: what is typed is kept; escaping is the views' part."""
    _submit(asked, "<!channel> *no*")

    phase = asked.service.operations[FIRST].phase
    assert isinstance(phase, Rejected)
    assert phase.reason == "<!channel> *no*"


def test_a_long_reason_is_cut_with_a_mark() -> None:
    """C40: 500 characters are kept, the last of which shows that more was there."""
    assert kept_reason("x" * 500) == "x" * 500
    assert kept_reason("x" * 501) == "x" * 499 + "…"
    assert json.dumps(kept_reason("a\0b\r\nc")) == '"a b c"'
