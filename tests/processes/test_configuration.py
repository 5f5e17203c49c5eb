"""slipway.yaml while everything runs: bot and workers keep the same content in force."""

from pathlib import Path
from typing import Final

from bot.redis.doorbell import ADVANCE_QUEUE
from tests.processes.forks import Preloaded
from tests.processes.house import APPROVE, House, house
from tests.processes.running import until

ONE: Final = "    approvals: 1\n"
TWO: Final = "    approvals: 2\n"


def test_v53_workers_do_not_go_back_behind_the_bot(tmp_path: Path, forks: Preloaded) -> None:
    """V53: approved once under the content of before, an operation is not sent by the workers."""
    with house(tmp_path, forks) as home:
        target = home.target()
        operation_id = home.deploy(target)
        home.card_with(operation_id, APPROVE)
        path = tmp_path / "slipway.yaml"
        text = path.read_text()
        told = _told(home, "catalogue.reloaded")
        _replace(path, text.replace(ONE, TWO))
        until(lambda: _told(home, "catalogue.reloaded") > told, "the change to be taken")
        _replace(path, "targets: [")
        until(lambda: _told(home, "catalogue.faulty"), "the fault to be told")

        home.approve(operation_id)

        until(lambda: not _is_rung(home), "the workers to look at it")
        assert home.executed(target) == 0
        kinds = [event.kind for _, event in home.journal.operations.events(operation_id)]
        assert "permit_granted" not in kinds


def _told(home: House, event: str) -> int:
    return len(home.worker.events(event))


def _is_rung(home: House) -> bool:
    """Whether a doorbell's job waits or is worked on."""
    redis = home.client()
    jobs = redis.scan_iter("rq:job:*")
    return any(redis.hget(each, "origin") == ADVANCE_QUEUE.encode() for each in jobs)


def _replace(path: Path, text: str) -> None:
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)
