"""One decision, one table of verbs: nobody beside them decides, or writes the name of a button."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.core import policy, rules
from bot.core.verbs import BUTTONS

ROOT: Final = Path(__file__).parents[1]
VERBS: Final = "bot/core/verbs"
RULES: Final = "bot/core/rules"
BUTTON_IDS: Final = {verb.action_id() for verb in BUTTONS}
FORM_IDS: Final = {
    verb.callback_id for verb in BUTTONS if verb.press and verb.press.opens == "reason"
}
ID_FIELDS: Final = frozenset({"action_id", "callback_id"})
PREFIX: Final = "slipway."
# A policy is what slipway.yaml says; what follows from it for a person is said by the rules.
OF_POLICIES: Final = {
    *("ANYONE", "NO_POLICY", "Freeze", "Gate", "Member", "Policy"),
    *("approvals_needed", "approvals_of", "gates_of"),
}
# What of the rules others may import: the whole, and the types of what goes in.
OPEN: Final = {
    "bot.core.rules": set(rules.__all__),
    "bot.core.rules.facts": None,
    "bot.core.rules.intents": None,
    "bot.core.rules.presses": None,
}


def sources(but: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield our modules with their paths, except those in the folder *but*."""
    for folder in ("bot", "handlers", "workers"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if not name.startswith(f"{but}/"):
                yield name, ast.parse(file.read_text(encoding="utf-8"))


def written_ids(tree: ast.Module) -> Iterator[str]:
    """Yield the names of buttons and forms that *tree* writes itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(words)) if is_id(words):
                yield words
            case ast.keyword(arg=name, value=ast.Constant(value=str(words))) if name in ID_FIELDS:
                yield words
            case ast.Dict(keys=keys, values=values):
                yield from (
                    str(value.value)
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and key.value in ID_FIELDS
                    if isinstance(value, ast.Constant) and value.value
                )
            case _:
                pass


def is_id(words: str) -> bool:
    """Whether *words* name a button or a form, or are what such names are made of."""
    begun = tuple(f"{name}." for name in BUTTON_IDS)
    return words in BUTTON_IDS | FORM_IDS | {PREFIX} or words.startswith(begun)


def judging(tree: ast.Module) -> Iterator[str]:
    """Yield what *tree* imports, or calls, of that which only rules may know."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="bot.core.policy", names=names):
                yield from (each.name for each in names if each.name not in OF_POLICIES)
            case ast.ImportFrom(module=str(module), names=names) if is_of_rules(module):
                known = OPEN.get(module, set())
                yield from (
                    f"{module}.{each.name}"
                    for each in names
                    if known is not None and each.name not in known
                )
            case ast.ImportFrom(module="bot.core", names=names) | ast.Import(names=names):
                yield from (each.name for each in names if each.name in {"policy", "rules"})
                yield from (each.name for each in names if is_of_rules(each.name))
            case _:
                pass


def is_of_rules(module: str) -> bool:
    """Whether *module* is that of the rules, or one of them."""
    return f"{module}.".startswith("bot.core.rules.")


def test_names_of_buttons_stand_in_the_table_of_verbs_alone() -> None:
    """What a press becomes follows from its verb: a name that is written twice drifts apart."""
    assert {name: ids for name, tree in sources(VERBS) if (ids := [*written_ids(tree)])} == {}


def test_nobody_but_the_rules_decides() -> None:
    """Others ask `decide`, `allows`, `offers`; no rule and no list of a policy is asked alone."""
    assert {name: seen for name, tree in sources(RULES) if (seen := [*judging(tree)])} == {}


def test_a_policy_holds_what_is_written_and_decides_nothing() -> None:
    """A function that is added to the policies is a rule in the wrong place."""
    own = {
        name
        for name, value in vars(policy).items()
        if getattr(value, "__module__", "") == policy.__name__
    }
    assert own <= OF_POLICIES


def test_what_is_forbidden_is_seen() -> None:
    """The checks know a name that is written from one that is asked for."""
    written = ast.parse(
        'press("slipway.approve")\n'
        'name = f"slipway.{verb}"\n'
        'x = {"action_id": "mine", "block_id": "slipway.card"}\n'
        'Button(action_id="slipway.recovery.retry")\n'
        'log = getLogger("slipway.engine")\n'
    )
    decided = ast.parse(
        "from bot.core.policy import Policy, lists\n"
        "from bot.core.rules import decide, rights\n"
        "from bot.core.rules.freeze import judge\n"
        "from bot.core.rules.intents import Press\n"
    )
    assert set(written_ids(written)) == {
        "slipway.approve",
        "slipway.",
        "mine",
        "slipway.recovery.retry",
    }
    assert [*judging(decided)] == ["lists", "bot.core.rules.rights", "bot.core.rules.freeze.judge"]
