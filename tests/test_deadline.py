"""How long an answer may still take."""

import threading

from bot.deadline import answering, patience


def test_an_answer_leaves_what_is_left() -> None:
    """Within an answer nobody waits beyond its end; outside, as long as he would anyway."""
    assert patience(100.0, 2.0) == 2.0
    with answering(101.5):
        assert patience(100.0, 2.0) == 1.5
        assert patience(100.0, 1.0) == 1.0
        assert patience(102.0, 2.0) == 0.0
    assert patience(102.0, 2.0) == 2.0


def test_other_threads_answer_something_else() -> None:
    """The end of one answer is not that of another one."""
    seen = []
    with answering(100.0):
        thread = threading.Thread(target=lambda: seen.append(patience(100.0, 2.0)))
        thread.start()
        thread.join()
    assert seen == [2.0]
