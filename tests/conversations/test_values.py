"""Values of a release, from the typed word to what the cloud is sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.content import configuration
from tests.conversations.invariants import check
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def sent(world: World, words: str) -> Any:
    """What CCE is given by a deployment that is typed with *words*, approved and ended."""
    world.command(f"/deploy search {words}")
    world.settle()
    card = world.card()
    if world.operation(card).approvals_needed:
        card = world.approve(card)
    assert world.operation(card).phase.kind == "succeeded", world.thread(card)
    body: Any = world.cloud.executed[-1].body
    return body["values"]


def declare(world: World, name: str, text: str) -> None:
    """Write a file of values beside slipway.yaml, and let `search` have it."""
    world.configuration.with_name(name).write_text(text)
    old = "    release: search\n"
    if f"{old}    values:" not in world.configuration.read_text():
        world.edit(old, f"{old}    values: [base.yaml, prod.yaml]\n")


def test_values_of_several_files_are_sent_as_one(five: World) -> None:
    """The later file wins; a word of the command goes before both."""
    five.configuration.with_name("base.yaml").write_text(
        "replicas: 1\nimage: {pullPolicy: Always}\n"
    )
    declare(five, "prod.yaml", "replicas: 2\nimage: {debug: false}\n")
    first = sent(five, "1.2.0")
    assert first["replicas"] == 2
    assert first["image"] == {"pullPolicy": "Always", "debug": False}
    assert sent(five, "replicas=4")["replicas"] == 4


def test_a_file_that_changes_after_the_approval_voids_it(five: World) -> None:
    """What is sent is what was approved: people decide again about the other values."""
    five.configuration.with_name("base.yaml").write_text("replicas: 1\n")
    declare(five, "prod.yaml", "note: a\n")
    card = five.approved("/deploy search 1.2.0")
    declare(five, "prod.yaml", "note: bb\n")
    five.settle()
    assert five.operation(card).phase.kind == "awaiting_approval"
    assert five.tries == 0
    five.approve(five.card(card))
    body: Any = five.cloud.executed[-1].body
    assert body["values"]["note"] == "bb"


def test_a_word_keeps_the_type_that_the_value_has(five: World) -> None:
    """V23: what is text stays text, what is a number a number; quotes decide, also later on."""
    first = sent(five, 'imageTag="58467965" replicas=3 note="true"')
    assert (first["imageTag"], first["replicas"], first["note"]) == ("58467965", 3, "true")
    then = sent(five, "imageTag=123 note=false")
    assert (then["imageTag"], then["replicas"], then["note"]) == ("123", 3, "false")


def test_a_change_of_type_can_be_read_before_it_is_approved(five: World) -> None:
    """V23: the card says that a number becomes text."""
    answer = five.command('/deploy search replicas="3" --dry-run').text
    assert "now text" in answer, answer


@pytest.mark.parametrize(
    ("words", "shown"),
    [("a=1,b=2", "a=… b=…"), ("args={x,y}", "args[0]=… args[1]=…")],
)
def test_helms_ways_of_writing_are_answered_with_ours(five: World, words: str, shown: str) -> None:
    """V24: the refusal shows how it is written here, and nothing is recorded."""
    answer = five.command(f"/deploy search 1.2.0 {words}").text
    assert "[usage]" in answer
    assert shown in answer
    assert five.recorded == ()


@pytest.mark.parametrize(
    "word", ["auth.token.ttl=20m", "auth.rbac.existingSecret=x", "image.pullSecrets[0]=y"]
)
def test_what_is_said_about_a_secret_may_be_typed(five: World, word: str) -> None:
    """V25: the last name decides."""
    assert word.partition("=")[2] in repr(sent(five, f"1.2.0 {word}"))


def test_a_charts_version_may_have_a_plus_and_an_images_tag_may_not(five: World) -> None:
    """V26: CCE says that it has none of that; ServiceStage is not even asked."""
    assert "[no_such_version]" in five.command("/deploy search 1.2.0+up1.1.0 --dry-run").text
    assert "[bad_version]" in five.command("/deploy checkout 1.4.0+up1 --dry-run").text
