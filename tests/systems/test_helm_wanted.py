"""Which values a release is to be given, and what stops it."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlannedStep
from bot.core.records import Action, Json, PastStep, Record
from bot.core.secrecy import MASK
from bot.systems._helm.choice import (
    Wanted,
    can_send,
    has_secrets,
    is_same,
    kept,
    kept_words,
    maker,
    recorded_values,
    sendable,
    wanted,
)
from bot.systems._helm.codes import ValuesUnknown
from bot.systems._helm.declared import Hidden, revealed

SECRET: Final = "hunter2-Zq9"


SMALL: Final = st.dictionaries(
    st.sampled_from(["replicas", "image.tag", "zone", "db.user", "rows[0]"]),
    st.sampled_from(["1", "x", "true"]),
    max_size=4,
)


def past(task: str, action: Action = "deploy", **parameters: Any) -> PastStep:
    """A step of ours."""
    return PastStep(action=action, name=action, parameters=parameters, task=task)


def planned(values: dict[str, Json] | None) -> PlannedStep:
    """A step that is to be sent."""
    return PlannedStep(name="deploy", parameters={"values": values})


def got(answer: Wanted | Denied) -> Wanted:
    """What is wanted, where nothing refused it."""
    assert isinstance(answer, Wanted), answer
    return answer


def test_the_newest_step_that_made_the_revision_counts() -> None:
    """Revisions are counted anew after a deletion: nothing older than one is taken for ours."""
    newest, older = past("3", words={"a": "2"}), past("3", words={"a": "1"})

    assert maker((past("4"), newest, older), "3") is newest
    assert maker((past("4"), past("2")), "3") is None
    assert maker((past("1"), past("gone", "delete"), newest), "3") is None
    assert maker((), "3") is None


def test_what_a_step_recorded_is_read_with_care() -> None:
    """An older record may lack it, or have another shape."""
    assert kept_words(past("1", words={"a": "1", "b": 2})) == {"a": "1"}
    assert kept_words(past("1", words="x")) == {}
    assert kept_words(None) == {}
    assert recorded_values(past("1", values="x")) is None
    assert recorded_values(None) is None


def test_declared_values_are_sent_whole_with_the_words_that_hold() -> None:
    """What is declared, then what was typed for the present revision, then what is typed now."""
    declared: dict[str, Json] = {"a": 1, "b": {"c": 1}, "db": {"password": SECRET}}
    made_by = past("3", words={"a": "2", "b.c": "2"})

    answer = got(wanted(declared, {"b.c": "3"}, made_by, None))

    assert answer == Wanted(
        is_sent=True,
        words={"a": "2", "b.c": "3"},
        values={"a": 2, "b": {"c": 3}, "db": {"password": MASK}},
    )
    assert answer.parameters == {
        "sends_values": True,
        "words": {"a": "2", "b.c": "3"},
        "values": {"a": 2, "b": {"c": 3}, "db": {"password": MASK}},
    }


def test_a_word_that_fits_no_more_is_dropped_and_told() -> None:
    """slipway.yaml has changed its shape since: that must not stop every deployment."""
    answer = got(wanted({"rows": "none"}, {}, past("3", words={"rows[0]": "x", "a": "1"}), None))

    assert answer.dropped == ("rows[0]",)
    assert answer.words == {"a": "1"}
    assert answer.values == {"rows": "none", "a": 1}


def test_without_declaration_and_words_nothing_is_sent() -> None:
    """What runs is kept, and so is what is known of it."""
    made_by = past("3", words={"a": "1"}, values={"a": 1})

    assert got(wanted(None, {}, made_by, None)) == kept(made_by)
    assert got(wanted(None, {}, None, {"b": 1})) == Wanted(is_sent=False, words={})
    assert kept(made_by) == Wanted(is_sent=False, words={"a": "1"}, values={"a": 1})


def test_without_declaration_a_word_needs_the_rest() -> None:
    """The rest is what we recorded, or what is shown whole; otherwise the word is refused."""
    recorded = past("3", words={"z": "1"}, values={"a": 1, "z": 1})

    ours = got(wanted(None, {"b": "2"}, recorded, {"other": 1}))
    shown = got(wanted(None, {"b": "2"}, past("3"), {"a": 1}))

    assert ours == Wanted(is_sent=True, words={"z": "1", "b": "2"}, values={"a": 1, "z": 1, "b": 2})
    assert shown.values == {"a": 1, "b": 2}
    masked: dict[str, Json] = {"a": 1, "p": MASK}
    assert wanted(None, {"b": "2"}, None, None) == Denied.of(ValuesUnknown())
    hidden = Denied.of(ValuesUnknown(paths=("p",)))
    assert wanted(None, {"b": "2"}, None, masked) == hidden


def test_a_recorded_secret_has_to_be_known_by_somebody() -> None:
    """It is known where the live values show it; nobody else keeps it."""
    recorded = past("3", values={"a": 1, "password": MASK})

    refused = wanted(None, {"a": "2"}, recorded, {"a": 1, "password": MASK})
    known = got(wanted(None, {"a": "2"}, recorded, {"a": 1, "password": SECRET}))

    assert refused == Denied.of(ValuesUnknown(paths=("password",)))
    assert known.values == {"a": 2, "password": MASK}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"db.password": SECRET}, "secret_in_values"),
        ({"env[0].value": SECRET}, "secret_in_values"),
        ({"env[0]": SECRET}, None),
        ({"licence": "x"}, "secret_in_values"),
        ({"licence_name": "x"}, None),
        ({"auth.token.ttl": "20m"}, None),
        ({"auth.rbac.existingSecret": "x"}, None),
        ({"image.pullSecrets[0]": "y"}, None),
        ({"secrets.db.user": "ann"}, None),
        ({"a.b": "x"}, "bad_values"),
        ({"[0]": "x"}, "bad_values"),
    ],
)
def test_a_word_is_refused_for_what_it_is(words: dict[str, str], code: str | None) -> None:
    """By its name, by what stands beside it, by what the API masks, or since it does not fit."""
    declared: dict[str, Json] = {
        "a": 1,
        "licence": "y",
        "env": [{"name": "DB_PASSWORD", "value": "z"}],
    }

    answer = wanted(declared, words, None, {"licence": MASK})

    assert (answer.code if isinstance(answer, Denied) else None) == code
    assert SECRET not in repr(answer) or code is None


def test_secrets_are_put_back_right_before_the_call() -> None:
    """From slipway.yaml first, then from the live state; else nothing is sent."""
    step = planned({"a": 1, "password": MASK, "token": MASK})
    declared: dict[str, Json] = {"password": SECRET}
    live: dict[str, Json] = {"password": "old", "token": "t"}

    assert sendable(step, "deploy", declared, live) == {"a": 1, "password": SECRET, "token": "t"}
    assert not can_send(step, declared)
    assert can_send(step, None, live)
    with pytest.raises(CloudRefusedError) as refused:
        sendable(step, "deploy", declared, None)
    assert (refused.value.code, refused.value.verdict) == ("values_unknown", "refused")
    assert refused.value.reason == ValuesUnknown(paths=("token",)).reason
    assert sendable(planned(None), "deploy") == {}


def test_sameness_is_said_only_where_it_is_certain() -> None:
    """What is not known, and what has secrets, may differ."""
    assert is_same({"a": 1}, {"a": 1})
    assert not is_same({"a": 1}, {"a": 2})
    assert not is_same(None, {"a": 1})
    assert not is_same({"a": 1}, None)
    assert not is_same({"p": MASK}, {"p": MASK})
    assert has_secrets({"p": MASK})
    assert not has_secrets(None)


@given(SMALL, SMALL, st.sampled_from(["password", "api_key"]))
def test_what_is_recorded_has_no_secret_and_is_sent_with_it(
    earlier: dict[str, str], words: dict[str, str], name: str
) -> None:
    """However words are typed, a declared secret is masked in the record and whole in the call."""
    declared: dict[str, Json] = {"db": {name: SECRET}}

    answer = got(wanted(declared, words, past("3", words=earlier), None))

    assert SECRET not in repr(answer)
    whole = sendable(planned(answer.values), "deploy", declared)
    assert "db" in whole
    assert SECRET in repr(whole)
    assert MASK not in repr(whole)


class Settings(Record):
    """A target as a system has it."""

    values: Hidden | None = None


def test_declared_values_are_hidden_wherever_a_target_is_shown() -> None:
    """Logs, `slipway config show` and errors never hold them; they are read on purpose only."""
    settings = Settings.model_validate({"values": {"db": {"password": SECRET}}})

    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()
    assert revealed(settings.values) == {"db": {"password": SECRET}}
    assert revealed(None) is None
    assert "object" in repr(Settings.model_json_schema())


def test_a_mask_is_no_value() -> None:
    """What was copied from the API's masked answer would be written as such."""
    with pytest.raises(ValidationError, match=r"the value of db\.password is \*{6}"):
        Settings.model_validate({"values": {"db": {"password": MASK}}})
