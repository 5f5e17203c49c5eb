"""An event that is committed with what comes next: both, or neither."""

import pytest

from bot.core import events as ev
from bot.core.errors import ConflictError
from bot.core.operation import Operation, Queued
from bot.engine import Engine, engine_on
from bot.journal import Journal
from bot.redis.doorbell import RedisDoorbell, open_redis
from tests.journal.builders import ANN, NOON, an_id, an_operation, apply, create, permitted, planned


@pytest.fixture
def engine_(journal: Journal) -> Engine:
    """An engine whose bells nobody hears."""
    return engine_on(journal, RedisDoorbell(open_redis("redis://127.0.0.1:9")))


@pytest.fixture
def wanted(journal: Journal) -> Operation:
    """An operation that needs nobody, and no plan yet."""
    create(journal, an_operation(phase=Queued(), approvals_needed=0))
    return journal.operations.load(an_id(1))


def told(journal: Journal) -> list[str]:
    """Return what happened so far."""
    return [event.kind for _, event in journal.operations.events(an_id(1))]


def test_the_plan_comes_with_the_permit(
    journal: Journal, engine_: Engine, wanted: Operation
) -> None:
    """Until the call leaves, nothing is kept: nobody decides on such a plan."""
    with engine_.together(wanted, planned(wanted)) as (engine, made):
        assert told(journal) == ["requested"]
        engine.apply_to(made, permitted())
        assert told(journal) == ["requested", "planned", "permit_granted"]
    assert told(journal) == ["requested", "planned", "permit_granted"]


def test_where_nothing_comes_next_it_comes_alone(
    journal: Journal, engine_: Engine, wanted: Operation
) -> None:
    """Such as where a cloud has no room for the call now."""
    with engine_.together(wanted, planned(wanted)) as (_, made):
        pass
    assert journal.operations.load(an_id(1)) == made


def test_what_breaks_off_loses_no_plan(
    journal: Journal, engine_: Engine, wanted: Operation
) -> None:
    """A fault of ours in between is no reason to ask the cloud again."""
    with pytest.raises(ZeroDivisionError), engine_.together(wanted, planned(wanted)):
        raise ZeroDivisionError
    assert told(journal) == ["requested", "planned"]


def test_who_looks_anew_finds_it(journal: Journal, engine_: Engine, wanted: Operation) -> None:
    """What applies to the operation as it stands is after the plan."""
    with engine_.together(wanted, planned(wanted)) as (engine, _):
        engine.apply(an_id(1), ev.Withdrawn(at=NOON, by=ANN))
    assert told(journal) == ["requested", "planned", "withdrawn"]


def test_of_what_somebody_overtook_nothing_is_kept(
    journal: Journal, engine_: Engine, wanted: Operation
) -> None:
    """Neither the plan nor the permit: no call leaves for what was withdrawn."""
    with engine_.together(wanted, planned(wanted)) as (engine, made):
        apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=ANN))
        with pytest.raises(ConflictError):
            engine.apply_to(made, permitted())
    assert told(journal) == ["requested", "withdrawn"]
