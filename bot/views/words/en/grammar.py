"""English: what the grammar says to what it cannot read."""

from collections.abc import Mapping
from typing import Final

from bot.core.verbs import verb_of
from bot.core.verbs.line import as_read
from bot.views.words.template import Params, Words


def _typed(params: Params) -> str:
    try:
        verb = verb_of(str(params["verb"]))
    except KeyError:  # a verb of another version
        return "See {/ops help}."
    command = verb.commands[0]
    shown = f"Type {{/{command} {verb.usage}}}"
    if not verb.example:
        return f"{shown}."
    return f"{shown}, for example {{/{command} {as_read(verb.example)}}}."


def _unknown_word(params: Params) -> str:
    near = params.get("near")
    if near:
        return f"Did you mean {{/{near}}}? It was not run."
    return "See {/incident help}." if params.get("slash") == "incident" else "See {/ops help}."


_PER_LINE: Final = "Write one key=value per line."

GRAMMAR: Final[Mapping[str, Words]] = {
    "usage.no_connection": Words("no connection is named.", _typed),
    "usage.no_target": Words("no target is named.", _typed, "Choose one."),
    "usage.no_title": Words(
        "an incident needs a title.", _typed, "Say in a few words what is wrong."
    ),
    "usage.no_words": Words("the text is missing.", _typed, "Write it here."),
    "usage.severity": Words(
        "[[{word:code} is not a severity: ]]it is 1, 2, 3 or 4.", _typed, "Choose one."
    ),
    "usage.no_lead": Words("mention one person, as in @ann.", _typed),
    "too_long.words": Words(
        "the words are {length} characters long; {most} are kept.", "Shorten them."
    ),
    "usage.nothing_to_deploy": Words(
        "no version is named.", _typed, "Choose a version, or set values."
    ),
    "usage.days": Words("{word:code} is not a number of days from 1 to {most}.", _typed),
    "usage.too_many_words": Words("{word:code} is one word too many.", _typed, _PER_LINE),
    "usage.not_a_value": Words("{word:code} is not key=value.", _typed, _PER_LINE),
    "usage.set_twice": Words("{word:code} is set twice.", _typed, "Set it once."),
    "usage.quotes": Words("the quotes do not match at column {column}.", _typed),
    "usage.quotes_in_line": Words("the quotes in line {line} do not match.", _PER_LINE),
    "usage.nothing_in_quotes": Words("there is nothing in the quotes.", _typed, _PER_LINE),
    "usage.flag_twice": Words("{flag:code} is given twice.", _typed, "Give it once."),
    "usage.unknown_flag": Words("{flag:code} is not a known flag.", _typed, _PER_LINE),
    "usage.flag_value": Words("{flag:code} takes no value.", _typed, _PER_LINE),
    "usage.no_end": Words("nothing says until when.", _typed),
    "usage.flag_word": Words("{flag:code} needs a word after it.", _typed, _PER_LINE),
    "usage.reason_words": Words(
        "--reason needs words in quotes.", _typed, "The reason has a field of its own."
    ),
    "usage.not_a_number": Words("a whole number from 0 to {most} is needed.", _typed, "Enter one."),
    "usage.not_an_operation": Words("an operation's id, or a target, is needed.", _typed),
    "usage.not_a_person": Words("mention the person, as in @ann.", _typed),
    "usage.not_an_action": Words(
        "[[{word:code} is not an action: ]]name one of {actions:list}.", _typed
    ),
    "unknown_command.button": Words(
        "there is no {/ops <word>}: that is a button on the operation's card, which stands at "
        "the top of its thread.",
        "See {/ops help} for what can be typed.",
    ),
    "unknown_command.word": Words(
        lambda params: (
            "there is no {/incident <word>}."
            if params.get("slash") == "incident"
            else "there is no {/ops <word>}."
        ),
        _unknown_word,
    ),
    "reason_required.by_verb": Words(
        "a reason is required here.", _typed, "Say why in a few words."
    ),
    "bad_end.bare": Words(
        "{word:code} is a length of time, not a reason.",
        "Put the reason in quotes, and write --for {word}.",
    ),
    "usage.two_ends": Words("--for and --until are both given.", _typed),
    "bad_end.duration": Words("{word:code} is not a length of time.", "Write 30m, 2h or 1d."),
    "bad_end.moment": Words(
        "{word:code} is not a time.",
        "Write 2026-12-24T18:00, with a zone such as +08:00 if needed.",
    ),
    "bad_version.typed": Words(
        "{word:code} cannot be a version.",
        "Use letters, digits, '.', '_', '-' and '+', at most 128 of them: 1.4.0.",
    ),
    "secret_in_values.typed": Words(
        "{word:code} is named like a secret, or its value looks like one.",
        "Put it into slipway.yaml under `values:` as `${{NAME}}`, not into the command.",
        "Put it into slipway.yaml under `values:` as `${{NAME}}`, not into this form.",
    ),
    "too_long": Words("the text has {length} characters; at most {most} are read.", "Shorten it."),
    "bad_character": Words(
        "the character[[ {sign:code}]] {code_point} at position {position} is not allowed.",
        "Type the command on one line with plain letters; other letters may stand in quotes.",
        "Use plain letters; other letters may stand in quotes.",
    ),
}
