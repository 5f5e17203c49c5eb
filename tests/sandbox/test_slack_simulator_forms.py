"""Forms of the simulated Slack: opened, filled in, answered, closed."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import (
    SANDBOX,
    RateLimits,
    Workspace,
    served,
    served_app,
)
from tests.sandbox.slack_app import FORM, Bare, Clock, plain, trigger


@pytest.fixture
def clock() -> Clock:
    """A clock that only the test moves."""
    return Clock()


@pytest.fixture
def bare() -> Bare:
    """An app of a few lines."""
    return Bare()


@pytest.fixture
def workspace(clock: Clock, bare: Bare) -> Iterator[Workspace]:
    """A served workspace whose app is the bare one, and which waits 0.3 seconds for it."""
    config = SANDBOX.model_copy(update={"answer_limit": 0.3})
    whole = Workspace(config, clock, limits=RateLimits(enabled=False))
    with served_app(bare.app) as address, served(whole) as workspace:
        workspace.request_url = f"{address}/slack/events"
        yield workspace
        bare.may_answer.set()


@pytest.fixture
def slack(workspace: Workspace) -> WebClient:
    """The bot's client, which repeats nothing."""
    return WebClient("xoxb-sandbox", base_url=workspace.api_url, retry_handlers=[])


def refusal(call: Any, **arguments: object) -> str:
    """Return the error of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_trigger_opens_one_form_within_three_seconds(
    workspace: Workspace, slack: WebClient, bare: Bare, clock: Clock
) -> None:
    """A trigger is used up by what it opens, and expires; an invented one is none."""
    used, late = trigger(workspace, bare), trigger(workspace, bare)
    slack.views_open(trigger_id=used, view=FORM)
    clock.now += 3.1

    assert refusal(slack.views_open, trigger_id=used, view=FORM) == "exchanged_trigger_id"
    assert refusal(slack.views_open, trigger_id=late, view=FORM) == "expired_trigger_id"
    assert refusal(slack.views_open, trigger_id="1.2.3", view=FORM) == "invalid_trigger_id"


def test_three_forms_lie_on_each_other(workspace: Workspace, slack: WebClient, bare: Bare) -> None:
    """One form is opened and two are pushed; closing takes the topmost away."""
    slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)
    for _ in range(2):
        slack.views_push(trigger_id=trigger(workspace, bare), view=FORM)

    fourth = trigger(workspace, bare)
    assert refusal(slack.views_push, trigger_id=fourth, view=FORM) == "push_limit_reached"
    root, middle, top = workspace.views("U0ANN")
    assert (middle.root_id, middle.previous_id, top.previous_id) == (root.id, root.id, middle.id)
    workspace.close_view(top.id, by="U0ANN")
    assert workspace.views("U0ANN") == [root, middle]


def test_an_outdated_hash_updates_no_form(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """`views.update` with the hash of an older view changes nothing."""
    view = slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]
    slack.views_update(view_id=view["id"], hash=view["hash"], view={**FORM, "title": plain("Two")})

    late = refusal(slack.views_update, view_id=view["id"], hash=view["hash"], view=FORM)

    assert late == "hash_conflict"
    assert workspace.views("U0ANN")[0].body["title"] == plain("Two")


@pytest.fixture
def form(workspace: Workspace, slack: WebClient, bare: Bare) -> str:
    """The id of an open form of Ann's."""
    return str(slack.views_open(trigger_id=trigger(workspace, bare), view=FORM)["view"]["id"])


def test_a_form_is_sent_with_what_was_entered(workspace: Workspace, bare: Bare, form: str) -> None:
    """A submission holds the state of every input; an empty answer closes the form."""
    answer = workspace.submit(form, {"why": {"text": "too early"}}, by="U0ANN")

    assert answer.ok
    payload = bare.payload
    entry = {"type": "plain_text_input", "value": "too early"}
    assert payload["view"]["state"]["values"] == {"why": {"text": entry}}
    assert payload["view"]["callback_id"] == "reason"
    assert workspace.views("U0ANN") == []


def test_slack_itself_keeps_back_a_form_that_is_wanting(
    workspace: Workspace, bare: Bare, form: str
) -> None:
    """A required field left empty, or one too long, never reaches the app."""
    sent = len(bare.got)

    empty = workspace.submit(form, {}, by="U0ANN")
    long = workspace.submit(form, {"why": {"text": "x" * 21}}, by="U0ANN")

    assert empty.errors == {"why": "Please complete this required field."}
    assert long.errors.keys() == {"why"}
    assert len(bare.got) == sent


RESPONSES: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "errors": ({"response_action": "errors", "errors": {"why": "no"}}, 1),
    "update": ({"response_action": "update", "view": FORM}, 1),
    "push": ({"response_action": "push", "view": FORM}, 2),
    "clear": ({"response_action": "clear"}, 0),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_a_form_s_answer_is_obeyed(workspace: Workspace, bare: Bare, form: str, case: str) -> None:
    """Errors keep the form, update and push show another view, clear closes all."""
    response, open_after = RESPONSES[case]
    bare.say(**response)

    answer = workspace.submit(form, {"why": {"text": "x"}}, by="U0ANN")

    assert answer.errors == response.get("errors", {})
    assert len(workspace.views("U0ANN")) == open_after


WRONG_RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "unknown action": {"response_action": "close"},
    "errors at no field": {"response_action": "errors", "errors": {"other": "no"}},
    "a view too large": {"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}},
}


@pytest.mark.parametrize("case", WRONG_RESPONSES)
def test_a_form_s_wrong_answer_is_shown_as_trouble(
    workspace: Workspace, bare: Bare, form: str, case: str
) -> None:
    """An answer that makes no sense to Slack leaves the form open, with Slack's own words."""
    bare.say(**WRONG_RESPONSES[case])

    answer = workspace.submit(form, {"why": {"text": "x"}}, by="U0ANN")

    assert answer.notice == "We had some trouble connecting. Try again?"
    assert len(workspace.views("U0ANN")) == 1


def test_a_closed_form_is_told_where_that_was_asked_for(
    workspace: Workspace, slack: WebClient, bare: Bare
) -> None:
    """`view_closed` is delivered for a view with `notify_on_close` only."""
    view = {**FORM, "notify_on_close": True}
    form = slack.views_open(trigger_id=trigger(workspace, bare), view=view)["view"]["id"]

    workspace.close_view(form, by="U0ANN")

    assert (bare.payload["type"], bare.payload["is_cleared"]) == ("view_closed", False)
