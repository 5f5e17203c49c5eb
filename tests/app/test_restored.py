"""A restored journal: what was open in it may have been done since, and is not sent again."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr
from redis import Redis

from bot.app.resources import Resources, open_parts
from bot.app.restored import settle_restored
from bot.catalogue import LiveCatalogue
from bot.core import events as ev
from bot.core.errors import IllegalEventError
from bot.core.events import Event
from bot.core.operation import Cancelled, Operation, Stalled, Uncertain
from bot.journal import Journal, journal_on, open_engine
from bot.journal.backup import back_up
from bot.redis.doorbell import open_redis
from bot.redis.witness import Noted, Witness
from bot.settings import Settings
from tests.catalogue.files import ENVIRONMENT, a_file
from tests.core.builders import foreign
from tests.journal.builders import (
    BOB,
    NOON,
    Given,
    accepted,
    an_id,
    an_operation,
    apply,
    create,
    permitted,
    planned,
    succeeded,
)

# What happened before the copy, with how many steps, and the phase after the restore.
HISTORIES: Final[dict[str, tuple[int, tuple[str, ...], str]]] = {
    "not planned": (1, (), "cancelled"),
    "awaiting approval": (1, ("planned",), "uncertain"),
    "queued": (1, ("planned", "approved"), "uncertain"),
    "permitted": (1, ("planned", "approved", "permitted"), "uncertain"),
    "watched": (1, ("planned", "approved", "permitted", "accepted"), "uncertain"),
    "watched, more to come": (2, ("planned", "approved", "permitted", "accepted"), "uncertain"),
    "between two steps": (
        2, ("planned", "approved", "permitted", "accepted", "succeeded"), "uncertain"
    ),
}  # fmt: skip


@pytest.fixture
def redis(valkey_url: str) -> Iterator["Redis"]:
    """An empty Redis."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def journal(tmp_path: Path, migrated: Path) -> Journal:
    """The journal that is copied, and goes on."""
    shutil.copy(migrated, tmp_path / "slipway.db")
    return journal_on(open_engine(f"sqlite:///{tmp_path / 'slipway.db'}"))


def _parts(folder: Path, database: Path, redis_url: str) -> Resources:
    path = folder / "slipway.yaml"
    path.write_text(a_file())
    settings = Settings(
        slipway_config=path,
        slipway_database_url=SecretStr(f"sqlite:///{database}"),
        slipway_redis_url=SecretStr(redis_url),
    )
    return open_parts(settings, LiveCatalogue(path, ENVIRONMENT), clock=Given(NOON))


def _note(redis: "Redis", sequence: int, digest: str) -> None:
    witness = Witness(redis)
    witness.move(witness.noted(), Noted(sequence, digest))


def _event(operation: Operation, word: str, steps: int) -> Event:
    match word:
        case "planned":
            return planned(operation, steps=steps)
        case "approved":
            return ev.ApprovalGiven(at=NOON, by=BOB, digest=operation.plan.digest)
        case "permitted":
            return permitted()
        case "accepted":
            return accepted()
        case _:
            return succeeded()


def _lived(journal: Journal, case: str) -> None:
    steps, words, _ = HISTORIES[case]
    create(journal, an_operation())
    for word in words:
        apply(journal, an_id(1), _event(journal.operations.load(an_id(1)), word, steps))


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("case", HISTORIES)
def test_v64_nothing_of_a_restored_copy_is_sent_again(
    journal: Journal, tmp_path: Path, valkey_url: str, case: str
) -> None:
    """V64: what may have been sent since the copy is uncertain, and its permit is used up."""
    _lived(journal, case)
    copy = tmp_path / "copy.db"
    back_up(journal.database, copy)
    parts = _parts(tmp_path, copy, valkey_url)

    for _ in range(2):  # a second start finds nothing to settle
        settle_restored(parts)
        phase = parts.journal.operations.load(an_id(1)).phase
        assert phase.kind == HISTORIES[case][2]
        if isinstance(phase, Uncertain | Stalled | Cancelled):
            assert getattr(phase.reason, "key", "") == "uncertain.restored"
    if HISTORIES[case][2] == "uncertain":
        with pytest.raises(IllegalEventError, match="does not accept"):
            apply(parts.journal, an_id(1), permitted(attempt=2))


@pytest.mark.usefixtures("redis")
def test_v64_a_later_step_is_not_sent_again_either(
    journal: Journal, tmp_path: Path, valkey_url: str
) -> None:
    """V64: where the step that was watched has succeeded, the next one may have been sent, too."""
    _lived(journal, "watched, more to come")
    copy = tmp_path / "copy.db"
    back_up(journal.database, copy)
    parts = _parts(tmp_path, copy, valkey_url)
    settle_restored(parts)
    known = foreign("seen")
    apply(parts.journal, an_id(1), ev.TaskAdopted(at=NOON, step=0, task="JOB1", evidence=known))
    apply(parts.journal, an_id(1), succeeded())
    phase = parts.journal.operations.load(an_id(1)).phase
    assert isinstance(phase, Uncertain)
    assert phase.step == 1
    assert getattr(phase.reason, "key", "") == "uncertain.restored"


def test_v64_what_is_known_to_be_unsent_is_not_doubted(journal: Journal) -> None:
    """V64: without a restore nobody loses the answer to a call that was not made."""
    _lived(journal, "queued")
    lost = ev.AnswerLost(
        at=NOON, step=0, attempt=1, reason=foreign("lost"), sent_at=NOON, decide_after=NOON
    )
    with pytest.raises(IllegalEventError, match="was not sent"):
        apply(journal, an_id(1), lost)


@pytest.mark.usefixtures("redis")
def test_v64_what_was_not_copied_goes_on(journal: Journal, tmp_path: Path, valkey_url: str) -> None:
    """V64: a backup changes nothing of the journal that it copies; a start leaves it as it is."""
    _lived(journal, "queued")
    back_up(journal.database, tmp_path / "copy.db")
    settle_restored(_parts(tmp_path, tmp_path / "slipway.db", valkey_url))
    assert journal.operations.load(an_id(1)).phase.kind == "queued"


def test_v64_a_journal_behind_its_witness_was_restored(
    journal: Journal, tmp_path: Path, valkey_url: str, redis: "Redis"
) -> None:
    """V64: by whatever means it was set back, Redis remembers how far the journal had come."""
    _lived(journal, "queued")
    parts = _parts(tmp_path, tmp_path / "slipway.db", valkey_url)
    journal.audit.seal()
    head = journal.audit.head()
    _note(redis, *head)
    settle_restored(parts)
    assert journal.operations.load(an_id(1)).phase.kind == "queued"

    _note(redis, head.sequence + 1, "0" * 64)
    settle_restored(parts)
    assert journal.operations.load(an_id(1)).phase.kind == "uncertain"


def test_v64_a_journal_of_another_past_was_restored(
    journal: Journal, tmp_path: Path, valkey_url: str, redis: "Redis"
) -> None:
    """V64: it may have gone on after it was set back; then its records are others."""
    _lived(journal, "queued")
    _note(redis, 1, "f" * 64)
    settle_restored(_parts(tmp_path, tmp_path / "slipway.db", valkey_url))
    assert journal.operations.load(an_id(1)).phase.kind == "uncertain"
    apply(
        journal,
        an_id(1),
        ev.TaskAdopted(at=NOON, step=0, task="JOB1", evidence=foreign("seen"), by=BOB),
    )
