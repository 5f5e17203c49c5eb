"""The vendor's own body under `create:`: taken whole, and at one with its target."""

from typing import Final

import pytest

from tests.catalogue.files import a_file, built, faults_of

LAB: Final = (
    "  lab: {kind: cloudpods, auth: {token: '${TOKEN}'}, endpoints: {k8s: https://lab/api}}\n"
)
ETCD: Final = """\
  etcd:
    system: cloudpods-release
    connection: lab
    cluster: test122
    namespace: default
    release: etcd-release
    chart: bitnami-new/etcd
    policy: prod
"""


def with_etcd(create: str) -> str:
    """A file with a release of Cloudpods that has this template."""
    text = a_file(connection=LAB)
    return text.replace("targets:\n", f"targets:\n{ETCD}    create: {create}\n")


WHOLE: Final = """
      chart_name: bitnami-new/etcd
      cluster: test122
      namespace: default
      release_name: etcd-release
      version: 8.11.1
      timeout: 600
      values_json: {image: {tag: 3.5.8-debian-11-r9}}
"""


@pytest.mark.parametrize("body", [WHOLE, "\n      release:" + WHOLE.replace("\n  ", "\n    ")])
def test_the_vendors_whole_body_is_taken(body: str) -> None:
    """With its wrapper and without, as the vendor's documents and its command line have it."""
    assert built(with_etcd(body)).targets["etcd"].create is not None


@pytest.mark.parametrize(
    ("key", "value", "setting", "ours"),
    [
        ("chart_name", "bitnami-new/redis", "chart", "bitnami-new/etcd"),
        ("chart", "redis", "chart", "etcd"),
        ("repo", "stable", "chart", "bitnami-new"),
        ("release_name", "other", "release", "etcd-release"),
        ("name", "other", "release", "etcd-release"),
        ("cluster", "test123", "cluster", "test122"),
        ("cluster_id", "c-1", "cluster", "test122"),
        ("namespace", "kube-system", "namespace", "default"),
        ("namespace_id", "n-1", "namespace", "default"),
    ],
)
def test_what_the_target_says_already_must_agree(
    key: str, value: str, setting: str, ours: str
) -> None:
    """Else it is a fault with both places, and the key that stands in the file."""
    [fault] = faults_of(with_etcd(f"{{{key}: {value}}}"))
    assert fault.startswith(f"targets.etcd.create.{key} (line ")
    assert f"is '{value}', but targets.etcd.{setting} (line " in fault
    assert fault.endswith(f" is '{ours}'")


def test_a_key_that_the_vendor_does_not_have_is_a_fault() -> None:
    """What may have been meant is a key of the body, not of the target."""
    [fault] = faults_of(with_etcd("{chart_nam: bitnami-new/etcd}"))
    assert fault.startswith("targets.etcd.create.chart_nam (line ")
    assert fault.endswith("unknown key; did you mean 'chart_name'?")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("{dry_run: true}", "create.dry_run"),
        ("{version: a b}", "create.version"),
        ("{values: 'a: on'}", "create.values"),
        ("{values: '- a'}", "create.values"),
        ("{values: ' a: [', sets: {'.': x}}", "create."),
        ("{sets: {'..': x}}", "create.sets"),
        ("{values_json: {a: '******'}}", "create.values_json"),
    ],
)
def test_what_cannot_be_sent_is_a_fault_at_its_key(body: str, place: str) -> None:
    """A dry run would create nothing; values have to mean the same to everybody who reads them."""
    assert all(f"targets.etcd.{place}" in fault for fault in faults_of(with_etcd(body)))
    assert faults_of(with_etcd(body))


def test_a_release_wants_its_place_unless_the_platform_chooses_it() -> None:
    """An internal one may name its place, to be told from others of its name."""
    text = with_etcd("{}").replace("    cluster: test122\n    namespace: default\n", "")
    assert faults_of(text) == [
        "targets.etcd.cluster (line 5): is missing",
        "targets.etcd.namespace (line 5): is missing",
    ]
    inner = text.replace("release: etcd-release", "release: etcd-release\n    type: internal")
    assert built(inner).targets["etcd"].create == {}
    placed = inner.replace("type: internal", "type: internal\n    namespace: p-1")
    [fault] = faults_of(placed)
    assert "cluster" in fault


CHART: Final = "af4b699e-018c-11ec-b8b0-0255ac100b05"
SEARCH: Final = f"""\
  search:
    system: cce-release
    connection: h
    cluster_id: a870253f-5dc7-11ee-bf71-0255ac100b03
    flavour: autopilot
    namespace: monitoring
    release: search
    chart: {CHART}
    policy: prod
"""
WHOLE_OF_CCE: Final = f"""
      chart_id: {CHART}
      name: search
      namespace: monitoring
      version: 1.0.0
      description: the search
      parameters: {{dry_run: false, name_template: string, no_hooks: false, replace: false,
                   recreate: false, reset_values: false, release_version: 1, include_hooks: false}}
      values: {{imagePullPolicy: IfNotPresent, imageTag: v2}}
"""


def with_search(create: str, chart: str = CHART) -> str:
    """A file with a release of CCE that has this template."""
    text = SEARCH.replace(f"chart: {CHART}", f"chart: {chart}")
    return a_file().replace("targets:\n", f"targets:\n{text}    create: {create}\n")


@pytest.mark.parametrize("chart", [CHART, CHART.upper(), "magento-mysql"])
def test_cces_whole_body_is_taken(chart: str) -> None:
    """V5: also where the target names its chart, whose id the body then tells."""
    create = built(with_search(WHOLE_OF_CCE, chart)).targets["search"].create
    assert create is not None
    assert create["chart_id"] == CHART


@pytest.mark.parametrize(
    ("key", "value", "setting", "ours"),
    [
        ("chart_id", CHART.replace("05", "06"), "chart", CHART),
        ("name", "other", "release", "search"),
        ("namespace", "kube-system", "namespace", "monitoring"),
    ],
)
def test_what_cces_body_says_once_more_must_agree(
    key: str, value: str, setting: str, ours: str
) -> None:
    """V5: else it is a fault with both places."""
    [fault] = faults_of(with_search(f"{{{key}: {value}}}"))
    assert fault.startswith(f"targets.search.create.{key} (line ")
    assert f"is '{value}', but targets.search.{setting} (line " in fault
    assert fault.endswith(f" is '{ours}'")


def test_a_key_that_cce_does_not_have_is_a_fault() -> None:
    """V5: the word that is proposed is one of the body."""
    [fault] = faults_of(with_search("{chart_idd: x}"))
    assert fault.startswith("targets.search.create.chart_idd (line ")
    assert fault.endswith("unknown key; did you mean 'chart_id'?")
    assert "create_body" not in " ".join(faults_of(with_search("{values: 5, version: a b}")))
