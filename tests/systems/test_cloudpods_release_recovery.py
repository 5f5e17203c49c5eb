"""What a lost call to Cloudpods did is found again, on evidence only."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from bot.core.codes import Code, Reason
from bot.core.codes.systems import (
    Differs,
)
from bot.core.records import Json
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
)
from bot.systems._helm.codes import (
    OtherKind,
    RevisionContradicted,
    RevisionIsOurs,
    SeveralRevisions,
    StillAtRevision,
    Untimed,
    Untimely,
)
from tests.systems.cloudpods_scripts import (
    ETCD,
    ROW,
    SYSTEM,
    UPGRADED,
    answers,
    listed,
    newest,
    revision,
    sent,
    wrapped,
)
from tests.systems.scripts import refused, run_by


def against(why: Code) -> RevisionContradicted:
    """What speaks against the third revision."""
    return RevisionContradicted(revision="3", by=why.reason)


def version(theirs: str) -> RevisionContradicted:
    """That the third revision has another version."""
    return against(Differs(what="version", theirs=theirs, ours="8.12.0"))


def untimely() -> RevisionContradicted:
    """That the third revision is of another time."""
    return against(Untimely(at=datetime(2026, 11, 21, 12, 3, 0, 123456, tzinfo=UTC)))


RECOVERED: Final[dict[str, tuple[SentStep, Json, Code | None]]] = {
    "ours": (sent(), newest("deployed"), None),
    "ours, failed": (sent(), newest("failed", 'Upgrade "x" failed: y'), None),
    "ours, pending": (sent(), newest("pending-upgrade", "Preparing upgrade"), None),
    "ours, by the words of the documents": (sent(), newest("deployed", "Install complete"), None),
    "a rollback of ours": (sent("rollback"), newest("deployed", "Rollback to 1", "8.11.1"), None),
    "nothing": (sent(), wrapped(*UPGRADED), StillAtRevision(revision="2")),
    "two": (
        sent(),
        wrapped(revision(4, "deployed"), revision(3, "x"), *UPGRADED),
        SeveralRevisions(revisions=("4", "3")),
    ),
    "another version": (sent(), newest("deployed", version="8.11.9"), version("8.11.9")),
    "an unreadable version": (
        sent(),
        wrapped({**revision(3, "deployed"), "chart": "MISSING"}, *UPGRADED),
        version("?"),
    ),
    "a rollback": (
        sent(),
        newest("deployed", "Rollback to 1"),
        against(OtherKind(kind="rollback", revision="1")),
    ),
    "an upgrade": (
        sent("rollback"),
        newest("deployed", version="8.11.1"),
        against(OtherKind(kind="upgrade")),
    ),
    "too early": (sent(minute=9), newest("deployed"), untimely()),
    "too late": (sent(minute=-20), newest("deployed"), untimely()),
    "at no time": (
        sent(),
        wrapped({**revision(3, "deployed", "8.12.0"), "updated": "then"}, *UPGRADED),
        against(Untimed()),
    ),
}


@pytest.mark.parametrize("case", RECOVERED.values(), ids=list(RECOVERED))
def test_a_revision_is_adopted_on_evidence_only(case: tuple[SentStep, Json, Code | None]) -> None:
    """E2: new, of the right time, the only one, and its content fits."""
    lost, history, doubt = case
    found = run_by(SYSTEM.recover(ETCD, lost), answers(history=history)).result
    if doubt:
        assert isinstance(found, NothingFound), found
        assert found.reason == doubt.reason
    else:
        assert isinstance(found, Adopted), found
        assert found.task == RemoteTask(id="3")
        assert isinstance(found.evidence, Reason)
        assert found.evidence.key == RevisionIsOurs.key
        assert found.evidence.params["before"] == "2"


def test_a_release_that_is_gone_is_no_evidence() -> None:
    """A sync may have dropped it."""
    answer = answers(history=refused(404), list=listed())
    assert isinstance(run_by(SYSTEM.recover(ETCD, sent()), answer).result, NothingFound)


CREATED_BY: Final[list[tuple[dict[str, Any] | None, type]]] = [
    (None, NothingFound),
    ({}, Adopted),
    ({"created_at": "2026-11-21T12:00:01.123456Z"}, Adopted),
    ({"created_at": "2026-11-20T12:00:01Z"}, NothingFound),
    ({"created_at": ""}, NothingFound),
    ({"chart": "redis"}, NothingFound),
]


@pytest.mark.parametrize(("row", "kind"), CREATED_BY)
def test_a_lost_creation_is_adopted_on_evidence(row: dict[str, Any] | None, kind: type) -> None:
    """There was none, there is one, of our time and chart."""
    there = listed({**ROW, **row}) if row is not None else listed()
    found = run_by(SYSTEM.recover(ETCD, sent("create", 0)), answers(list=there)).result
    assert isinstance(found, kind), found
