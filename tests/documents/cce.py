"""CCE: the upgrade workflow, the releases, and what the vendor's reference adds to both."""

from typing import Final

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.cce_clusters.service import CceClusters
from bot.sandbox.clouds.huawei.cce_clusters.state import Clusters
from bot.sandbox.clouds.huawei.cce_releases.estate import ReleaseEstate
from bot.sandbox.clouds.huawei.cce_releases.service import CceReleases
from tests.documents.lines import Document, Line, Section

WORKFLOW: Final = Document(
    "Create an upgrade workflow",
    "https://support.huaweicloud.com/intl/en-us/api-cce/CreateUpgradeWorkFlow.html",
)
RELEASE: Final = Document(
    "Update a release, Autopilot",
    "https://support.huaweicloud.com/intl/en-us/api-cce/UpdateAutopilotRelease.html",
)
REFERENCE: Final = Document(
    "Reference", "https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html"
)

_BASE: Final = "/api/v3/projects/{project_id}/clusters/{cluster_id}"
_ALL: Final = "/v3/projects/{project_id}/clusters"
_OPERATION: Final = f"{_BASE}/operation"
_SNAPSHOT: Final = f"{_BASE.replace('/v3/', '/v3.1/')}/operation/snapshot"
_CAM: Final = "/autopilot/cam/v3/clusters/{cluster_id}"
_ONE: Final = f"{_CAM}/namespace/{{namespace}}/releases/{{name}}"
_CHARTS: Final = "/autopilot/v2/charts"
_SENDING: Final = "tests/systems/test_cce_cluster_sending.py"
_UPGRADES: Final = "tests/conversations/test_cluster_upgrades.py"
_PLANS: Final = "tests/systems/test_cce_release_plans.py"
_RELEASES: Final = "tests/systems/test_cce_release_conversation.py"
_OPTIONS: Final = "tests/conversations/test_release_options.py"
_ASKED: Final = "tests/conversations/test_values_and_versions.py"
_VALUES: Final = "tests/systems/test_cce_release_values.py"
_LISTED: Final = "tests/conversations/test_discovering.py"
_SETTINGS: Final = "tests/systems/test_cce_cluster_settings.py"
_UPGRADE: Final = "/upgrade edge v1.31"

_CLUSTER_LINES: Final = (
    Line(
        WORKFLOW,
        "The workflow, `spec.targetVersion`; 201 with the exact versions, points and lines",
        f"POST {_OPERATION}/upgradeworkflows",
        (_UPGRADE,),
        (
            f"{_SENDING}::test_the_documented_request_and_answer",
            f"{_UPGRADES}::test_a_cluster_is_upgraded",
        ),
    ),
    Line(
        WORKFLOW,
        "`status.phase`, `pointStatuses`, `lineStatuses` of a workflow",
        f"GET {_OPERATION}/upgradeworkflows/{{id}}",
        ("/ops status op-0123456789",),
        ("tests/systems/test_cce_cluster_tasks.py::test_words_of_a_workflow",),
    ),
    Line(
        WORKFLOW,
        "`critical` lines forbid to cancel; an open workflow is closed",
        f"PATCH {_OPERATION}/upgradeworkflows/{{id}}",
        ("/ops cancel edge", "slipway.recovery.cancel"),
        (f"{_UPGRADES}::test_an_open_workflow_is_shown_and_can_be_closed",),
    ),
    Line(
        REFERENCE,
        "All workflows of a cluster, ended ones too",
        f"GET {_OPERATION}/upgradeworkflows",
        ("/ops history edge",),
        ("tests/systems/test_cce_cluster_plans.py::test_the_history_of_a_cluster",),
    ),
    Line(
        REFERENCE,
        "The cluster, in detail: its phase, and how many nodes it has",
        f"GET {_BASE}",
        ("/ops status edge",),
        (
            "tests/systems/test_cce_cluster_plans.py::test_the_status_of_a_cluster",
            f"{_UPGRADES}::test_what_cannot_be_taken_back_is_said_before_anybody_approves",
        ),
    ),
    Line(
        REFERENCE,
        "What is offered to it",
        f"GET {_BASE}/upgradeinfo",
        ("/ops versions edge",),
        (f"{_ASKED}::test_versions_are_what_can_be_deployed",),
    ),
    Line(
        REFERENCE,
        "Where paths lead from its version",
        "GET /api/v3/clusterupgradepaths",
        ("/ops versions edge",),
        ("tests/systems/test_cce_cluster_plans.py",),
    ),
    Line(
        REFERENCE,
        "Its nodes: which is being upgraded",
        f"GET {_BASE}/nodes",
        (_UPGRADE,),
        (f"{_UPGRADES}::test_progress_is_told_by_the_node",),
    ),
    Line(
        REFERENCE,
        "The precheck; risks are left out on request",
        f"POST {_OPERATION}/precheck",
        (_UPGRADE, "slipway.recovery.skip"),
        (
            f"{_SENDING}::test_the_kits_requests",
            f"{_SENDING}::test_skipped_items_are_sent_with_their_nodes",
        ),
    ),
    Line(
        REFERENCE,
        "A precheck with its findings",
        f"GET {_OPERATION}/precheck/tasks/{{id}}",
        ("/ops status op-0123456789",),
        ("tests/systems/test_cce_cluster_findings.py",),
    ),
    Line(
        REFERENCE,
        "All prechecks, after a lost answer",
        f"GET {_OPERATION}/precheck/tasks",
        ("slipway.look_again",),
        ("tests/systems/test_cce_cluster_recovery.py",),
    ),
    Line(
        REFERENCE,
        "The backup of the control plane",
        f"POST {_SNAPSHOT}",
        (_UPGRADE,),
        (f"{_SENDING}::test_a_snapshot_has_no_body_and_its_id_stands_at_the_top",),
    ),
    Line(
        REFERENCE,
        "All backups",
        f"GET {_SNAPSHOT}/tasks",
        ("/ops status op-0123456789",),
        ("tests/systems/test_cce_cluster_tasks.py",),
    ),
    Line(
        REFERENCE,
        "The upgrade: batches, `nodeOrder`, `nodePoolOrder`, `addons`, from `upgrade:`",
        f"POST {_OPERATION}/upgrade",
        (_UPGRADE,),
        (f"{_SETTINGS}::test_everything_that_is_said_is_sent",),
    ),
    Line(
        REFERENCE,
        "An upgrade and its progress",
        f"GET {_OPERATION}/upgrade/tasks/{{id}}",
        ("/ops status op-0123456789",),
        (f"{_UPGRADES}::test_progress_is_told_by_the_node",),
    ),
    Line(
        REFERENCE,
        "All upgrades, after a lost answer",
        f"GET {_OPERATION}/upgrade/tasks",
        ("slipway.look_again",),
        ("tests/systems/test_cce_cluster_recovery.py",),
    ),
    Line(
        REFERENCE,
        "A failed upgrade runs again",
        f"POST {_OPERATION}/upgrade/retry",
        ("slipway.recovery.retry",),
        (f"{_SENDING}::test_a_retry_keeps_the_tasks_id",),
    ),
    Line(
        REFERENCE,
        "The postcheck; with `confirm_postcheck` people start it",
        f"POST {_OPERATION}/postcheck",
        (_UPGRADE, "slipway.recovery.postcheck"),
        (f"{_UPGRADES}::test_people_are_asked_before_the_postcheck",),
    ),
    Line(
        REFERENCE,
        "Clusters of the project, standard ones",
        f"GET /api{_ALL}",
        ("/ops discover huawei cluster",),
        (f"{_LISTED}::test_a_connection_tells_all_that_it_has",),
    ),
    Line(
        REFERENCE,
        "Clusters of the project, Autopilot's",
        f"GET /autopilot{_ALL}",
        ("/ops discover huawei cluster",),
        (f"{_LISTED}::test_a_connection_tells_all_that_it_has",),
    ),
    Line(
        REFERENCE,
        "Pause and continue an upgrade",
        f"POST {_OPERATION}/upgrade/pause",
        tests=("tests/sandbox/test_cce_cluster_simulator.py",),
        why_not="the vendor withdraws both, and Autopilot never had them",
    ),
)

_RELEASE_LINES: Final = (
    Line(
        RELEASE,
        "`action: upgrade` with chart, `values` and `parameters`",
        f"PUT {_ONE}",
        ("/deploy search 1.2.0 imageTag=v2", "/deploy search 1.2.0 --no-hooks --recreate"),
        (
            f"{_PLANS}::test_the_documents_request_and_answer",
            f"{_OPTIONS}::test_options_of_a_deployment_are_read_and_sent",
        ),
    ),
    Line(
        RELEASE,
        "`parameters.reset_values`",
        f"PUT {_ONE}",
        ("/deploy search 1.2.0 --reset-values",),
        (f"{_OPTIONS}::test_values_are_reset_to_the_charts",),
    ),
    Line(
        RELEASE,
        "`parameters.dry_run`: CCE checks and installs nothing",
        f"PUT {_ONE}",
        ("/deploy search 1.2.0 --dry-run",),
        (f"{_OPTIONS}::test_a_dry_run_of_a_cce_release_is_checked_by_cce",),
    ),
    Line(
        RELEASE,
        "`parameters.name_template`: of slipway.yaml, under `create:` or `parameters:`",
        f"PUT {_ONE}",
        ("/deploy search 1.2.0",),
        ("tests/catalogue/test_templates.py::test_cces_whole_body_is_taken",),
    ),
    Line(
        RELEASE,
        "`parameters.replace`",
        f"PUT {_ONE}",
        tests=(f"{_VALUES}::test_a_target_that_cannot_be_meant_is_refused",),
        why_not="the sources differ: a release is replaced, or values are kept",
    ),
    Line(
        RELEASE,
        "`action: rollback` with `parameters.release_version`",
        f"PUT {_ONE}",
        ("/rollback search 1",),
        (f"{_RELEASES}::test_rollbacks_one_after_the_other",),
    ),
    Line(
        RELEASE,
        "The answer: status, values as text with masks, version as the revision; its objects "
        "with `show_resources=true`",
        f"GET {_ONE}",
        ("/ops status search", "/ops values search"),
        (
            f"{_ASKED}::test_the_status_of_a_release_has_its_objects",
            f"{_ASKED}::test_values_are_those_that_are_set_and_the_charts",
        ),
    ),
    Line(
        RELEASE,
        "`status` UNKNOWN: delete by hand, install again",
        f"GET {_ONE}",
        ("/ops status search",),
        (f"{_RELEASES}::test_an_unknown_status_is_bad_and_an_unlisted_one_is_running",),
    ),
    Line(
        REFERENCE,
        "A release is created, after the target's `create:`",
        f"POST {_CAM}/releases",
        ("/ops create search",),
        (
            f"{_RELEASES}::test_a_deletion_and_a_creation",
            f"{_PLANS}::test_a_creation_says_all_that_the_vendor_wants",
        ),
    ),
    Line(
        REFERENCE,
        "All of this in a standard cluster, below paths of its own",
        f"PUT {_ONE.replace('/autopilot', '/cce')}",
        ("/deploy search 1.2.0",),
        (f"{_RELEASES}::test_a_standard_cluster_has_paths_of_its_own",),
    ),
    Line(
        REFERENCE,
        "A release is deleted; the call has no place for parameters",
        f"DELETE {_ONE}",
        ("/ops delete search",),
        (f"{_RELEASES}::test_a_deletion_and_a_creation",),
    ),
    Line(
        REFERENCE,
        "Its revisions",
        f"GET {_ONE}/history",
        ("/ops history search", "/ops revisions search"),
        (f"{_PLANS}::test_history_is_sorted_and_read_strictly",),
    ),
    Line(
        REFERENCE,
        "All releases of a cluster",
        f"GET {_CAM}/releases",
        ("/ops discover huawei release",),
        (f"{_LISTED}::test_a_connection_tells_all_that_it_has",),
    ),
    Line(
        REFERENCE,
        "All charts",
        f"GET {_CHARTS}",
        ("/ops versions search",),
        (f"{_ASKED}::test_versions_are_what_can_be_deployed",),
    ),
    Line(
        REFERENCE,
        "One version of a chart",
        f"GET {_CHARTS}/{{id}}",
        ("/deploy search 1.2.0",),
        (f"{_PLANS}::test_the_chart_is_found_with_its_version",),
    ),
    Line(
        REFERENCE,
        "A chart's default values",
        f"GET {_CHARTS}/{{id}}/values",
        ("/ops values search",),
        (f"{_ASKED}::test_values_are_those_that_are_set_and_the_charts",),
    ),
    Line(
        REFERENCE,
        "Clusters of the project, whose releases are listed",
        f"GET /api{_ALL}",
        ("/ops discover huawei release",),
        (f"{_LISTED}::test_a_connection_tells_all_that_it_has",),
    ),
    Line(
        REFERENCE,
        "Autopilot's clusters, whose releases are listed",
        f"GET /autopilot{_ALL}",
        ("/ops discover huawei release",),
        (f"{_LISTED}::test_a_connection_tells_all_that_it_has",),
    ),
)

_CONFIG: Final = sandbox_config()
_CLUSTERS: Final = CceClusters(Clusters(_CONFIG.cce_clusters, now=0, new_id=lambda: "x")).routes()
_HELM: Final = CceReleases(ReleaseEstate(_CONFIG.cce_releases, now=0)).routes()
SECTIONS: Final = (
    Section("cce-cluster", _CLUSTER_LINES, _CLUSTERS),
    Section("cce-release", _RELEASE_LINES, (*_HELM, *_CLUSTERS)),
)
