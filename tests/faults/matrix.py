"""The fault matrix: for each of its rows the tests that cover it, or why none can.

A line is a number, a fault, and what covers it: `file:test` below tests/, without `test_` and
`.py`. What follows two dashes says what of the row is left out, and why.
"""

import re
from typing import Final, NamedTuple

ROWS_IN_ALL: Final = 119
_LINE: Final = re.compile(r"^ *(\d+) \| ([^|]+?) \| (.*)$")

_TABLE: Final = """
1 | the bot dies before it recorded | S:single
2 | the bot dies before its answer | S:single
3 | the bot dies before the doorbell | S:single
4 | the bot dies at a gate | K:a_killed_process_costs_nothing
5 | the bot dies while an approval is written | S:single
6 | the workers' parent dies | K:a_killed_process_costs_nothing C:done
7 | a worker dies before it began | K:a_killed_process_costs_nothing S:single
8 | a worker dies before the permit | L:a_worker_that_dies_before_its_permit_costs_nothing
   S:single
9 | a worker dies with a permit, unsent | K:an_unsent_call_is_never_sent_again S:single
10 | a worker dies with the call sent | K:a_killed_process_costs_nothing S:single
11 | the poller dies while it watches | K:a_killed_process_costs_nothing S:single
12 | the poller dies with the end read | S:single
13 | the outbox dies with the end recorded | K:a_killed_process_costs_nothing S:single
14 | the same for a rollback | S:single S:together
15 | everything dies at once | C:done
16 | the parent stands still, its child works | S:single C:done
17 | a worker stands still between permit and call | S:single
   L:a_permit_that_grew_too_old_is_not_used
18 | all stand still for ten minutes | G:a_press_after_the_expiry_is_late_even_before_the_sweeper
   D:a_delivery_that_comes_again_is_one_operation -- the freezer of a whole group is a privilege
19 | SIGTERM in a mutating call | processes/shutdown:a_call_in_flight_is_waited_for
20 | SIGTERM twice | R:a_supervisor_that_is_asked_twice_to_end_doubles_nothing
21 | a worker dies between pop and start | S:single
22 | the same with two queues | S:single -- a worker has one queue
23 | a job is gone while it is queued | R:jobs_that_vanish_from_the_queue_are_rung_for_again
24 | RQ calls failed what runs | K:a_killed_process_costs_nothing S:single -- nothing reads RQ's
   word
25 | one operation is rung for many times | M:a_doorbell_that_rings_ten_times_is_one_permit
26 | RQ's time-out within a job | S:single
27 | a process is killed for its memory | K:a_killed_process_costs_nothing -- the kernel sends
   SIGKILL
28 | a worker's segmentation fault | K:a_killed_process_costs_nothing -- ends it as SIGKILL does
29 | two sweepers at once | processes/outages:two_supervisors_send_once
30 | Redis dies and keeps its data | K:a_killed_process_costs_nothing -- the embedded one keeps
   none:
   that is row 31, which is worse
31 | Redis dies and loses its data | K:a_killed_process_costs_nothing C:done
   M:a_redis_that_forgets_everything_costs_seconds
32 | Redis is down at a command | processes/outages:a_command_without_redis_is_recorded
33 | Redis is down while it is watched | processes/outages:a_call_in_flight_survives_redis
34 | Redis goes as a job ends | K:a_killed_process_costs_nothing
35 | Redis loses a part of its data | K:a_killed_process_costs_nothing C:done -- all is more than
   a part
36 | Redis says nothing | R:a_redis_that_says_nothing_keeps_nobody_waiting
37 | Redis' answer to a doorbell is lost | R:a_lost_answer_of_redis_doubles_nothing
38 | Redis has no memory left | R:a_redis_that_refuses_is_a_redis_that_is_away
39 | Redis evicts keys | cli/doctor:a_redis_that_throws_away_is_warned_about
40 | Redis is read-only, or loads | R:a_redis_that_refuses_is_a_redis_that_is_away
41 | Redis forbids | R:a_redis_that_refuses_is_a_redis_that_is_away
42 | a neighbour flushes Redis | R:a_flushed_redis_costs_nothing
43 | a forged job | workers/processes/rq_worker:f5_a_forged_job_is_refused_and_the_next_one_runs
44 | a forged order to a worker | R:forged_orders_to_workers_double_nothing
45 | killed at the n-th write to the disk | S:single -- the n-th system call wants strace; a
   transaction is one here, which is SQLite's own promise
46 | the disk fails once | journal/database:a_broken_disk_ends_the_process
47 | the disk is full before the call | journal/database:a_full_disk_records_nothing
48 | the disk is full after the call | L:an_outcome_is_recorded_when_the_journal_comes_back
   processes/outages:a_locked_database_loses_no_answer
49 | another program holds the journal | processes/outages:a_locked_database_records_nothing
50 | the journal is yesterday's | -- nothing outside of the journal is kept yet that could tell
51 | a byte of the audit is changed | journal/audit:tampering_is_found
   cli/reading:the_audit_is_sound_until_a_record_is_flipped -- a start does not walk the chain
52 | the cloud's port is closed | workers/cloud/client:nobody_listening_is_not_sent
   L:a_cloud_that_does_not_listen_is_called_again
53 | the cloud's name is unknown | workers/cloud/client:an_unknown_name_is_not_sent
54 | no handshake, a wrong certificate | workers/cloud/client:a_failed_handshake_is_not_sent
   workers/cloud/client:certificates_are_verified
55 | reset before it was executed | S:single L:a_lost_call_is_never_sent_again
56 | executed, then reset | S:single L:a_lost_answer_is_uncertain_then_adopted
57 | a 5xx before it was executed | S:single
58 | executed, then a 5xx | S:single
59 | a 504, executed later | S:single L:a_call_that_came_late_is_adopted_when_it_comes
60 | executed after the settle time | L:what_surfaces_after_the_decision_is_said_aloud
   L:what_another_operation_started_is_no_surprise
61 | the cloud hangs | workers/cloud/client:a_slow_answer_ends_at_the_total
62 | 429 with any Retry-After | workers/cloud/replies:retry_after L:an_odd_retry_after_is_no_trap
63 | 429 for long | conversations/limits:throttled_reads_wait_and_fail_nothing
64 | accepted, the answer cut short | workers/cloud/client:a_lost_answer_is_unknown
   systems/servicestage_v2/conversation:a_spoiled_acceptance_is_adopted
65 | accepted, the answer garbage | workers/cloud/replies:any_bytes_make_a_reply
   systems/contract:a_system_keeps_the_contract
66 | a login page | S:single workers/cloud/client:an_unreadable_success_has_no_body
   systems/huawei_errors:a_foreign_body_proves_nothing
67 | a task id that is none | systems/contract:a_system_keeps_the_contract
   systems/servicestage_v3/polling:a_foreign_id_never_reaches_a_path
68 | a byte a second | workers/cloud/client:a_slow_answer_ends_at_the_total
69 | closed after the headers | workers/cloud/client:a_lost_answer_is_unknown
70 | another request's answer | systems/servicestage_v3/polling:another_jobs_answer_is_not_believed
   workers/cloud/client:a_mutation_goes_alone_and_once
71 | a redirect | workers/cloud/client:a_redirect_is_not_followed
72 | the token ends | workers/cloud/client:an_expired_token_is_renewed_once_for_a_read
   workers/cloud/client:a_mutation_is_not_repeated_for_a_token
73 | the right to look is gone | conversations/watching:a_right_that_is_gone_stalls_at_once
74 | unknown right after acceptance | W:a_task_that_the_api_does_not_show_yet_is_waited_for
75 | an unlisted status | conversations/watching:a_word_that_nobody_lists_is_told_once
76 | a status goes back | core/lifecycle:every_pair_is_in_the_table_or_refused -- the first end
   stands; a second reading of it is not asked for
77 | the task vanishes | conversations/watching:a_job_that_vanished_is_stalled_and_watched_on
78 | the task never ends | conversations/watching:a_job_without_end_is_stalled_at_the_deadline
79 | changed before the permit | S:single G:another_version_that_runs_now_voids_the_approval
80 | changed meanwhile | systems/cce_release_conversation:a_newer_revision_does_not_hide_ours
81 | busy with our own call | S:busy
82 | a quota is used up | L:a_refused_call_ends_in_the_apis_own_words
83 | the cloud is down while it is watched | conversations/watching:a_look_that_fails_is_repeated
84 | a rollback of what is uncertain | L:an_uncertain_target_stays_locked
85 | a rollback's answer is lost | S:single L:a_lost_rollback_is_not_repeated_either
86 | the revision to return to is gone | B:an_unknown_revision_gets_the_near_ones
87 | two roll back at once | B:two_people_roll_back_once
88 | Slack wants a pause | A:a_pause_that_slack_names_is_kept
89 | Slack wants an odd pause | workers/slack/web_api:the_pause_is_obeyed_within_reason
90 | posted, then reset | S:single A:a_reply_is_posted_once_and_in_its_place
91 | an error of Slack's own | A:a_reply_is_posted_once_and_in_its_place
92 | a message is too long | A:the_words_fit_even_when_everything_is_long
93 | the channel cannot be written | A:a_bot_outside_the_channel_posts_when_it_is_invited
   A:where_the_channel_cannot_be_written_whoever_asked_is_told
94 | the card is deleted | A:a_card_that_was_deleted_comes_again
95 | the card cannot be updated | A:a_card_that_was_deleted_comes_again -- all codes take one way
96 | Slack's token is revoked | A:everything_arrives_in_order_after_a_long_absence
   A:unknown_rights_are_no_rights
97 | a scope is missing | cli/doctor:a_missing_scope_is_named
98 | Slack's answer is none | A:a_card_is_posted_once workers/slack/web_api:silence_is_no_answer
99 | Slack is down for hours | A:everything_arrives_in_order_after_a_long_absence
100 | a command comes three times | handlers/ingress:slacks_own_retry_has_one_effect
   D:a_delivery_that_comes_again_is_one_operation
101 | approved before the post is known |
   R:an_approval_may_come_before_the_card_is_known_to_be_posted
102 | approved after the end | conversations/bad_presses:a_press_after_the_end_is_told_how_it_ended
103 | twenty approve at once | processes/approvals:of_twenty_approvals_at_once_one_counts
104 | Socket Mode reconnects | processes/transports:a_lost_connection_is_opened_again
105 | response_url is used up | conversations/bad_commands:an_address_for_answers_is_never_called
106 | the clock jumps | handlers/ingress:an_old_or_early_signature_is_refused
   redis/rate_limits:a_clock_that_was_set_back_stops_nobody_for_long -- a live jump wants
   libfaketime
107 | the clock is a day late at a start | cli/start:a_clock_behind_the_journal_is_refused
108 | daylight saving | core/rules/rights:a_freeze_follows_daylight_saving
109 | slipway.yaml breaks or changes | G:faults_in_the_file_leave_the_old_rules_in_force
   G:a_target_that_left_the_file_stops_it G:a_policy_that_changed_voids_the_approval
110 | an approver leaves | G:an_approver_who_left_takes_the_approval_along
111 | an upgrade meanwhile | journal/migrations:an_older_journal_keeps_its_operations -- not with
   two releases' processes: there is one release
112 | two versions at once | journal/commit:what_another_version_wrote_is_not_guessed
   conversations/machines_away:what_another_version_recorded_is_parked_and_said
   journal/migrations:another_version_is_refused
113 | the signing secret changes | handlers/fuzz:a_guessed_signature_is_refused -- there is one
   secret
114 | no descriptors left | processes/descriptors:a_bot_without_descriptors_tells_the_truth
   processes/descriptors:workers_without_descriptors_send_once
115 | five hundred commands | journal/create:pending_work_has_limits
   handlers/ingress:who_waits_too_long_is_refused_truthfully -- its figures are tests/bench's
116 | a living socket is destroyed | S:single workers/cloud/client:a_lost_answer_is_unknown C:done
117 | the outbox dies in the middle | K:a_killed_process_costs_nothing S:single
118 | the anchor's store is away | -- there is no anchor yet
119 | some of all this by chance | C:done S:together
"""
_FILES: Final = {
    "A": "conversations/slack_away",
    "B": "conversations/rollback",
    "C": "faults/campaign",
    "D": "conversations/deploy",
    "G": "conversations/gate",
    "K": "processes/kills",
    "L": "conversations/lost_answers",
    "M": "conversations/machines_away",
    "R": "faults/rows",
    "S": "faults/schedules",
    "W": "workers/watching/judgement",
}
_TESTS: Final = {
    "single": "whatever_single_thing_happens",
    "together": "whatever_happens_together",
    "busy": "a_busy_answer_to_what_was_executed_sends_nothing_again",
    "done": "whatever_is_done_to_the_processes",
}


class Row(NamedTuple):
    """One row: a fault, the tests that cover it, and what they leave out."""

    number: int
    fault: str
    tests: tuple[str, ...]  # "processes/test_kills.py::test_…", below tests/
    left_out: str


def rows() -> list[Row]:
    """Return the whole matrix."""
    joined = re.sub(r"\n +", " ", _TABLE)
    return [_row(line) for line in joined.strip().splitlines()]


def _row(line: str) -> Row:
    found = _LINE.match(line)
    assert found, line
    covering, _, left_out = found[3].partition("--")
    tests = tuple(_node(each) for each in covering.split())
    return Row(int(found[1]), found[2], tests, left_out.strip())


def _node(short: str) -> str:
    file, _, test = short.partition(":")
    folder, _, name = _FILES.get(file, file).rpartition("/")
    return f"{folder}/test_{name}.py::test_{_TESTS.get(test, test)}"
