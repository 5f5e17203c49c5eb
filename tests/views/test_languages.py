"""Two languages, both complete: the same keys, the same parameters, and no mixture."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from typing_extensions import override

import bot.systems
from bot.core.codes.systems import LABELS, StatusOf
from bot.core.verbs import SLASH
from bot.systems import SYSTEMS
from bot.views.answers import answer
from bot.views.blocks import card_blocks, faults, line_blocks
from bot.views.card import card
from bot.views.details import details
from bot.views.thread import reply
from bot.views.words import Locale, label, spelled
from bot.views.words.en import ENGLISH, ENGLISH_PHRASES
from bot.views.words.template import Params, Template, Words, placeholders
from bot.views.words.zh import CHINESE, CHINESE_PHRASES
from tests.views.hostile import infested
from tests.views.samples import EVENTS, FACTS, STORIES, offering, told
from tests.views.seen import texts
from tests.views.test_answers import OUTCOMES
from tests.views.test_codes import CODES

ZH: Final = Locale(language="zh", names={"U0ANN": "安", "U0SUE": "苏"})
VALUES: Final = (  # of parameters, by which a template may choose
    *("1", "", None, 0, 3, ("a",), True, False, "2026-11-20T12:00:00Z"),
    *("target", "policy", "all", "deploy", "rollback", "justified", "incident", "row", "map"),
    *("text", "number", "standard", "precheck", "upgrade", "channel", "invite", "replicas"),
)

# What Chinese has in Latin letters: names, and what is typed or read as it is.
LATIN: Final = re.compile(
    r"`[^`]*`|<[^>]*>|&lt;|&gt;|https?://\S+|--[a-z-]+|inc-[a-z0-9]+|op-[…0-9a-z]+|:[a-z_]+:"
    r"|(?<![A-Za-z])(?:Slipway|Slack|ServiceStage|CCE|Cloudpods|Helm|ECS|Autopilot|Available|SEV|UTC"
    r"|API|HTTP|ID|JSON|UNKNOWN|REVISION|hook|ann|key=value|connections|endpoints|v2|v3"
    r"|slipway\.yaml|slipway doctor|v1\.31(?:\.4-r0)?|30m|2h|1d|2026-12-24T18:00)(?![a-z])"
)
NAMES: Final = re.compile(  # of the samples, and what people say in them
    r"checkout|billing|huawei|prod|etcd|lab|servicestage-v3|cloudpods-release|ops|\(co\)|replicas|search"
    r"|Black Friday"
)
WORD: Final = re.compile(r"[A-Za-z]{2,}")
STEP: Final = re.compile(
    r"""(?:PlannedStep\(\s*name=|_step\(\s*|\.step\(\s*|^(?:CONTINUE|CHECK|PURGE|(?:CREATE|DELETE)_?[A-Z_]*)"""
    r'''(?:: Final)? = )"([a-z_ ]+)"''',
    re.MULTILINE,
)
PLACE: Final = re.compile(r"\{[^{}]*\}")
HALF_WIDTH: Final = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")
_CHINESE: Final = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef“”"
_STOP: Final = "、。《》！（），：；？“”"  # noqa: RUF001 - as Chinese writes them
_MARKS: Final = re.compile("[*_~\u200b]")
STRAY: Final = re.compile(  # a blank between Chinese, or beside a mark that is as wide as a blank
    f"(?<=[{_CHINESE}]) +(?=[{_CHINESE}])"
    f"|(?<=[{_STOP}]) +(?=[A-Za-z0-9<`@#])|(?<=[A-Za-z0-9>`]) +(?=[{_STOP}])"
)
HEADING: Final = re.compile(r"\*[^*]+\* (?=[A-Za-z])")  # Slack draws no bold that touches a letter
FOREIGN: Final = re.compile("外[*`]* [*`]*外")  # two words of others
CROWDED: Final = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9`<]|[A-Za-z0-9`>][\u4e00-\u9fff]")


class Pair(NamedTuple):
    """A sentence in both languages, with the parameters that there are."""

    key: str
    english: Template
    chinese: Template
    names: frozenset[str]


class Asked(dict[str, Any]):
    """Parameters that are there whatever is asked for; which were asked for is kept."""

    def __init__(self, params: Mapping[str, Any], seen: set[str]) -> None:
        super().__init__(params)
        self._seen = seen

    def __missing__(self, name: str) -> str:
        self._seen.add(name)
        return "all"

    @override
    def get(self, name: str, default: Any = None) -> Any:
        self._seen.add(name)
        return super().get(name, default)


def forms(template: Template, names: frozenset[str]) -> Iterator[str]:
    """Yield the forms that a template takes, whatever its parameters are."""
    if isinstance(template, str):
        yield template
        return
    for value in VALUES:
        yield from _form(template, dict.fromkeys(names, value))
        for name in names:
            yield from _form(template, {**dict.fromkeys(names, "1"), name: value})


def _form(template: Callable[[Params], str], params: dict[str, Any]) -> Iterator[str]:
    with suppress(KeyError):  # where it names only what exists, such as a scope
        yield template(Asked(params, set()))


def asked(template: Template, names: frozenset[str]) -> set[str]:
    """Return the parameters that a template shows in any of its forms."""
    return {name for form in forms(template, names) for name in placeholders(form)}


def pairs() -> Iterator[Pair]:
    """Yield every sentence that is there in both languages."""
    fields = {each.key: frozenset(each.model_fields) for each in CODES}
    fields |= {f"label.{name}": frozenset({"of"}) for name in LABELS}
    fields |= {f"manifest.{name}": frozenset() for name in SLASH}
    for key in sorted(ENGLISH.keys() & CHINESE.keys()):
        for part in Words._fields:
            one, other = (getattr(words[key], part) for words in (ENGLISH, CHINESE))
            yield Pair(f"{key}.{part}", one, other, fields[key])
    for key in sorted(ENGLISH_PHRASES.keys() & CHINESE_PHRASES.keys()):
        one, other = ENGLISH_PHRASES[key], CHINESE_PHRASES[key]
        yield Pair(key, one, other, chosen_by(one))


def chosen_by(template: Template) -> frozenset[str]:
    """Return the parameters by which a phrase chooses."""
    seen: set[str] = set()
    if callable(template):
        for value in VALUES:
            with suppress(KeyError):
                template(Asked(dict.fromkeys(seen, value), seen))
    return frozenset(seen)


PAIRS: Final = tuple(pairs())


@pytest.mark.parametrize(
    ("english", "chinese"),
    [(ENGLISH, CHINESE), (ENGLISH_PHRASES, CHINESE_PHRASES)],
    ids=["codes", "phrases"],
)
def test_both_languages_say_all(
    english: Mapping[str, object], chinese: Mapping[str, object]
) -> None:
    """What one language says, the other says as well."""
    lacks_chinese = sorted(english.keys() - chinese.keys())
    lacks_english = sorted(chinese.keys() - english.keys())
    assert (lacks_chinese, lacks_english) == ([], [])


def test_a_sentence_tells_the_same_in_both() -> None:
    """Chinese shows every parameter that English shows, and asks for no other."""
    assert [each.key for each in PAIRS if not _tells_the_same(each)] == []


def _tells_the_same(pair: Pair) -> bool:
    shown, ours = asked(pair.english, pair.names), asked(pair.chinese, pair.names)
    is_there = bool(pair.english) == bool(pair.chinese) or pair.key == "sentence.gap"
    return shown == ours and is_there


def test_chinese_is_chinese() -> None:
    """A Chinese sentence has no English word, and is set as Chinese is."""
    said = {form: each.key for each in PAIRS for form in forms(each.chinese, each.names)}
    assert {key: form for form, key in said.items() if not _is_chinese(form)} == {}


def _is_chinese(form: str) -> bool:
    is_mixed = WORD.search(LATIN.sub(" ", PLACE.sub(" ", form)))
    is_loose = loosely_set(PLACE.sub("\N{LATIN SMALL LETTER O WITH STROKE}", form))
    return not (
        is_loose or is_mixed or HALF_WIDTH.search(PLACE.sub("", form)) or CROWDED.search(form)
    )


def loosely_set(words: str) -> list[str]:
    """Return the lines that have a blank where Chinese has none."""
    told = HEADING.sub("", words)
    lines = [FOREIGN.sub("", each) for each in told.split("\n")]
    return [each for each in lines if STRAY.search(_MARKS.sub("", each))]


@pytest.mark.parametrize("name", sorted(LABELS))
def test_a_label_is_chinese(name: str) -> None:
    """What a fact is called is said in Chinese, with the name of its thing if it has one."""
    assert label(name, ZH) != name
    assert label(f"{name}:web-1", ZH).endswith(" web-1")


@pytest.mark.parametrize("title", [each.spec.title for each in SYSTEMS])
def test_a_kind_of_api_has_its_words(title: str) -> None:
    """What a system is called is said in both languages."""
    assert ENGLISH_PHRASES[f"system.{title}"] == title


def steps() -> set[str]:
    """Return what the systems call the steps of their plans."""
    files = sorted(Path(bot.systems.__file__).parent.rglob("*.py"))
    return {name for file in files for name in STEP.findall(file.read_text(encoding="utf-8"))}


def test_a_step_has_its_words() -> None:
    """What a step is called is said in both languages."""
    assert {f"step_name.{name}" for name in steps()} <= ENGLISH_PHRASES.keys()
    assert {"deploy", "precheck", "continue_deploy", "create instance", "delete"} <= steps()


STATUSES: Final = (
    *("INITIALIZING", "UPGRADING", "FAILED", "RUNNING", "DOWN", "DELETING", "DELETED", "RESERVED"),
    *("STARTING", "STOPPING", "STOPPED", "RESTARTING", "PENDING", "UNKNOWN", "PARTIALLY_FAILED"),
    *("GRAYING", "Available", "Unavailable", "ScalingUp", "ScalingDown", "Creating", "Resizing"),
    *("RollingBack", "RollbackFailed", "Hibernating", "Hibernation", "Awaking", "Error"),
    *("DEPLOYED", "PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK"),
    *("init", "create_fail", "syncing", "sync_fail", "updating", "update_fail", "delete_fail"),
    *("superseded", "uninstalling", "uninstalled", "pending-install", "pending-upgrade"),
    "pending-rollback",
)


@pytest.mark.parametrize("word", STATUSES)
def test_a_status_that_a_vendors_page_lists_has_its_words(word: str) -> None:
    """How something is, people read in their own language, whoever wrote it how."""
    headline = StatusOf(status=word.lower(), version="").reason
    assert re.search(f"[{_CHINESE}]", spelled(headline, ZH))
    assert "_" not in spelled(headline)


def in_chinese(shown: Iterator[str]) -> None:
    """Assert that nothing in *shown* is English, but names, ids and what is typed."""
    for words in shown:
        assert loosely_set(words) == []
        assert WORD.findall(NAMES.sub(" ", LATIN.sub(" ", words))) == [], words


@pytest.mark.parametrize("story", STORIES)
def test_a_chinese_card_has_no_english(story: str) -> None:
    """In any phase, card and Details are Chinese, but for what comes from outside."""
    operation = infested(told(story), ["外"])
    facts = FACTS.model_copy(update={"names": ZH.names})
    drawn = card(operation, offering(operation, facts), ZH)
    blocks = card_blocks(drawn)

    assert faults(blocks) == ()
    in_chinese(iter((drawn.text.replace(f" [{_code(operation)}]", ""), *texts(blocks))))
    in_chinese(texts(details(operation, ZH)["blocks"]))


def _code(operation: Any) -> str:
    return str(getattr(operation.phase, "code", ""))


@pytest.mark.parametrize("kind", EVENTS)
def test_a_chinese_reply_has_no_english(kind: str) -> None:
    """Whatever happens, the thread tells it in Chinese."""
    operation, event = EVENTS[kind]
    facts = FACTS.model_copy(update={"names": ZH.names})
    line = reply(infested(operation, ["外"]), infested(event, ["外"]), ZH, ("S0SRE",), facts)

    if line is not None:
        in_chinese(re.sub(r" ?\[[a-z_.]+\]", "", each) for each in texts(line_blocks(line)))


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_chinese_answer_has_no_english(name: str) -> None:
    """Whatever is asked, the answer is Chinese."""
    message = answer(infested(OUTCOMES[name], ["外"]), ZH)

    assert faults(message.blocks) == ()
    in_chinese(re.sub(r" ?\[[a-z_.]+\]|```.*?```", "", each) for each in texts(message.blocks))
