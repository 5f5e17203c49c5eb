"""Words are made last: templates, and catalogues that lack nothing."""

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

import bot.views
from bot.core.codes import Legacy, Reason
from bot.core.codes.operations import NotExecuted, TargetGone
from bot.core.codes.rules import NoPlanInLine, WouldWait
from bot.core.languages import LANGUAGES
from bot.views.words import (
    Locale,
    Marked,
    people,
    said,
    say,
    say_plain,
    sentence,
    spelled,
    worded,
)
from bot.views.words.en import ENGLISH_PHRASES
from bot.views.words.speaker import Speaker
from bot.views.words.template import Template, chosen
from tests.views.samples import EN

SHIP: Final = Locale(prefix="ship-")
NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
VIEWS: Final = Path(bot.views.__file__).parent


def filled(
    template: Template, locale: Locale = EN, *, is_plain: bool = False, **params: Any
) -> str:
    """Return *template* as it is read."""
    return Speaker(locale, is_plain=is_plain).filled(template, params)


@pytest.mark.parametrize(
    ("template", "params", "shown"),
    [
        ("{x}", {"x": "<!here>"}, "&lt;!here&gt;"),
        ("{x:text:5}", {"x": "abcdefgh"}, "abcd…"),
        ("{x:lines}", {"x": "a\n<b>\n\n> c"}, "a\n&lt;b&gt;\n\n\u203a c"),
        ("{x:lines:10}", {"x": "abcd\nefghijkl\nm"}, "abcd\nefgh…\n…"),
        ("{x:name}", {"x": "a" * 200}, "a" * 51 + " … " + "a" * 26),
        ("{x:code}", {"x": "a`b"}, "`a\u02cbb`"),
        ("{x:person}", {"x": "U0ANN"}, "<@U0ANN>"),
        ("{x:person}", {"x": "anyone"}, "anyone"),
        ("{x:people}", {"x": ["S0SRE", "U0ANN"]}, "<!subteam^S0SRE>, <@U0ANN>"),
        ("{x:channel}", {"x": "C0DEPLOYS"}, "<#C0DEPLOYS>"),
        ("{x:channel}", {"x": "D0ANN"}, "a direct message"),
        ("{x:channel}", {"x": "<!here>"}, "`&lt;!here&gt;`"),
        ("{x:list}", {"x": ["a", "<b>"]}, "a, &lt;b&gt;"),
        ("{x:duration}", {"x": 7_500}, "2 h 5 min"),
        ("{x:duration}", {"x": timedelta(0)}, "under 1 s"),
        ("{x:count:replica}", {"x": 1}, "1 replica"),
        ("{x:count:person|people}", {"x": 3}, "3 people"),
        ('{/incident note "since 14:02!"}', {}, '`/incident note "since 14:02!"`'),
        ("{x:reason}", {"x": Legacy(words="it broke.").reason}, "it broke"),
        ("{x:reason}", {"x": Legacy(words="it broke").reason.model_dump()}, "it broke"),
        ("{x:reason}", {"x": "<it> broke."}, "&lt;it&gt; broke"),
        (
            "{x:reason}",
            {"x": NotExecuted().reason},
            "an approver decided that the call was not executed",
        ),
        (
            "{x:sentence}",
            {"x": NotExecuted().reason},
            "An approver decided that the call was not executed",
        ),
        ("{x:sentence}", {"x": TargetGone(target="co").reason}, "co is no longer in slipway.yaml"),
        ("{x:sentence}", {"x": "vendor's words."}, "vendor's words"),
        ("{x}", {"x": Marked("*ours*")}, "*ours*"),
        ("{/ops status}", {}, "`/ops status`"),
        ("{/ops status <x>}", {"x": "checkout"}, "`/ops status checkout`"),
        ("{/ops status <x>}", {}, "`/ops status &lt;x&gt;`"),
        ("a[[ b {x}]] c", {"x": "y"}, "a b y c"),
        ("a[[ b {x}]] c", {"x": ""}, "a c"),
        ("a[[ b {x}]] c", {"x": None}, "a c"),
        ("a[[ b {x}]] c", {"x": 0}, "a b 0 c"),
    ],
)
def test_what_may_stand_in_a_template(template: str, params: Mapping[str, Any], shown: str) -> None:
    """Foreign words are escaped, our own marks stay, and what is empty leaves no trace."""
    assert filled(template, **params) == shown


def test_a_moment_is_the_readers_own() -> None:
    """Slack shows it in the reader's zone; plain text objects know no zone, so it is UTC there."""
    kept = NOON.isoformat()

    assert filled("{at:moment}", at=kept) == filled("{at:moment}", at=NOON)
    assert filled("{at:moment}", at=NOON).startswith("<!date^")
    assert "{time_secs}" in filled("{at:clock}", at=NOON)
    assert filled("{at:moment}", is_plain=True, at=NOON) == "2026-11-20 12:00 UTC"


def test_plain_text_has_neither_marks_nor_entities() -> None:
    """A button shows what it is given, letter for letter."""
    template = "{a} {b:name} {c:person} {/ops help}"

    shown = filled(template, SHIP, is_plain=True, a="<b>", b="x", c="U0ANN")

    assert not set(shown) & set("<>`&")
    assert "/ship-ops help" in shown


def test_commands_are_called_as_they_are_here_and_foreign_words_are_left_alone() -> None:
    """Only a command of ours takes the workspace's prefix, never a path in a vendor's words."""
    foreign = "GET /ops/deploy: HTTP 500 at /deploy-config"

    assert filled("{x}: see {/ops help}", SHIP, x=foreign) == f"{foreign}: see `/ship-ops help`"


def test_what_a_template_asks_for_is_known() -> None:
    """A slip in a template is no word less, but an error that a test sees."""
    with pytest.raises(ValueError, match="shout"):
        filled("{x:shout}", x="a")
    with pytest.raises(KeyError):
        say("no.such_phrase", EN)


def test_many_people_are_counted() -> None:
    """A policy with a hundred names does not ping a hundred people twice."""
    crowd = [f"U{number:02}A" for number in range(12)]

    assert people(["U00", "U00", "U01"], EN) == "<@U00>, <@U01>"
    assert people(crowd, EN).endswith("<@U09A> and 2 more")
    assert people([], EN) == ""


def test_a_sentence_has_a_capital_and_one_full_stop() -> None:
    """Our own clauses become sentences; what ends already is left."""
    assert sentence("it waits", EN) == "It waits."
    assert sentence("it waits…", EN) == "It waits…"
    assert sentence("", EN) == ""


def test_a_sentence_that_begins_with_another_has_a_capital() -> None:
    """What a dry run says of the line begins as a sentence does; inside of one it does not."""
    would = WouldWait(holder="op-0123456789", position=2).reason
    reason = NoPlanInLine(why=would).reason

    assert said(reason, EN).says.startswith("It would wait in line behind")
    assert worded(reason, EN).startswith("it would wait in line behind")


def test_an_unknown_code_is_said_by_its_parameters() -> None:
    """A record of a newer version is readable, though not well worded."""
    reason = Reason(key="not_known.yet", params={"who": "<!here>", "n": 2})

    assert said(reason, EN).says == "not_known.yet who: &lt;!here&gt;, n: 2."
    assert said(reason, EN).remedy == ""


def test_old_words_are_shown_as_they_were() -> None:
    """What an older version kept in words is no different to its readers."""
    old = Legacy(words="1.4.0 runs <already>").reason

    assert worded(old, EN) == "1.4.0 runs &lt;already&gt;"
    assert spelled(old, EN) == "1.4.0 runs \u2039already\u203a"


def test_phrases_for_buttons_are_plain() -> None:
    """Where Slack knows no marks, none are written."""
    assert say_plain("button.roll_back", EN, version="<1>") == "Roll back to \u20391\u203a"


def constants() -> Iterator[str]:
    """Yield every string in the views but the words themselves."""
    for file in sorted(VIEWS.rglob("*.py")):
        if file.parent.name not in LANGUAGES:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_phrase_is_said_somewhere() -> None:
    """What nobody says any more is no work for who translates."""
    known = set(constants())

    def is_said(key: str) -> bool:
        area, _, name = key.partition(".")
        stem = name.removesuffix("_text").removesuffix("_yes")
        return key in known or (f"{area}." in known and {name, stem} & known != set())

    dynamic = (
        "history.",
        "noted.",
        "rule.",
        "action.",
        "phase.",
        "step.",
        "step_name.",
        "step_counted.",
        "system.",
        "thing.",
        "vendor_status.",
        "help.",
        "entries.",
        "button.",
        "form.",
        "doing.",
        "done.",
        "undone.",
        "cause.",
        "incident_state.",
        "incident_button.",
        "incident_form.",
        "incident_line.",
        "incident_said.",
        "incident_answer.",
        "incident_help.",
        "incident_timeline.",
        "incident_export.",
        "incident_did.",
        "suspects.",
        "change_form.",
        "home.",
        "brief.",
        "another.",
        "report.label_",
        "report.column_",
        "runs.column_",
        "health.part_",
    )
    assert all(f"{each}" in known for each in dynamic)
    unsaid = [key for key in ENGLISH_PHRASES if not is_said(key) and not key.startswith(dynamic)]
    assert unsaid == []


def test_words_are_chosen_by_their_parameters() -> None:
    """A template may be a function, which sees the parameters."""
    assert chosen(lambda params: "{x}" if params["x"] else "none", {"x": ""}) == "none"
