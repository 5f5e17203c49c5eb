"""Two languages through the real door: the channel's on the card, the person's in the whisper."""

import re
from typing import Final

import pytest

from bot.core.surfaces import Subject, Subscription
from tests.conversations.cards import APPROVE, REJECT, labels
from tests.conversations.places import ANN, BOB, GENERAL
from tests.conversations.world import World

HAN: Final = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def chinese(world: World) -> World:
    """A world whose channels are told in Chinese, all but one; Bob uses Slack in Chinese."""
    languages = f"language: zh\nchannels: {{{GENERAL}: {{language: en}}}}\nconnections:\n"
    world.edit("connections:\n", languages)
    world.workspace.change_person(BOB, locale="zh-CN")
    return world


def test_a_channel_reads_chinese_and_a_person_english(chinese: World) -> None:
    """The card, its buttons and its thread are the channel's; the answer is Ann's own."""
    answered = chinese.command("/deploy checkout 1.4.0", by=ANN).text
    chinese.settle()
    card = chinese.card()

    assert answered.startswith(":memo: Recorded as op-")
    assert not HAN.search(answered)
    assert labels(card) == ["批准", "驳回…", "详情", "取消申请"]
    chinese.approve(card)
    assert "*checkout* 已部署到 *1.4.0*" in str(chinese.card(card).blocks)
    assert any("成功" in each.text for each in chinese.workspace.thread(card.channel, card.ts))


def test_a_person_reads_chinese_where_the_channel_reads_english(world: World) -> None:
    """What Bob is told alone is in the language of his Slack: whispers and forms."""
    world.workspace.change_person(BOB, locale="zh-CN")
    card = world.asked()
    assert labels(card)[0] == "Approve"

    world.press(REJECT, card, by=BOB)
    assert world.workspace.views(BOB)[-1].body["title"]["text"] == "驳回"
    world.command("/deploy checkout 1.4.0", by=BOB)
    refused = world.command("/ops status nothing", by=BOB).text
    assert refused.startswith("没有名为 nothing 的目标。")
    assert "[unknown_target]" in refused


def test_two_cards_of_one_operation_are_in_two_languages(chinese: World) -> None:
    """The language belongs to the place, not to the operation."""
    wants = Subscription(
        subject=Subject(kind="target", id="checkout"), kind="operation_card", channel=GENERAL
    )
    chinese.parts.journal.surfaces.subscribe(wants, chinese.clock())
    card = chinese.asked()

    assert labels(card)[0] == "批准"
    assert labels(chinese.cards(channel=GENERAL)[-1])[0] == "Approve"
    assert chinese.press(APPROVE, card, by=BOB).ok


def test_a_language_that_changes_counts_at_once(world: World) -> None:
    """slipway.yaml is read anew, and the next drawing of a card speaks the new language."""
    card = world.asked()
    world.edit("connections:\n", "language: zh\nconnections:\n")
    world.press(APPROVE, card, by=BOB)
    world.settle()

    assert HAN.search(world.card(card).text)
