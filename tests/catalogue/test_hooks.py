"""`hooks:` of slipway.yaml: who may propose what; every fault with its line."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.catalogue.files import CONTRACT, ENVIRONMENT, built, faults_of

SECRET: Final = "whsec_" + base64.b64encode(b"twenty-nine bytes of a secret").decode()
ENV: Final = {**ENVIRONMENT, "HOOK_CI": SECRET}
HOOK: Final = """
hooks:
  ci:
    kind: standard
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
    map: {shop/checkout: checkout}
    channel: C0DEPLOYS
    then: propose
"""


def test_the_contracts_hook_means_what_it_says() -> None:
    """A name of the sender and the target's own lead to the target; nothing else does."""
    catalogue = built(CONTRACT + HOOK, ENV)
    hook = catalogue.hooks["ci"]
    assert (hook.name, hook.kind, hook.then, hook.channel) == (
        *("ci", "standard", "propose"),
        "C0DEPLOYS",
    )
    assert hook.target_of(("shop/checkout",)) == "checkout"
    assert hook.target_of(("checkout",)) == "checkout"
    assert hook.target_of(("co",)) is None
    assert hook.target_of(("shop/billing",)) is None


def test_the_secrets_of_hooks_are_hidden() -> None:
    """They are among what is taken out of logs, and stand in no printed configuration."""
    catalogue = built(CONTRACT + HOOK, ENV)
    assert SECRET in catalogue.secrets
    assert SECRET not in repr(catalogue)
    assert SECRET not in catalogue.model_dump_json()


def test_a_secret_that_is_written_out_is_warned_of() -> None:
    """As it is of connections."""
    catalogue = built(CONTRACT + HOOK.replace("${HOOK_CI}", SECRET), ENV)
    [warning] = [each for each in catalogue.warnings if each.startswith("hooks.")]
    assert "hooks.ci.secrets.0" in warning
    assert "written out" in warning
    assert SECRET not in warning


FAULTS: Final = {
    "unknown key": ("then: propose", "thn: propose", "did you mean 'then'?"),
    "unknown kind": ("kind: standard", "kind: teletype", "hooks.ci.kind (line"),
    "no secret": ('["${HOOK_CI}"]', "[]", "wants at least 1"),
    "an empty secret": ('"${HOOK_CI}"', '""', "24 to 64 bytes in base64"),
    "a short secret": ('"${HOOK_CI}"', "whsec_c2hvcnQ=", "24 to 64 bytes in base64"),
    "no base64": ('"${HOOK_CI}"', "whsec_" + "!" * 40, "24 to 64 bytes in base64"),
    "three secrets": ('["${HOOK_CI}"]', f"[{SECRET}, {SECRET[:-4]}, {SECRET}]", "takes at most 2"),
    "the same twice": ('["${HOOK_CI}"]', '["${HOOK_CI}", "${HOOK_CI}"]', "is there twice"),
    "no target": ("targets: [checkout]", "targets: []", "hooks.ci.targets (line"),
    "an unknown target": ("targets: [checkout]", "targets: [chekout]", "did you mean 'checkout'?"),
    "an alias": ("targets: [checkout]", "targets: [co]", "no target is called 'co'"),
    "a map elsewhere": ("shop/checkout: checkout", "a/b: billing", "its targets do not list"),
    "no channel": ("channel: C0DEPLOYS\n    then", "then", None),
    "another word": ("then: propose", "then: deploy", "hooks.ci.then (line"),
}


@pytest.mark.parametrize(("old", "new", "says"), FAULTS.values(), ids=FAULTS)
def test_faults_of_hooks_have_their_lines(old: str, new: str, says: str | None) -> None:
    """HT-1: a hook that anybody could use, or that means nothing, does not start."""
    assert old in HOOK
    faults = faults_of(CONTRACT + HOOK.replace(old, new), ENV) if says else []
    if says is None:  # the target has a channel itself
        assert built(CONTRACT + HOOK.replace(old, new), ENV).hooks["ci"].channel is None
        return
    assert any(says in each for each in faults), faults
    assert not any(SECRET in each for each in faults)


ASKS: Final = HOOK.replace("then: propose", "then: request")
LISTED: Final = CONTRACT.replace("request: [S0DEVS, U0ANN]", "request: [S0DEVS, U0ANN, hook:ci]")


def test_a_hook_may_ask_where_its_policy_lists_it() -> None:
    """`hook:ci` stands in `request` as people do, and is no name that Slack is asked for."""
    catalogue = built(LISTED + ASKS, ENV)
    assert catalogue.hooks["ci"].then == "request"
    assert "hook:ci" in catalogue.policies["prod"].request
    assert "hook:ci" not in catalogue.slack_words
    assert any("hook:ci" in each for each in faults_of(CONTRACT + ASKS, ENV))


def test_a_hook_that_proves_no_time_may_not_ask() -> None:
    """What was sent once could be sent again: it may be proposed, since people look at it."""
    token = {**ENV, "HOOK_CI": "a token of a sender, long enough"}
    for kind in ("github", "gitlab", "harbor", "cloudevents"):
        faults = faults_of(LISTED + ASKS.replace("standard", kind), token)
        assert any(each.startswith("hooks.ci.then") for each in faults), kind
    assert faults_of(LISTED + ASKS.replace("standard", "gitlab"), ENV) == []


def test_only_what_sends_alerts_may_open() -> None:
    """A registry knows of no incident."""
    opens = HOOK.replace("then: propose", "then: open")
    assert built(CONTRACT + opens, ENV).hooks["ci"].then == "open"
    [fault] = faults_of(CONTRACT + opens.replace("standard", "harbor"), ENV)
    assert fault.startswith("hooks.ci.then")


def test_a_right_of_a_hook_that_is_not_there_is_a_fault() -> None:
    """A mistyped name would give nobody the right, or somebody later."""
    [fault] = faults_of(LISTED, ENV)
    assert "no hook is called 'ci'" in fault


def test_a_hook_approves_nothing() -> None:
    """Only `request` may list it."""
    wrong = LISTED.replace("approve: [S0SRE]", "approve: [S0SRE, hook:ci]")
    assert wrong != LISTED
    assert any("policies.prod.approve" in each for each in faults_of(wrong + HOOK, ENV))


def test_a_card_needs_a_channel() -> None:
    """Where neither hook nor target has one, nobody would see what is proposed."""
    bare = CONTRACT.replace(
        "    channel: C0DEPLOYS                           # where its cards go\n", ""
    )
    assert bare != CONTRACT
    [fault] = faults_of(bare + HOOK.replace("    channel: C0DEPLOYS\n", ""), ENV)
    assert fault.startswith("hooks.ci.channel")


def test_smn_wants_its_certificate_and_topics() -> None:
    """Without them anybody's message would count; no other kind has them."""
    smn = HOOK.replace("standard", "smn")
    faults = faults_of(CONTRACT + smn, ENV)
    assert [each.partition(" ")[0] for each in faults] == [
        "hooks.ci.topics",
        "hooks.ci.certificate",
    ]
    other = HOOK.replace("then: propose", 'topics: ["urn:smn:x:y:z"]')
    [fault] = faults_of(CONTRACT + other, ENV)
    assert fault.startswith("hooks.ci.topics")


def pinned(*kinds: str) -> str:
    """Certificates of keys of these kinds, one below the other."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SMN")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for kind in kinds:
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = ec.generate_private_key(
            ec.SECP256R1()
        )
        if kind == "rsa":
            key = rsa.generate_private_key(65_537, 2_048)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        times = builder.not_valid_before(start).not_valid_after(start + timedelta(days=9))
        signed = times.public_key(key.public_key()).sign(key, SHA256())
        made.append(signed.public_bytes(Encoding.PEM).decode())
    return "".join(made)


@pytest.mark.parametrize(
    ("kinds", "faulty"),
    [
        (("rsa",), []),
        (("rsa", "rsa"), []),
        (("rsa", "rsa", "rsa"), ["hooks.ci.certificate"]),
        (("ec",), ["hooks.ci.certificate"]),
        (("rsa", "ec"), ["hooks.ci.certificate"]),
    ],
)
def test_smn_is_pinned_by_what_it_can_sign_with(kinds: tuple[str, ...], faulty: list[str]) -> None:
    """One certificate, or two while one is replaced; with another key nothing would be let in."""
    lines = "".join(f"      {line}\n" for line in pinned(*kinds).splitlines())
    more = f'topics: ["urn:smn:x:y:z"]\n    certificate: |\n{lines}'
    smn = HOOK.replace("standard", "smn").replace("then: propose", more)
    assert [each.partition(" ")[0] for each in faults_of(CONTRACT + smn, ENV)] == faulty
