"""Which type the value of a `key=value` word has."""

import pytest

from bot.core.records import Json
from bot.systems._helm.values import overlay


@pytest.mark.parametrize(
    ("now", "text", "then"),
    [
        ("v1", "58467965", "58467965"),
        ("v1", "true", "true"),
        ("v1", "0.5", "0.5"),
        ("v1", '"58467965"', "58467965"),
        (1, '"58467965"', "58467965"),
        (1, "58467965", 58467965),
        (0.25, "0.5", 0.5),
        (1, "0.5", 0.5),
        (1, "v1", "v1"),
        (True, "false", False),
        (True, "off", "off"),
        (True, '"false"', "false"),
        ("v1", "null", None),
        (None, "12", 12),
        (None, '"12"', "12"),
        (None, '""', ""),
    ],
)
def test_a_value_keeps_the_type_that_it_has_now(now: Json, text: str, then: Json) -> None:
    """V23: quotes mean text; else the present type; a new value has the one of Helm's --set."""
    assert overlay({"a": now}, {"a": text}) == {"a": then}
    assert type(overlay({"a": now}, {"a": text})["a"]) is type(then)


def test_what_runs_decides_before_what_is_declared() -> None:
    """V23: slipway.yaml may write a number where the release has text."""
    assert overlay({"a": 1}, {"a": "2"}, {"a": "1"}) == {"a": "2"}
    assert overlay({"a": 1}, {"a": "2"}, {}) == {"a": 2}


@pytest.mark.parametrize(
    "key",
    [
        "imageTag",
        "image.tag",
        "image_tag",
        "podAnnotations.scrape",
        r"metadata.labels.app\.io/x",
        "nodeSelector.gpu",
    ],
)
def test_what_can_only_be_text_is_text_from_the_start(key: str) -> None:
    """V23: a tag that is all digits, a label that says true: neither may become another type."""
    for text in ("58467965", "true", "1"):
        whole = repr(overlay({}, {key: text}))
        assert f"'{text}'" in whole
