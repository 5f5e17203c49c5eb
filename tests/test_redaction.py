"""One redactor: what Slipway holds is hidden in every form, and nothing innocent is."""

import base64
import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes.systems import VendorSaid
from bot.core.operation import TaskLine
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Record
from bot.core.system import TaskFailed
from bot.logs import masked
from bot.redaction import HIDDEN, SHORTEST, SHORTEST_WORD, KnownSecrets, Redactor

SECRET: Final = 's3cr"t/\\ü+<x> & more'
FORMS: Final[dict[str, Callable[[str], str]]] = {
    "raw": str,
    "json": json.dumps,
    "json of the first characters": lambda secret: json.dumps({"a": f"x{secret}y"}),
    "json with umlauts": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json in json": lambda secret: json.dumps(json.dumps({"a": secret})),
    "json with slashes escaped": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "json with large digits": lambda secret: json.dumps(secret).replace("\\u00fc", "\\u00FC"),
    "html": html.escape,
    "html of text": lambda secret: html.escape(secret, quote=False),
    "html as Go writes it": lambda secret: html.escape(secret).replace("&quot;", "&#34;"),
    "address": quote,
    "part of an address": lambda secret: quote(secret, safe=""),
    "address in small letters": lambda secret: quote(secret, safe="").lower(),
    "form": quote_plus,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of user and password": lambda secret: base64.b64encode(
        f"ops:{secret}".encode()
    ).decode(),
    "base64 in the middle": lambda secret: base64.b64encode(f"ab{secret}cd".encode()).decode(),
    "base64 of an address": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
}


PARTS: Final = (SECRET, "hunter", "bearer", "tok-123456", "x-auth-token:", "plain words", "")
EDGE: Final = st.sampled_from(["", " ", "\n", '"', "ü"])


class VendorTold(Record):
    """A record of texts, some of them deeper."""

    texts: tuple[str, ...]
    by: dict[str, tuple[str, ...]]


def core_of(text: str) -> str:
    """The middle of a text, which neither its neighbours nor their encoding can change."""
    return text[6:-6]


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_secret_is_hidden_in_every_form(form: Callable[[str], str]) -> None:
    """V58: as it is, escaped, encoded, and as a part of what was encoded."""
    text = form(SECRET.lower() if form is FORMS["address in small letters"] else SECRET)
    secrets = [SECRET, SECRET.lower()]
    shown = Redactor(secrets).known(f"it says {text}, and ends")
    assert HIDDEN in shown
    assert core_of(text) not in shown
    assert shown.startswith("it says ")
    assert shown.endswith(", and ends")


SHAPES: Final = {
    "signature": "SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host, Signature=0123456789abcdef",
    "token": 'X-Auth-Token: "MIIFtokenMIIFtoken"',
    "bearer": "Authorization: Bearer abcdefgh",
    "address": "postgresql://slipway:abcdefgh@db/slipway",
    "web token": "session eyJabcdefgh.abcdefgh.abcdefgh",
    "web token within a word": "%20eyJabcdefgh.abcdefgh.abcdefgh",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=list(SHAPES))
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    """V58: also where nobody knows it."""
    shown = Redactor().text(text)
    assert HIDDEN in shown
    assert not any(each in shown for each in ("0123456789abcdef", "MIIFtoken", "abcdefgh"))


@pytest.mark.parametrize("part", ["eyJ", "x-", "eyJabcdefgh.", "token", "bearer ", "://a:"])
def test_a_long_text_that_nearly_has_secrets_is_read_once(part: str) -> None:
    """Who may write long texts keeps no worker busy for minutes with half of a secret each."""
    text = part * (400_000 // len(part))
    assert masked(text, Redactor())


@given(st.text(), st.text(max_size=30))
def test_nothing_else_is_lost(text: str, secret: str) -> None:
    """What is short, or is not there, changes nothing; what is there is gone."""
    shown = Redactor([secret]).known(f"{text}{secret}")
    if len(secret) < SHORTEST_WORD:
        assert shown == f"{text}{secret}"
    elif len(secret) >= SHORTEST:
        assert secret not in shown.replace(HIDDEN, "")
    assert Redactor([secret]).known("GET /v3/…/cas") == "GET /v3/…/cas"


def test_a_short_password_is_hidden_where_it_stands_alone() -> None:
    """V58: inside of other words it may be anything."""
    shown = Redactor(["hunter"]).known('"hunter", ops:hunter@x, hunters, a_hunter, huntergatherer')
    assert shown == f'"{HIDDEN}", ops:{HIDDEN}@x, hunters, a_{HIDDEN}, huntergatherer'


@given(st.dictionaries(st.text(), st.text()), st.text(min_size=SHORTEST, max_size=20))
def test_json_stays_json(content: dict[str, str], secret: str) -> None:
    """An error's body can be read for its code all the same."""
    body = json.dumps({"error_code": "A.1", "error_msg": f"x {secret} y", "more": content})
    if '"' not in secret and "error" not in secret:
        assert isinstance(json.loads(Redactor([secret]).known(body)), dict)


def test_records_are_freed_where_people_read_them() -> None:
    """Words, lines of a task and changes are; what is sent again later is not touched."""
    redactor = Redactor(["secret-0001"])
    failed = TaskFailed(
        reason=VendorSaid(words="no: secret-0001").reason,
        tasks=(TaskLine(name="x", status="FAILED", detail="secret-0001"),),
    )
    assert "secret-0001" not in redactor.record(failed).model_dump_json()
    draft = PlanDraft(
        observed=Observation(revision="1", facts={"image": "secret-0001"}),
        steps=(PlannedStep(name="deploy", parameters={"values": "secret-0001"}),),
        before="secret-0001",
        after="2",
        changes=(Change(name="a", before="secret-0001", after="b"),),
    )
    freed = redactor.record(draft)
    assert freed.steps == draft.steps
    assert freed.model_dump_json().count("secret-0001") == 1
    innocent = draft.model_copy(update={"before": "1", "changes": (), "observed": Observation()})
    assert redactor.record(innocent) == innocent


@given(
    st.lists(
        st.sampled_from(PARTS).flatmap(lambda part: st.tuples(st.just(part), EDGE)), max_size=6
    )
)
def test_a_record_hides_what_each_of_its_texts_would(parts: list[tuple[str, str]]) -> None:
    """Nothing is overlooked for what stands beside it, whatever that is."""
    redactor = Redactor([SECRET, "hunter"])
    texts = [f"{edge}{part}{edge}" for part, edge in parts]
    freed = redactor.record(VendorTold(texts=tuple(texts), by={"key": tuple(texts)}))
    assert freed.texts == freed.by["key"] == tuple(map(redactor.text, texts))


def test_what_was_a_secret_stays_one() -> None:
    """A password that was replaced may still be echoed; a token is learnt when it is fetched."""
    held = [frozenset({"password-0001"})]
    known = KnownSecrets(["settings-0001"])
    known.watch(lambda: held[0])
    assert known.redactor.text("password-0001 settings-0001") == f"{HIDDEN} {HIDDEN}"
    held[0] = frozenset({"password-0002"})
    known.learn("token-000001")
    known.learn("")
    text = "password-0001 password-0002 token-000001"
    assert known.redactor.text(text) == f"{HIDDEN} {HIDDEN} {HIDDEN}"
