"""A standby that lacks the last commits takes over, under a bot and workers that run."""

import pytest

from bot.sandbox.content import CHANNEL
from tests.conversations.cards import APPROVE
from tests.faults.waves import standing_on_hosts
from tests.journal.postgres import excused
from tests.processes.forks import Preloaded
from tests.processes.house import ANN
from tests.processes.running import until
from tests.processes.scenery import component_of

SECONDS = 5.0  # that the cloud takes
LONGEST = 120


@pytest.mark.timeout(2 * LONGEST)
def test_a_standby_that_lacks_the_last_commits_takes_over(forks: Preloaded) -> None:
    """FM-50 while everything runs: all is doubted and told, nothing is sent twice, all goes on."""
    with excused(), standing_on_hosts(2, forks) as stand:
        home, cluster = stand.home, stand.cluster
        assert cluster is not None
        watched, approved, lost, waits = (home.target() for _ in range(4))
        for each in (watched, approved):
            home.cloud.take_seconds(component_of(each), SECONDS)
        known = {each: home.deploy(each) for each in (watched, approved, waits)}
        home.approve(known[watched])
        until(lambda: home.operation(known[watched]).steps[0].remote_task, "a remote task")
        for each in (approved, waits):
            home.card_with(known[each], APPROVE)

        assert cluster.fall_behind()
        home.approve(known[approved])
        until(lambda: home.operation(known[approved]).steps[0].remote_task, "a remote task")
        home.deploy(lost)
        home.until_witnessed()
        assert cluster.fail_over()

        for each in (watched, approved):  # each was asked for by its name, or looked for
            home.until_phase(known[each], "succeeded")
            assert "succeeded" in home.reply_with(known[each], "succeeded")
            assert home.executed(each) == 1
        home.until_phase(known[waits], "uncertain")
        home.card_with(known[waits], word="uncertain")
        assert "set back" in home.reply_with(known[waits], "set back")
        assert home.executed(waits) == home.executed(lost) == 0
        assert [each for worker in home.workers for each in worker.events("journal.restored")]
        answer = home.workspace.command(f"/deploy {lost} 1.4.0", by=ANN, channel=CHANNEL)
        assert "op-" in answer.text
        assert home.journal.audit.verify().faults == ()
