"""A rolling upgrade: the release before and this one beside each other, while operations run."""

import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.journal.migrations import RELEASE_BEFORE
from bot.sandbox.clouds import Fault
from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import free_port
from tests.conversations.cards import operation_in
from tests.faults.line import Line
from tests.faults.oracle import sequence_of
from tests.processes.forks import Preloaded
from tests.processes.house import ANN, APPROVE, BOB, House, house, listens
from tests.processes.release_before import PACKED, unpacked
from tests.processes.running import Program, until
from tests.processes.scenery import component_of

NEXT: Final = "slipway.recovery.continue_deploy"
LONG: Final = 8.0  # seconds that the cloud takes for what runs meanwhile
SOON: Final = "10s"  # after which a failure is rolled back
GRAY, RISKY, SICK = "t10", "t11", "t12"


@pytest.fixture
def home(tmp_path: Path, forks: Preloaded) -> Iterator[House]:
    """A house of the release before, on a journal that it migrated itself."""
    release = unpacked(tmp_path / "before")
    (tmp_path / "house").mkdir()
    with house(tmp_path / "house", forks, started=False, release=release) as built:
        _furnish(built.folder / "slipway.yaml")
        migrated = built.another("migrate-before", "migrate", release=release)
        assert migrated.code() == 0, migrated.text()
        built.start()
        yield built


def _furnish(path: Path) -> None:
    """Let one target have gray releases, and another's failures be rolled back by themselves."""
    head, *blocks = path.read_text().split("\n  t")
    prod = head[head.index("  prod:") : head.index("targets:")]
    risky = (
        prod.replace("prod:", "risky:") + f"    on_failure: rollback\n    rollback_after: {SOON}\n"
    )
    head = head.replace("targets:", f"{risky}targets:") + "\n"
    gray = "\n    gray_release: {deployment_mode: 3, remaining_batch: 1}"
    for number, block in enumerate(blocks):
        name = f"t{block[:2]}"
        blocks[number] = block.rstrip("\n") + (gray if name == GRAY else "")
        if name == RISKY:
            blocks[number] = blocks[number].replace("policy: prod", "policy: risky")
    incidents = "incidents:\n  open: [anyone]\n"
    path.write_text(incidents + "\n  t".join((head.rstrip("\n"), *blocks)) + "\n")


def said(home: House, words: str, by: str = ANN, channel: str = CHANNEL) -> str:
    """Type a command, and return its answer."""
    return home.workspace.command(words, by=by, channel=channel).text


def pressed(home: House, button: str, operation_id: str, by: str) -> None:
    """Press as soon as the card offers it, again where the press was lost on somebody."""
    card = home.card_with(operation_id, button)
    assert home.workspace.press(button, ts=card.ts, channel=CHANNEL, by=by).ok


def gone_on(home: House, operation_id: str, *phases: str) -> None:
    """Wait until it is in one of *phases*, and the card says so."""
    phase = home.until_phase(operation_id, *phases)
    home.card_with(operation_id, word=phase)


def taken_over(home: House) -> tuple[Program, Program]:
    """Let a bot and workers of this release come in beside the old ones, after the migration."""
    migrated = home.another("migrate", "migrate")
    assert migrated.code() == 0, migrated.text()
    bot = home.another("bot-new", "bot", SLIPWAY_LISTEN=f"127.0.0.1:{free_port()}")
    worker = home.another("worker-new", "worker")
    bot.await_start(partial(home.is_ready, bot))
    worker.await_start(lambda: bool(worker.events("workers.ready")))
    return bot, worker


def port_of(bot: Program) -> int:
    """Return the port on which a bot listens."""
    return int(listens(bot).rpartition(":")[2])


def test_the_packed_release_is_the_one_before() -> None:
    """What runs beside this release here has the schema that migrations promise to work on."""
    with tarfile.open(PACKED) as packed:
        names = [Path(name).name for name in packed.getnames() if "/migrations/versions/v" in name]
    assert max(names)[1:5] == RELEASE_BEFORE


@pytest.mark.timeout(240)
def test_hosts_are_upgraded_one_after_the_other(home: House) -> None:
    """FM-111: operations in every phase end once, and people notice nothing, before or after."""
    door = Line(port_of(home.bot))
    door.open()
    home.workspace.request_url = f"http://127.0.0.1:{door.port}/slack/events"
    waits, queued, watched, lost, fresh, crossed = (home.target() for _ in range(6))
    home.cloud.take_seconds(component_of(watched), LONG)

    # In every phase, by the release before.
    known = {each: home.deploy(each) for each in (waits, queued, watched, lost)}
    known["in line"] = operation_in(said(home, f"/deploy {waits} 1.5.0"))
    known[GRAY] = operation_in(said(home, f"/deploy {GRAY} 1.4.0 --strategy gray:20%"))
    home.cloud.fail_next_deploy(component_of(RISKY))
    known[RISKY] = home.deploy(RISKY)
    assert "inc-" in said(home, f'/incident open "errors" {SICK}')
    for each in (watched, GRAY, RISKY):
        home.approve(known[each])
    home.card_with(known[queued], APPROVE)
    said(home, f'/ops freeze {queued} "not now"', by=BOB)
    home.approve(known[queued])
    part = component_of(lost)
    blind = Fault(kind="answer", match=f"GET *{part}*", status=502, raw=b"no", times=None)
    home.card_with(known[lost], APPROVE)
    home.cloud.faults.add(Fault(kind="drop", when="after", match=f"PUT *{part}*"))
    home.approve(known[lost])
    until(lambda: home.executed(lost), "the call to be executed")
    home.cloud.faults.add(blind)
    home.until_phase(known[lost], "uncertain")
    home.until_phase(known[RISKY], "failed")
    home.card_with(known[GRAY], NEXT)
    assert home.operation(known[waits]).phase.kind == "awaiting_approval"
    assert home.operation(known["in line"]).phase.kind == "waiting"
    assert home.operation(known[queued]).phase.kind == "queued"
    assert home.operation(known[watched]).phase.kind == "running"

    # Both beside each other: what either records, the other works with.
    bot, _ = taken_over(home)
    door.lead_to(port_of(home.bot), port_of(bot))
    known[fresh] = home.deploy(fresh)
    known[crossed] = home.deploy(crossed)
    home.approve(known[fresh])
    gone_on(home, known[fresh], "succeeded")
    home.approve(known[crossed])
    gone_on(home, known[crossed], "succeeded")

    # The old ones end, one after the other.
    home.worker.terminate()
    pressed(home, NEXT, known[GRAY], ANN)
    assert home.worker.code() == 0, home.worker.text()
    door.lead_to(port_of(bot))
    home.bot.terminate()
    assert home.bot.code() == 0, home.bot.text()

    # All that was begun ends by the new one.
    home.cloud.faults.clear()
    said(home, f"/ops thaw {queued}", by=BOB)
    for each in (queued, watched, lost, GRAY):
        gone_on(home, known[each], "succeeded")
    home.approve(known[waits])
    gone_on(home, known[waits], "succeeded")
    home.approve(known["in line"])
    gone_on(home, known["in line"], "succeeded")
    back = until(lambda: home.journal.operations.rollback_of(known[RISKY]), "the rollback")
    gone_on(home, back, "succeeded")
    [incident] = home.journal.incidents.newest(1)
    said(home, f'/incident close {incident.id} "it was nothing"')
    [incident] = home.journal.incidents.newest(1)
    assert incident.phase.kind == "closed"
    home.until_all_told()

    counts = {each: home.executed(each) for each in (queued, watched, lost, fresh, crossed)}
    assert set(counts.values()) == {1}, counts
    assert [home.executed(each) for each in (waits, GRAY, RISKY, SICK)] == [2, 2, 2, 0]
    for each in (*known.values(), back):
        card = home.card(each)
        assert card is not None
        replies = home.workspace.thread(CHANNEL, card.ts)[1:]
        numbers = [sequence_of(reply) for reply in replies]
        assert numbers == sorted(set(numbers)), (each, numbers)
    assert not [
        each
        for person in (ANN, BOB)
        for each in home.workspace.whispers(person)
        if "cannot be read" in each.text
    ]
    assert home.journal.audit.verify().faults == ()
    door.close()
