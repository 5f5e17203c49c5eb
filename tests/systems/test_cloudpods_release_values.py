"""Which values a release is given: whole, known, and never shown."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError
from bot.core.plan import Change
from bot.core.records import Json, PastStep
from bot.core.system import (
    RemoteTask,
    Work,
)
from bot.systems._helm.codes import ValuesUnknown
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.examples import (
    RELEASE_ID,
    SHOWN,
)
from tests.systems.cloudpods_scripts import (
    CHARTS,
    ETCD,
    FIRST_FAILED,
    INSTALLED,
    ROW,
    SYSTEM,
    UPGRADED,
    answers,
    denied,
    drafted,
    listed,
    revision,
    target,
    wrapped,
)
from tests.systems.scripts import run_by


def test_empty_values_are_not_sent_for_values() -> None:
    """The server takes an empty map for none: what runs would silently stay."""
    answer = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=CHARTS)
    refusal = denied("deploy", answer, target=target(values={}), version="8.12.0")
    assert refusal.code == "bad_values"


def test_a_secret_is_no_word_and_never_recorded() -> None:
    """Secrets come from slipway.yaml; the plan and its steps hold them masked."""
    answer = answers(list=listed(ROW), history=wrapped(*UPGRADED), charts=CHARTS)
    declared = target(values={"auth": {"rootPassword": "tr0ub4dor"}})
    refusal = denied("deploy", answer, target=declared, values={"auth.token": "x"})
    assert refusal.code == "secret_in_values"
    draft = drafted("deploy", answer, target=declared, version="8.12.0")
    assert "tr0ub4dor" not in draft.model_dump_json()
    assert "tr0ub4dor" not in repr(declared)
    assert label("secrets") in {change.name for change in draft.changes}
    sent = run_by(
        SYSTEM.submit(declared, Work(step=draft.steps[0])),
        answers(
            list=listed(ROW),
            history=wrapped(*UPGRADED),
            act={"release": {"name": "etcd-release", "version": 3}},
        ),
    )
    assert sent.result == RemoteTask(id="3")
    body: Any = sent.calls[-1].body
    assert body["release"]["values_json"] == {"auth": {"rootPassword": "tr0ub4dor"}}


SHOWN_SECRET: Final = {**SHOWN, "config": {"auth": {"rootPassword": "tr0ub4dor"}, "a": 1}}


def test_a_secret_that_cloudpods_shows_is_kept_and_not_recorded() -> None:
    """At revision 1 the values are shown: what is masked in the step is read again and sent."""
    answer = answers(
        list=listed(ROW),
        history=wrapped(INSTALLED),
        show=SHOWN_SECRET,
        act={"release": {"name": "etcd-release", "version": 2}},
    )
    draft = drafted("deploy", answer, values={"a": "2"})
    assert "tr0ub4dor" not in draft.model_dump_json()
    assert next((c.name, c.before, c.after) for c in draft.changes) == ("a", "1", "2")
    body: Any = run_by(SYSTEM.submit(ETCD, Work(step=draft.steps[0])), answer).calls[-1].body
    assert body["release"]["values_json"] == {"auth": {"rootPassword": "tr0ub4dor"}, "a": 2}
    unshown = answers(
        list=listed(ROW), history=wrapped(INSTALLED), show={**SHOWN, "config": {"a": 1}}
    )
    with pytest.raises(CloudRefusedError) as error:
        run_by(SYSTEM.submit(ETCD, Work(step=draft.steps[0])), unshown)
    assert error.value.code == "values_unknown"


secrets = st.sampled_from(["password", "token", "dbPassword", "api_key", "secret", "a", "b", "c"])


@given(st.sets(secrets, min_size=1))
def test_no_secret_reaches_a_plan(named: set[str]) -> None:
    """Whatever the values: what is called a secret stands in no plan, step or remembered step."""
    values: dict[str, Json] = {name: f"tr0ub4dor-of-{name}-" for name in named}
    answer = answers(
        list=listed(ROW),
        history=wrapped(INSTALLED),
        show={**SHOWN, "config": values},
        charts=CHARTS,
    )
    told = [
        drafted("deploy", answer, version="8.12.0"),
        drafted("deploy", answer, version="8.12.0", values={"replicas": "2"}),
        drafted("deploy", answer, version="8.12.0", target=target(values=values)),
        drafted(
            "create",
            answers(list=listed(), charts=CHARTS),
            target=target(create_body={"values_json": values}),
        ),
    ]
    text = "".join(draft.model_dump_json() for draft in told)
    for name in named - {"a", "b", "c"}:
        assert f"tr0ub4dor-of-{name}-" not in text


UNPROVEN: Final[dict[str, tuple[tuple[dict[str, Any], ...], dict[str, Any]]]] = {
    "a later revision": (UPGRADED, SHOWN),
    "another version": ((INSTALLED,), {**SHOWN, "chart_version": "8.11.0"}),
    "another revision": ((INSTALLED,), {**SHOWN, "version": 2}),
    "none shown": ((INSTALLED,), {**SHOWN, "config": None}),
    "no map": ((INSTALLED,), {**SHOWN, "config": "x"}),
    "not deployed": (FIRST_FAILED, SHOWN),
}


@pytest.mark.parametrize("case", UNPROVEN.values(), ids=list(UNPROVEN))
def test_values_that_may_be_old_are_not_built_on(
    case: tuple[tuple[dict[str, Any], ...], dict[str, Any]],
) -> None:
    """6.1: shown values are those of the creation, and count while nothing came after it."""
    history, shown = case
    answer = answers(list=listed(ROW), history=wrapped(*history), show=shown)
    refusal = denied("deploy", answer, values={"a": "2"})
    assert refusal == Denied.of(ValuesUnknown())


def past_step(**parameters: Any) -> PastStep:
    """A deployment of ours that made revision 2."""
    recorded: dict[str, Any] = {
        "release_id": RELEASE_ID,
        "version": "8.11.2",
        "words": {},
        "values": {"a": 1},
    }
    return PastStep(action="deploy", name="deploy", parameters={**recorded, **parameters}, task="2")


FORGOTTEN: Final = {
    "another release": past_step(release_id="an-older-one"),
    "another version": past_step(version="8.12.0"),
    "no values": past_step(values=None),
    "another revision": past_step().model_copy(update={"task": "3"}),
    "found before another": past_step(before="x").model_copy(update={"task": "3"}),
    "found before at another version": past_step(
        before={"revision": 2, "version": "8.12.0", "values": {}, "words": {}}
    ).model_copy(update={"task": "3"}),
}


@pytest.mark.parametrize("step", FORGOTTEN.values(), ids=list(FORGOTTEN))
def test_what_was_recorded_of_something_else_does_not_count(step: PastStep) -> None:
    """A step counts for the revision that it made of this very release, at this very version."""
    answer = answers(list=listed(ROW), history=wrapped(*UPGRADED))
    assert denied("deploy", answer, past=(step,), values={"b": "2"}).code == "values_unknown"


def test_what_was_recorded_is_built_on() -> None:
    """Our own step tells the values, and so does one that found them before it."""
    answer = answers(list=listed(ROW), history=wrapped(*UPGRADED))
    found: dict[str, Json] = {"revision": 2, "version": "8.11.2", "words": {}, "values": {"a": 1}}
    later = past_step(before=found, values=None).model_copy(update={"task": "3"})
    for step in (past_step(), later):
        draft = drafted("deploy", answer, past=(step,), values={"b": "2"})
        assert draft.steps[0].parameters["values"] == {"a": 1, "b": 2}
        assert [change.name for change in draft.changes] == ["b"]


def test_a_rollback_tells_the_values_of_both_where_they_are_known() -> None:
    """The plan shows the difference, and the step records what it returns to."""
    there = past_step().model_copy(update={"task": "2"})
    here = past_step(version="8.12.0", values={"a": 2}).model_copy(update={"task": "3"})
    history = (revision(3, "deployed", "8.12.0"), revision(2, "superseded", "8.11.2"))
    answer = answers(list=listed(ROW), history=wrapped(*history))
    draft = drafted("rollback", answer, past=(here, there))
    assert draft.changes == (
        Change(name=label("version"), before=verbatim("8.12.0"), after=verbatim("8.11.2")),
        Change(name="a", before="2", after="1"),
    )
    assert draft.steps[0].parameters["values"] == {"a": 1}
