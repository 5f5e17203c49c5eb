"""How Chinese is set, and how long things take in words."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core.languages import Language
from bot.views.words import Locale, duration, say, sentence
from bot.views.words.measures import is_one
from bot.views.words.setting import bounded, joined
from bot.views.words.speaker import Speaker

ZH: Final = Locale(language="zh")


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("部署", "checkout", "部署 checkout"),
        ("checkout", "已部署", "checkout 已部署"),
        ("由", "<@U0ANN>", "由 <@U0ANN>"),
        ("第", "3", "第 3"),
        ("停在", "部署", "停在部署"),
        ("部署 ", "checkout", "部署 checkout"),
        ("checkout", "，成功", "checkout，成功"),
        ("停在 ", "部署", "停在部署"),
        ("停在 *", "部署", "停在*部署"),
        ("*部署", "* 的应答丢失", "*部署*的应答丢失"),
        ("*deploy", "* 的应答丢失", "*deploy* 的应答丢失"),
        ("自 ", "（昨天）", "自（昨天）"),
        ("部署", " · ", "部署 · "),
        ("a", "b", "ab"),
        ("", "部署", "部署"),
    ],
)
def test_chinese_and_letters_stand_apart(left: str, right: str, shown: str) -> None:
    """A blank stands between Chinese and letters, digits, mentions; nowhere else."""
    assert joined(left, right) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*失败*：原因", "*失败*\u200b：原因"),
        ("见 `/ops help`。", "见 `/ops help`\u200b。"),
        ("：*成功*", "：\u200b*成功*"),
        ("*a* → *b*", "*a* → *b*"),
        ("2*3*4", "2*3*4"),
    ],
)
def test_slack_draws_the_marks_in_chinese(text: str, shown: str) -> None:
    """Bold and code touch no wide character, beside which Slack would not draw them."""
    assert bounded(text) == shown


def test_what_others_say_is_left_as_it_is() -> None:
    """The words of a person are set by that person."""
    shown = Speaker(ZH).filled("{by:name} 说：{words}", {"by": "ann", "words": "部署checkout,快"})

    assert shown == "ann 说：部署checkout,快"


def test_plain_text_has_no_invisible_blanks() -> None:
    """Where nothing is drawn, nothing is set apart."""
    assert "\u200b" not in Speaker(ZH, is_plain=True).filled("见 {/ops help}。", {})


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "under 1 s", "不到 1 秒"),
        (1, "1 s", "1 秒"),
        (72, "1 min 12 s", "1 分钟 12 秒"),
        (7_500, "2 h 5 min", "2 小时 5 分钟"),
        (90_000, "1 d 1 h", "1 天 1 小时"),
    ],
)
def test_a_length_of_time_in_both_languages(seconds: int, english: str, chinese: str) -> None:
    """The two largest units, as each language writes them."""
    length = timedelta(seconds=seconds)

    assert (duration(length), duration(length, ZH)) == (english, chinese)


@pytest.mark.parametrize(
    ("number", "language", "is_singular"), [(1, "en", True), (2, "en", False), (1, "zh", False)]
)
def test_plurals_are_the_languages_own(
    number: int, language: Language, *, is_singular: bool
) -> None:
    """English counts one thing apart; Chinese counts nothing apart."""
    assert is_one(number, language) == is_singular


def test_a_chinese_sentence_has_no_capital_and_its_own_stop() -> None:
    """A name at the start stays as it is written."""
    assert sentence("checkout 已部署", ZH) == "checkout 已部署。"
    assert sentence("checkout 已部署。", ZH) == "checkout 已部署。"


def test_both_speak_of_the_same() -> None:
    """One key, two readers."""
    told = {"target": "checkout", "action": say("action.restart", ZH)}

    assert say("operation.named", ZH, **told) == "重启 checkout"
