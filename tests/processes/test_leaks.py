"""Ten deployments leave nothing behind: no process, thread, descriptor or lasting key."""

from pathlib import Path
from typing import Final

from tests.processes.forks import Preloaded
from tests.processes.house import House, Role, house
from tests.processes.running import lives, until, zombies

ROUNDS: Final = 10
BATCH: Final = 5  # operations that a person may have open
ROLES: Final[tuple[Role, ...]] = ("doorbell-1", "doorbell-2", "poller", "outbox", "sweeper")


def test_ten_deployments_leave_nothing(tmp_path: Path, forks: Preloaded) -> None:
    """What grows with each deployment shows itself after ten; pools that fill up do not."""
    with house(tmp_path, forks, job_seconds=0.05) as home:
        _deploy(home, BATCH)
        pids = {"bot": home.bot.pid, "supervisor": home.worker.pid}
        pids |= {role: home.pid(role) for role in ROLES}
        before, keys = {name: _open(pid) for name, pid in pids.items()}, len(_lasting(home))

        used = _deploy(home, ROUNDS)

        grown = {name: _open(pid) - before[name] for name, pid in pids.items()}
        assert all(growth < ROUNDS / 2 for growth in grown.values()), grown
        assert all(lives(pid) for pid in pids.values())
        until(lambda: not any(zombies(pid) for pid in pids.values()), "no zombies")
        assert len(_lasting(home)) - keys < ROUNDS / 2, _lasting(home)
        assert all(home.executed(each) == 1 for each in used)
        assert home.journal.audit.verify().is_sound


def _deploy(home: House, count: int) -> list[str]:
    targets = [home.target() for _ in range(count)]
    for start in range(0, count, BATCH):
        some = [home.deploy(each) for each in targets[start : start + BATCH]]
        for operation_id in some:
            home.approve(operation_id)
        for operation_id in some:
            home.card_with(operation_id, word="succeeded")
    home.until_all_told()
    return targets


def _open(pid: int) -> int:
    """Return how many threads and descriptors a process has, where the system tells."""
    folders = (Path(f"/proc/{pid}/task"), Path(f"/proc/{pid}/fd"))
    return sum(len(list(each.iterdir())) for each in folders if each.is_dir())


def _lasting(home: House) -> set[str]:
    """Return the keys in Redis that do not end by themselves."""
    client = home.client()
    return {key.decode() for key in client.scan_iter(count=1000) if client.ttl(key) == -1}
