"""ServiceStage v3 and v2: the two guides of the vendor's, and what its reference adds to them."""

from typing import Final
from uuid import uuid4

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.http.wire import Route
from bot.sandbox.clouds.huawei.servicestage.jobs import Jobs
from bot.sandbox.clouds.huawei.servicestage_v2.estate import EstateV2
from bot.sandbox.clouds.huawei.servicestage_v2.service import ServiceStageV2
from bot.sandbox.clouds.huawei.servicestage_v3.estate import Estate
from bot.sandbox.clouds.huawei.servicestage_v3.service import ServiceStageV3
from tests.documents.lines import Document, Line, Section

GUIDE_V3: Final = Document(
    "Guide, v3", "https://support.huaweicloud.com/api-servicestage/servicestage_06_0073.html"
)
GUIDE_V2: Final = Document(
    "Guide, v2", "https://support.huaweicloud.com/intl/en-us/api-servicestage/"
)
REFERENCE: Final = Document(
    "Reference", "https://support.huaweicloud.com/intl/en-us/api-servicestage/"
)
SDK: Final = Document("SDK", "https://github.com/huaweicloud/huaweicloud-sdk-python-v3")

_V3: Final = "/v3/{project_id}/cas/applications/{application_id}/components"
_ONE: Final = f"{_V3}/{{component_id}}"
_JOB: Final = "GET /v2/{project_id}/cas/jobs/{job_id}"
_V2: Final = "/v2/{project_id}/cas/applications/{application_id}/components"
_INSTANCES: Final = f"{_V2}/{{component_id}}/instances"
_INSTANCE: Final = f"{_INSTANCES}/{{instance_id}}"

_IN_V3: Final = "tests/systems/servicestage_v3"
_IN_V2: Final = "tests/systems/servicestage_v2"
_TALKS: Final = "tests/conversations"
_GRAY: Final = f"{_TALKS}/test_gray_releases.py"
_SIMULATOR: Final = "tests/sandbox/test_servicestage_simulator.py"
_SIMULATOR_V2: Final = "tests/sandbox/test_servicestage_v2_simulator.py"

_LINES_V3: Final = (
    Line(
        GUIDE_V3,
        "Before: a token from IAM, sent as `X-Auth-Token` with every call",
        commands=("/deploy billing 2.4.0",),
        tests=(
            "tests/systems/test_authentication.py",
            "tests/sandbox/test_servicestage_simulator_gateway.py::test_a_token_is_believed_while_it_lives",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 1: create a component, whose body is the target's `create:`",
        f"POST {_V3}",
        ("/ops create newcomer", "/ops create newcomer 0.1.0"),
        (
            f"{_TALKS}/test_other_actions.py::test_a_component_is_created",
            f"{_IN_V3}/test_sending.py::test_a_creation_fills_the_template",
            f"{_SIMULATOR}::test_the_vendors_printed_flow_works_literally",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 2: the job by its id, on v2's path, until its status is an end",
        _JOB,
        ("/ops status op-0123456789",),
        (
            f"{_IN_V3}/test_polling.py::test_what_a_job_status_means",
            "tests/sandbox/test_servicestage_simulator_jobs.py::test_both_paths_show_the_same_job_in_their_own_spelling",
        ),
    ),
    Line(
        REFERENCE,
        "The same job on v3's own path, in lower case",
        "GET /v3/{project_id}/cas/jobs/{job_id}",
        ("/ops status op-0123456789",),
        (f"{_IN_V3}/test_polling.py::test_a_job_is_looked_for_on_both_paths",),
    ),
    Line(
        GUIDE_V3,
        "Step 3: upgrade: `version`, and `source` with its address",
        f"PUT {_ONE}",
        ("/deploy checkout 1.4.0", "/upgrade checkout 1.4.0"),
        (
            f"{_TALKS}/test_deploy.py::test_an_approved_deployment_succeeds",
            f"{_IN_V3}/test_conversation.py::test_a_deployment_from_plan_to_end",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 3: `limit_cpu`, `limit_memory`, `request_cpu`, `request_memory`",
        f"PUT {_ONE}",
        ("/deploy checkout limit_cpu=0.5 request_memory=1",),
        (
            f"{_TALKS}/test_deploy.py::test_settings_are_read_approved_and_set",
            f"{_IN_V3}/test_settings.py::test_a_field_is_set_by_the_apis_own_name",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 3: `envs`; the platform's own are neither shown nor sent",
        f"PUT {_ONE}",
        ("/deploy checkout 1.4.0 env.testName=testValue",),
        (
            f"{_IN_V3}/test_settings.py::test_a_variable_is_set_and_what_it_was_stays_hidden",
            f"{_IN_V3}/test_sending.py::test_the_platforms_own_variables_are_left_out",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 3: `affinity`, `anti_affinity`, `liveness_probe`, `readiness_probe`, `command`, "
        "`mesher`: objects, as JSON",
        f"PUT {_ONE}",
        (
            '/deploy checkout affinity={"az": ["az1"]}',
            '/deploy checkout liveness_probe={"type": "tcp", "delay": 3, "timeout": 2}',
        ),
        (
            f"{_TALKS}/test_deploy.py::test_an_object_is_typed_as_json",
            f"{_IN_V3}/test_settings.py::test_a_field_is_set_by_the_apis_own_name",
        ),
    ),
    Line(
        GUIDE_V3,
        "Step 3: `refer_resources`, and whatever else is set: sent back as it is",
        f"PUT {_ONE}",
        ("/deploy checkout 1.4.0",),
        (
            f"{_IN_V3}/test_sending.py::test_a_deployment_keeps_every_other_setting",
            f"{_TALKS}/test_deploy.py::test_a_deployment_keeps_all_other_settings",
        ),
    ),
    Line(
        REFERENCE,
        "`deploy_strategy`: OneBatchRelease, RollingRelease with its batches",
        f"PUT {_ONE}",
        (
            "/deploy checkout 1.4.0 --strategy one-batch",
            "/deploy checkout 1.4.0 --strategy rolling:3",
        ),
        ("tests/core/rules/test_decide.py::test_a_version_is_brought_out_as_its_system_can",),
    ),
    Line(
        REFERENCE,
        "`deploy_strategy`: GrayRelease, by its share of the traffic",
        f"PUT {_ONE}",
        ("/deploy checkout 1.4.0 --strategy gray:20%",),
        (
            f"{_GRAY}::test_the_strategy_is_on_the_card_before_it_is_approved",
            f"{_GRAY}::test_it_runs_until_its_last_batch",
        ),
    ),
    Line(
        REFERENCE,
        "`component_status` GRAYING: a gray release waits for a step that somebody takes",
        f"GET {_ONE}",
        ("/ops status checkout",),
        (
            f"{_GRAY}::test_one_from_elsewhere_is_met",
            f"{_IN_V3}/test_plans.py::test_a_gray_release_is_told",
        ),
    ),
    Line(
        SDK,
        "Action `continue_deploy`: the next batch of a gray release",
        f"POST {_ONE}/action",
        ("slipway.recovery.continue_deploy",),
        (
            f"{_GRAY}::test_it_runs_until_its_last_batch",
            f"{_GRAY}::test_two_presses_bring_out_one_batch",
        ),
    ),
    Line(
        SDK,
        "Action `check_gray_release`: a look at the batch that is out",
        f"POST {_ONE}/action",
        ("slipway.recovery.check_gray_release",),
        (
            f"{_GRAY}::test_a_check_changes_nothing",
            f"{_GRAY}::test_a_check_that_fails_leaves_the_choice",
        ),
    ),
    Line(
        SDK,
        "Action `modify_gray_rule`",
        f"POST {_ONE}/action",
        tests=(
            "tests/sandbox/test_servicestage_simulator_actions.py::test_a_wrong_action_is_refused",
        ),
        why_not="no document says which parameters carry the rule",
    ),
    Line(
        GUIDE_V3,
        "Step 4: roll back, by the action `rollback_current`",
        f"POST {_ONE}/action",
        ("/rollback checkout", "slipway.rollback"),
        (
            f"{_TALKS}/test_rollback.py::test_a_deployment_that_succeeded_can_be_rolled_back",
            f"{_GRAY}::test_it_is_rolled_back_before_its_end",
        ),
    ),
    Line(
        REFERENCE,
        "Action `rollback` to a version of the records",
        f"POST {_ONE}/action",
        ("/rollback checkout 1.2.0",),
        (f"{_IN_V3}/test_rollbacks.py::test_how_a_rollback_is_asked_for",),
    ),
    Line(
        GUIDE_V3,
        "Step 5: other actions: `stop`, `start`, `restart`",
        f"POST {_ONE}/action",
        ("/ops stop checkout", "/ops start checkout", "/ops restart checkout"),
        (
            f"{_TALKS}/test_other_actions.py::test_an_action_is_approved_sent_and_done",
            f"{_IN_V3}/test_sending.py::test_the_body_of_an_action",
        ),
    ),
    Line(
        REFERENCE,
        "Action `scale`",
        f"POST {_ONE}/action",
        ("/ops scale checkout 3",),
        (f"{_TALKS}/test_other_actions.py::test_scaling_changes_the_number",),
    ),
    Line(
        REFERENCE,
        "A component's records",
        f"GET {_ONE}/records",
        ("/ops history checkout", "/ops revisions checkout"),
        (f"{_IN_V3}/test_reading.py::test_status_and_history_for_people",),
    ),
    Line(
        REFERENCE,
        "The components of an application",
        f"GET {_V3}",
        ("/ops status newcomer",),
        (f"{_IN_V3}/test_reading.py::test_without_an_id_the_name_finds_the_component",),
    ),
    Line(
        REFERENCE,
        "Delete a component",
        f"DELETE {_ONE}",
        ("/ops delete checkout",),
        (
            f"{_TALKS}/test_deletions.py::test_what_does_not_come_back_is_said_before",
            f"{_IN_V3}/test_deletion.py::test_it_is_gone_when_neither_it_nor_its_row_is_there",
        ),
    ),
    Line(
        REFERENCE,
        "The applications of a project",
        "GET /v3/{project_id}/cas/applications",
        ("/ops discover huawei",),
        (f"{_TALKS}/test_discovering.py::test_a_connection_tells_all_that_it_has",),
    ),
    Line(
        REFERENCE,
        "The components of a project",
        "GET /v3/{project_id}/cas/components",
        ("/ops discover huawei",),
        (f"{_TALKS}/test_discovering.py::test_a_connection_tells_all_that_it_has",),
    ),
)

_LINES_V2: Final = (
    Line(
        GUIDE_V2,
        "Before: a token from IAM, sent as `X-Auth-Token` with every call",
        commands=("/deploy billing 2.4.0",),
        tests=("tests/systems/test_authentication.py",),
    ),
    Line(
        GUIDE_V2,
        "Step 1: create a component, whose body is `create.component`",
        f"POST {_V2}",
        ("/ops create taxes",),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_creation_is_what_goes_out",
            f"{_IN_V2}/test_conversation.py::test_creating_takes_two_steps_and_is_found_by_name_then",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 2: create its instance, whose body is `create.instance`",
        f"POST {_INSTANCES}",
        ("/ops create taxes 1.0.0",),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_creation_is_what_goes_out",
            f"{_IN_V2}/test_creation.py::test_a_creation_at_a_version_fills_the_template",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 3: the job by its id, until its status is an end",
        _JOB,
        ("/ops status op-0123456789",),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_job_is_an_end",
            f"{_IN_V2}/test_conversation.py::test_jobs_are_read_with_keys_in_upper_case",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 4: upgrade: `version`, artifacts",
        f"PUT {_INSTANCE}",
        ("/deploy billing 2.4.0",),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_upgrade_is_sent_as_the_api_takes_it",
            f"{_IN_V2}/test_conversation.py::test_a_deployment_from_plan_to_end",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 4: `flavor_id`",
        f"PUT {_INSTANCE}",
        ("/deploy billing flavor_id=SMALL-10G:1.0C:2G",),
        (f"{_IN_V2}/test_settings.py::test_a_flavour_is_set",),
    ),
    Line(
        GUIDE_V2,
        "Step 4: `replica`, which an upgrade does not change: the action `scale` does",
        f"POST {_INSTANCE}/action",
        ("/ops scale billing 2",),
        (f"{_IN_V2}/test_conversation.py::test_switching_and_scaling",),
    ),
    Line(
        GUIDE_V2,
        "Step 2: `configuration.env`, and the other members of the configuration",
        f"PUT {_INSTANCE}",
        (
            "/deploy billing env.log-level=warn",
            '/deploy billing configuration={"scheduler": {"affinity": {"az": ["az1"]}}}',
        ),
        (
            f"{_IN_V2}/test_settings.py::test_a_variable_is_set_and_what_it_was_stays_hidden",
            f"{_IN_V2}/test_settings.py::test_members_of_the_configuration_are_set_one_by_one",
        ),
    ),
    Line(
        REFERENCE,
        "`configuration.strategy.upgrade`: RollingUpdate, Recreate",
        f"PUT {_INSTANCE}",
        ("/deploy billing 2.4.0 --strategy recreate",),
        (f"{_IN_V2}/test_settings.py::test_a_strategy_is_sent",),
    ),
    Line(
        GUIDE_V2,
        "Step 5: the snapshots; what is printed is no JSON, and is read as meant",
        f"GET {_INSTANCE}/snapshots",
        ("/ops history billing", "/ops revisions billing"),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_snapshots_lead_to_the_printed_rollback",
            f"{_IN_V2}/test_conversation.py::test_misprinted_snapshots_are_read_as_meant",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 6: roll back to a version of the snapshots",
        f"POST {_INSTANCE}/action",
        ("/rollback billing", "/rollback billing 2.2.0", "slipway.rollback"),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_snapshots_lead_to_the_printed_rollback",
            f"{_IN_V2}/test_conversation.py::test_rollbacks_one_after_the_other",
        ),
    ),
    Line(
        GUIDE_V2,
        "Step 7: other actions: `stop`, `start`, `restart`",
        f"POST {_INSTANCE}/action",
        ("/ops stop billing", "/ops start billing", "/ops restart billing"),
        (
            f"{_IN_V2}/test_documents.py::test_the_printed_stop",
            f"{_IN_V2}/test_sending.py::test_the_body_of_an_action",
        ),
    ),
    Line(
        REFERENCE,
        "An instance with its status",
        f"GET {_INSTANCE}",
        ("/ops status billing",),
        (f"{_IN_V2}/test_reading.py::test_status_and_history_for_people",),
    ),
    Line(
        REFERENCE,
        "The components of an application, and the instances of one",
        f"GET {_INSTANCES}",
        ("/ops status taxes",),
        (f"{_IN_V2}/test_reading.py::test_names_lead_to_the_instance",),
    ),
    Line(
        REFERENCE,
        "The components of an application",
        f"GET {_V2}",
        ("/ops create taxes",),
        (f"{_IN_V2}/test_conversation.py::test_half_a_creation_is_gone_on_with",),
    ),
    Line(
        REFERENCE,
        "A component, which is created without a job",
        f"GET {_V2}/{{component_id}}",
        ("/ops create taxes",),
        (f"{_IN_V2}/test_conversation.py::test_a_component_is_watched_by_reading_it",),
    ),
    Line(
        REFERENCE,
        "Delete an instance",
        f"DELETE {_INSTANCE}",
        ("/ops delete billing",),
        (
            f"{_TALKS}/test_deletions.py::test_an_instance_goes_with_its_component",
            f"{_IN_V2}/test_deletion.py::test_the_end_of_an_instance",
        ),
    ),
    Line(
        REFERENCE,
        "Delete a component that no instance is in",
        f"DELETE {_V2}/{{component_id}}",
        ("/ops delete billing",),
        (
            f"{_IN_V2}/test_deletion.py::test_the_component_goes_with_its_only_instance",
            f"{_IN_V2}/test_deletion.py::test_a_component_with_other_instances_stays",
        ),
    ),
    Line(
        REFERENCE,
        "The applications of a project",
        "GET /v2/{project_id}/cas/applications",
        ("/ops discover huawei",),
        (f"{_TALKS}/test_discovering.py::test_a_connection_tells_all_that_it_has",),
    ),
)


def _routes() -> tuple[tuple[Route, ...], tuple[Route, ...]]:
    """Return the calls that the two simulators play, jobs on both paths among them."""
    config, jobs = sandbox_config(), Jobs()

    def new_id() -> str:
        return str(uuid4())

    v3 = ServiceStageV3(Estate(config, jobs, now=0, new_id=new_id))
    instances = EstateV2(
        config.servicestage_v2,
        jobs,
        project_id=config.project_id,
        job_seconds=1,
        now=0,
        new_id=new_id,
    )
    v2 = ServiceStageV2(instances, config)
    return (*jobs.routes(), *v3.routes()), (*jobs.routes(), *v2.routes())


_PLAYED_V3, _PLAYED_V2 = _routes()
SECTIONS: Final = (
    Section("servicestage-v3", _LINES_V3, _PLAYED_V3),
    Section("servicestage-v2", _LINES_V2, _PLAYED_V2),
)
