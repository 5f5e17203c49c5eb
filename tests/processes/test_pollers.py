"""Several pollers, on one host or on two: each number has one at work, and they share the looks."""

from tests.processes.house import House
from tests.processes.running import until

QUEUES = ("slipway-poll", "slipway-poll-2")


def test_two_pollers_share_the_looks(home: House) -> None:
    """`worker --pollers 2` on a second host: two work, each number once; one end leaves one."""
    second = home.program("worker-2", "worker", "--pollers", "2")
    second.start()
    until(lambda: _at_work(home) == set(QUEUES), "both to be at work")
    targets = [home.target() for _ in range(4)]
    operations = [home.deploy(each) for each in targets]
    for each in operations:
        home.approve(each)
    for each in operations:
        home.card_with(each, word="succeeded")
    assert [home.executed(each) for each in targets] == [1] * len(targets)

    second.kill()
    last = home.target()
    operation = home.deploy(last)
    home.approve(operation)
    home.card_with(operation, word="succeeded")
    assert home.executed(last) == 1
    home.until_all_told()
    assert home.journal.audit.verify().is_sound


def _at_work(home: House) -> set[str]:
    """Return the queues of which a tick is claimed."""
    client = home.client()
    return {each for each in QUEUES if client.exists(f"slipway:claim:tick:{each}")}
