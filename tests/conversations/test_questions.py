"""Questions: help, targets, status, history, revisions. They are answered and leave nothing."""

import re

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.slack import Answer
from bot.views.standing import NOTHING
from tests.conversations.cards import ABSENT, operation_of, texts, words
from tests.conversations.places import ANN, BOB, EVE, GUS, SUE
from tests.conversations.stories import startable, unplanned
from tests.conversations.test_change_forms import with_many_targets
from tests.conversations.world import World


@pytest.mark.parametrize("typed", ["/ops", "/ops help", "/ops HELP", "/ops ?", "/ops    "])
def test_help_has_examples_for_whoever_asks(world: World, typed: str) -> None:
    """C1: empty, help and ? answer twelve lines at most, with a target that is theirs to change."""
    said = world.command(typed).text
    assert "/deploy checkout 1.4.0" in said
    assert len(said.splitlines()) <= 12
    assert "You can approve" not in said
    assert "You can approve" in world.command(typed, by=BOB).text
    assert "You can ask, but change nothing here" in world.command(typed, by=EVE).text
    for each in ("lock", "queue", "freeze", "can", "delegate", "report", "/incident help"):
        assert f"{each}`" in said


def test_targets_are_listed_with_what_is_under_way(world: World) -> None:
    """Every target stands there with its aliases, its system and its newest operation."""
    card = world.asked()
    said = world.command("/ops targets").text
    assert "*checkout* (co)" in said
    assert "*flaky*" in said
    assert operation_of(card) in said


@pytest.mark.parametrize("word", ["CHECK", "flak", "ServiceStage-v3", "huawei", "prod"])
def test_a_target_is_found_by_a_part_of_what_people_know_of_it(world: World, word: str) -> None:
    """V43: name, alias, system, connection and policy find a target, in upper or lower case."""
    said = world.command(f"/ops targets {word}").text
    found = [line for line in said.splitlines() if line.startswith("• ")]
    assert f"*Targets* with `{word.lower()}` ({len(found)})" in said
    assert 0 < len(found) <= len(world.parts.catalogue().targets)


def test_every_target_can_be_found_where_there_are_hundreds(world: World) -> None:
    """V43: what a long list leaves out is counted, and found by a word, as the list says."""
    text = world.configuration.read_text()
    (first,) = re.findall(r"^  checkout:\n(?:    .*\n)+", text, re.MULTILINE)
    plain = "".join(line for line in first.splitlines(keepends=True) if "aliases" not in line)
    many = "".join(
        re.sub(r"component_id: .*", f"component_id: f3f6cb89-831d-4579-8bbc-{each:012d}",
               plain.replace("checkout:", f"shop-{each}:", 1))
        for each in range(400)
    )  # fmt: skip
    world.edit("targets:\n", f"targets:\n{many}")
    assert "`/ops targets shop-40` lists those" in world.command("/ops targets").text
    assert "*shop-399*" in world.command("/ops targets shop-399").text


@pytest.mark.parametrize("asked", ["targets", "targets app", "status", "status app-001"])
def test_an_answer_fits_however_much_there_is_to_say(world: World, asked: str) -> None:
    """Slack takes 13,000 characters; what has no room is counted, and the answer comes."""
    with_many_targets(world)
    for number in range(40):
        world.command(f'/ops lock app-{number:03} "{"hands off " * 30}"', by=BOB)
    for number in range(14):
        world.command(f'/incident open "{number} {"it burns " * 15}" app-001')
    world.expected |= ABSENT
    answer = world.command(f"/ops {asked}")
    assert (answer.status, answer.notice) == (200, None)
    assert "app-001" in answer.text
    if asked == "targets app":
        shown = "\n".join(texts(answer.blocks))
        count = sum(line.startswith("• *app-") for line in shown.splitlines())
        assert 0 < count < 40
        assert f"… {400 - count} more." in shown


def test_what_came_to_nothing_is_not_the_latest_of_a_target(world: World) -> None:
    """Nothing was to do: the status goes on to tell what was done last."""
    done = world.done()
    nothing = world.asked("/deploy checkout 1.4.0")
    assert "no_change" in words(nothing)
    said = world.command("/ops status checkout").text
    assert f"*succeeded* `{operation_of(done)}`" in said
    assert operation_of(nothing) not in said


def test_a_word_that_no_target_has_is_refused_with_what_is_like_it(world: World) -> None:
    """V43: nothing found is a refusal that names what may have been meant."""
    said = world.command("/ops targets chekout").text
    assert "[unknown_target]" in said
    assert "checkout" in said


def test_status_of_a_target_is_live(world: World) -> None:
    """The status is what the cloud says now, with what is under way and what was last."""
    done = world.done()
    waiting = world.asked("/deploy checkout 1.5.0")
    said = world.command("/ops status checkout").text
    assert "running 1.4.0" in said
    assert "replicas: 2 of 2" in said
    latest = f"Deploy checkout 1.3.0 → 1.4.0: *succeeded* `{operation_of(done)}`"
    assert f"Latest: :white_check_mark: {latest}" in said
    assert operation_of(waiting) in said


def test_status_of_an_operation_links_to_its_card(world: World) -> None:
    """The status of an operation says how it stands, who asked, and where its card is."""
    card = world.done()
    said = world.command(f"/ops status {operation_of(card)}").text
    assert "*Succeeded*" in said
    assert f"<@{ANN}>" in said
    assert f"/archives/{card.channel}/p{card.ts.replace('.', '')}" in said


def table_of(answer: Answer) -> list[list[str]]:
    """Return the table that an answer has, as words; a moment is its fallback."""
    [table] = [each for each in answer.blocks or [] if each["type"] == "table"]
    return [["".join(texts(cell)) for cell in row] for row in table["rows"]]


def test_status_without_a_name_is_what_runs_where(world: World) -> None:
    """A row for each target: what Slipway brought there, for whom, what its cloud says, and now."""
    world.expected |= ABSENT
    world.done()
    waits = operation_of(world.asked("/deploy flaky 2.1.0"))
    answer = world.command("/ops status")
    head, *rows = table_of(answer)
    assert head == ["Target", "Version", "Since", "By", "Health", "Going on"]
    told = {row[0]: row[1:] for row in rows}
    assert told["checkout"][0] == "1.4.0"
    assert told["checkout"][2] == "Ann"
    assert told["checkout"][3] == "running · 2 of 2"
    assert told["flaky"][4] == "waiting for approval"
    assert waits in answer.text
    assert "*checkout*: 1.4.0 since" in answer.text
    assert "As of" in answer.text


def test_what_clouds_said_is_good_for_a_minute(world: World) -> None:
    """Asked again at once, nobody asks the clouds; one that does not answer is left out."""
    world.expected |= ABSENT
    world.command("/ops status")
    asked = len(world.cloud.requests)
    world.command("/ops status")
    assert len(world.cloud.requests) == asked
    for each in world.parts.redis.scan_iter("slipway:cache:state:*"):
        world.parts.redis.delete(each)
    world.breaks(Fault(kind="answer", status=503, match="any", times=None))
    _, *rows = table_of(world.command("/ops status"))
    assert {row[4] for row in rows} == {NOTHING}
    world.cloud.faults.clear()


def test_history_is_the_clouds_own(world: World) -> None:
    """History shows what ran, newest first, whoever deployed it."""
    world.done()
    said = world.command("/ops history checkout").text
    assert said.index("1.4.0") < said.index("1.3.0") < said.index("1.2.0")
    assert "*runs now*" in said


def test_revisions_are_what_a_rollback_may_name(world: World) -> None:
    """Revisions leave out what is no way back."""
    said = world.command("/ops revisions checkout").text
    assert "can roll back to" in said
    assert "1.2.0" in said


@pytest.mark.parametrize("said", ["status", "\u00a0status", " \u200bstatus"])
def test_how_it_stands_is_told_to_the_whole_thread(world: World, said: str) -> None:
    """D4: in its thread the operation needs no name, and who asks there asks for all."""
    card = world.asked()
    before, whispers = len(world.thread(card)), len(world.whispers(ANN))
    assert world.say(f"@slipway {said}", below=card).ok
    world.settle()
    [asked, answer] = world.thread(card)[before:]
    assert said.strip() in asked
    assert operation_of(card) in answer
    assert len(world.whispers(ANN)) == whispers


@pytest.mark.parametrize(
    ("said", "answer"),
    [("cancel x", "[unknown_target]"), ("approve", "`/ops approve`"), ("\u00a0why x", "x")],
)
def test_what_is_asked_in_a_thread_is_answered_there(world: World, said: str, answer: str) -> None:
    """D4, V42: whatever blanks stand before the word; in the channel nobody would see it."""
    card = world.asked()
    assert world.say(f"@slipway {said}", below=card).ok
    world.settle()
    told = world.workspace.whispers(ANN)[-1]
    assert (told.channel, told.thread_ts) == (card.channel, card.ts)
    assert answer in told.text


@pytest.mark.parametrize(
    "said", ["queue", "queue checkout", "history", "targets", "can deploy checkout"]
)
def test_every_question_can_be_asked_in_a_thread(world: World, said: str) -> None:
    """Slack takes no commands there; what is about a target means the operation's own."""
    card = world.asked()
    typed = f"/ops {said}" if " " in said or said == "targets" else f"/ops {said} checkout"
    answer = world.command(typed).text
    assert world.say(f"@slipway {said}", below=card).ok
    world.settle()
    told = world.workspace.whispers(ANN)[-1]
    assert (told.text, told.thread_ts) == (answer, card.ts)


def test_a_mention_elsewhere_is_answered_with_help(world: World) -> None:
    """`@slipway` starts no change: such words are answered with the help, to the asker alone."""
    world.say("@slipway deploy checkout 1.4.0")
    world.settle()
    assert "/deploy checkout 1.4.0" in world.whispers(ANN)[-1]
    assert world.recorded == ()


@pytest.mark.parametrize("typed", ["/ops status nothing", "/ops history nothing"])
def test_an_unknown_name_is_said_to_be_unknown(world: World, typed: str) -> None:
    """What is no target is answered as such."""
    assert "[unknown_target]" in world.command(typed).text


def test_an_unknown_operation_is_said_to_be_unknown(world: World) -> None:
    """C33: an id that nobody knows gets the one answer for all such ids."""
    said = world.command("/ops status op-0000000000").text
    assert "[unknown_operation]" in said
    assert "[unknown_operation]" in world.command("/ops cancel op-0000000000").text


@pytest.mark.parametrize("typed", ["/ops targets", "/ops status checkout", "/ops help"])
def test_guests_and_strangers_are_told_nothing(world: World, typed: str) -> None:
    """C26: guests and people of other workspaces get no answer to any question."""
    assert "[not_allowed]" in world.command(typed, by=GUS).text
    assert world.command(typed, by=SUE).text.endswith(("[not_allowed]", "[foreign_workspace]"))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(kind="drop", match="any"), "cloud_unavailable"),
        (Fault(kind="html", match="any"), "cloud_unavailable"),
        (Fault(kind="answer", match="any", status=502), "cloud_unavailable"),
        (Fault(kind="throttled", match="any"), "api_limit"),
        (
            Fault(
                kind="answer",
                match="any",
                status=403,
                body={"error_code": "APIGW.0302", "error_msg": "not authorized"},
            ),
            "cloud_refused",
        ),
    ],
    ids=["drop", "html", "502", "throttled", "403"],
)
def test_a_cloud_that_does_not_answer_is_named(world: World, fault: Fault, code: str) -> None:
    """A status that cannot be read says so, with what the cloud said, and not as ours."""
    for _ in range(2 if fault.kind == "drop" else 1):  # a dropped read is tried once more at once
        world.breaks(fault)
    said = world.command("/ops status checkout").text
    assert f"[{code}]" in said


def test_questions_leave_nothing(world: World) -> None:
    """No question records an operation or changes anything in a cloud."""
    world.expected |= ABSENT
    for typed in ("help", "targets", "status", "status checkout", "history co", "revisions co"):
        assert world.command(f"/ops {typed}").ok
    assert world.recorded == ()
    assert world.tries == 0


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/deploy help", "`/deploy \u2039target\u203a \u2039version\u203a"),
        ("/deploy checkout 1.4.0 --help", "`/upgrade \u2039target\u203a \u2039version\u203a"),
        ("/ops help restart", "For example `/ops restart checkout`"),
        ("/incident open --help", '`/incident open "\u2039title\u203a"'),
    ],
)
def test_the_help_of_a_word_shows_how_it_is_typed(world: World, command: str, shown: str) -> None:
    """Whoever asks sees usage and example, and nothing is recorded."""
    answer = world.command(command).text
    assert shown in answer.replace("&lt;", "\u2039").replace("&gt;", "\u203a"), answer
    assert world.recorded == ()


def test_the_table_and_its_words_say_the_same_of_what_goes_on(world: World) -> None:
    """What only has to be started does not wait in line, and what is read waits for nobody yet."""
    world.expected |= ABSENT
    startable(world)
    answer = world.command("/ops status")
    assert "*ready to start*" in answer.text
    assert "ready to start" in texts(answer.blocks)
    assert "waiting in line" not in texts(answer.blocks)


def test_the_table_says_what_is_read(world: World) -> None:
    """Before there is a plan, nobody can approve it, and nothing says that somebody should."""
    unplanned(world)
    answer = world.command("/ops status")
    assert "*reading the live state…*" in answer.text
    assert "reading the live state…" in texts(answer.blocks)
