"""`slipway init`: a first slipway.yaml, asked for or given, that is right at once."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from bot.redis.doorbell import open_redis
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.clouds.cloudpods import content as lab_content
from bot.sandbox.clouds.huawei.content import PROJECT_ID, REGION
from bot.sandbox.content import SECRETS
from bot.sandbox.slack import served_app
from tests.cli.conftest import Run

PEOPLE: Final = ("--request", "@devs, @ann", "--approve", "@sre", "--channel", "#deploys")
NOBODY: Final = 10.0  # seconds for the next question; then the test is stuck


@pytest.fixture
def file(environment: dict[str, str]) -> Path:
    """Where slipway.yaml would be; there is none."""
    path = Path(environment["SLIPWAY_CONFIG"])
    path.unlink()
    return path


@pytest.fixture
def clouds(environment: dict[str, str], valkey_url: str) -> Iterator[tuple[str, str]]:
    """The addresses of both clouds, with the credentials in the environment."""
    open_redis(valkey_url).flushall()
    with (
        served_app(huawei_app(HuaweiCloud(sandbox_config()))) as huawei,
        served_app(cloudpods_app(CloudpodsCloud(sandbox_cloudpods()))) as lab,
    ):
        environment |= {**SECRETS, "SLIPWAY_REDIS_URL": valkey_url}
        yield huawei, lab


def to_huawei(address: str) -> tuple[str, ...]:
    """Return the options of a connection to Huawei Cloud at *address*."""
    settings = (
        f"region={REGION}",
        f"project_id={PROJECT_ID}",
        "auth.access_key=CLOUD_SDK_AK",
        "auth.secret_key=CLOUD_SDK_SK",
        *(f"endpoints.{service}={address}" for service in ("servicestage", "cce", "iam")),
    )
    own = ("--kind", "huaweicloud", "--connection", "huawei", "--auth", "access-key")
    return (*own, *(word for each in settings for word in ("--set", each)))


def test_all_that_a_cloud_has_can_be_taken(here: Run, file: Path, clouds: tuple[str, str]) -> None:
    """What is written passes `config check`, has people and channels by name, and no secret."""
    done = here("init", *to_huawei(clouds[0]), *PEOPLE, "--target", "all")
    assert done.code == 0, done.err
    assert done.err == ""
    assert here("config", "check").code == 0
    written = yaml.safe_load(file.read_text())
    assert {each["system"] for each in written["targets"].values()} == {
        "servicestage-v3", "servicestage-v2", "cce-cluster", "cce-release",
    }  # fmt: skip
    assert {(each["channel"], each["policy"]) for each in written["targets"].values()} == {
        ("#deploys", "prod")
    }
    policy = written["policies"]["prod"]
    assert (policy["request"], policy["approve"]) == (["@devs", "@ann"], ["@sre"])
    assert not any(secret in file.read_text() + done.out for secret in SECRETS.values())
    assert "Next: slipway config check" in done.out


def test_some_are_taken_by_name(here: Run, file: Path, clouds: tuple[str, str]) -> None:
    """Only those, in a file that says what has to be set."""
    options = (*to_huawei(clouds[0]), *PEOPLE, "--target", "checkout", "--target", "edge")
    assert here("init", *options).code == 0
    assert set(yaml.safe_load(file.read_text())["targets"]) == {"checkout", "edge"}
    assert "CLOUD_SDK_AK, CLOUD_SDK_SK" in file.read_text()


def test_it_is_a_program_of_its_own(process: Run, file: Path, clouds: tuple[str, str]) -> None:
    """In a real process, without a terminal, everything can be given."""
    done = process("init", *to_huawei(clouds[0]), *PEOPLE, "--target", "checkout")
    assert (done.code, done.err) == (0, "")
    assert process("config", "check").code == 0
    assert file.exists()


class Terminal:
    """A program at a terminal of its own, which somebody answers."""

    def __init__(self, environment: dict[str, str], folder: Path, *words: str) -> None:
        self._own, theirs = pty.openpty()
        self.said = ""
        self._program = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", *words],
            env={"PATH": os.environ["PATH"], "TERM": "dumb", **environment},
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def answer(self, question: str, words: str) -> None:
        """Wait for the question and type the answer."""
        self._read_until(question)
        os.write(self._own, f"{words}\n".encode())

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        self._read_until(None)
        os.close(self._own)
        return self._program.wait(NOBODY)

    def _read_until(self, words: str | None) -> None:
        begun = len(self.said)
        while words is None or words not in self.said[begun:]:
            try:
                part = os.read(self._own, 4_096)
            except OSError:  # its other end is closed
                part = b""
            if not part:
                assert words is None, self.said
                return
            self.said += part.decode(errors="replace")


def test_somebody_at_a_terminal_is_asked(
    here: Run,
    environment: dict[str, str],
    file: Path,
    clouds: tuple[str, str],
    tmp_path: Path,
) -> None:
    """Each answer that is wrong is asked for again; a list shows what can be taken."""
    terminal = Terminal(environment, tmp_path, "init")
    terminal.answer("Kind of cloud", "aws")
    terminal.answer("there are huaweicloud or cloudpods", "cloudpods")
    terminal.answer("A name for the connection", "lab")
    terminal.answer("How to log in", "user-password")
    terminal.answer("identity_url", f"{clouds[1]}/v3")
    terminal.answer("username", lab_content.USERNAME)
    terminal.answer("password: the environment variable", lab_content.PASSWORD)
    terminal.answer("wants the name of an environment variable", "LAB_PASSWORD")
    terminal.answer("project", lab_content.PROJECT)
    terminal.answer("domain", lab_content.DOMAIN)
    terminal.answer("Addresses of services", f"k8s={clouds[1]}/api")
    terminal.answer("A name for the policy", "")
    terminal.answer("Who may ask", "anyone")
    terminal.answer("Who approves", "none")
    terminal.answer("Channel of the cards", "")
    terminal.answer("Which of them", "17")
    terminal.answer("there is no 17", "1")
    assert terminal.end() == 0, terminal.said
    assert here("config", "check").code == 0
    written = yaml.safe_load(file.read_text())
    (target,) = written["targets"].values()
    assert (target["system"], target["policy"]) == ("cloudpods-release", "prod")
    assert written["connections"]["lab"]["auth"]["password"] == "${LAB_PASSWORD}"
    assert written["policies"]["prod"]["approvals"] == 0
    assert lab_content.PASSWORD not in file.read_text()


def test_somebody_is_asked_before_a_file_is_replaced(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Who says no keeps it."""
    path = Path(environment["SLIPWAY_CONFIG"])
    before = path.read_text()
    terminal = Terminal(environment, tmp_path, "init")
    terminal.answer("is there already. Replace it?", "n")
    assert terminal.end() == 3
    assert "stays; --force replaces it" in terminal.said
    assert path.read_text() == before


def test_without_a_terminal_a_file_stays(
    here: Run, environment: dict[str, str], clouds: tuple[str, str]
) -> None:
    """Nobody can be asked, so it is replaced only by the word for it."""
    path = Path(environment["SLIPWAY_CONFIG"])
    before = path.read_text()
    options = (*to_huawei(clouds[0]), *PEOPLE, "--target", "none")
    done = here("init", *options)
    assert (done.code, path.read_text()) == (3, before)
    assert "--force replaces it" in done.err
    assert here("init", *options, "--force").code == 0
    assert yaml.safe_load(path.read_text())["targets"] == {}


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("--kind", "--kind is missing, and nobody can be asked: standard input is no terminal"),
        ("--auth", "--auth is missing"),
        ("--request", "--request is missing"),
        ("--approve", "--approve is missing"),
        ("region", "--set region=… is missing"),
        ("project_id", "--set project_id=… is missing"),
    ],
)
def test_what_is_missing_is_named(here: Run, file: Path, left_out: str, says: str) -> None:
    """Without a terminal the first answer that is missing is a usage error; nothing is written."""
    words = [*to_huawei("https://cloud.example"), *PEOPLE, "--no-check"]
    at = next(number for number, word in enumerate(words) if word.startswith(left_out))
    at -= not left_out.startswith("--")
    done = here("init", *words[:at], *words[at + 2 :])
    assert (done.code, file.exists()) == (2, False)
    assert says in done.err


@pytest.mark.parametrize(
    ("option", "code", "says"),
    [
        ("auth.secret_key=s3cret:with#and}", 2, "wants the name of an environment variable"),
        ("auth.secret_key=NOT_THERE", 3, "the variable NOT_THERE is not set: export NOT_THERE=…"),
        ("auth.secret_key=CLOUD_TOKEN", 4, "cannot be listed"),
        ("endpoints.cce=ftp://x", 3, "endpoints.cce"),
        ("region=Not A Region", 3, "region"),
        ("nonsense", 2, "wants KEY=VALUE"),
    ],
)
@pytest.mark.usefixtures("file")
def test_what_is_wrong_is_told_and_nothing_is_written(
    here: Run, file: Path, clouds: tuple[str, str], option: str, code: int, says: str
) -> None:
    """Each fault has its words and its exit code; a secret that was typed is not repeated."""
    done = here("init", *to_huawei(clouds[0]), *PEOPLE, "--target", "all", "--set", option)
    assert (done.code, file.exists()) == (code, False), done.err
    assert says in done.err
    assert "s3cret" not in done.err + done.out


def test_no_cloud_has_to_be_there(here: Run, file: Path) -> None:
    """Without a check the file has the connection alone, and says what is to be set."""
    options = (*to_huawei("https://cloud.example"), *PEOPLE, "--no-check")
    done = here("init", *options, "--set", "auth.secret_key=NOT_THERE")
    assert done.code == 0, done.err
    assert "0 targets" in done.out
    assert "NOT_THERE in the environment of bot and worker." in done.out
    assert yaml.safe_load(file.read_text())["targets"] == {}
    assert here("config", "check").code == 3
    filled = {"CLOUD_SDK_AK": "AK012345", "NOT_THERE": "s3cret"}
    assert here("config", "check", **filled).code == 0
