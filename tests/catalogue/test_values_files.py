"""Values in files beside slipway.yaml: merged as Helm merges them, and read anew with it."""

from pathlib import Path
from typing import Any, Final

import pytest

from bot.app.resources import now
from bot.catalogue import LiveCatalogue, load
from bot.core.errors import ConfigurationError
from bot.journal import Journal, journal_on, migrate, open_engine
from tests.catalogue.files import ENVIRONMENT, a_file

RELEASE: Final = """\
  search:
    system: cce-release
    connection: h
    cluster_id: 7f2b9c14-53ad-11ef-8e70-0255ac100b03
    namespace: monitoring
    release: search
    chart: search
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of slipway.yaml, with two files of values beside it."""
    (tmp_path / "values").mkdir()
    (tmp_path / "values/base.yaml").write_text(
        "image: {repository: shop/search, tag: '1.0'}\nreplicas: 1\nhosts: [a, b]\nold: {x: 1}\n"
    )
    (tmp_path / "prod.yaml").write_text(
        "image: {tag: '2.0'}\nreplicas: 3\nhosts: [c]\nold: null\npassword: ${LAB_PASSWORD}\n"
    )
    return tmp_path / "slipway.yaml"


def written(path: Path, values: str) -> Path:
    """Write slipway.yaml with these values of its release."""
    path.write_text(a_file(target=f"{RELEASE}    values: {values}\n"))
    return path


def values_of(path: Path, values: str) -> Any:
    """Return what the release declares."""
    catalogue = load(written(path, values), ENVIRONMENT)
    settings: Any = catalogue.targets["search"].settings
    return settings.declared


def faults_of(path: Path, values: str) -> list[str]:
    """Return every fault."""
    with pytest.raises(ConfigurationError) as caught:
        load(written(path, values), ENVIRONMENT)
    return caught.value.faults


@pytest.mark.parametrize(
    ("values", "result"),
    [
        ("[values/base.yaml, prod.yaml]",
         {"image": {"repository": "shop/search", "tag": "2.0"}, "replicas": 3, "hosts": ["c"],
          "old": None, "password": ENVIRONMENT["LAB_PASSWORD"]}),
        ("[prod.yaml, values/base.yaml]",
         {"image": {"repository": "shop/search", "tag": "1.0"}, "replicas": 1, "hosts": ["a", "b"],
          "old": {"x": 1}, "password": ENVIRONMENT["LAB_PASSWORD"]}),
        ("values/base.yaml",
         {"image": {"repository": "shop/search", "tag": "1.0"}, "replicas": 1, "hosts": ["a", "b"],
          "old": {"x": 1}}),
        ("[values/base.yaml, {replicas: 5, image: {tag: x}}]",
         {"image": {"repository": "shop/search", "tag": "x"}, "replicas": 5, "hosts": ["a", "b"],
          "old": {"x": 1}}),
        ("[{hosts: {a: 1}}, values/base.yaml]",
         {"image": {"repository": "shop/search", "tag": "1.0"}, "replicas": 1, "hosts": ["a", "b"],
          "old": {"x": 1}}),
        ("[]", {}),
        ("[empty.yaml]", {}),
    ],
)  # fmt: skip
def test_files_are_merged_as_helm_does(path: Path, values: str, result: object) -> None:
    """A later one wins, maps are merged key by key, lists and nothing replace what was there."""
    path.with_name("empty.yaml").write_text("# nothing\n")
    assert values_of(path, values) == result


@pytest.mark.parametrize(
    ("values", "content", "says"),
    [
        ("[nope.yaml]", "", "nope.yaml: cannot be read (No such file or directory)"),
        ("[values]", "", "values: is no file"),
        ("[wrong.yaml]", "a: 1\nb: [\n", "wrong.yaml: no valid YAML (line 3, column 1)"),
        ("[wrong.yaml]", "a: 1\na: 2\n", "wrong.yaml: a (line 2): the key is there twice"),
        ("[wrong.yaml]", "a:\n  at: 22:30\n", "wrong.yaml: a.at (line 2): 22:30 may be taken for"),
        ("[wrong.yaml]", "1: x\n", "wrong.yaml: 1 (line 1): the key 1 is taken for a number"),
        ("[wrong.yaml]", "a: ${NOPE}\n", "wrong.yaml: a (line 1): the variable NOPE is not set"),
        ("[wrong.yaml]", "- a\n", "wrong.yaml: wants keys with values"),
        ("[wrong.yaml]", f"a: {'[' * 60}{']' * 60}\n", "nested deeper than 50"),
        ("[12]", "", "wants values, or names of files with values"),
        ("[values/base.yaml, [prod.yaml]]", "", "wants values, or names of files with values"),
    ],
)
def test_a_fault_has_its_file_and_its_line(
    path: Path, values: str, content: str, says: str
) -> None:
    """Each is told with the line that names the file, and with its own."""
    path.with_name("wrong.yaml").write_text(content)
    faults = faults_of(path, values)
    assert any("targets.search.values." in each and says in each for each in faults), faults
    assert all("(line 18)" in each for each in faults)


def test_what_is_filled_in_is_known(path: Path) -> None:
    """A secret of a file is hidden like one of slipway.yaml, and its place is named."""
    catalogue = load(written(path, "[values/base.yaml, prod.yaml]"), ENVIRONMENT)
    assert ENVIRONMENT["LAB_PASSWORD"] in catalogue.secrets
    assert any("targets.search.values.password" in each for each in catalogue.notes)
    assert ENVIRONMENT["LAB_PASSWORD"] not in repr(catalogue)


def rewritten(path: Path, text: str) -> None:
    """Write it as something that looks changed, however short the time was."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


def test_a_change_of_a_file_is_a_change_of_the_configuration(path: Path) -> None:
    """It counts at the next use, and so does a file that is mended."""
    live = LiveCatalogue(written(path, "[values/base.yaml, prod.yaml]"), ENVIRONMENT)
    before = declared(live)
    prod = path.with_name("prod.yaml")
    rewritten(prod, "replicas: 7\n")
    assert (before["replicas"], declared(live)["replicas"]) == (3, 7)
    rewritten(prod, "replicas: [\n")
    assert declared(live)["replicas"] == 7
    assert "prod.yaml: no valid YAML" in live.faults[0]
    rewritten(prod, "replicas: 9\n")
    assert (declared(live)["replicas"], live.faults) == (9, ())


def declared(live: LiveCatalogue) -> Any:
    """Return the values of the release in force."""
    settings: Any = live().targets["search"].settings
    return settings.declared


def test_every_process_has_the_same_of_it(path: Path, journal: Journal) -> None:
    """What was read is kept whole: a file that breaks, or goes, changes nothing for anybody."""
    files = "[values/base.yaml, plain.yaml]"
    plain = path.with_name("plain.yaml")
    plain.write_text("replicas: 4\n")
    bot, worker = (LiveCatalogue(written(path, files), ENVIRONMENT) for _ in range(2))
    for each in (bot, worker):
        each.share(journal.configurations, now)
    first = journal.configurations.newest()
    rewritten(plain, "replicas: 5\n")
    assert declared(bot)["replicas"] == 5
    second = journal.configurations.newest()
    assert first is not None
    assert second is not None
    assert first.hash != second.hash
    plain.unlink()
    assert declared(worker)["replicas"] == 5
    then: Any = bot.then(first)
    assert then.targets["search"].settings.declared["replicas"] == 4


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal."""
    engine = open_engine(f"sqlite:///{tmp_path / 'slipway.db'}")
    migrate(engine)
    return journal_on(engine)
