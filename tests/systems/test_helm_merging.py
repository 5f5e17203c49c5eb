"""Where the cloud masks values, or keeps those that it is not given."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.systems import label
from bot.core.plan import PlannedStep
from bot.core.records import Json
from bot.core.secrecy import MASK
from bot.systems._helm.changes import value_changes
from bot.systems._helm.choice import (
    Wanted,
    is_same,
    sendable,
    wanted,
)
from bot.systems._helm.codes import OnlyThese, ValuesUnknown

SECRET: Final = "hunter2-Zq9"


def planned(values: dict[str, Json] | None) -> PlannedStep:
    """A step that is to be sent."""
    return PlannedStep(name="deploy", parameters={"values": values})


def got(answer: Wanted | Denied) -> Wanted:
    """What is wanted, where nothing refused it."""
    assert isinstance(answer, Wanted), answer
    return answer


SHOWN: Final[dict[str, Json]] = {"db": {"password": MASK, "user": "ann"}, "replicas": 2}


ONLY_SECRET: Final[dict[str, Json]] = {"db": {"password": SECRET}}


def test_what_is_masked_alone_may_be_declared() -> None:
    """V6: it is laid over what is shown, and so one value can be set, and all are sent."""
    answer = got(wanted(ONLY_SECRET, {"tag": "v2"}, None, SHOWN))

    assert answer.values == {"db": {"password": MASK, "user": "ann"}, "replicas": 2, "tag": "v2"}
    whole = sendable(planned(answer.values), "deploy", ONLY_SECRET, SHOWN)
    assert whole == {"db": {"password": SECRET, "user": "ann"}, "replicas": 2, "tag": "v2"}
    assert got(wanted(ONLY_SECRET, {}, None, SHOWN)).values == SHOWN


def test_what_is_masked_and_not_declared_is_named() -> None:
    """V6: only that has to be declared, and the refusal says which it is."""
    shown: dict[str, Json] = {**SHOWN, "token": MASK}
    assert wanted(ONLY_SECRET, {"tag": "v2"}, None, shown) == Denied.of(
        ValuesUnknown(paths=("token",))
    )


def test_values_that_declare_more_are_the_whole() -> None:
    """What is not masked stands in slipway.yaml, so that decides about all of it."""
    declared: dict[str, Json] = {"db": {"password": SECRET}, "replicas": 3}
    answer = got(wanted(declared, {}, None, SHOWN))
    assert answer.values == {"db": {"password": MASK}, "replicas": 3}


def test_merged_words_are_sent_alone() -> None:
    """V6: where the cloud keeps what it is not given, nothing else has to be known."""
    answer = got(wanted(None, {"tag": "v2"}, None, SHOWN, mode="merge"))

    assert answer.part == {"tag": "v2"}
    assert answer.values == {**SHOWN, "tag": "v2"}
    step = PlannedStep(name="deploy", parameters=answer.parameters)
    assert sendable(step, "deploy") == {"tag": "v2"}
    told = value_changes(answer, SHOWN)
    assert (told[0].name, told[0].after) == (label("values"), OnlyThese().reason)
    assert [(each.name, each.after) for each in told[1:]] == [("tag", "v2")]
    blind = got(wanted(None, {"tag": "v2"}, None, None, mode="merge"))
    assert (blind.part, blind.values) == ({"tag": "v2"}, None)


def test_merged_words_come_with_what_is_declared() -> None:
    """A secret of slipway.yaml goes with them; without either nothing is sent."""
    answer = got(wanted(ONLY_SECRET, {"replicas": "3"}, None, SHOWN, mode="merge"))
    assert answer.part == {"db": {"password": MASK}, "replicas": 3}
    step = PlannedStep(name="deploy", parameters=answer.parameters)
    assert sendable(step, "deploy", ONLY_SECRET) == {"db": {"password": SECRET}, "replicas": 3}
    assert not got(wanted(None, {}, None, SHOWN, mode="merge")).is_sent


def test_a_merged_word_for_a_row_takes_its_list() -> None:
    """Lists are replaced as a whole: one that nobody knows is not cut down to a row."""
    shown: dict[str, Json] = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    answer = got(wanted(None, {"env[1].value": "3"}, None, shown, mode="merge"))
    assert answer.part == {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]}
    nothing: dict[str, Json] = {}
    for unknown in (None, nothing):
        refused = wanted(None, {"env[0].value": "3"}, None, unknown, mode="merge")
        assert refused == Denied.of(ValuesUnknown(paths=("env",)))


def test_merged_words_that_are_so_already_are_no_change() -> None:
    """What else is masked does not hide that nothing is changed."""
    same = got(wanted(None, {"replicas": "2"}, None, SHOWN, mode="merge"))
    other = got(wanted(None, {"replicas": "3"}, None, SHOWN, mode="merge"))
    assert is_same(SHOWN, same.values, same.part)
    assert not is_same(SHOWN, other.values, other.part)
