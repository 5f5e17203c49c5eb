"""Words are made last: nobody below the views writes sentences.

What stays there is foreign: a vendor's or a person's words, as the parameter of a code.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
BELOW: Final = (
    "bot/core",
    "bot/systems",
    "bot/facts",
    "bot/service",
    "bot/journal",
    "workers",
    "handlers",
)
OURS: Final = ("bot", "handlers", "workers")
FILES: Final = ("bot/engine.py",)
SAMPLES: Final = "examples.py"  # vendors' documented answers
SENTENCE: Final = re.compile(r"[A-Za-z][a-z']+[,;:]? (?:[\w`'{}]+[,;:]? )+[A-Za-z`'{}]+")
SQL: Final = re.compile(
    r"(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|SET|WITH)\b|.* IS (NOT )?NULL$"
)
FOR_PROGRAMMERS: Final = frozenset({"msg", "message"})  # of exceptions that only logs show
FIELDS: Final = frozenset({"source", "title", "description"})  # documents, and proper names
CHECKS: Final = frozenset({"compile", "text", "literal_column", "DDL", "Check", "CheckConstraint"})

# What a terminal or a log shows to operators: names of calls, faults of slipway.yaml and databases.
FOR_OPERATORS: Final[dict[str, int]] = {
    "bot/core/connection.py": 1,
    "bot/core/errors.py": 2,
    "bot/systems/__init__.py": 1,
    "bot/systems/_cloudpods/authentication.py": 1,
    "bot/systems/_cloudpods/connection.py": 1,
    "bot/systems/_cloudpods/errors.py": 1,
    "bot/systems/_cloudpods/kubeserver.py": 1,
    "bot/systems/_helm/declared.py": 2,
    "bot/systems/_helm/limits.py": 5,
    "bot/systems/_huawei/applications.py": 1,
    "bot/systems/_huawei/cce_clusters.py": 1,
    "bot/systems/_huawei/connection.py": 1,
    "bot/systems/_wire/keystone.py": 2,
    "bot/systems/_wire/templates.py": 2,
    "bot/systems/cce_cluster/reads.py": 6,
    "bot/systems/cce_cluster/sending.py": 7,
    "bot/systems/cce_release/discovery.py": 1,
    "bot/systems/cce_release/reads.py": 3,
    "bot/systems/cce_release/sending.py": 1,
    "bot/systems/cloudpods_release/discovery.py": 2,
    "bot/systems/cloudpods_release/reads.py": 5,
    "bot/systems/cloudpods_release/sending.py": 1,
    "bot/systems/servicestage_v2/reads.py": 3,
    "bot/systems/servicestage_v2/system.py": 1,
    "bot/systems/servicestage_v2/target.py": 2,
    "bot/systems/servicestage_v3/discovery.py": 1,
    "bot/systems/servicestage_v3/reads.py": 2,
    "bot/journal/audit_anchors.py": 9,
    "bot/journal/audit_chain.py": 17,
    "bot/journal/backup.py": 2,
    "bot/journal/database.py": 6,
    "bot/journal/errors.py": 3,
    "bot/journal/group_commit.py": 4,
    "bot/journal/migrations/__init__.py": 5,
    "workers/cloud/tokens.py": 1,
    "workers/processes/rq_worker.py": 1,
    "workers/slack/look_ups.py": 2,
    "workers/slack/outbox.py": 1,
}


def prose(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the sentences that *tree* writes itself."""
    skipped = set(map(id, innocent(tree)))
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and is_sentence(node.value):
            yield node


def is_sentence(value: object) -> bool:
    """Whether *value* is three words or more, as a sentence has them."""
    return isinstance(value, str) and bool(SENTENCE.search(value)) and not SQL.match(value.strip())


def innocent(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what may hold words: docstrings, errors for programmers, patterns, documents."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                yield node.value
            case ast.Raise(exc=ast.Call(func=ast.Name(id=error)) as raised) if is_ours(error):
                yield from ast.walk(raised)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in FOR_PROGRAMMERS:
                yield from ast.walk(value)
            case ast.keyword(arg=name, value=value) if name in FIELDS:
                yield from ast.walk(value)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CHECKS:
                yield from ast.walk(node)
            case _:
                pass


def is_ours(error: str) -> bool:
    """Whether an exception is for logs: all but those of clouds, whose words people read."""
    return not error.startswith(("Cloud", "OutcomeUnknown", "UnreadableReply"))


def counted() -> dict[str, int]:
    """How many sentences each file writes."""
    folders = [path for folder in BELOW for path in sorted((ROOT / folder).rglob("*.py"))]
    files = [*folders, *(ROOT / file for file in FILES if (ROOT / file).exists())]
    found = Counter[str]()
    for file in files:
        if file.name != SAMPLES:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found[str(file.relative_to(ROOT))] += sum(1 for _ in prose(tree))
    return {file: number for file, number in found.items() if number}


def refusals(tree: ast.Module) -> Iterator[str]:
    """Yield the words of people in refusals that *tree* makes: none may be there, not even two."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Denied") | ast.Attribute(value=ast.Name(id="Denied"))):
                inside = (each for each in ast.walk(node) if isinstance(each, ast.Constant))
                yield from (str(each.value) for each in inside if " " in str(each.value))
            case _:
                pass


def test_nobody_below_the_views_writes_sentences() -> None:
    """A decision is a code with parameters: what it is called in English stands in the views.

    What operators read is listed; the list names neither less nor more than there is.
    """
    assert counted() == FOR_OPERATORS


def test_no_refusal_is_made_of_words() -> None:
    """What is refused, and why, is a code: `Denied.of` takes nothing else."""
    sources = [path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = {
        str(path.relative_to(ROOT)): words
        for path in sources
        if (words := [*refusals(ast.parse(path.read_text(encoding="utf-8")))])
    }
    assert found == {}


def test_a_sentence_is_seen() -> None:
    """The check knows what people read from what programmers do."""
    tree = ast.parse(
        '"""A docstring with many words."""\n'
        'msg = "the caller made a mistake"\n'
        'raise IllegalEventError("this phase takes none")\n'
        'raise CloudRefusedError(why="the cloud said no")\n'
        'denied(reason="you may not deploy this", code="not_allowed")\n'
        'log.info("poll.failed")\n'
        'query = "SELECT id FROM operations"\n'
    )
    assert [node.value for node in prose(tree)] == [
        "the cloud said no",
        "you may not deploy this",
    ]


def test_the_words_of_a_refusal_are_seen() -> None:
    """The check finds them wherever they stand in a refusal."""
    tree = ast.parse('Denied.of(Held(by="Ann"), rule="ask her", operation=operation.id)')
    assert [*refusals(tree)] == ["ask her"]
