"""The project's own files: the locks, the notices, and what must not stand in any file."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = tuple(sorted(path.name for path in ROOT.glob("requirements*.lock")))
HOSTS: Final = (  # and what lies below them
    *("127.0.0.1", "localhost", "example", "example.com", "invalid", "svc", "test"),
    *("slack.com", "slack.dev"),
    *("myhuaweicloud.com", "huaweicloud.com", "huaweicloud.cn", "cloudpods.org", "openstack.org"),
    *("github.com", "w3.org", "react.dev", "vite.dev", "json.schemastore.org", "owasp.org"),
    *("apache.org", "keepachangelog.com", "semver.org", "python.org", "readthedocs.io"),
    *("json-schema.org", "no-color.org", "pgbouncer.org", "gitlab.com", "goharbor.io"),
    *("prometheus.io", "grafana.com", "pagerduty.com"),
    *("postgresql.org", "sqlite.org", "redis.io", "valkey.io", "python-rq.org", "rfc-editor.org"),
)
WRITTEN_BY_MACHINES: Final = (
    "bot/sandbox/static/",
    "bot/sandbox/page/package-lock.json",
    "tests/bench/peers/locks/",
    "tests/processes/release_before.tar.xz",
    "LICENSE",
)
HOST: Final = re.compile(
    # a name without a dot is nobody's on the internet
    r"\b(?:https?|wss?)://(?:[^/\s@\"']*@)?([a-z0-9][a-z0-9-]*\.[a-z0-9.-]*[a-z0-9])",
    re.IGNORECASE,
)
MACHINE_PATH: Final = re.compile(r"(?<![\w.*-])/(?:root|home|Users|work|private|tmp)/[\w.-]+")


def tracked() -> list[Path]:
    """Every file that is, or would be, in the repository, but for what machines write."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("the list of files comes from git, and this is no clone or git is missing")
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name]
    return [
        ROOT / n for n in names if not n.startswith(WRITTEN_BY_MACHINES) and (ROOT / n).exists()
    ]


def findings(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What the pattern finds in which file."""
    for path in tracked():
        for found in pattern.findall(path.read_text(errors="replace")):
            yield str(path.relative_to(ROOT)), found


def pins(lock: str) -> dict[str, str]:
    """A lock's packages: the whole entry by the package's name."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text().strip())
    return {entry.split("==")[0]: entry for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    """An install is exact, and comes from wherever the user says."""
    assert all("--hash=sha256:" in entry for entry in pins(lock).values())
    assert not re.search(r"://|--index|--find-links|--trusted-host", (ROOT / lock).read_text())


def test_the_lock_of_peers_in_javascript_is_exact() -> None:
    """The same of what npm installs for tests: each version with its hash, and no address."""
    lock = json.loads((ROOT / "tests" / "peers" / "node" / "package-lock.json").read_text())
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages)
    assert not any("resolved" in each for each in packages)


def test_the_dev_lock_holds_the_runtime_lock() -> None:
    """Tests run on exactly what people run: so one environment serves both."""
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    named = {name: entry.split("    # via")[0] for name, entry in development.items()}
    assert {name: entry.split("    # via")[0] for name, entry in runtime.items()}.items() <= (
        named.items()
    )


def test_every_dependency_is_locked() -> None:
    """A dependency that was added to the project was added to the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    names = {re.split(r"[\[><=; ]", each)[0].lower() for each in asked}
    assert names <= set(pins("requirements.lock"))


def test_every_installed_package_is_in_the_notices() -> None:
    """The third-party notices are complete."""
    words = set(re.findall(r"[a-z0-9-]+", (ROOT / "THIRD-PARTY-NOTICES.md").read_text()))
    assert set(pins("requirements.lock")) <= words


def test_no_file_names_a_strange_host() -> None:
    """No package registry, no mirror and nobody's machine is named anywhere."""
    strange = {
        (name, host)
        for name, host in findings(HOST)
        if not any(host.lower() == known or host.lower().endswith(f".{known}") for known in HOSTS)
    }
    assert strange == set()


def test_no_file_names_a_path_of_a_machine() -> None:
    """No home or temporary folder of the machine that something was written on."""
    assert set(findings(MACHINE_PATH)) == set()
