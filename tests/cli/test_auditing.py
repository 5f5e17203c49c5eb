"""`slipway audit anchor` and `verify --anchors`: what is kept elsewhere shows what was done."""

import json
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import text

from bot.core.surfaces import Subject
from bot.journal import Journal
from bot.journal.audit_anchors import read_key
from tests.cli.conftest import Run
from tests.journal.builders import HOUR, NOON, an_id, an_operation, apply, create, to_the_end

KEY: Final = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="  # 32 bytes, of nobody
PUBLIC: Final = read_key(KEY, "KEY").public
CUT: Final = (
    "DELETE FROM audit WHERE sequence > 3",
    "UPDATE audit_head SET sequence = 3",
    "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE sequence = 3)",
)


@pytest.fixture
def told(journal: Journal) -> Journal:
    """A journal with one finished deployment."""
    create(journal, an_operation())
    apply(journal, an_id(1), *to_the_end(an_operation()))
    return journal


@pytest.fixture
def file(tmp_path: Path, environment: dict[str, str]) -> Path:
    """Where anchors go, as slipway.yaml says."""
    anchors = tmp_path / "anchors.jsonl"
    with Path(environment["SLIPWAY_CONFIG"]).open("a") as configuration:
        configuration.write(f"audit: {{channel: C0AUDIT, file: {anchors}}}\n")
    return anchors


def test_an_anchor_is_signed_and_brought_to_both_places(
    told: Journal, here: Run, file: Path
) -> None:
    """The head is sealed, signed, printed, added to the file, and shown in the channel."""
    done = here("audit", "anchor", SLIPWAY_AUDIT_KEY=KEY)
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    head = told.audit.head()
    assert (said["sequence"], said["hash"], said["key"]) == (head.sequence, head.hash, PUBLIC)
    assert file.read_text() == done.out
    rows = told.outbox.claim(NOON + 24 * 365 * HOUR, 9, HOUR)
    [row] = [each for each in rows if each.kind == "notice"]
    assert row.channel == "C0AUDIT"
    assert row.subject == Subject(kind="installation", id="audit")
    assert done.out.strip() in str(row.body["text"])
    assert here("audit", "anchor", SLIPWAY_AUDIT_KEY=KEY).code == 0
    assert len(file.read_text().splitlines()) == 2
    kept = [each for each in told.audit.export() if each["what"] == "audit_anchored"]
    assert [each["subject"] for each in kept] == [str(head.sequence), str(head.sequence + 1)]


def test_a_cut_tail_is_found_with_anchors_alone(told: Journal, here: Run, file: Path) -> None:
    """Whoever cuts the end off and moves the head has a chain that holds, without its end."""
    here("audit", "anchor", SLIPWAY_AUDIT_KEY=KEY)
    sound = here("audit", "verify", "--anchors", str(file), "--key", PUBLIC)
    assert (sound.code, sound.err) == (0, "")
    assert "1 anchor, the newest of record 6" in sound.out
    last = told.audit.head().sequence
    with told.database.begin() as connection:
        for each in CUT:
            connection.execute(text(each))
    assert here("audit", "verify").code == 0
    found = here("audit", "verify", "--anchors", str(file), SLIPWAY_AUDIT_KEY=KEY)
    assert (found.code, found.out) == (1, "")
    assert f"records 4 to {last} are cut off" in found.err


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("key", ["ed25519:abc", PUBLIC.removeprefix("ed25519:"), "ed25519:ü"])
def test_a_key_that_is_none_vouches_for_nothing(here: Run, key: str) -> None:
    """Whoever mistypes it learns so, also where nothing is signed yet."""
    done = here("audit", "verify", "--key", key)
    assert (done.code, done.out) == (2, "")
    assert "wants a public key" in done.err


@pytest.mark.usefixtures("told")
def test_only_trusted_anchors_count(here: Run, file: Path) -> None:
    """A forged anchor, an altered one, and one by another key are each named with their line."""
    here("audit", "anchor", SLIPWAY_AUDIT_KEY=KEY)
    right = file.read_text()
    altered = right.replace('"sequence":', '"sequence":1')
    file.write_text(f"Slipway: `{right.strip()}` \n\n{altered}no anchor\n")
    found = here("audit", "verify", "--anchors", str(file), "--key", PUBLIC)
    assert found.code == 1
    assert found.err.splitlines() == [
        "anchors, line 3: the signature is wrong",
        "anchors, line 4: it is no anchor",
    ]
    other = read_key("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDY=", "KEY").public
    strange = here("audit", "verify", "--anchors", str(file), "--key", other)
    assert f"anchors, line 1: it is signed by another key, {PUBLIC}" in strange.err
    assert "there is none that counts" in strange.err


@pytest.mark.usefixtures("told", "file")
def test_a_key_is_wanted_and_named(here: Run, tmp_path: Path) -> None:
    """Without a key, or with what is none, nothing is signed: exit code 3 and the variable."""
    missing = here("audit", "anchor")
    assert (missing.code, missing.out) == (3, "")
    assert "SLIPWAY_AUDIT_KEY" in missing.err
    for wrong in ("hello", "QUJD", "-----BEGIN PRIVATE KEY-----"):
        done = here("audit", "anchor", SLIPWAY_AUDIT_KEY=wrong)
        assert (done.code, done.out) == (3, "")
        assert wrong not in done.err
    (tmp_path / "anchors.jsonl").write_text("{}\n")
    unknown = here("audit", "verify", "--anchors", str(tmp_path / "anchors.jsonl"))
    assert unknown.code == 3


@pytest.mark.usefixtures("told", "file")
def test_a_key_may_be_a_file_as_openssl_writes_it(here: Run, tmp_path: Path) -> None:
    """PEM in a file, PEM in the variable, and its bytes in Base64 are the same key."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = tmp_path / "key.pem"
    path.write_text(pem)
    by_file = here("audit", "anchor", SLIPWAY_AUDIT_KEY_FILE=str(path))
    by_variable = here("audit", "anchor", SLIPWAY_AUDIT_KEY=pem.replace("\n", "\\n"))
    assert (by_file.code, by_variable.code) == (0, 0)
    assert json.loads(by_file.out)["key"] == json.loads(by_variable.out)["key"]
    gone = here("audit", "anchor", SLIPWAY_AUDIT_KEY_FILE=str(tmp_path / "gone.pem"))
    assert (gone.code, "SLIPWAY_AUDIT_KEY_FILE" in gone.err) == (3, True)


@pytest.mark.usefixtures("journal")
def test_of_an_empty_chain_there_is_no_anchor(here: Run, file: Path) -> None:
    """What proves nothing is not signed."""
    done = here("audit", "anchor", SLIPWAY_AUDIT_KEY=KEY)
    assert (done.code, done.out, file.exists()) == (1, "", False)


@pytest.mark.usefixtures("file")
def test_a_place_without_a_key_is_told(here: Run) -> None:
    """`config check` warns that nothing is anchored; with a key it does not."""
    assert "nothing is anchored" in here("config", "check").err
    assert here("config", "check", SLIPWAY_AUDIT_KEY=KEY).err == ""
