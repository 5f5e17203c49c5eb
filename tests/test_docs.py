"""The documents say what the code does: every table in them is compared with its source."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, get_args

import click
import pytest

from bot.app.bot import Patience
from bot.catalogue import load
from bot.catalogue.file import TargetEntry
from bot.catalogue.hooks import HookEntry
from bot.catalogue.model import PolicyEntry
from bot.cli import EXIT_CODES, main
from bot.core import errors
from bot.core.errors import IllegalEventError
from bot.core.hooks import Unwanted
from bot.core.lifecycle import transition
from bot.core.operation import Operation, Running
from bot.core.ports import Limits
from bot.core.verbs import SLASH, VERBS
from bot.journal.columns import FORMAT
from bot.journal.drain import LASTS
from bot.journal.migrations import RELEASE_BEFORE, wanted
from bot.metrics import Metrics
from bot.settings import Settings
from bot.systems import SYSTEMS
from bot.views.words.en import ENGLISH
from tests import codes_page
from tests.core.builders import KINDS, PLACES, fitting
from workers.advancing.submitting import ATTEMPTS_MAX
from workers.processes.supervisor import GRACE_SECONDS
from workers.slack import MEMBER_SECONDS, SCOPES
from workers.watching.poller import LOOKS

ROOT: Final = Path(__file__).parents[1]
README: Final = "README.md"
ARCHITECTURE: Final = "ARCHITECTURE.md"
CODES: Final = "docs/codes.md"
HOOKS: Final = "docs/hooks.md"
EXAMPLE: Final = "slipway.example.yaml"
DOCUMENTS: Final = (
    *(README, ARCHITECTURE, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", CODES, HOOKS),
    *("docs/logs.md", "docs/systems.md", "docs/write-a-system.md", "docs/runbooks/README.md"),
    *("bot/sandbox/page/README.md", "deploy/README.md", "tests/README.md"),
)
CODE: Final = re.compile(r"`([^`]+)`")


def text(document: str) -> str:
    """The whole document."""
    return (ROOT / document).read_text(encoding="utf-8")


def table(document: str, *heads: str) -> list[list[str]]:
    """The rows of all tables whose columns are headed so; a pipe in a cell has a backslash."""
    rows: list[list[str]] = []
    is_wanted = False
    for line in text(document).splitlines():
        if not line.startswith("|"):
            is_wanted = False
            continue
        cells = [
            cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]
        ]
        if is_wanted and set(line) - set("|-"):
            rows.append(cells)
        is_wanted = is_wanted or cells == list(heads)
    assert rows, f"{document} has no table {heads}"
    return rows


def codes_in(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return CODE.findall(cell)


def once(words: list[str]) -> set[str]:
    """The words, none of which may stand there twice."""
    assert len(set(words)) == len(words), words
    return set(words)


def test_the_readme_has_every_command() -> None:
    """Commands are written as the grammar writes them in its refusals; each has its row."""
    rows = table(README, "command", "does")
    shown = once([codes_in(row[0])[0] for row in rows if row[0].startswith("`/")])
    typed = [verb for verb in VERBS if verb.commands]
    assert shown == {f"/{verb.commands[0]} {verb.usage}".strip() for verb in typed}
    named = {word for row in rows for cell in row for word in re.findall(r"`(/\w+)", cell)}
    assert named == {f"/{name}" for name in SLASH}


def test_the_readme_has_every_variable() -> None:
    """Each variable of the environment stands there with its default."""
    shown = {codes_in(row[0])[0]: codes_in(row[1]) for row in table(README, *_ENVIRONMENT)}
    defaults = {name.upper(): _default(name) for name in Settings.model_fields}
    assert shown == {name: [default] if default else [] for name, default in defaults.items()}


_ENVIRONMENT: Final = ("variable", "default", "means")


def _default(name: str) -> str:
    default = Settings.model_fields[name].default
    revealed = getattr(default, "get_secret_value", None)
    return str(revealed() if revealed else default or "")


def _verbs(group: click.Group, before: str = "") -> Iterator[tuple[str, set[str]]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{before}{name} ")
        else:
            options = (each for each in command.params if isinstance(each, click.Option))
            yield f"{before}{name}", {each.opts[0] for each in options}


def test_the_readme_has_every_verb_and_option() -> None:
    """The command line is listed whole."""
    rows = table(README, "verb", "options", "does")
    once([row[0] for row in rows])
    assert {codes_in(row[0])[0]: set(codes_in(row[1])) for row in rows} == dict(_verbs(main))


def test_the_readme_has_the_exit_codes() -> None:
    """The exit codes are those that `slipway --help` names."""
    shown = ", ".join(f"{code} {meaning}" for code, meaning in table(README, "exit code", "means"))
    assert f"Exit codes: {shown}." == EXIT_CODES


def test_the_readme_has_every_system() -> None:
    """The systems are those of the registry, with what they declare."""
    assert table(README, "system", "drives", "connection", "actions") == [
        [
            f"`{each.spec.name}`",
            each.spec.title,
            f"`{each.spec.connection_kind}`",
            ", ".join(sorted(each.spec.actions)),
        ]
        for each in SYSTEMS
    ]


def test_the_readme_has_every_key() -> None:
    """Each key of a target and of a policy is explained, and none that is not there."""
    own = {key for each in SYSTEMS for key in each.spec.target.model_fields} - {"create_body"}
    targets = once([key for row in table(README, "key of a target", "means") for key in row[:1]])
    assert {key for cell in targets for key in codes_in(cell)} == {*TargetEntry.model_fields, *own}
    policies = [codes_in(row[0])[0] for row in table(README, *_POLICY)]
    assert once(policies) == {*PolicyEntry.model_fields}


def test_the_readme_has_every_key_of_a_hook() -> None:
    """Each key of a hook is explained; and why an event is ignored, to whoever sends it."""
    keys = [codes_in(row[0])[0] for row in table(README, "key of a hook", "means")]
    assert once(keys) == {*HookEntry.model_fields}
    ignored = [codes_in(row[0])[0] for row in table(HOOKS, "`ignored`", "means")]
    assert once(ignored) == {*get_args(Unwanted)}


_POLICY: Final = ("key of a policy", "means", "default")
_UNITS: Final[Mapping[str, timedelta]] = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
_IN_WORDS: Final = {
    "rollback": "those of `request`",
    "irreversible": "as any other",
    "visible_to": "everybody",
}


def _written(default: object) -> str:
    """A default as slipway.yaml would have it, or in a word where there is nothing to write."""
    match default:
        case timedelta() as length:
            unit, size = next(each for each in _UNITS.items() if not length % each[1])
            return f"{length // size}{unit}"
        case bool():
            return str(default).lower()
        case _:
            return str(default)


def test_the_readme_has_the_policies_defaults() -> None:
    """What holds where a key of a policy is left out is what the code takes then."""
    shown = {codes_in(row[0])[0]: row[2] for row in table(README, *_POLICY)}
    for name, field in PolicyEntry.model_fields.items():
        default = field.get_default(call_default_factory=True)
        nothing = {"nobody", "none"} if default == [] else {_IN_WORDS.get(name, _written(default))}
        assert shown[name] in nothing, name


_SETTLE: Final = {each.spec.settle for each in SYSTEMS}
NUMBERS: Final = (  # each as the README says it, with the figure that the code goes by
    f"At most {Limits().per_person:,} operations of one person, and {Limits().total:,} in all, may",
    *(f"After the settle time ({each // _UNITS['m']} minutes)" for each in _SETTLE),
    f"tries again, at most {ATTEMPTS_MAX} times and within the deadline",
    f"is waited for and recorded (up to {GRACE_SECONDS:g} seconds)",
    f"looks at clouds at most {LOOKS} times a second, so at each of {10 * LOOKS:,} operations",
    f"the refusal ends {LASTS.total_seconds() / 60:g} minutes after its last sign",
)
_MEASURED: Final = ("about 15 seconds",)  # how long the first start takes, which nothing sets
_NUMBER: Final = re.compile(r"[0-9][0-9,.]* (?:seconds|minutes|hours|days|times|operations|in all)")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_readmes_numbers_are_the_codes(number: str) -> None:
    """Limits and durations are those that hold."""
    assert number in text(README)


def test_the_readme_has_no_other_numbers() -> None:
    """A limit or a duration that is added to the README is compared with the code as well."""
    rest = text(README)
    for known in (*NUMBERS, *_MEASURED):
        rest = rest.replace(known, "")
    assert _NUMBER.findall(rest) == []


def test_rights_are_as_fresh_as_promised() -> None:
    """What Slack said of somebody is "at most a minute old" when it decides."""
    assert "is at most a minute old then" in text("SECURITY.md")
    assert timedelta(seconds=MEMBER_SECONDS + Patience().remembers) <= _UNITS["m"]


def test_the_readmes_figures_are_shown() -> None:
    """Whoever watches for a figure that the README names finds it at `/metrics`."""
    page = Metrics(dict, is_faulty=lambda: False).page().decode()
    named = re.findall(r"`(slipway_\w+)`", text(README))
    assert named
    assert [each for each in named if f"\n{each}" not in page] == []


def test_the_readme_has_every_scope() -> None:
    """People see what the app will be allowed before they install it."""
    assert set(CODE.findall(text(README))) >= set(SCOPES)


def test_the_example_is_one_and_loads() -> None:
    """The README shows the file that people copy, and that file has no fault."""
    assert f"```yaml\n{text(EXAMPLE)}```" in text(README)
    secrets = {"CLOUD_SDK_AK": "AK12345678", "CLOUD_SDK_SK": "secret", "LAB_PASSWORD": "pw"}
    catalogue = load(ROOT / EXAMPLE, secrets)
    assert (catalogue.find("co"), catalogue.warnings) == (catalogue.targets["checkout"], ())


def _standing(operation: Operation) -> str:
    if isinstance(operation.phase, Running):
        return f"running, {operation.phase.stage}"
    return operation.phase.kind


def _transitions() -> dict[tuple[str, str], set[str]]:
    """What each event makes of each phase that accepts it."""
    found: dict[tuple[str, str], set[str]] = {}
    for place in PLACES.values():
        operation = place()
        for kind in KINDS:
            try:
                after = transition(operation, fitting(kind, operation)).operation
            except IllegalEventError:
                continue
            found.setdefault((_standing(operation), kind), set()).add(_standing(after))
    return found


def test_the_table_of_phases_is_the_lifecycle() -> None:
    """Every pair of a phase and an event that the code accepts, with what comes of it."""
    rows = table(ARCHITECTURE, "from", "event", "to")
    shown = {(codes_in(row[0])[0], codes_in(row[1])[0]): set(codes_in(row[2])) for row in rows}
    assert shown == _transitions()
    assert len(rows) == len(shown)


def _dependencies() -> set[str]:
    project = tomllib.loads(text("pyproject.toml"))
    groups = project["dependency-groups"].values()
    listed = [*project["project"]["dependencies"], *(each for group in groups for each in group)]
    return {re.split(r"[\[><=; ]", each)[0] for each in listed if isinstance(each, str)}


def test_every_dependency_has_its_reason() -> None:
    """Nothing is depended on without a line that says what for."""
    rows = table(ARCHITECTURE, "package", "why")
    assert once([name for row in rows for name in row[0].split(", ")]) == _dependencies()


def _modules(folder: str) -> set[str]:
    """The modules and packages right below *folder*, as the table writes them."""
    return {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / folder).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__.py"}


def test_every_module_has_its_place() -> None:
    """A module that nobody finds in the table is one that nobody knows of."""
    names = {name for row in table(ARCHITECTURE, "where", "what") for name in codes_in(row[0])}
    wanted = {f"bot/{name}" for name in _modules("bot")} | {"handlers/", "workers/"}
    wanted |= {name for each in ("bot/core", "handlers", "workers") for name in _modules(each)}
    assert names == wanted


def test_decisions_are_numbered_and_dated() -> None:
    """A decision is found by its number, and each number is there once, in order."""
    decisions = text(ARCHITECTURE).partition("\n## Decisions\n")[2]
    numbers = [int(found) for found in re.findall(r"^([0-9]+)\. \*\*", decisions, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert re.search(r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b", decisions)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    """A link inside the project leads to a file of it."""
    links = re.findall(r"\]\(([^)#\s]+)[^)\s]*\)", text(document))
    inside = [link for link in links if "://" not in link]
    missing = [link for link in inside if not (ROOT / document).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_tests_exist(document: str) -> None:
    """A promise that names its test can be checked by running it."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text(document))
    missing = [
        (path, name)
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in text(path))
    ]
    assert missing == []


def _error_tree() -> dict[str, str]:
    """Each error of the docstring's tree with the one that it stands below."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)(\w+Error)\b", line)
        if not found:
            continue
        depth, name = len(found[1]), found[2]
        above = [each for each in above if each[0] < depth]
        parents[name] = above[-1][1] if above else "Exception"
        above.append((depth, name))
    return parents


def test_the_tree_of_errors_is_the_classes() -> None:
    """Whoever reads the top of `bot.core.errors` knows every error of it."""
    classes = {
        name: each.__bases__[0].__name__
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, Exception)
    }
    assert _error_tree() == classes


def _constants(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may come to; what is computed is no code of ours."""
    match value:
        case ast.Constant(value=str(code)) if code:
            yield code
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_constants(body), *_constants(orelse))
        case ast.BoolOp(values=values):
            for each in values:
                yield from _constants(each)
        case _:
            return


def _codes(tree: ast.AST) -> Iterator[str]:
    """What *tree* passes as `code=…`, calls `code`, or puts under that key."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="code", value=value):
                yield from _constants(value)
            case ast.Assign(targets=[ast.Name(id="code")], value=value):
                yield from _constants(value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "code":
                        yield from _constants(value)
            case _:
                pass


def test_every_code_is_explained() -> None:
    """Each code that a refusal or a failure can have is in one table, once; and no other."""
    sources = (path for root in ("bot", "handlers", "workers") for path in (ROOT / root).rglob("*"))
    wanted = {
        code
        for path in sources
        if path.suffix == ".py" and not path.is_relative_to(ROOT / "bot" / "sandbox")
        for code in _codes(ast.parse(path.read_text(encoding="utf-8")))
    }
    wanted |= {key.partition(".")[0] for key, words in ENGLISH.items() if words.remedy}
    rows = table(CODES, "code", "means", "what to do")
    assert once([codes_in(row[0])[0] for row in rows]) == wanted


def test_every_reason_is_written_down() -> None:
    """The page has each code with its words as they are now: `make docs` writes them."""
    page = text(CODES)
    assert page == codes_page.written(page), "run `make docs`"


def test_the_changelog_says_which_versions_share_a_schema() -> None:
    """Its first table begins with this version: its schema, whose it works beside, its format."""
    text = (ROOT / "CHANGELOG.md").read_text().partition("## Schemas")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert rows[0] == ["version", "schema", "goes on beside it, from schema", "format of records"]
    assert rows[1] == ["Unreleased", wanted(), RELEASE_BEFORE, str(FORMAT)]
    assert [row[1] for row in rows[1:]] == sorted((row[1] for row in rows[1:]), reverse=True)
