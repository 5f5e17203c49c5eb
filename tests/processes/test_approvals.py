"""A crowd before one gate."""

import threading

from bot.sandbox.content import CHANNEL
from tests.processes.house import APPROVE, House
from tests.processes.scenery import REVIEWERS


def test_of_twenty_approvals_at_once_one_counts(home: House) -> None:
    """Twenty press in the same instant: one opens the gate, nineteen are told who it was."""
    target = home.target()
    operation_id = home.deploy(target)
    card = home.card_with(operation_id, APPROVE)
    start = threading.Barrier(len(REVIEWERS))
    answers: dict[str, bool] = {}

    def press(person: str) -> None:
        start.wait()
        answer = home.workspace.press(APPROVE, ts=card.ts, channel=CHANNEL, by=person)
        answers[person] = answer.ok

    crowd = [threading.Thread(target=press, args=(each,)) for each in REVIEWERS]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    home.card_with(operation_id, word="succeeded")
    home.until_all_told()
    approvals = home.operation(operation_id).approvals
    assert len(approvals) == 1
    assert home.executed(target) == 1
    assert all(answers.values())
    assert sum("Approved by" in each for each in home.thread(operation_id)) == 1
    for person in set(REVIEWERS) - {approvals[0].by}:
        told = _whispers(home, person, operation_id)
        assert len(told) == 1, person
        assert f"<@{approvals[0].by}>" in told[0], told
    assert not _whispers(home, approvals[0].by, operation_id)


def _whispers(home: House, person: str, operation_id: str) -> list[str]:
    texts = [each.text for each in home.workspace.whispers(person)]
    return [each for each in texts if operation_id in each]
