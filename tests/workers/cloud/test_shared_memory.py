"""Memory that a process shares with those it forks: texts, and turns that part threads."""

import gc
import os
from typing import Any

import pytest

from workers.cloud.shared_memory import SIZE, SharedMemory


@pytest.fixture
def memory() -> SharedMemory:
    """A memory of its own."""
    return SharedMemory()


def file_of(memory: SharedMemory) -> int:
    """The descriptor that is locked."""
    found: int = vars(memory)["_file"]
    return found


def test_texts_are_kept_by_name(memory: SharedMemory) -> None:
    """The newest text of a name counts; an unknown name has none."""
    assert memory.get("a") is None
    memory.put("a", "1")
    memory.put("b", "ü" * 1000)
    memory.put("a", "2")
    assert (memory.get("a"), memory.get("b")) == ("2", "ü" * 1000)


def test_a_swap_wants_what_was_read(memory: SharedMemory) -> None:
    """Somebody else's newer text is not overwritten."""
    memory.put("a", "1")
    assert not memory.swap("a", "0", "x")
    assert not memory.swap("b", "", "x")
    assert memory.swap("a", "1", "2")
    assert memory.get("a") == "2"


def test_a_full_memory_forgets_the_old(memory: SharedMemory) -> None:
    """What is new has room; what never would is not kept."""
    memory.put("a", "x" * (SIZE - 100))
    memory.put("b", "y" * 1000)
    assert memory.get("a") is None
    assert memory.get("b") == "y" * 1000
    memory.put("c", "z" * SIZE)
    assert memory.get("c") is None
    assert memory.get("b") == "y" * 1000


def test_half_a_writing_is_none(memory: SharedMemory) -> None:
    """Who is killed while writing leaves nothing that could be taken for a token."""
    memory.put("a", "1")
    content: Any = vars(memory)["_bytes"]
    content[10:12] = b"??"
    assert memory.get("a") is None
    memory.put("a", "2")
    assert memory.get("a") == "2"


def test_a_turn_is_taken_by_one(memory: SharedMemory) -> None:
    """Also among the threads of one process; other turns are free."""
    assert memory.take("a")
    assert not memory.take("a")
    assert memory.take("b")
    memory.leave("a")
    assert memory.take("a")


def test_nothing_of_it_is_in_a_file(memory: SharedMemory) -> None:
    """The file has no name and no content: it is locked only; and it ends with the memory."""
    memory.put("a", "secret")
    state = os.fstat(file_of(memory))
    assert (state.st_size, state.st_nlink) == (0, 0)


def test_its_descriptor_is_given_back() -> None:
    """A memory that nobody has any more holds no file open."""
    memory = SharedMemory()
    number = file_of(memory)
    del memory
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)
