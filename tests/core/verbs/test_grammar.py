"""The grammar: every bad input of the list has its answer, and every text has one."""

# ruff: noqa: RUF001 - what keyboards make of quotes and dashes is what is tested

import sys
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import Denied
from bot.core.rules import Ask, Cancel, Change, FreezeAll, Halt, Lock
from bot.core.secrecy import holds_secret
from bot.core.verbs import SLASH, VERBS, Typed, Verb, parse
from bot.core.verbs.keyboards import DASHES as KNOWN_DASHES
from bot.core.verbs.reasons import REASON_MAX
from bot.core.verbs.text import TEXT_MAX
from bot.views.manifest import SlashCommand, slash_commands
from bot.views.words import DEFAULT, Locale, said

ID: Final = "op-0123456789"


def asked(text: str, verb: str = "deploy") -> Change:
    """Return the request that *text* is."""
    command = parse(verb, text)
    assert isinstance(command, Change), command
    return command


def refused(text: str, verb: str = "deploy") -> Denied:
    """Return why *text* is refused."""
    command = parse(verb, text)
    assert isinstance(command, Denied), command
    return command


def words(denied: Denied, locale: Locale = DEFAULT) -> tuple[str, str]:
    """Return what people read: why, and the way out."""
    assert denied.why is not None
    return said(denied.why, locale, is_plain=True)


RIGHT: Final[tuple[tuple[str, str, str, dict[str, object]], ...]] = (
    ("deploy", "checkout 1.4.0", "deploy", {"version": "1.4.0"}),
    ("upgrade", "checkout 1.4.0", "deploy", {"version": "1.4.0"}),
    ("deploy", "search replicas=3", "deploy", {"values": {"replicas": "3"}}),
    ("deploy", 'search 1.0 a.b[0]/c="x y" d==e', "deploy",
     {"version": "1.0", "values": {"a.b[0]/c": "x y", "d": "=e"}}),
    ("deploy", "checkout 1.4.0 --strategy gray:20%", "deploy",
     {"version": "1.4.0", "strategy": "gray:20%"}),
    ("deploy", 'checkout 1.4.0 affinity={"az": ["a b"]} limit_cpu=1', "deploy",
     {"version": "1.4.0", "values": {"affinity": '{"az": ["a b"]}', "limit_cpu": "1"}}),
    ("deploy", "checkout 1.4.0 labels=[{“key”: “team”, “value”: “shop”}]", "deploy",
     {"version": "1.4.0", "values": {"labels": '[{"key": "team", "value": "shop"}]'}}),
    ("deploy", "--strategy=rolling:3 checkout a=b", "deploy",
     {"values": {"a": "b"}, "strategy": "rolling:3"}),
    ("deploy", 'checkout 1 --strategy "one-batch"', "deploy",
     {"version": "1", "strategy": "one-batch"}),
    ("deploy", "checkout 1 —strategy one-batch", "deploy",
     {"version": "1", "strategy": "one-batch"}),
    ("deploy", "checkout 1 -strategy one-batch", "deploy",
     {"version": "1", "strategy": "one-batch"}),
    ("deploy", 'checkout "1.9.0"', "deploy", {"version": "1.9.0"}),
    ("deploy", '"search" 1.0 "note=a b"', "deploy", {"version": "1.0", "values": {"note": "a b"}}),
    ("rollback", "checkout", "rollback", {}),
    ("rollback", "checkout 1.2.0", "rollback", {"revision": "1.2.0"}),
    ("ops", "restart checkout", "restart", {}),
    ("ops", "START checkout", "start", {}),
    ("ops", "stop checkout", "stop", {}),
    ("ops", "scale checkout 0", "scale", {"replicas": 0}),
    ("ops", "scale checkout 1000", "scale", {"replicas": 1000}),
    ("ops", "scale checkout 007", "scale", {"replicas": 7}),
    ("ops", "create checkout", "create", {}),
    ("ops", "create checkout 1.4.0", "create", {"version": "1.4.0"}),
    ("ops", "delete checkout", "delete", {}),
)  # fmt: skip


@pytest.mark.parametrize(("verb", "text", "action", "parameters"), RIGHT)
def test_what_is_right_is_understood(
    verb: str, text: str, action: str, parameters: dict[str, object]
) -> None:
    """Each action of the contract is read with its parameters."""
    command = asked(text, verb)
    assert command.asked.action == action
    assert command.asked.parameters.model_dump(exclude_defaults=True) == parameters
    assert (command.reason, command.dry_run) == ("", False)


@pytest.mark.parametrize("verb", ["deploy", "rollback"])
@pytest.mark.parametrize(
    "words",
    ['--reason "new prices" --dry-run', '--dry-run --reason="new prices"',
     "—reason “new prices” \u2013dry-run", "--reason «new  prices» —dry-run"],
)  # fmt: skip
def test_flags_stand_anywhere_and_phones_may_write_them(verb: str, words: str) -> None:
    """C9: phones' quotes are quotes, their long dashes before a word are two short ones."""
    for text in (f"checkout 1.4.0 {words}", f"{words} checkout 1.4.0"):
        command = asked(text, verb)
        assert (command.reason, command.dry_run) == ("new prices", True)


@pytest.mark.parametrize(
    "text", ["checkout 1.4.0 --reason hotfix", "--reason=hotfix --dry-run co 1"]
)
def test_a_reason_of_one_word_needs_no_quotes(text: str) -> None:
    """One word is a reason as it is, where nothing follows that might belong to it."""
    assert asked(text).reason == "hotfix"


@pytest.mark.parametrize(
    ("text", "topic", "subject"),
    [("", "help", ""), ("  \n", "help", ""), ("help", "help", ""), ("HELP", "help", ""),
     ("?", "help", ""), ("targets", "targets", ""),
     ("targets Shop", "targets", "shop"), ("status", "status", ""),
     ("status Checkout", "status", "checkout"), (f"status {ID.upper()}", "status", ID),
     ("history checkout", "history", "checkout"), ("revisions co ", "revisions", "co"),
     ("versions Search", "versions", "search"), ("values search", "values", "search")],
)  # fmt: skip
def test_questions(text: str, topic: str, subject: str) -> None:
    """C1: help in every spelling, and the other questions with what they ask about."""
    assert parse("ops", text) == Ask.model_validate({"topic": topic, "subject": subject})


def test_values_may_be_narrowed() -> None:
    """A second word is looked for in the paths; a third one means nothing."""
    assert parse("ops", "values Search Image") == Ask(
        topic="values", subject="search", word="image"
    )
    assert refused("values search image tag", "ops").code == "usage"


HELPED: Final = (
    # slash, text, the verb whose usage is shown; "" for everything
    ("ops", "help deploy", "deploy"),
    ("ops", "help /deploy", "deploy"),
    ("ops", "help upgrade", "deploy"),
    ("ops", "HELP Restart", "restart"),
    ("ops", "help ops restart", "restart"),
    ("ops", "restart help", "restart"),
    ("ops", "restart --help", "restart"),
    ("ops", "restart checkout --help", "restart"),
    ("ops", "status —help", "status"),
    ("ops", "why help", "why"),
    ("ops", "halt help", "halt"),
    ("ops", "halt --help", "halt"),
    ("ops", "freeze help", "freeze"),
    ("ops", "lock checkout ?", None),
    ("ops", "lock ?", "lock"),
    ("ops", "--help", ""),
    ("ops", "frobnicate --help", ""),
    ("deploy", "help", "deploy"),
    ("deploy", "--help", "deploy"),
    ("deploy", "checkout 1.4.0 --help", "deploy"),
    ("deploy", "checkout help", "deploy"),
    ("deploy", "checkout 1.4.0 help", "deploy"),
    ("rollback", "checkout HELP", "rollback"),
    ("ops", "scale checkout help", "scale"),
    ("ops", "status checkout help", "status"),
    ("ops", "why op-0123456789 help", "why"),
    ("ops", "lock checkout help", "lock"),
    ("ops", "freeze all help", "freeze"),
    ("ops", "help --help", "help"),
    ("ops", "help help", "help"),
    ("upgrade", "–help", "deploy"),
    ("rollback", "HELP", "rollback"),
    ("incident", "open help", "incident_open"),
    ("incident", "open --help", "incident_open"),
    ("incident", "help open", "incident_open"),
    ("deploy", 'checkout 1.4.0 --reason "--help"', None),
    ("ops", 'halt "help"', None),
    ("ops", 'lock checkout "help"', None),
    ("ops", "lock checkout we need help", None),
    ("ops", "halt we need help", None),
    ("incident", "note they need help", None),
)


@pytest.mark.parametrize(("slash", "text", "verb"), HELPED)
def test_help_works_after_every_word(slash: str, text: str, verb: str | None) -> None:
    """D19: it changes nothing, wherever it is asked for; in quotes it is a word like others."""
    read = parse(slash, text)
    asked = isinstance(read, Ask) and read.topic == "help"
    assert asked == (verb is not None)
    if isinstance(read, Ask) and verb is not None:
        assert read.subject == verb


@pytest.mark.parametrize("slash", SLASH)
def test_help_alone_is_help(slash: str) -> None:
    """Each command has its own."""
    for text in ("help", "--help", "?"):
        read = parse(slash, text)
        assert isinstance(read, Ask)
        assert read.topic in {"help", "incident_help"}


def test_help_about_a_word_leads_somewhere() -> None:
    """The other command has its own help, a button is called one, and the likeliest is named."""
    assert parse("ops", "help incident") == Ask(topic="incident_help")
    assert parse("incident", "help ops") == Ask(topic="help")
    assert refused("help approve", "ops").why.key == "unknown_command.button"
    assert refused("help histroy", "ops").why.params["near"] == "ops history"
    assert refused("help frobnicate", "ops").why.params["word"] == "frobnicate"


def test_all_targets_are_all_targets() -> None:
    """D19: `all` is no word to look for."""
    assert parse("ops", "targets ALL") == parse("ops", "targets")


@pytest.mark.parametrize("text", [f"cancel {ID}", f"CANCEL {ID.upper()} "])
def test_cancelling(text: str) -> None:
    """An operation is withdrawn by its id, however it is written."""
    assert parse("ops", text) == Cancel(operation=ID)


@pytest.mark.parametrize(
    "typed", ["--no-hooks --recreate", "—recreate –no—hooks", "--recreate --no-hooks"]
)
def test_options_of_a_vendor(typed: str) -> None:
    """They have no words, stand anywhere, and are kept in order; phones may write them."""
    for verb, text in (("deploy", f"search 1.1.0 {typed}"), ("rollback", f"{typed} search")):
        assert asked(text, verb).asked.parameters.options == ("no-hooks", "recreate")
    assert refused('search 1.1.0 --no-hooks "yes"', "deploy").code == "usage"
    assert refused("search 1.1.0 --no-hooks --no-hooks", "deploy").code == "usage"


def test_discovering() -> None:
    """A connection is named, and words that what is looked for must have."""
    assert parse("ops", "discover Lab Release failed") == Ask(
        topic="discover", subject="lab", word="release failed"
    )
    assert refused("discover", "ops").code == "usage"


def test_cancelling_what_a_cloud_has_open() -> None:
    """A target's name closes what its cloud has open, as a change with its reason."""
    wanted = asked('cancel Edge --reason "not tonight"', "ops")
    assert (wanted.target, wanted.reason) == ("edge", "not tonight")
    assert wanted.asked.parameters.model_dump(exclude_defaults=True) == {"way": "cancel"}


LONG: Final = "v" * 129
WRONG: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    # row, verb, text, code, what the refusal says
    ("C2", "ops", "depoly checkout 1.4.0", "unknown_command", "/deploy"),
    ("C2", "ops", "restrat checkout", "unknown_command", "/ops restart"),
    ("C2", "ops", "rollback checkout", "unknown_command", "/rollback"),
    ("C2", "ops", "xyzzy", "unknown_command", "/ops help"),
    ("C3", "deploy", "--dry-run", "usage", "no target"),
    ("C3", "deploy", "checkout", "usage", "no version"),
    ("C3", "deploy", "checkout 1.4.0 1.5.0", "usage", "1.5.0"),
    ("C3", "rollback", "--dry-run", "usage", "no target"),
    ("C3", "rollback", "checkout 1 2", "usage", "one word too many"),
    ("C3", "ops", "restart", "usage", "no target"),
    ("C3", "ops", "restart checkout now", "usage", "now"),
    ("C3", "ops", "history", "usage", "no target"),
    ("C3", "ops", "help me", "unknown_command", "/ops help"),
    ("C3", "ops", "cancel", "usage", "op-"),
    ("C3", "ops", "scale checkout", "usage", "0 to 1000"),
    ("C7", "deploy", "\u0441heckout 1.4.0", "bad_character", "\\u0441 at position 1"),
    ("C7", "deploy", "checkout \uff11.4.0", "bad_character", "\\uff11 at position 10"),
    ("C7", "deploy", "ﬁnance 1.4.0", "bad_character", "\\ufb01 at position 1"),
    ("C7", "deploy", "che\u0301ckout 1.4.0", "bad_character", "\\u0301 at position 4"),
    ("C8", "deploy", "check\u200bout 1.4.0", "bad_character", "\\u200b at position 6"),
    ("C8", "deploy", "checkout 1.4.0\u202e", "bad_character", "\\u202e"),
    ("C8", "deploy", "checkout\x00 1.4.0", "bad_character", "\\u0000"),
    ("C8", "deploy", "\x1b[31mcheckout 1.4.0", "bad_character", "\\u001b"),
    ("C8", "deploy", "checkout\x7f 1.4.0", "bad_character", "\\u007f"),
    ("C8", "deploy", "checkout\x0b1.4.0", "bad_character", "\\u000b"),
    ("C8", "deploy", 'checkout 1.4.0 --reason "a\u202eb"', "bad_character", "\\u202e"),
    ("C9", "deploy", "checkout 1.4.0 — because", "usage", "not key=value"),
    ("C10", "deploy", "x" * 40_000, "too_long", "40000"),
    ("C10", "deploy", "x " * 100_000, "too_long", "200000"),
    ("C11", "deploy", 'checkout 1.4.0 --reason "why', "usage", "column 25"),
    ("C11", "deploy", 'checkout 1.4.0 --reason "a "b" c"', "usage", "column"),
    ("C11", "deploy", "checkout 1.4.0\\", "bad_version", "cannot be a version"),
    ("C12", "deploy", "checkout 1.4.0; rm -rf /", "usage", "not key=value"),
    ("C12", "deploy", "checkout $(id)", "bad_version", "$(id)"),
    ("C12", "deploy", "checkout `id`", "bad_version", "id"),
    ("C12", "deploy", "checkout 1.4.0 | sh", "usage", "|"),
    ("C12", "deploy", "checkout 1.4.0 && id", "usage", "\uff06\uff06"),
    ("C12", "deploy", "checkout 1.4.0\n/rollback checkout", "bad_character", "\\u000a"),
    ("C13", "deploy", "checkout --version=../../etc/passwd", "usage", "--version"),
    ("C13", "deploy", "checkout ..%2f..%2f", "bad_version", "..%2f"),
    ("C13", "deploy", "checkout /etc/passwd", "bad_version", "/etc/passwd"),
    ("C13", "rollback", "checkout ../1", "bad_version", "../1"),
    ("C14", "deploy", f"checkout {LONG}", "bad_version", "…"),
    ("C14", "deploy", 'checkout ""', "usage", "quotes"),
    ("C14", "deploy", "checkout 🚀", "bad_character", "\\u1f680"),
    ("D19", "deploy", "checkout 🚀", "bad_character", "the character 🚀"),
    ("C15", "deploy", "checkout user:hunter2@host/image", "bad_version", "…"),
    ("C15", "deploy", "checkout 1.0 user:hunter2@host/image", "usage", "…"),
    *(("C16", "ops", f"scale checkout {number}", "usage", "0 to 1000")
      for number in ("-1", "1e9", "1_000", "0x10", "1.5", "NaN", "1001", "1" + "0" * 30)),
    ("C16", "ops", "scale checkout ٣", "bad_character", "\\u0663"),
    ("C18", "deploy", "checkout 1.4.0 --dry-run --dry-run", "usage", "twice"),
    ("C18", "deploy", 'checkout 1 --reason "a" --reason "b"', "usage", "twice"),
    ("C18", "deploy", "checkout 1.4.0 --dry-run --force", "usage", "--force"),
    ("C18", "deploy", 'checkout 1.4.0 --dry-run "yes"', "usage", "no value"),
    ("C18", "deploy", "search a=1 a=2", "usage", "twice"),
    ("C19", "deploy", "checkout {{7*7}}", "bad_version", "{{7*7}}"),
    ("C19", "deploy", "checkout {0.__class__}", "bad_version", "{0.__class__}"),
    ("C19", "deploy", "checkout %s", "bad_version", "%s"),
    ("C21", "ops", "restart checkout <@U123|alice>", "usage", "…"),
    ("json", "deploy", 'checkout 1.4.0 affinity={"az": ["a"]', "usage", "quotes"),
    ("json", "deploy", 'checkout 1.4.0 env.KEYS={"password": "hunter2-Zq9"}', "secret_in_values",
     "secret"),
    ("strategy", "deploy", "checkout 1.4.0 --strategy", "usage", "needs a word"),
    ("strategy", "deploy", 'checkout 1.4.0 --strategy ""', "usage", "needs a word"),
    ("strategy", "deploy", "checkout 1.4.0 --strategy --dry-run", "usage", "needs a word"),
    ("strategy", "deploy", "co 1 --strategy a --strategy b", "usage", "twice"),
    ("strategy", "rollback", "checkout --strategy one-batch", "usage", "--strategy"),
    ("strategy", "ops", "restart checkout --strategy one-batch", "usage", "--strategy"),
    ("strategy", "deploy", "co 1 --strategy xoxb-123456789012-abc", "secret_in_values", "secret"),
    ("C23", "deploy", 'co 1 --reason "xoxb-123456789012-abc"', "secret_in_reason", "token"),
    ("C23", "deploy", 'co 1 --reason "AKIAIOSFODNN7EXAMPLE"', "secret_in_reason", "token"),
    ("C23", "deploy", 'co 1 --reason "-----BEGIN RSA PRIVATE KEY"', "secret_in_reason", "token"),
    ("C23", "deploy", 'co 1 --reason "see https://a:b@host/"', "secret_in_reason", "password"),
    ("C24", "deploy", 'checkout 1.4.0 --reason ""', "usage", "in quotes"),
    ("C24", "deploy", 'checkout 1.4.0 --reason "  "', "usage", "in quotes"),
    ("C24", "deploy", "checkout 1.4.0 --reason", "usage", "in quotes"),
    ("C24", "deploy", "checkout 1.4.0 --reason --dry-run", "usage", "in quotes"),
    ("C24", "deploy", "checkout --reason bad build", "usage", "in quotes"),
    ("C24", "deploy", 'checkout --reason bad "1.4.0"', "usage", "in quotes"),
    ("D19", "deploy", 'checkout "" 1.4.0', "usage", "nothing in the quotes"),
    ("D19", "deploy", 'checkout "1 4"', "bad_version", "1 4"),
    ("D19", "ops", 'restart "checkout', "usage", "column 1"),
    ("C33", "ops", "cancel 1 OR 1=1", "usage", "op-"),
    ("C33", "ops", "cancel op-0123", "usage", "op-"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "text", "code", "says"),
    [row[1:] for row in WRONG],
    ids=[f"{row[0]}-{number}" for number, row in enumerate(WRONG)],
)
def test_what_is_wrong_is_refused_with_the_way_out(
    verb: str, text: str, code: str, says: str
) -> None:
    """Nothing is guessed: the refusal has its code, the part that is wrong, and the way out."""
    denied = refused(text, verb)
    assert denied.code == code
    why, remedy = words(denied)
    assert says.lower() in f"{why} {remedy}".lower()
    assert "hunter2" not in why
    assert len(why) < 200


BLANKS: Final = "\u00a0\u1680\u2002\u2003\u2007\u2009\u202f\u205f\u3000"
DASHES: Final = (
    *("\u2014", "\u2014\u2014", "\u2013", "\u2013\u2013", "-\u2014", "\u2014-", "---", "-"),
    *(
        "\u2010\u2010",
        "\u2011",
        "\u2012",
        "\u2015",
        "\u2212\u2212",
        "\u2e3a",
        "\uff0d\uff0d",
        "\ufe63",
    ),
)
PAIRS: Final = (
    *('""', "''", "“”", "„“", "„”", "””", "«»", "»«", "»»", "‘’", "‚‘", "’’", "‹›", "›‹"),
    *("「」", "『』", "＂＂", '“"', '"”', '„"', "｢｣", "﹁﹂", "﹃﹄", "❝❞", "❛❜", "＇＇", "⹂”"),
)


@pytest.mark.parametrize("blank", BLANKS, ids=lambda each: f"u{ord(each):04x}")
@pytest.mark.parametrize("verb", ["deploy", "ops"])
def test_every_blank_is_a_blank(verb: str, blank: str) -> None:
    """V42: whatever blank a client puts between words, before or behind them, it is one."""
    typed = "checkout 1.4.0 --dry-run" if verb == "deploy" else "scale checkout 3 --dry-run"
    command = parse(verb, f"{blank}{typed.replace(' ', blank)}{blank}")
    assert command == parse(verb, typed)
    assert isinstance(command, Change)
    assert command.dry_run


@pytest.mark.parametrize("mark", ["\u200b", "\u2060", "\ufeff", "\ufeff\u200b"], ids=ascii)
def test_a_blank_without_a_width_beside_a_word_is_one(mark: str) -> None:
    """V42: pages from which people copy put them there; inside of a word they are refused."""
    typed = f"{mark}checkout{mark} {mark}1.4.0{mark} --dry-run{mark}"
    assert asked(typed) == asked("checkout 1.4.0 --dry-run")


DASHED: Final = tuple(
    each for each in range(sys.maxunicode) if unicodedata.category(chr(each)) == "Pd"
)


def test_every_dash_of_unicode_is_one() -> None:
    """V42: the table has each character that Unicode calls a dash."""
    assert {chr(each) for each in DASHED} <= set(KNOWN_DASHES)


@pytest.mark.parametrize("dash", DASHES, ids=ascii)
def test_every_dash_before_a_flag_is_its_dashes(dash: str) -> None:
    """V42: however many dashes of whatever kind a client makes of two, the flag is the flag."""
    command = asked(f'checkout 1.4.0 {dash}dry-run {dash}reason "new – prices —reason"')
    assert (command.dry_run, command.reason) == (True, "new – prices —reason")
    assert asked(f"checkout 1.4.0 --dry{dash[-1]}run").dry_run


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_of_quotes_is_quotes(pair: str) -> None:
    """V42: each language's quotes are quotes, also where a client curls one of the two."""
    begin, end = pair[0], pair[1]
    command = asked(f"checkout 1.4.0 args={begin}a b{end} --reason {begin}fix größe{end}")
    assert command.reason == "fix größe"
    assert command.asked.parameters.values == {"args": "a b"}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [('"don’t wait"', "don’t wait"), ("“don't wait”", "don't wait"), ("„it’s ‚off‘“", "it’s ‚off‘"),
     ('"he said “no” twice"', "he said “no” twice"), ("«a ‹b› c»", "a ‹b› c"),
     ('"the users\u2019 wish"', "the users\u2019 wish"), ("‘don’t wait’", "don’t wait")],
)  # fmt: skip
def test_what_stands_in_quotes_stays_as_typed(typed: str, reason: str) -> None:
    """V42: other quotes and apostrophes inside of a quotation are a part of it."""
    assert asked(f"checkout 1.4.0 --reason {typed}").reason == reason


@pytest.mark.parametrize("written", ["checkout", "Checkout", "CHECKOUT "])
def test_c6_names_have_one_form(written: str) -> None:
    """C6: targets are written in lower case, however they are typed; versions stay as typed."""
    command = asked(f"{written} 1.4.0-RC")
    assert (command.target, command.asked.parameters.version) == ("checkout", "1.4.0-RC")


@pytest.mark.parametrize(
    "words",
    ["<!channel> <!here> <!everyone> <!subteam^S1>", "<@U123> <https://evil|https://bank>",
     "&lt;!channel&gt;", "{{7*7}} %s {0.__class__}", "; rm -rf / && `id`",
     "naïve 部署 🚀 it\u2019s",
     "a \u2013 b — c"],
)  # fmt: skip
def test_c20_to_c22_a_reason_is_kept_as_typed(words: str) -> None:
    """C19 to C22: whatever a reason says is stored as it is; showing it safely is the view's."""
    assert asked(f'checkout 1.4.0 --reason "{words}"').reason == words


def test_people_and_channels_are_kept_by_the_names_that_were_typed() -> None:
    """Slack adds an id to each, which nobody has typed."""
    command = asked('checkout 1.4.0 --reason "for <@U123|alice> in <#C1|ops>"')
    assert command.reason == "for @alice in #ops"


@pytest.mark.parametrize("flood", ["🚀" * 3_000, "line\n" * 5_000 + "end", "word " * 1_000])
def test_c40_a_long_reason_is_cut_with_a_mark(flood: str) -> None:
    """C40: 500 characters are kept, on one line, and the last says that there was more."""
    text = f'checkout 1.4.0 --reason "{flood}"'
    command = parse("deploy", text)
    if len(text) > TEXT_MAX:
        assert isinstance(command, Denied)
        return
    reason = asked(text).reason
    assert len(reason) == REASON_MAX
    assert reason.endswith("…")
    assert "\n" not in reason


@pytest.mark.parametrize("word", ["-5m", "5", "5mins", "1h-2h", "0h", "1.5h", "999999h", '""'])
def test_c17_what_is_no_duration_is_refused(word: str) -> None:
    """C17: a length of time is a number and a unit; nothing else is guessed at."""
    denied = refused(f'lock checkout "why" --for {word}', "ops")
    assert denied.code == "bad_end"
    assert denied.why.params["word"] == word.strip('"')


def test_c17_a_duration_without_its_flag_is_no_reason() -> None:
    """C17: `2h` alone is refused: what was to end in two hours would last for ever."""
    denied = refused("freeze prod 2h", "ops")
    assert (denied.why.key, denied.why.params) == ("bad_end.bare", {"word": "2h"})


@pytest.mark.parametrize(
    "word", ["tomorrow", "2026-12-24", "24.12.2026T18:00", "2026-02-30T18:00", "2026-12-24T25:00"]
)
def test_what_is_no_moment_is_refused(word: str) -> None:
    """An end is a date and a time of the calendar."""
    denied = refused(f'freeze all "why" --until {word}', "ops")
    assert (denied.why.key, denied.why.params) == ("bad_end.moment", {"word": word})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('lock checkout "a', "usage.quotes"),
        ('lock checkout "a" --warn=yes', "usage.flag_value"),
        ('lock checkout "a"b', "usage.quotes"),
        ("lock", "usage.no_target"),
        ("lock checkout", "reason_required.by_verb"),
        ('lock checkout "a" --for', "usage.flag_word"),
        ('lock checkout "a" --for 2h --for 3h', "usage.flag_twice"),
        ('lock checkout "a" --until 2026-12-24T18:00', "usage.unknown_flag"),
        ('freeze prod "a" --for 2h --until 2026-12-24T18:00', "usage.two_ends"),
        ('freeze prod "a" --warn', "usage.unknown_flag"),
        ('lock checkout "token xoxb-123456789012-abcdef"', "secret_in_reason"),
        ("halt", "reason_required.by_verb"),
        ("resume now", "usage.too_many_words"),
    ],
)
def test_what_is_held_is_read_strictly(text: str, key: str) -> None:
    """A word that is missing, doubled or foreign is refused under its code."""
    assert refused(text, "ops").why.key.startswith(key)


def test_what_is_held_is_read_with_its_end() -> None:
    """A reason may do without quotes; any dash will do; a zone may stand behind the time."""
    lock = parse("ops", "lock CheckOut Black Friday —for 2h –warn")
    assert lock == Lock(
        target="checkout", reason="Black Friday", length=timedelta(hours=2), is_warning=True
    )
    assert parse("ops", 'lock checkout --warn "Black Friday" --for=2h') == lock
    halt = parse("ops", "halt network — since noon")
    assert isinstance(halt, Halt)
    assert halt.reason == "network — since noon"
    freeze = parse("ops", "freeze all “year's end” --until 2026-12-24T18:00+08:00")
    assert isinstance(freeze, FreezeAll)
    assert freeze.until == datetime(2026, 12, 24, 10, tzinfo=UTC)
    assert freeze.reason == "year's end"


SOUP: Final = st.lists(
    st.sampled_from(
        ['"', "“", "”", "«", "»", "--", "—", "reason", "dry-run", "=", " ", "\n", "checkout", "op-",
         "1.4.0", "scale", "ops", "://", ":", "@", "xox", "-----BEGIN ", "\\", "é", "\u200d", "a"]
    ),
    max_size=200,
).map("".join)  # fmt: skip


@given(st.sampled_from(["deploy", "upgrade", "rollback", "ops"]), st.text() | SOUP)
def test_every_text_has_an_answer(verb: str, text: str) -> None:
    """Whatever is typed gives a command or a refusal, and the refusal shows the way."""
    outcome = parse(verb, text)
    assert isinstance(outcome, Typed | Denied)
    if isinstance(outcome, Denied):
        why, remedy = words(outcome)
        assert why
        assert remedy
    if isinstance(outcome, Change):
        assert len(outcome.reason) <= REASON_MAX
        assert not holds_secret(outcome.reason)


@pytest.mark.parametrize(
    "text",
    ['"' * TEXT_MAX, "“" * TEXT_MAX, "--" * (TEXT_MAX // 2), "--a " * (TEXT_MAX // 4),
     " ".join("a" for _ in range(TEXT_MAX // 2)), "--reason" + " " * (TEXT_MAX - 9) + "x",
     "://" * (TEXT_MAX // 3), 'a="' * (TEXT_MAX // 3), "-----BEGIN " * (TEXT_MAX // 11),
     "'a " * (TEXT_MAX // 3), "'a “ " * (TEXT_MAX // 5), "“a' " * (TEXT_MAX // 4),
     "\u2014" * TEXT_MAX,
     "\u2014a" * (TEXT_MAX // 2), " \u2014" * (TEXT_MAX // 2),
     'x 1 --reason "' + "://a" * 3_900 + '"', "a=" * (TEXT_MAX // 2)],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    """The worst texts of the greatest length are judged in a twentieth of what an answer has."""
    began = time.process_time()
    parse("deploy", text)
    parse("ops", text)
    assert time.process_time() - began < 0.125


@pytest.mark.parametrize("verb", [each for each in VERBS if each.parse], ids=lambda each: each.name)
def test_every_example_is_right(verb: Verb) -> None:
    """What a refusal shows as right is understood, and means what the usage is about."""
    for command in verb.commands:
        slash, _, head = command.partition(" ")
        read = parse(slash, f"{head} {verb.example}".strip())
        assert not isinstance(read, Denied)
        if isinstance(read, Change):
            assert read.asked.action == verb.name


@pytest.mark.parametrize("each", slash_commands(DEFAULT), ids=lambda each: each.command)
def test_the_commands_fit_slacks_manifest(each: SlashCommand) -> None:
    """Names, descriptions and hints keep Slack's limits."""
    assert 2 <= len(each.command) <= 32 - len("abcdefghijklmno-")
    assert 0 < len(each.description) <= 2_000
    assert len(each.usage_hint) <= 1_000


def test_the_hint_of_ops_names_all_of_it() -> None:
    """Slack's own menu shows every word that may follow /ops."""
    [ops] = [each for each in slash_commands(DEFAULT) if each.command == "/ops"]
    for verb in VERBS:
        for command in verb.commands:
            if command.startswith("ops "):
                assert command.removeprefix("ops ") in ops.usage_hint
    assert len(SLASH) == len(slash_commands(DEFAULT))


def test_under_a_prefix_the_commands_have_their_names() -> None:
    """Where commands are called /ship-…, the way out is written so; what people typed is not."""
    _, remedy = words(refused("checkout", "deploy"), Locale(prefix="ship-"))
    assert (
        remedy.startswith(
            "Type /ship-deploy <target>".replace("<", "\u2039").replace(">", "\u203a")
        )
        or "/ship-deploy" in remedy
    )
    why, _ = words(refused("/deploy-x /ops", "rollback"), Locale(prefix="ship-"))
    assert "/ship" not in why


SUGGESTED: Final[dict[str, str]] = {
    "stauts": "/ops status",
    "statsu": "/ops status",
    "histroy": "/ops history",
    "revision": "/ops revisions",
    "hlep": "/ops help",
    "restrt": "/ops restart",
    "delet": "/ops delete",
    "scael": "/ops scale",
    "scalee up": "/ops scale",
    "sacel": "",
    "stat": "/ops status",
    "frobnicate": "",
    "reprot": "/ops report",
    "reject": "",
    "decline": "",
    "statr checkout": "/ops start",
    "approve": "",
    "op": "",
    "deploy": "/deploy",
    "upgrade": "/upgrade",
    "stopp": "/ops stop",
    "stops": "/ops stop",
    "shop": "/ops stop",
    "target": "/ops targets",
}


@pytest.mark.parametrize(("typed", "meant"), SUGGESTED.items())
def test_nobody_is_led_to_another_change(typed: str, meant: str) -> None:
    """D6: what changes something is suggested where one letter differs, a question where few do."""
    why, way = words(refused(typed, "ops"))
    assert "There is no" in why or "there is no" in why
    assert way.startswith(f"Did you mean {meant}?" if meant else "See /ops help")
