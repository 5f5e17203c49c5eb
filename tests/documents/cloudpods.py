"""Cloudpods' releases: the user's seven commands with their calls, and what stands around them."""

from typing import Any, Final
from uuid import uuid4

from bot.sandbox.clouds import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.estate import Pods
from bot.sandbox.clouds.cloudpods.lists import Lists
from bot.sandbox.clouds.cloudpods.releases import Releases
from bot.sandbox.clouds.cloudpods.tasks import Tasks
from bot.sandbox.clouds.http.wire import Route
from tests.documents.lines import Document, Line, Section

GUIDE: Final = Document("Release API", "https://www.cloudpods.org/")
SOURCE: Final = Document("kubeserver", "https://github.com/yunionio/kubecomps")

_ONE: Final = "/releases/{id}"
_IN: Final = "tests/systems/test_cloudpods_release"
_LAB: Final = f"{_IN}_conversation.py"
_DOCUMENTS: Final = f"{_IN}_documents.py"
_TALKS: Final = "tests/conversations"
_ASKED: Final = f"{_TALKS}/test_values_and_versions.py"
_OPTIONS: Final = f"{_TALKS}/test_release_options.py"
_LISTED: Final = (f"{_TALKS}/test_discovering.py::test_a_connection_tells_all_that_it_has",)
_DISCOVER: Final = ("/ops discover lab",)

_LINES: Final = (
    Line(
        GUIDE,
        "k8s-release-create, after the target's `create:`, wrapped or bare",
        "POST /releases",
        ("/ops create etcd", "/ops create etcd 8.11.1"),
        (
            f"{_DOCUMENTS}::test_the_documented_creation_is_sent",
            f"{_DOCUMENTS}::test_the_vendors_whole_body_is_sent_as_it_was_planned",
        ),
    ),
    Line(
        GUIDE,
        "k8s-release-list, with its filters; `/api/repos` there is a slip",
        "GET /releases",
        ("/ops discover lab release deployed", "/ops status etcd"),
        (*_LISTED, f"{_IN}_reads.py::test_the_list_is_asked_for_one_place_and_without_details"),
    ),
    Line(
        GUIDE,
        "k8s-release-show: state, `resources`, `type`, `version`",
        f"GET {_ONE}",
        ("/ops status etcd", "/ops values etcd"),
        (
            f"{_ASKED}::test_the_status_of_a_release_has_its_objects",
            f"{_DOCUMENTS}::test_the_documented_show_and_history_are_understood",
        ),
    ),
    Line(
        SOURCE,
        "k8s-release-upgrade, by the call that servers of today have",
        f"POST {_ONE}/upgrade",
        ("/deploy etcd 8.11.2", "/deploy etcd image.tag=3.5.9"),
        (f"{_LAB}::test_a_deployment_from_plan_to_end",),
    ),
    Line(
        GUIDE,
        "k8s-release-upgrade by PUT, which old servers alone heed",
        f"PUT {_ONE}",
        ("/deploy etcd 8.11.2",),
        (
            f"{_DOCUMENTS}::test_the_documented_update_is_sent_to_an_old_server",
            f"{_TALKS}/test_cloudpods_releases.py::test_an_old_server_is_sent_the_update_by_a_second_permit",
        ),
    ),
    Line(
        GUIDE,
        "--values, YAML files: the target's `values:`, sent whole with what was typed",
        f"POST {_ONE}/upgrade",
        ("/deploy etcd image.tag=3.5.9",),
        (
            f"{_LAB}::test_declared_values_are_sent_whole",
            f"{_TALKS}/test_values.py::test_values_of_several_files_are_sent_as_one",
        ),
    ),
    Line(
        GUIDE,
        "--version: always sent, since without one Cloudpods takes the newest",
        f"POST {_ONE}/upgrade",
        ("/deploy etcd 8.11.2",),
        (f"{_IN}_plans.py::test_an_unread_version_must_be_named",),
    ),
    Line(
        GUIDE,
        "--reuse-values",
        f"POST {_ONE}/upgrade",
        tests=(f"{_LAB}::test_a_value_is_sent_with_all_others_and_the_running_version",),
        why_not="the server does not heed it and drops what it is not sent; all values are sent",
    ),
    Line(
        GUIDE,
        "--timeout, --details",
        "POST /releases",
        tests=(f"{_DOCUMENTS}::test_a_templates_parts_are_sent",),
        why_not="the server heeds neither; those of `create:` are sent as they stand",
    ),
    Line(
        GUIDE,
        "--cluster, --namespace, --name: which release is meant",
        "GET /releases",
        ("/ops status etcd",),
        (f"{_IN}_reads.py::test_rows_of_other_places_are_not_taken",),
    ),
    Line(
        GUIDE,
        "--reset-values: nothing holds but what is declared and typed now",
        f"POST {_ONE}/upgrade",
        ("/deploy etcd 8.11.2 replicaCount=1 --reset-values",),
        ("tests/systems/test_helm_wanted.py",),
    ),
    Line(
        GUIDE,
        "--dry-run of an upgrade: the server takes it for none and upgrades, so it is never sent",
        f"POST {_ONE}/upgrade",
        ("/deploy etcd 8.11.2 --dry-run",),
        (
            f"{_OPTIONS}::test_no_dry_run_is_ever_sent_to_cloudpods",
            f"{_DOCUMENTS}::test_no_dry_run_is_ever_sent",
        ),
    ),
    Line(
        GUIDE,
        "k8s-release-history",
        f"GET {_ONE}/history",
        ("/ops history etcd", "/ops revisions etcd"),
        (f"{_LAB}::test_more_than_nine_revisions_are_sorted",),
    ),
    Line(
        GUIDE,
        "--max, how many revisions",
        f"GET {_ONE}/history",
        tests=(f"{_IN}_history.py::test_a_history_is_sorted_by_number",),
        why_not="all are read, since the way back may be any of them",
    ),
    Line(
        GUIDE,
        "k8s-release-rollback",
        f"POST {_ONE}/rollback",
        ("/rollback etcd 1", "/rollback etcd --recreate --force"),
        (
            f"{_LAB}::test_a_rollback_makes_a_new_revision",
            f"{_OPTIONS}::test_options_of_a_rollback_at_cloudpods",
        ),
    ),
    Line(
        GUIDE,
        "--description of a rollback",
        f"POST {_ONE}/rollback",
        tests=(f"{_DOCUMENTS}::test_the_documented_rollback_and_deletion_are_sent",),
        why_not="the server ignores it; the reason is in the journal",
    ),
    Line(
        GUIDE,
        "k8s-release-delete",
        f"DELETE {_ONE}",
        ("/ops delete etcd",),
        (f"{_LAB}::test_a_deletion_and_a_creation",),
    ),
    Line(
        SOURCE,
        "A record that cannot be deleted is purged",
        f"POST {_ONE}/purge",
        ("slipway.recovery.purge",),
        (
            f"{_TALKS}/test_cloudpods_releases.py::test_a_release_that_cannot_be_deleted_is_taken_off_the_list",
        ),
    ),
    Line(
        GUIDE,
        "`type: internal`: the platform chooses cluster and namespace",
        "POST /releases",
        ("/ops create etcd",),
        (f"{_LAB}::test_an_internal_release_from_creation_to_deletion",),
    ),
    Line(
        GUIDE,
        "k8s-chart-show: the default values at `.chart.chart.values`",
        "GET /charts/{name}",
        ("/ops values etcd image",),
        (f"{_ASKED}::test_values_can_be_looked_for_by_a_word",),
    ),
    Line(
        SOURCE,
        "The versions of a chart, pre-releases too",
        "GET /charts",
        ("/ops versions etcd",),
        (f"{_ASKED}::test_versions_are_what_can_be_deployed",),
    ),
    Line(GUIDE, "k8s-cluster-list", "GET /kubeclusters", _DISCOVER, _LISTED),
    Line(GUIDE, "k8s-namespace-list", "GET /namespaces", _DISCOVER, _LISTED),
    Line(SOURCE, "The repositories of charts", "GET /repos", _DISCOVER, _LISTED),
)


def _routes() -> tuple[Route, ...]:
    """Return the calls as Slipway makes them: below the address of the service."""
    pods = Pods(sandbox_cloudpods(), lambda: str(uuid4()))
    tasks = Tasks(pods)
    played: Any = (
        *tasks.routes(),
        *Releases(pods, tasks).routes(),
        *Lists(pods, tasks).routes(),
    )
    return tuple(Route(each.method, each.path.removeprefix("/api"), each.handle) for each in played)


SECTIONS: Final = (Section("cloudpods-release", _LINES, _routes()),)
