"""What differs between values, and that nobody is shown a secret."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.records import Json
from bot.core.secrecy import MASK
from bot.systems._helm.codes import (
    OtherType,
    SecretChanged,
)
from bot.systems._helm.differences import changes, flat
from bot.systems._helm.showing import readable
from bot.systems._helm.values import (
    masked,
    with_secrets,
)
from tests.systems.helm_scripts import SECRET, TREES


def test_values_are_told_by_their_path() -> None:
    """One line each; text that could be taken for something else is in quotes."""
    assert flat({"a": {"b.c": 1, "d": []}, "e": ["x", None, True], "f": "1", "g": "", "h": {}}) == {
        r"a.b\.c": "1",
        "a.d": "[]",
        "e[0]": "x",
        "e[1]": "null",
        "e[2]": "true",
        "f": '"1"',
        "g": '""',
        "h": "{}",
    }


def test_what_stands_below_a_secrets_name_is_not_shown_unless_it_was_typed() -> None:
    """V25: a word may set it; what slipway.yaml has there may be a secret all the same."""
    whole: dict[str, Json] = {"auth": {"token": {"ttl": "20m", "primary": SECRET, "by": "ann"}}}
    hidden = masked(whole, typed_at=(("auth", "token", "by"),))

    assert hidden == {"auth": {"token": {"ttl": "20m", "primary": MASK, "by": "ann"}}}
    assert changes({}, hidden, are_masked=True)[0].after == "ann"
    assert SECRET not in repr((changes({}, whole), changes(whole, {})))


def test_differences_are_sorted_and_secrets_masked() -> None:
    """A changed secret is told as changed; one that nobody can compare is not told at all."""
    before: dict[str, Json] = {
        "tag": "1",
        "n": 1,
        "db": {"password": "old"},
        "api_key": "same",
        "live": MASK,
        "gone": "x",
        "token": "t",
    }
    after: dict[str, Json] = {
        "tag": 1,
        "n": True,
        "db": {"password": "new"},
        "api_key": "same",
        "live": SECRET,
        "more": {"secret": SECRET, "b": []},
    }

    told = [(each.name, each.before, each.after) for each in changes(before, after)]

    assert told == [
        ("db.password", MASK, SecretChanged().reason),
        ("gone", "x", ""),
        ("more.b", "", "[]"),
        ("more.secret", "", MASK),
        ("n", "1", OtherType(value="true", kind="boolean").reason),
        ("tag", '"1"', OtherType(value="1", kind="number").reason),
        ("token", MASK, ""),
    ]


def test_a_secret_is_hidden_on_both_sides_of_a_change() -> None:
    """What replaced a secret may be one as well, and the other way round."""
    told = changes(
        {"a": "Bearer abcdef012345", "b": "x"}, {"a": "plain", "b": "AKIAIOSFODNN7EXAMPLE"}
    )

    assert [(each.before, each.after) for each in told] == [(MASK, SecretChanged().reason)] * 2


@given(TREES)
def test_nothing_differs_from_itself(values: dict[str, Json]) -> None:
    """No change is told where there is none."""
    assert changes(values, values) == ()


def with_secret(values: dict[str, Json], name: str, wrap: int) -> dict[str, Json]:
    """The values with a secret in them, deeper the larger *wrap* is."""
    inner: Json = {name: SECRET}
    for _ in range(wrap):
        inner = {"more": [inner]}
    return {**values, "holder": inner}


@given(TREES, st.sampled_from(["password", "apiKey", "client_secret", "token"]), st.integers(0, 3))
def test_no_secret_is_ever_told(values: dict[str, Json], name: str, wrap: int) -> None:
    """Changes and recorded values are free of what is called a secret, wherever it stands."""
    whole = with_secret(values, name, wrap)

    told = repr((masked(whole), changes(values, whole), changes(whole, values), changes({}, whole)))

    assert SECRET not in told
    assert with_secrets(masked(with_secret({}, name, wrap)), whole) == with_secret({}, name, wrap)


def test_what_is_shown_on_request_has_no_secrets() -> None:
    """Values that people ask for are masked by name and by look; empty ones hide nothing."""
    shown = readable({"auth": {"password": "hunter2", "user": "ann"}, "token": "", "zone": "a"})
    assert shown == {"auth.password": MASK, "auth.user": "ann", "token": '""', "zone": "a"}
    assert (readable({}), readable(None)) == ({}, None)
