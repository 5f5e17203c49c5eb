"""slipway.yaml as connections, targets and policies; and all its faults at once."""

import os
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import pytest

from bot.catalogue import load
from bot.catalogue.build import build
from bot.catalogue.document import SIZE_MAX, read_document
from bot.core.connection import Connection, ReadyToken
from bot.core.errors import ConfigurationError
from bot.core.policy import NO_POLICY, Freeze
from bot.core.system import System
from bot.systems import SYSTEMS
from bot.systems._huawei.authentication import Huawei
from bot.systems.servicestage_v3 import ServiceStageV3
from tests.catalogue.files import CONTRACT, ENVIRONMENT, KINDS, TARGET, a_file, built, faults_of

ROOT: Final = Path(__file__).parents[2]


def test_the_contracts_example_means_what_it_says() -> None:
    """Every key of the contract's example, as far as its systems exist, is read as it is meant."""
    catalogue = built(CONTRACT)
    assert set(catalogue.connections) == {"huawei", "huawei-token", "huawei-user", "lab"}
    assert catalogue.connections["lab"].endpoint("k8s") == "https://lab.example:30442/api"
    assert catalogue.connections["huawei-token"].endpoint("cce") == (
        "https://cce.cn-north-4.myhuaweicloud.com"
    )
    target = catalogue.find("co")
    assert target is not None
    assert target is catalogue.find("checkout")
    assert (target.channel, target.policy, target.system) == (
        *("C0DEPLOYS", "prod"),
        "servicestage-v3",
    )
    policy = catalogue.policy_of(target)
    assert (policy.request, policy.approve) == (("S0DEVS", "U0ANN"), ("S0SRE",))
    assert policy.rollback == ("S0DEVS", "S0SRE")
    assert (policy.approvals, policy.rollback_approvals, policy.self_approval) == (1, 0, False)
    assert (policy.approval_expires, policy.deadline) == (timedelta(hours=1), timedelta(hours=2))
    assert policy.reason == "required"
    assert policy.freezes == (
        Freeze(days=(5, 6), zone="Asia/Shanghai"),
        Freeze(first=date(2026, 12, 24), last=date(2027, 1, 2), reason="year's end"),
    )
    unused = ("policies.prod: break_glass", "connections.lab: ")
    assert [each for each in catalogue.warnings if not each.startswith(unused)] == []
    assert catalogue.words == ("checkout", "co")


def test_the_projects_own_example_loads() -> None:
    """What people are told to copy has no fault and needs no other variables."""
    example = ROOT / "slipway.example.yaml"
    assert load(example, ENVIRONMENT).targets["checkout"].aliases == ("co",)


# Row, what is added to a right file (to its target, its policy, its connections), what is said.
WRONG: Final[tuple[tuple[str, dict[str, str], str], ...]] = (
    ("Y4 policy", {"policy": "    aprovers: [S0SRE]\n"}, "prod.aprovers (line 15): unknown key;"),
    ("Y4 language", {"policy": "language: cn\n"},
     "language (line 15): input should be 'en' or 'zh'"),
    ("Y4 language of a channel", {"policy": "channels: {C0OPS: {language: deutsch}}\n"},
     "channels.C0OPS.language (line 15)"),
    ("Y4 channel", {"policy": "channels: {ops: {language: en}}\n"}, "channels.ops"),
    ("Y4 near", {"policy": "    aprove: [S0SRE]\n"}, "did you mean 'approve'?"),
    ("Y4 target", {"target": "    source_ulr: x\n"}, "did you mean 'source_url'?"),
    ("Y4 top", {"policy": "polices: {}\n"}, "polices (line 15): unknown key; did you mean 'pol"),
    ("Y4 freeze", {"policy": "    freezes: [{dayz: sat}]\n"}, "did you mean 'days'?"),
    ("Y5 nobody", {"policy": "  test: {request: [S0A]}\n"}, "test.approve (line 15): approvals"),
    ("Y5 too few", {"policy": "  test: {approve: [U0A, U0A], approvals: 2}\n"},
     "2 distinct people are wanted, 1 may approve"),
    ("Y5 too few for the way back",
     {"policy": "  test: {approve: [U0A], rollback_approvals: 2}\n"}, "rollback_approvals"),
    ("Y5 only the requester", {"policy": "  test: {request: [U0A], approve: [U0A]}\n"},
     "only the one person who may request could approve"),
    ("Y5 two ways of writing gates", {"policy": "  test:\n    approve: [S0A]\n    approvals: 2\n"
     "    gates: [{name: ops, approve: [S0A]}]\n"},
     "test.gates (line 18): stands beside approvals and approve"),
    ("Y5 a gate twice", {"policy": "  test: {gates: [{name: ops, approve: [S0A]},"
     " {name: ops, approve: [S0B]}]}\n"}, "'ops' is the name of another gate"),
    ("Y5 a gate of nobody", {"policy": "  test: {gates: [{name: ops, approve: []}]}\n"},
     "test.gates.0.approve (line 15)"),
    ("Y5 a gate without people", {"policy": "  test: {gates: [{name: ops}]}\n"}, "is missing"),
    ("Y5 a gate that wants none",
     {"policy": "  test: {gates: [{name: ops, approve: [S0A], approvals: 0}]}\n"}, "approvals"),
    ("Y4 key of a gate", {"policy": "  test: {gates: [{name: ops, aprove: [S0A]}]}\n"},
     "did you mean 'approve'?"),
    ("Y5 one person for two gates", {"policy": "  test: {gates: [{name: ops, approve: [U0A]},"
     " {name: security, approve: [U0A]}]}\n"},
     "test.gates (line 15): 2 distinct people are wanted at all gates, 1 can open them"),
    ("Y6 name", {"policy": "  test: {request: [ann], approve: [S0A]}\n"},
     "test.request.0 (line 15): wants a person or group: a name such as"),
    ("Y6 star", {"policy": '  test: {request: ["*"], approve: [S0A]}\n'}, "the word anyone"),
    ("Y6 channel", {"policy": "  test: {request: [C0A], approve: [S0A]}\n"}, "an id such as U0ANN"),
    ("Y6 nobody's name", {"policy": '  test: {request: ["@"], approve: [S0A]}\n'}, "a person or"),
    ("Y8 channel's name", {"target": "    channel: deploys\n"},
     'checkout.channel (line 11): wants a channel: its name in quotes, "#deploys", or its id'),
    ("Y8 comment", {"target": "    channel: #deploys\n"},
     'checkout.channel (line 11): is empty: what follows a # is a comment; write "#deploys"'),
    *((f"Y9 duration {written}", {"policy": f"    deadline: {written}\n"}, "prod.deadline")
      for written in ("0m", "-5m", "5", "5 mins", "1h-2h", "99999h", "31d", "''", "1.5h")),
    ("Y9 approvals", {"policy": "    approvals: 21\n"}, "less than or equal to 20"),
    ("Y9 approvals below", {"policy": "    approvals: -1\n"}, "greater than or equal to 0"),
    ("Y9 approvals true", {"policy": "    approvals: yes\n"}, "approvals"),
    ("Y9 self", {"policy": "    self_approval: 'no'\n"}, "valid boolean"),
    ("Y10 verify", {"connection": "  x: {kind: cloudpods, verify: false, auth: {token: '${TOKEN}'}"
                                  "}\n"}, "x.verify (line 3): unknown key"),
    ("Y10 plain http", {"connection": "  x: {kind: cloudpods, auth: {token: '${TOKEN}'}, endpoints"
                                      ": {k8s: 'http://lab.example'}}\n"},
     "x.endpoints.k8s (line 3): begins with neither https://"),
    ("Y10 user in it", {"connection": "  x: {kind: cloudpods, auth: {token: '${TOKEN}'}, endpoints"
                                      ": {k8s: 'https://u:hunter2@lab'}}\n"}, "has a user name"),
    ("Y11 not set", {"connection": "  x: {kind: cloudpods, auth: {token: '${NOPE}'}}\n"},
     "x.auth.token (line 3): the variable NOPE is not set"),
    ("Y12 empty secret", {"connection": "  x: {kind: cloudpods, auth: {token: ''}}\n"},
     "x.auth.token (line 3): is empty"),
    ("no kind", {"connection": "  x: {auth: {}}\n"}, "x (line 3): kind is missing"),
    ("kind", {"connection": "  x: {kind: hwuaweicloud}\n"}, "did you mean 'huaweicloud'?"),
    ("D22 two logins", {"connection": "  x: {kind: huaweicloud, region: cn-north-4, project_id: p, "
                                      "auth: {access_key: abcd, token: b}}\n"},
     "x.auth.access_key (line 3): belongs to another way to log in"),
    ("D22 id", {"target": "  t2: {system: servicestage-v3, connection: h, component_id: 12345}\n"},
     "t2.component_id (line 11): wants an id in quotes, such as"),
    ("D22 no id", {"target": "  t2: {system: servicestage-v3, connection: h, component_id: x}\n"},
     "t2.component_id (line 11): wants an id in quotes, such as"),
    ("D22 anyone", {"policy": "  p2: {request: anyone, approve: [S0A]}\n"},
     "p2.request (line 15): wants a list: [anyone]"),
    ("D22 prefix", {"policy": "commands: {prefix: ship}\n"}, "with a '-' at the end: ship-"),
    ("D22 braces", {"target": "  t2: {source_url: a/b:{version}}\n"},
     "(line 11, column 23): found unexpected ':'; write what has braces in quotes"),
    ("D22 at", {"policy": "  p2: {request: [@devs]}\n"}, 'write names in quotes: "@devs"'),
    ("D22 hash", {"policy": "  p2: {request: [#devs]}\n"}, "what follows a # is a comment"),
    ("D22 a person", {"policy": "  p2: {request: [devs]}\n"}, "a hook such as hook:ci"),
    ("help", {"target": "    aliases: [help]\n"}, "choose another name"),
    ("no credential", {"connection": "  x: {kind: cloudpods, auth: {}}\n"}, "no credential is giv"),
    ("name", {"connection": "  x: {kind: cloudpods, name: y, auth: {token: '${TOKEN}'}}\n"},
     "x.name (line 3): unknown key"),
    ("no entry", {"connection": "  x:\n"}, "connections.x (line 3): wants keys below it"),
    ("a name", {"connection": "  Bad Name: {}\n"}, "wants at most 63 lower-case letters"),
    ("a chart", {"target": "  t2: {system: cloudpods-release, connection: h, chart: etcd}\n"},
     "t2.chart (line 11): wants a repository and a chart: bitnami/etcd"),
    ("a namespace", {"target": "  t2: {system: cloudpods-release, connection: h, namespace: on}\n"},
     "t2.namespace (line 11): wants text: write it in quotes (it was read as True)"),
    ("a cluster", {"target": "  t2: {system: cloudpods-release, connection: h, cluster: a b}\n"},
     "t2.cluster (line 11): wants a name or an id of at most 128 characters, without blanks"),
    ("a release", {"target": "  t2: {system: cloudpods-release, connection: h, release: -e}\n"},
     "t2.release (line 11): wants at most 53 letters, digits, '.', '_' and '-', with a"),
    ("missing", {"target": "  t2: {system: servicestage-v3, connection: h}\n"},
     "t2.application_id (line 11): is missing"),
    ("system", {"target": "  t2: {system: servicestage-v4, connection: h}\n"},
     "no system is called 'servicestage-v4'; did you mean 'servicestage-v3'?"),
    ("connection", {"target": "  t2: {system: servicestage-v3, connection: hh}\n"},
     "no connection is called 'hh'; did you mean 'h'?"),
    ("policy", {"target": "  t2: {system: servicestage-v3, connection: h, policy: prd}\n"},
     "no policy is called 'prd'; did you mean 'prod'?"),
    ("version as number", {"target": "    aliases: [1.10]\n"}, "write it in quotes"),
    ("own alias", {"target": "    aliases: [checkout]\n"}, "'checkout' is its own name"),
    ("an operation's id", {"target": "    aliases: [op-0123456789]\n"}, "an operation's id"),
    ("freeze of both", {"policy": "    freezes: [{days: sat, from: 2026-01-01}]\n"},
     "prod.freezes.0 (line 15): wants either days"),
    ("freeze of nothing", {"policy": "    freezes: [{reason: x}]\n"}, "wants either days"),
    ("freeze backwards", {"policy": "    freezes: [{from: 2026-02-01, until: 2026-01-01}]\n"},
     "until 2026-01-01 is before from 2026-02-01"),
    ("freeze of no day", {"policy": "    freezes: [{days: caturday}]\n"}, "names no days"),
    ("freeze without end", {"policy": "    freezes: [{days: sat-}]\n"}, "names no days"),
    ("freeze at an hour", {"policy": "    freezes: [{from: 2026-01-01 10:00:00, until: 2026-01-02}"
                                     "]\n"}, "valid date"),
    ("freeze elsewhere", {"policy": "    freezes: [{days: sat, zone: Mars/Base}]\n"},
     "prod.freezes.0.zone (line 15): no time zone is called 'Mars/Base'"),
    ("freeze outside", {"policy": "    freezes: [{days: sat, zone: ../../etc/passwd}]\n"},
     "no time zone"),
    ("prefix", {"policy": "commands: {prefix: Ship}\n"}, "commands.prefix (line 15)"),
    ("on_failure", {"policy": "    on_failure: retry\n"}, "prod.on_failure (line 15)"),
    ("irreversible beside gates",
     {"policy": "  test: {gates: [{name: ops, approve: [S0A]}], irreversible: {approvals: 2}}\n"},
     "policies.test.irreversible (line 15): stands beside gates"),
    ("irreversible for nobody", {"policy": "    irreversible: {approvals: 0}\n"},
     "prod.irreversible.approvals (line 15)"),
    ("irreversible for one too many",
     {"policy": "  test: {approve: [U0A], irreversible: {approvals: 2}}\n"},
     "test.irreversible (line 15): 2 distinct people are wanted, 1 may approve"),
)  # fmt: skip


@pytest.mark.parametrize(("added", "says"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG])
def test_a_fault_has_its_place_and_its_words(added: dict[str, str], says: str) -> None:
    """Y4 to Y13: it is refused, with the key, the line, and what was probably meant."""
    assert faults_of(a_file()) == []
    found = faults_of(a_file(**added))
    assert any(says in fault for fault in found), found
    assert not any("hunter2" in fault for fault in found)


@pytest.mark.parametrize("text", ["[]", "hello", "false", "targets: []", "targets:", "targets: 5"])
def test_another_shape_is_refused(text: str) -> None:
    """Whatever is no mapping of sections says so."""
    [fault] = faults_of(text)
    assert "wants" in fault


def test_all_faults_are_listed_at_once() -> None:
    """One run of `config check` shows everything that is to be mended, in every part."""
    text = a_file(
        connection="  x: {kind: huaweicloud, project_id: p, auth: {token: '${NOPE}', vrfy: 1}}\n",
        target="    channel: deploys\n    application: y\n"
        "  t2: {system: v3, connection: nope, policy: nope}\n",
        policy="    approve: [sre]\n    deadline: 5\n    freezes: [{days: x}, {zone: y}]\n"
        "targts: {}\n",
    )
    found = faults_of(text)
    for place in (
        "policies.prod.approve (line 19): the key is there twice",
        "connections.x.auth.token (line 3): the variable NOPE",
        "connections.x.auth.vrfy (line 3)",
        "connections.x.region (line 3): is missing",
        "targets.checkout.channel (line 12)",
        "targets.checkout.application (line 13): unknown key",
        "targets.t2.system (line 14)",
        "targets.t2.connection (line 14)",
        "targets.t2.policy (line 14)",
        "policies.prod.approve.0 (line 19)",
        "policies.prod.deadline (line 20)",
        "policies.prod.freezes.0 (line 21)",
        "policies.prod.freezes.1",
        "targts (line 22)",
    ):
        assert any(fault.startswith(place) for fault in found), (place, found)
    assert not any("auth.token" in fault and "NOPE" not in fault for fault in found)


def test_a_secret_is_never_repeated() -> None:
    """A password that is written as a number is refused without being shown."""
    wrong = a_file(connection="  x: {kind: cloudpods, auth: {token: 20261121}}\n")
    assert not any("20261121" in fault for fault in faults_of(wrong))


def test_aliases_belong_to_one_target() -> None:
    """C5: a name that could mean two targets is refused when the file is read."""
    other = TARGET.replace("checkout:\n", "other:\n", 1) + "    aliases: [checkout, co]\n"
    other = other.replace("f3f6cb89", "f3f6cb90")
    found = faults_of(a_file(target="    aliases: [co]\n" + other))
    assert found == [
        "targets.other.aliases (line 19): 'checkout' is the name or alias of 'checkout' already",
        "targets.other.aliases (line 19): 'co' is the name or alias of 'checkout' already",
    ]


def test_connections_must_be_of_the_systems_kind() -> None:
    """A target cannot be reached through another vendor's connection."""
    lab = "  lab: {kind: cloudpods, auth: {token: '${TOKEN}'}}\n"
    text = a_file(connection=lab).replace("connection: h\n", "connection: lab\n")
    assert faults_of(text) == [
        "targets.checkout.connection (line 7): servicestage-v3 wants a huaweicloud connection"
    ]


def test_create_needs_a_name() -> None:
    """A template for creating a target names what it creates."""
    for template in ("{name: a b}", "{}", "{replica: 2}", "{name: 2048}", "{name: }"):
        [fault] = faults_of(a_file(target=f"    create: {template}\n"))
        assert "create.name wants" in fault
    made = built(a_file(target="    create: {name: checkout, replica: 2}\n")).targets["checkout"]
    assert made.create == {"name": "checkout", "replica": 2}


def test_what_nothing_uses_yet_is_warned_about() -> None:
    """A rule without effect says so, and a connection until some system uses its kind."""
    lab = "  lab: {kind: cloudpods, auth: {token: '${TOKEN}'}}\n"
    text = a_file(connection=lab)
    component = ServiceStageV3()

    def warned(*systems: System[Any]) -> tuple[str, ...]:
        known = {each.spec.name: each for each in (component, *systems)}
        return build(read_document(text, ENVIRONMENT), known, KINDS).warnings

    assert warned() == ("connections.lab: no system uses a cloudpods connection yet",)
    assert warned(InTheLab()) == ()


class InTheLab(ServiceStageV3):
    """A system of another vendor."""

    spec = ServiceStageV3.spec.model_copy(
        update={"name": "lab-component", "connection_kind": "cloudpods"}
    )


def test_risky_rules_are_warned_about() -> None:
    """Y11, Y23: what is allowed but worth a look is said."""
    risky = a_file(
        connection="  x: {kind: huaweicloud, region: cn-north-4, project_id: p,"
        " auth: {token: written-out}}\n",
        policy="    self_approval: true\n  wide: {request: [anyone], approve: [S0A]}\n",
    ).replace("    policy: prod\n", "")
    assert built(risky).warnings == (
        "connections.x.auth.token (line 3): a secret is written out; write ${NAME} instead",
        "targets.checkout: no policy, so nobody may change it",
        "policies.prod: self_approval is on",
        "policies.wide: anyone may request",
    )
    lonely = built(risky).targets["checkout"]
    assert lonely.policy == NO_POLICY
    assert built(risky).policy_of(lonely).request == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  checkout:", "  prod:", "policies.prod: targets.prod is called so as well"),
        ("    policy: prod\n", "    policy: prod\n    aliases: [prod]\n",
         "policies.prod: targets.checkout is called so as well"),
    ],
)  # fmt: skip
def test_names_that_a_freeze_would_mistake_are_warned_about(old: str, new: str, told: str) -> None:
    """`/ops freeze` takes a target or a policy: two of one name cannot both be meant."""
    [warning] = built(a_file().replace(old, new)).warnings
    assert warning.startswith(told)


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _latin(path: Path) -> None:
    path.write_bytes("targets: {} # über".encode("latin-1"))


def _large(path: Path) -> None:
    path.write_text("#" * (SIZE_MAX + 1))


def _nothing(_path: Path) -> None:
    """Leave it missing."""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_nothing, "No such file"),
        (_folder, "is no file"),
        (_pipe, "is no file"),
        (_latin, "no UTF-8"),
        (_large, "larger than"),
    ],
)
def test_y1_what_is_no_readable_file_is_refused(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    """Y1: missing, a folder, a pipe, another encoding, too large: refused at once, by name."""
    path = tmp_path / "slipway.yaml"
    make(path)
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    [fault] = caught.value.faults
    assert fault.startswith(str(path))
    assert says in fault


def test_a_file_that_only_its_owner_reads_is_read(tmp_path: Path) -> None:
    """Nothing asks for more rights than reading."""
    path = tmp_path / "slipway.yaml"
    path.write_text(a_file())
    path.chmod(stat.S_IRUSR)
    assert load(path, ENVIRONMENT).targets


class AcmeConnection(Connection):
    """What a vendor that Slipway does not know would declare."""

    kind: Literal["acme"] = "acme"
    auth: ReadyToken
    site: str


class Acme(Huawei):
    """That vendor."""

    kind: ClassVar[str] = "acme"
    connection: ClassVar[type[Any]] = AcmeConnection


def test_a_vendor_is_what_it_declares() -> None:
    """Fields, faults and hints of a connection come from its vendor's declaration alone."""
    kinds = {**KINDS, "acme": Acme()}
    systems = {each.spec.name: each for each in SYSTEMS}

    def faults(line: str) -> str:
        text = a_file(connection=f"  x: {line}\n")
        with pytest.raises(ConfigurationError) as caught:
            build(read_document(text, ENVIRONMENT), systems, kinds)
        return str(caught.value)

    right = a_file(connection="  x: {kind: acme, site: north, auth: {token: '${TOKEN}'}}\n")
    known = build(read_document(right, ENVIRONMENT), systems, kinds)
    assert isinstance(known.connections["x"], AcmeConnection)
    assert "kind is missing: huaweicloud or cloudpods or acme" in faults("{site: north}")
    assert "did you mean 'acme'?" in faults("{kind: acmee}")
    assert "did you mean 'site'?" in faults("{kind: acme, sites: north, auth: {token: '${TOKEN}'}}")
    assert "did you mean 'token'?" in faults("{kind: acme, site: north, auth: {tokn: '${TOKEN}'}}")


def test_the_secrets_of_the_file_are_known() -> None:
    """Credentials, and what variables give to a chart's values; they are in no dump and no repr."""
    catalogue = built(CONTRACT)
    assert {ENVIRONMENT["CLOUD_SDK_SK"], "MIIFtoken", "p@ss word"} <= catalogue.secrets
    written = CONTRACT.replace("targets:\n", f"targets:\n{SEARCH}")
    given = {**ENVIRONMENT, "ADMIN": "hunter2hunter2", "NAMESPACE": "monitoring"}
    assert built(written, given).secrets - catalogue.secrets == {"hunter2hunter2"}
    assert "MIIFtoken" not in repr(catalogue) + catalogue.model_dump_json()


@pytest.mark.parametrize(
    "lines",
    [
        "values: {adminPassword: hunter2hunter2, replicas: 3, pullPolicy: IfNotPresent}",
        "values: {env: [{name: DB_PASSWORD, value: hunter2hunter2}, {name: A, value: innocent-1}]}",
        "values: {url: 'postgres://ops:hunter2hunter2@db/shop'}",
        "create: {chart_id: af4b699e-018c-11ec-b8b0-0255ac100b05, values: {token: hunter2hunter2}}",
    ],
)
def test_a_secret_that_is_written_out_is_known_as_well(lines: str) -> None:
    """V58: of what targets are sent, what is called a secret or looks like one is hidden."""
    text = SEARCH.replace('values: {adminPassword: "${ADMIN}"}', lines)
    written = CONTRACT.replace("targets:\n", f"targets:\n{text}")
    given = {**ENVIRONMENT, "NAMESPACE": "monitoring"}
    secrets = built(written, given).secrets - built(CONTRACT).secrets
    assert len(secrets) == 1
    assert "hunter2hunter2" in next(iter(secrets))


SEARCH: Final = """\
  search:
    system: cce-release
    connection: huawei
    cluster_id: a870253f-5dc7-11ee-bf71-0255ac100b03
    flavour: autopilot
    namespace: ${NAMESPACE}
    release: search
    chart: af4b699e-018c-11ec-b8b0-0255ac100b05
    values: {adminPassword: "${ADMIN}"}
"""


def test_aliases_are_accounts_of_one_person_each() -> None:
    """An account is in one list; a list names two at least, and no groups or names."""
    right = built(a_file() + "aliases: [[U0ANN, W0ANN], [U0BOB, U0BOB2, U0BOB3]]\n")
    assert right.aliases == (
        frozenset({"U0ANN", "W0ANN"}),
        frozenset({"U0BOB", "U0BOB2", "U0BOB3"}),
    )
    for wrong, why in (
        ("[[U0ANN]]", "aliases.0"),
        ("[[U0ANN, S0SRE]]", "aliases.0.1"),
        ("[[U0ANN, ann]]", "aliases.0.1"),
        ("[[U0ANN, W0ANN], [U0ANN, U0BOB]]", "U0ANN is there twice"),
        ("[[U0ANN, U0ANN]]", "U0ANN is there twice"),
        ("{U0ANN: W0ANN}", "aliases"),
    ):
        with pytest.raises(ConfigurationError, match=why.replace(".", r"\.")):
            built(a_file() + f"aliases: {wrong}\n")


def test_a_channel_may_have_another_language() -> None:
    """Channels are told in the language of the file; those that it names, in their own."""
    languages = 'language: zh\nchannels: {"#Ops": {language: en}}\n'
    catalogue = built(a_file(policy=languages))

    assert catalogue.unknown == {"#ops": ("channels.#ops",)}
    known = catalogue.known_as({"#ops": "C0OPS"})
    assert [known.language_in(each) for each in ("C0OPS", "C0DEPLOYS", "")] == ["en", "zh", "zh"]


def test_an_endpoint_that_nobody_asks_is_a_fault() -> None:
    """A misspelled service would leave the right one with the region's own address."""
    (fault,) = faults_of(CONTRACT.replace("      servicestage: ", "      servicstage: "))
    assert fault == (
        "connections.huawei.endpoints.servicstage (line 8): "
        "no service is called 'servicstage'; did you mean 'servicestage'?"
    )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  checkout:\n", "  all:\n", "targets.all"),
        ("aliases: [co]", "aliases: [all]", "targets.checkout.aliases"),
        ("  prod:\n", "  all:\n", "policies.all"),
    ],
)
def test_nothing_is_called_all(old: str, new: str, place: str) -> None:
    """`/ops freeze all` is about everything: what had that name could not be frozen alone."""
    text = CONTRACT.replace("policy: prod", "policy: all") if "polic" in place else CONTRACT
    assert any(
        place in each and "means every target" in each
        for each in faults_of(text.replace(old, new, 1))
    )


def test_who_lets_anyone_approve_is_told() -> None:
    """It is as wide as a door can be."""
    text = CONTRACT.replace("approve: [S0SRE]", "approve: [anyone]", 1)
    assert "policies.prod: anyone may approve" in built(text).warnings


def test_a_fault_names_the_variable_that_it_came_from() -> None:
    """A variable that is there, but empty, is found by its name."""
    (fault,) = faults_of(CONTRACT, {**ENVIRONMENT, "CLOUD_SDK_AK": ""})
    assert "wants 4 to 128 letters, digits" in fault
    assert fault.endswith("(filled in from CLOUD_SDK_AK)")
