"""Which values `cce-release` plans and sends, and that nobody sees secrets."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.codes.systems import (
    label,
)
from bot.core.records import Json, PastStep
from bot.core.system import (
    Work,
)
from bot.systems._helm.codes import (
    MoreChanges,
    SecretsSent,
    ValuesReplaced,
    ValuesUnread,
)
from tests.systems.cce_release_scripts import (
    CHARTS,
    SEARCH,
    SYSTEM,
    ask,
    chart,
    denied,
    drafted,
    row,
    target,
)
from tests.systems.scripts import run


def test_a_declared_secret_may_have_changed() -> None:
    """Nobody can compare it, so the same version is sent again, and the plan says why."""
    declared = target(values={"replicas": 2, "db": {"password": "x"}})
    shown = row(values='{"replicas":2,"db":{"password":"******"}}')
    draft = drafted(ask("deploy", shown, CHARTS, release=declared, version="1.1.0"))
    assert [(each.name, each.after) for each in draft.changes] == [
        (label("secrets"), SecretsSent().reason)
    ]


def test_a_plan_tells_what_changes() -> None:
    """Chart, version and values; what is not known before is replaced as a whole, and said so."""
    declared = target(values={"replicas": 5, "zone": "a"}, chart="finder")
    charts: list[Json] = [{**chart("1.2.0"), "name": "finder"}]
    draft = drafted(ask("deploy", row(), charts, release=declared, version="1.2.0"))
    told = [(each.name, each.before, each.after) for each in draft.changes]
    unknown = drafted(ask("deploy", row(values="%"), charts, release=declared, version="1.2.0"))

    assert told == [
        (label("chart"), "search", "finder"),
        (label("version"), "1.1.0", "1.2.0"),
        ("replicas", "2", "5"),
        ("zone", "", "a"),
    ]
    assert (label("values"), ValuesUnread().reason, ValuesReplaced().reason) in [
        (each.name, each.before, each.after) for each in unknown.changes
    ]


def test_a_plan_stays_within_bounds() -> None:
    """A thousand changed values are counted, not recorded one by one."""
    declared = target(values={f"key{number:04}": number for number in range(1000)})
    draft = drafted(ask("deploy", row(), CHARTS, release=declared, version="1.1.0"))
    assert len(draft.changes) == 101
    assert draft.changes[-1].after == MoreChanges(count=901).reason


def test_words_that_fit_no_more_are_told() -> None:
    """A word typed for the present revision cannot be set any more: the plan says so."""
    step_before = PastStep(
        action="deploy",
        name="deploy",
        parameters={"words": {"rows[0]": "x", "zone": "b"}, "chart_version": "1.1.0"},
        task="3",
    )
    declared = target(values={"rows": 1})
    draft = drafted(
        ask("deploy", row(), CHARTS, release=declared, past=(step_before,), version="1.2.0")
    )
    assert label("key_value", "rows[0]") in [each.name for each in draft.changes]
    assert draft.observed.facts["earlier_words"] == "zone=b"
    other = step_before.model_copy(update={"parameters": {"words": {"zone": "b"}}})
    not_ours = ask("deploy", row(), CHARTS, release=declared, past=(other,), version="1.2.0")
    assert drafted(not_ours).steps[0].parameters["words"] == {}


def test_a_secret_in_a_command_is_refused() -> None:
    """It would stand in the journal and in Slack: nothing is planned with it."""
    refusal = denied(ask("deploy", row(), values={"db.password": "hunter2"}))
    assert refusal.code == "secret_in_values"
    assert "hunter2" not in repr(refusal)


@pytest.mark.parametrize(
    "given",
    [
        {"cluster_id": "x"},
        {"flavour": "Autopilot"},
        {"namespace": "a/b"},
        {"namespace": "A"},
        {"release": "1st"},
        {"release": "x-"},
        {"chart": "../x"},
        {"chart": "x" * 65},
        {"values": "text"},
        {"values": {"a": "******"}},
        {"values": {"a": float("nan")}},
        {"values": {"a": "x" * 300_000}},
        {"parameters": {"dry_run": True}},
        {"parameters": {"reset_values": True}},
        {"parameters": {"replace": True}},
        {"parameters": {"force": True}},
        {"create_body": {"name": "x"}},
        {"create_body": {"values": {"a": "******"}}},
        {"unknown": 1},
    ],
)
def test_a_target_that_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    """What could not be sent, or would break a promise, is found when the file is read."""
    with pytest.raises(ValidationError):
        target(**given)


def test_nobody_sees_the_values_of_a_target() -> None:
    """Neither in logs nor in `slipway config show`, of the template neither."""
    secret = {"db": {"password": "hunter2"}}
    release = target(values=secret, create_body={"values": secret})
    assert "hunter2" not in repr(release) + release.model_dump_json()


def test_a_huge_or_deep_text_of_values_is_no_reason_to_fall() -> None:
    """FM-68: it is not understood, and everything else goes on."""
    deep = '{"a":' * 500 + "1" + "}" * 500
    large = json.dumps({"a": "x" * 300_000})
    odd = ('{"a":NaN}', '{"a":"\\ud800"}', '{"a":"\\u0000"}', deep, large)
    for text in ("[" * 100_000, '{"a":' * 2_000, "x" * 3_000_000, "[1]", "7", *odd):
        assert denied(ask("deploy", row(values=text), values={"a": "1"})).code == "values_unknown"
    whole = json.dumps({"a": {"b": [1, "2"]}})
    draft = drafted(ask("deploy", row(values=whole), CHARTS, values={"a.b[1]": "x"}))
    assert draft.steps[0].parameters["values"] == {"a": {"b": [1, "x"]}}


TREES: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(["", "nginx", "1"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["image", "env", "db.host", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)


NAMES: Final = st.sampled_from(["password", "api_key", "clientSecret", "AUTH_TOKEN"])


@given(st.dictionaries(st.sampled_from("abc"), TREES, max_size=3), NAMES, st.booleans())
def test_no_secret_reaches_a_plan_and_each_is_sent(
    values: dict[str, Any],
    name: str,
    is_declared: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever the values are, declared or shown: the plan is masked, the call is whole."""
    whole = {**values, "holder": [{"inner": {name: "hunter2-Zq9"}}]}
    release = target(values=whole) if is_declared else SEARCH
    shown = row(values="" if is_declared else json.dumps(whole))
    draft = drafted(ask("deploy", shown, CHARTS, release=release, values={"typed": "7"}))

    sent = run(
        SYSTEM.submit(release, Work(step=draft.steps[0])), [*[shown] * (not is_declared), row(4)]
    )

    body: Any = sent.calls[-1].body
    assert "hunter2" not in repr(draft)
    assert body["values"] == {**whole, "typed": 7}
