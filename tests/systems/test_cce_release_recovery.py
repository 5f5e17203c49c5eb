"""What `cce-release` adopts of lost calls."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from bot.core.codes import Code
from bot.core.codes.systems import (
    Differs,
)
from bot.core.plan import Observation, PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    Work,
)
from bot.systems._helm.codes import (
    NoRelease,
    OtherKind,
    OtherValue,
    RevisionContradicted,
    RevisionIsOurs,
    SeveralRevisions,
    StillAtRevision,
    Untimed,
    Untimely,
)
from tests.systems.cce_release_scripts import NOW, SEARCH, SYSTEM, row, step
from tests.systems.scripts import Answer, refused, run


def sent_step(planned: PlannedStep, revision: str | None = "3") -> SentStep:
    """A step whose answer was lost."""
    return SentStep(
        work=Work(step=planned),
        observed=Observation(revision=revision, status="DEPLOYED"),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )


OURS: Final = row(4, chart_version="1.2.0")


LATE: Final = "2026-05-06T15:28:09+08:00"


VALUED: Final = step(sends_values=True, values={"replicas": 2, "db": {"password": "******"}})


ROLLED_BACK: Final = {**OURS, "description": "Rollback to 1"}


@pytest.mark.parametrize(
    ("planned", "answers"),
    [
        (step(), [OURS, [OURS]]),
        (step(), [OURS, []]),
        (step(), [{**OURS, "status": "FAILED"}, [OURS]]),
        (step("rollback", release_version=1), [ROLLED_BACK, []]),
        (VALUED, [{**OURS, "values": "x"}, []]),
        (VALUED, [{**OURS, "values": '{"replicas":2,"db":{"password":"******"}}'}, []]),
    ],
)
def test_what_fits_in_all_is_adopted(planned: PlannedStep, answers: list[Answer]) -> None:
    """New, alone, of the right time, chart, kind and values, as far as these are shown."""
    found = run(SYSTEM.recover(SEARCH, sent_step(planned)), answers).result

    assert found == Adopted(
        task=RemoteTask(id="4"),
        evidence=RevisionIsOurs(
            revision="4",
            before="3",
            made=datetime.fromisoformat("2026-05-06T15:08:09+08:00"),
            permitted=NOW,
            words="search 1.2.0",
        ).reason,
    )


def contradicted(by: Code) -> Code:
    """Revision 4 is new, but not ours."""
    return RevisionContradicted(revision="4", by=by.reason)


MADE_LATE: Final = datetime.fromisoformat(LATE)


OTHER_CHART: Final = Differs(what="chart", theirs="search 1.1.0", ours="search 1.2.0")


OTHER_NAME: Final = Differs(what="chart", theirs="x 1.2.0", ours="search 1.2.0")


BACK_TO_ONE: Final = OtherKind(kind="rollback", revision="1")


SHOWN: Final = step(sends_values=True, values={"replicas": 2, "db": {"password": "shown"}})


@pytest.mark.parametrize(
    ("planned", "answers", "why"),
    [
        (step(), [refused(404)], NoRelease()),
        (step(), [row(3)], StillAtRevision(revision="3")),
        (step(), [row(2)], StillAtRevision(revision="2")),
        (step(), [row(4), [row(4)]], contradicted(OTHER_CHART)),
        (step(), [{**OURS, "chart_name": "x"}, []], contradicted(OTHER_NAME)),
        (
            step(),
            [row(5, chart_version="1.2.0"), [OURS]],
            SeveralRevisions(revisions=("4", "5")),
        ),
        (step(), [row(5, chart_version="1.2.0"), []], SeveralRevisions(revisions=("5",))),
        (step(), [{**OURS, "update_at": LATE}, []], contradicted(Untimely(at=MADE_LATE))),
        (step(), [{**OURS, "update_at": "x", "create_at": 5}, []], contradicted(Untimed())),
        (step(), [ROLLED_BACK, []], contradicted(BACK_TO_ONE)),
        (step("rollback", release_version=2), [ROLLED_BACK, []], contradicted(BACK_TO_ONE)),
        (SHOWN, [OURS, []], contradicted(OtherValue(path="db.password"))),
        (
            VALUED,
            [{**OURS, "values": '{"replicas":3,"db":{"password":"x"}}'}, []],
            contradicted(OtherValue(path="replicas")),
        ),
    ],
)
def test_anything_else_is_left_to_people(
    planned: PlannedStep, answers: list[Answer], why: Code
) -> None:
    """What does not fit in all is not adopted, and what speaks against it is told."""
    found = run(SYSTEM.recover(SEARCH, sent_step(planned)), answers).result

    assert isinstance(found, NothingFound), found
    assert found.reason == why.reason


def test_a_creation_is_adopted_where_nothing_was_before() -> None:
    """The first revision is new, whatever is known of before."""
    created = step("create", values={}, sends_values=True)
    made = run(
        SYSTEM.recover(SEARCH, sent_step(created, None)), [row(1, chart_version="1.2.0"), []]
    ).result
    assert made.evidence.params["before"] == "?"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(404), Adopted),
        (row(status="DELETING"), Adopted),
        (row(), NothingFound),
        (row(4, status="DELETING"), NothingFound),
    ],
)
def test_a_deletion_is_found_by_its_effect(answer: Answer, kind: type[object]) -> None:
    """What is gone, or going, is what was asked for."""
    planned = step("delete", status="DEPLOYED")
    assert isinstance(run(SYSTEM.recover(SEARCH, sent_step(planned)), [answer]).result, kind)
