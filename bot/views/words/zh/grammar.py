"""Chinese: what the grammar says to what it cannot read."""

from collections.abc import Mapping
from typing import Final

from bot.core.verbs import verb_of
from bot.core.verbs.line import as_read
from bot.views.words.template import Params, Words


def _typed(params: Params) -> str:
    try:
        verb = verb_of(str(params["verb"]))
    except KeyError:  # a verb of another version
        return "见 {/ops help}。"
    command = verb.commands[0]
    shown = f"请输入 {{/{command} {verb.usage}}}"
    if not verb.example:
        return f"{shown}。"
    return f"{shown}，例如 {{/{command} {as_read(verb.example)}}}。"


def _unknown_word(params: Params) -> str:
    near = params.get("near")
    if near:
        return f"是不是想输入 {{/{near}}}？没有执行。"
    return "见 {/incident help}。" if params.get("slash") == "incident" else "见 {/ops help}。"


_PER_LINE: Final = "请每行写一个 key=value。"

GRAMMAR: Final[Mapping[str, Words]] = {
    "usage.no_connection": Words("没有指定连接。", _typed),
    "usage.no_target": Words("没有指定目标。", _typed, "请选择一个。"),
    "usage.no_title": Words("故障需要一个标题。", _typed, "请用几个字说明出了什么问题。"),
    "usage.no_words": Words("没有内容。", _typed, "请在这里填写。"),
    "usage.severity": Words(
        "[[{word:code} 不是级别：]]级别为 1、2、3 或 4。", _typed, "请选择一个。"
    ),
    "usage.no_lead": Words("请提及一个人，如 @ann。", _typed),
    "too_long.words": Words("内容有 {length} 个字符，最多保留 {most} 个。", "请缩短。"),
    "usage.nothing_to_deploy": Words("没有指定版本。", _typed, "请选择版本，或设置参数。"),
    "usage.days": Words("{word:code} 不是 1 到 {most} 之间的天数。", _typed),
    "usage.too_many_words": Words("多了一个词 {word:code}。", _typed, _PER_LINE),
    "usage.not_a_value": Words("{word:code} 不是 key=value 的形式。", _typed, _PER_LINE),
    "usage.set_twice": Words("{word:code} 设置了两次。", _typed, "请只设置一次。"),
    "usage.quotes": Words("第 {column} 列的引号不配对。", _typed),
    "usage.quotes_in_line": Words("第 {line} 行的引号不配对。", _PER_LINE),
    "usage.nothing_in_quotes": Words("引号里没有内容。", _typed, _PER_LINE),
    "usage.flag_twice": Words("{flag:code} 给了两次。", _typed, "请只给一次。"),
    "usage.unknown_flag": Words("没有选项 {flag:code}。", _typed, _PER_LINE),
    "usage.flag_value": Words("{flag:code} 不带值。", _typed, _PER_LINE),
    "usage.no_end": Words("没有说明到什么时候为止。", _typed),
    "usage.flag_word": Words("{flag:code} 后面需要一个词。", _typed, _PER_LINE),
    "usage.reason_words": Words(
        "--reason 后面需要放在引号里的文字。", _typed, "原因请填在它自己的栏里。"
    ),
    "usage.not_a_number": Words("需要 0 到 {most} 之间的整数。", _typed, "请重新填写。"),
    "usage.not_an_operation": Words("需要操作的 ID 或目标。", _typed),
    "usage.not_a_person": Words("请提及这个人，例如 @ann。", _typed),
    "usage.not_an_action": Words(
        "[[{word:code} 不是动作：]]请从 {actions:list} 中选一个。", _typed
    ),
    "unknown_command.button": Words(
        "没有 {/ops <word>}：它是操作卡片上的按钮，卡片在消息列的最上面。",
        "见 {/ops help}。",
    ),
    "unknown_command.word": Words(
        lambda params: (
            "没有 {/incident <word>}。"
            if params.get("slash") == "incident"
            else "没有 {/ops <word>}。"
        ),
        _unknown_word,
    ),
    "reason_required.by_verb": Words("这里必须说明原因。", _typed, "请简要说明原因。"),
    "bad_end.bare": Words(
        "{word:code} 是时长，不是原因。", "请把原因放在引号里，并写成 --for {word}。"
    ),
    "usage.two_ends": Words("--for 和 --until 不能同时给出。", _typed),
    "bad_end.duration": Words("{word:code} 不是时长。", "请写成 30m、2h 或 1d。"),
    "bad_end.moment": Words(
        "{word:code} 不是时间。", "请写成 2026-12-24T18:00，必要时加上时区，例如 +08:00。"
    ),
    "bad_version.typed": Words(
        "{word:code} 不能作为版本。",
        "只能用字母、数字、“.”、“_”、“-”和“+”，最多 128 个字符，例如 1.4.0。",
    ),
    "secret_in_values.typed": Words(
        "{word:code} 的名称像机密信息，或它的值像。",
        "请以 `${{NAME}}` 的形式写到 slipway.yaml 的 `values:` 下，不要写在命令里。",
        "请以 `${{NAME}}` 的形式写到 slipway.yaml 的 `values:` 下，不要写在表单里。",
    ),
    "too_long": Words("内容有 {length} 个字符，最多读取 {most} 个。", "请缩短。"),
    "bad_character": Words(
        "第 {position} 个位置的字符[[“{sign}”]]（{code_point}）不允许使用。",
        "请把命令写在一行里，用普通字母；其他文字可以放在引号里。",
        "请用普通字母；其他文字可以放在引号里。",
    ),
}
