"""`slipway doctor`: each finding, and what the worst of them means for the exit code."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from redis import Redis
from sqlalchemy import text

from bot.app.anchoring import NO_KEY
from bot.app.resources import now
from bot.cli.redis_checks import loses_jobs
from bot.core.hooks import Answer, Event, Nothing
from bot.core.ports import AuditEntry
from bot.core.surfaces import whispered
from bot.journal import Journal, journal_on, open_engine, ping
from bot.journal.database import writing
from bot.journal.migrations import wanted
from bot.redis.doorbell import open_redis
from bot.redis.rights import LEAST
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.content import SECRETS, configuration
from bot.sandbox.ports import free_port
from bot.sandbox.slack import (
    SANDBOX,
    Channel,
    Group,
    Person,
    RateLimits,
    Workspace,
    served,
    served_app,
    slack_app,
)
from tests.catalogue.files import a_file
from tests.cli.conftest import Run
from tests.journal.builders import ANN, NOON
from tests.skewed import skewed
from workers.slack import SCOPES

T = TypeVar("T")


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """A workspace that the whole module asks."""
    with served(Workspace(SANDBOX, limits=RateLimits(enabled=False))) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def cloud() -> Iterator[tuple[HuaweiCloud, str]]:
    """A cloud that the whole module asks, with its address."""
    cloud = HuaweiCloud(sandbox_config())
    with served_app(huawei_app(cloud)) as address:
        yield cloud, address


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    """The address of a Cloudpods that the whole module asks."""
    with served_app(cloudpods_app(CloudpodsCloud(sandbox_cloudpods()))) as address:
        yield address


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty server, left as it was found."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.config_set("maxmemory-policy", "noeviction")
    client.close()


@pytest.fixture
def well(
    workspace: Workspace,
    cloud: tuple[HuaweiCloud, str],
    lab: str,
    redis: Redis,
    valkey_url: str,
    journal: Journal,
    environment: dict[str, str],
) -> dict[str, str]:
    """An environment in which everything is well."""
    assert redis.ping()
    ping(journal.database)
    workspace.set_scopes(frozenset(SCOPES))
    workspace.faults.clear()
    Path(environment["SLIPWAY_CONFIG"]).write_text(configuration(cloud[1], lab))
    environment |= {
        **SECRETS,
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_REDIS_URL": valkey_url,
    }
    return environment


def findings(here: Run, **changes: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code and the worst finding of each check."""
    done = here("doctor", "--json", **changes)
    ranked = sorted(
        json.loads(done.out), key=lambda row: ["ok", "warn", "fail"].index(row["level"])
    )
    told = {"check", "level", "found", "remedy"}
    assert all(set(row) - {"name", "id", "state"} == told for row in ranked)
    return done.code, {row["check"]: row for row in ranked}


@pytest.mark.usefixtures("well")
def test_a_healthy_installation_is_told_so(here: Run) -> None:
    """Everything that is needed is looked at; without workers there is a warning, no failure."""
    code, found = findings(here)
    assert code == 0
    assert {check: row["level"] for check, row in found.items()} == {
        "database": "ok",
        "clock": "ok",
        "redis": "ok",
        "workers": "warn",
        "slack": "ok",
        "configuration": "ok",
        "channel C0DEPLOYS": "ok",
        "group S0DEVS": "ok",
        "group S0SRE": "ok",
        "connection huawei": "ok",
        "connection huawei-token": "ok",
        "connection huawei-user": "ok",
        "connection lab": "ok",
        "hook ci": "ok",
        "hook alerts": "ok",
    }
    assert "workspace T0SLIPWAY" in found["slack"]["found"]
    assert "checkout read in" in found["connection huawei"]["found"]


@pytest.mark.usefixtures("well")
def test_people_get_lines_with_the_way_out(here: Run) -> None:
    """Without --json each finding is a line, with what to do."""
    lines = here("doctor").out.splitlines()
    assert "ok    redis: writable" in lines
    assert "warn  workers: no doorbell worker is running  → start slipway worker" in lines


CHANGES: dict[str, tuple[dict[str, str], str, str, int]] = {
    # changed variables, the check that fails, what it says, the exit code
    "no token": ({"SLACK_BOT_TOKEN": ""}, "slack", "SLACK_BOT_TOKEN: not set", 3),
    "wrong kind": ({"SLACK_BOT_TOKEN": "xoxp-1"}, "slack", "begins with xoxb-", 4),
    "refused token": ({"SLACK_BOT_TOKEN": "xoxb-other"}, "slack", "invalid_auth", 4),
    "no slack": ({"SLACK_API_URL": f"http://127.0.0.1:{free_port()}/"}, "slack", "refused", 1),
    "no redis": ({"SLIPWAY_REDIS_URL": "redis://127.0.0.1:1"}, "redis", "refused", 1),
    "redis' address": ({"SLIPWAY_REDIS_URL": "http://:hunter2@h"}, "redis", "wants redis://", 3),
    "database's address": ({"SLIPWAY_DATABASE_URL": "oracle://h"}, "database", "wants sqlite", 3),
    "database": ({"SLIPWAY_DATABASE_URL": "sqlite:////no/such/x.db"}, "database", "open", 1),
    "schema": ({"SLIPWAY_DATABASE_URL": "sqlite:///{folder}/new.db"}, "database", "migrate", 3),
    "environment": ({"SLIPWAY_LOG_FORMAT": "xml"}, "environment", "SLIPWAY_LOG_FORMAT", 3),
    "audit's key": ({"SLIPWAY_AUDIT_KEY": "abc"}, "audit", "wants an Ed25519 key", 3),
    "its file": ({"SLIPWAY_AUDIT_KEY_FILE": "/no/such.pem"}, "audit", "/no/such.pem", 3),
    "no file": ({"SLIPWAY_CONFIG": "/no/such.yaml"}, "configuration", "/no/such.yaml", 3),
    "cloud's key": ({"CLOUD_SDK_SK": "wrong"}, "connection huawei", "verify aksk", 4),
    "a key, and no file": (
        {"SLACK_SIGNING_SECRET": "short", "SLIPWAY_CONFIG": "/no/such.yaml"},
        "slack",
        "shorter",
        3,  # as of the bot
    ),
}


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("case", CHANGES)
def test_what_is_wrong_is_found(here: Run, tmp_path: Path, case: str) -> None:
    """Each fault is found by its check, with a remedy, and decides the exit code."""
    changes, check, says, code = CHANGES[case]
    filled = {name: value.replace("{folder}", str(tmp_path)) for name, value in changes.items()}
    ended, found = findings(here, **filled)
    assert found[check]["level"] == "fail"
    assert says in found[check]["found"]
    assert found[check]["remedy"]
    assert ended == code
    assert not any("hunter2" in row["found"] for row in found.values())


@pytest.mark.usefixtures("well")
def test_a_proxy_is_told(here: Run) -> None:
    """V30: what the environment's proxy is in force for; its address, with a password, is not."""
    url = f"http://ops:hunter2hunter2@127.0.0.1:{free_port()}"
    code, found = findings(here, HTTPS_PROXY=url, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    assert (code, found["proxy"]["level"]) == (0, "ok")
    assert found["proxy"]["found"].startswith("HTTPS_PROXY: Slack is called through it, clouds")
    assert not any("hunter2" in row["found"] for row in found.values())
    assert found["connection huawei"]["level"] == "ok"


SKEWS: Final = (
    # by how much theirs is later, the level, the exit code, what is said
    (timedelta(seconds=-30), "ok", 0, "not behind the journal"),
    (timedelta(minutes=-2), "warn", 0, "ahead of that of"),
    (timedelta(minutes=2), "warn", 0, "behind that of"),
    (timedelta(minutes=-9), "fail", 1, "ahead of that of"),
)


@pytest.mark.parametrize("skew", SKEWS, ids=lambda skew: str(skew[0]))
def test_y18_a_clock_that_is_not_slacks_is_told(
    here: Run, well: dict[str, str], workspace: Workspace, skew: tuple[timedelta, str, int, str]
) -> None:
    """Y18: a minute is told, five are a fault: what Slack signs is void by then."""
    by, level, code, says = skew
    assert well
    address = workspace.base_url
    with served_app(skewed(slack_app(workspace), by), dated=False) as elsewhere:
        ended, found = findings(here, SLACK_API_URL=f"{elsewhere}/api/")
    assert workspace.base_url == address
    assert (ended, found["clock"]["level"]) == (code, level)
    assert says in found["clock"]["found"]


@pytest.mark.parametrize("skew", SKEWS, ids=lambda skew: str(skew[0]))
def test_y18_a_clock_that_is_not_the_clouds_is_told(
    here: Run,
    well: dict[str, str],
    cloud: tuple[HuaweiCloud, str],
    skew: tuple[timedelta, str, int, str],
) -> None:
    """Y18: the same of a cloud, by what its answers are dated."""
    by, level, code, says = skew
    there = skewed(cloudpods_app(CloudpodsCloud(sandbox_cloudpods())), by)
    with served_app(there, dated=False) as lab:
        Path(well["SLIPWAY_CONFIG"]).write_text(configuration(cloud[1], lab))
        ended, found = findings(here)
    assert (ended, found["clock"]["level"]) == (code, level)
    assert says in found["clock"]["found"]


@pytest.mark.usefixtures("well")
def test_traces_without_their_packages_are_found(
    here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither bot nor workers start then, as in a container made by the Dockerfile."""
    monkeypatch.setitem(sys.modules, "bot.app.otlp", None)
    code, found = findings(here, OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318")
    assert (code, found["traces"]["level"]) == (3, "fail")
    assert "slipway[tracing]" in found["traces"]["found"]


def test_anchors_that_nothing_signs_are_warned_about(here: Run, well: dict[str, str]) -> None:
    """slipway.yaml has a place for them, and there is no key: nothing would ever come there."""
    path = Path(well["SLIPWAY_CONFIG"])
    path.write_text(f"{path.read_text()}\naudit: {{channel: C0DEPLOYS}}\n")
    _, found = findings(here)
    assert (found["audit"]["level"], f"audit: {found['audit']['found']}") == ("warn", NO_KEY)
    _, found = findings(here, SLIPWAY_AUDIT_KEY="A" * 43 + "=")
    assert "audit" not in found


def test_every_fault_of_the_file_is_a_finding(here: Run, well: dict[str, str]) -> None:
    """The configuration is judged as `config check` judges it."""
    Path(well["SLIPWAY_CONFIG"]).write_text(a_file(policy="    x: 1\n", target="    y: 1\n"))
    done = here("doctor", "--json")
    wrong = [row for row in json.loads(done.out) if row["check"] == "configuration"]
    assert [row["level"] for row in wrong] == ["fail", "fail"]
    assert done.code == 3


@pytest.mark.parametrize("scope", SCOPES)
def test_a_missing_scope_is_named(
    here: Run, well: dict[str, str], workspace: Workspace, scope: str
) -> None:
    """The scopes are those that the code needs; which one is missing is said."""
    assert well
    workspace.set_scopes(frozenset(SCOPES) - {scope})
    code, found = findings(here)
    assert found["scopes"]["found"] == f"missing {scope}"
    assert code == 1


@pytest.mark.parametrize("code", ["no_such_subteam", "plan_upgrade_required"])
@pytest.mark.usefixtures("well")
def test_a_group_that_slack_does_not_tell_of_is_found(
    here: Run, workspace: Workspace, code: str
) -> None:
    """V40: a user group that is gone gives nobody a right; where it is named is said."""
    workspace.faults.add("usergroups.users.list", "refused", code=code)
    exit_code, found = findings(here)
    groups = [row for check, row in found.items() if check.startswith("group S")]
    (group,) = [row for row in groups if row["level"] != "ok"]
    assert (exit_code, group["level"], group["state"]) == (1, "fail", code)
    assert code in group["found"]
    assert "policies." in group["found"]


SLACK_WORDS: Final = (
    # how a word is written in slipway.yaml, its state, level and id, and what is to be done
    ('approve: [S0SRE, "@Devs"]', "group @devs", "ok", "ok", "S0DEVS", ""),
    ('approve: [S0SRE, "@ann"]', "person @ann", "ok", "ok", "U0ANN", ""),
    ('approve: [S0SRE, "@nope"]', "name @nope", "unknown", "fail", "", "correct the name"),
    ('approve: [S0SRE, "@twin"]', "name @twin", "ambiguous", "fail", "", "write the id"),
    ('approve: [S0SRE, "@gone"]', "name @gone", "deactivated", "fail", "", "name another one"),
    ("approve: [S0SRE, U0GONE]", "person U0GONE", "deactivated", "fail", "U0GONE", "another"),
    ("approve: [S0SRE, U0NOBODY]", "person U0NOBODY", "user_not_found", "fail", "U0NOBODY", "name"),
    ("approve: [S0SRE, U0SLIPWAY]", "person U0SLIPWAY", "bot", "fail", "U0SLIPWAY", "member"),
    ("approve: [S0SRE, U0GUS]", "person U0GUS", "guest", "fail", "U0GUS", "name a member"),
    ("approve: [S0SRE, U0TOM]", "person U0TOM", "stranger", "fail", "U0TOM", "name a member"),
    ("approve: [S0SRE, S0NOPE]", "group S0NOPE", "no_such_subteam", "fail", "S0NOPE", "another"),
    ("approve: [S0SRE, S0EMPTY]", "group S0EMPTY", "empty", "warn", "S0EMPTY", "add its members"),
    ('channel: "#deploys"', "channel #deploys", "ok", "ok", "C0DEPLOYS", ""),
    ('channel: "#nope"', "channel #nope", "unknown", "fail", "", "correct the name"),
    ('channel: "#old"', "channel #old", "archived", "fail", "", "unarchive it"),
    (
        'channel: "#quiet"',
        "channel #quiet",
        "not_in_channel",
        "fail",
        "C0QUIET",
        "/invite @slipway",
    ),
    ('channel: "#secret"', "channel #secret", "unknown", "fail", "", "correct the name"),
    ("channel: C0QUIET", "channel C0QUIET", "not_in_channel", "fail", "C0QUIET", "/invite"),
    ("channel: C0SECRET", "channel C0SECRET", "channel_not_found", "fail", "C0SECRET", "/invite"),
    ("channel: C0OLD", "channel C0OLD", "archived", "fail", "C0OLD", "unarchive it"),
    ('channel: "#joint"', "channel #joint", "shared", "warn", "C0JOINT", "of your own"),
    ("channel: C0JOINT", "channel C0JOINT", "shared", "warn", "C0JOINT", "of your own"),
)


@pytest.mark.parametrize("case", SLACK_WORDS, ids=lambda case: case[0])
def test_every_channel_group_and_person_is_asked_of(
    here: Run, well: dict[str, str], workspace: Workspace, case: tuple[str, ...]
) -> None:
    """Each has its row with its id and how it is in Slack; what is wrong says what to do."""
    written, check, state, level, means, remedy = case
    file = Path(well["SLIPWAY_CONFIG"])
    key = written.partition(":")[0]
    old = {"approve": "approve: [S0SRE]", "channel": "channel: C0DEPLOYS"}[key]
    head, prod, rest = file.read_text().rpartition("\n  prod:\n")
    if key == "approve":
        file.write_text(f"{head}{prod}{rest.replace(old, written, 1)}")
    else:
        file.write_text(f"{head.replace(old, written, 1)}{prod}{rest}")
    with peopled(workspace):
        code, found = findings(here)
    row = found[check]
    assert (row["state"], row["level"], row["id"]) == (state, level, means)
    assert code == (1 if level == "fail" else 0)
    assert remedy in row["remedy"]
    assert row["name"] == check.partition(" ")[2]
    if level != "ok":
        place = "policies.prod.approve" if key == "approve" else "targets.checkout.channel"
        assert f"{place}, slipway.yaml:" in row["found"]


@contextmanager
def peopled(workspace: Workspace) -> Iterator[None]:
    """Let there be channels, groups and people with whom something is wrong."""
    state = workspace.state
    kept = dict(state.people), dict(state.groups), dict(state.channels)
    for person in (
        Person(id="U1TWIN", name="twin", real_name="Twin"),
        Person(id="U2TWIN", name="twin", real_name="Twin"),
        Person(id="U0GONE", name="gone", real_name="Gone", deleted=True),
        Person(id="U0GUS", name="gus", real_name="Gus", is_restricted=True),
        Person(id="U0TOM", name="tom", real_name="Tom", team_id="T0OTHER"),
    ):
        state.people[person.id] = person
    state.groups["S0EMPTY"] = Group(id="S0EMPTY", handle="empty", name="Nobody")
    for channel in (
        Channel(id="C0QUIET", name="quiet"),
        Channel(id="C0SECRET", name="secret", is_private=True),
        Channel(id="C0OLD", name="old", is_archived=True, members=("U0SLIPWAY",)),
        Channel(id="C0JOINT", name="joint", is_ext_shared=True, members=("U0SLIPWAY",)),
    ):
        state.channels[channel.id] = channel
    yield
    restore(state.people, kept[0])
    restore(state.groups, kept[1])
    restore(state.channels, kept[2])


def restore(present: dict[str, T], before: dict[str, T]) -> None:
    """Let what is there be what was there before."""
    present.clear()
    present.update(before)


@pytest.mark.usefixtures("well")
def test_what_slack_has_of_the_file_is_a_table(here: Run) -> None:
    """People see at one glance what each word of slipway.yaml is in Slack."""
    out = here("doctor").out
    rows = [line.split() for line in out[out.index("name ") :].splitlines()]
    assert rows[0] == ["name", "id", "state", "named", "in"]
    assert [row[:3] for row in rows[1:]] == [
        ["C0DEPLOYS", "C0DEPLOYS", "ok"],
        ["S0DEVS", "S0DEVS", "ok"],
        ["S0SRE", "S0SRE", "ok"],
    ]


def test_a_name_that_was_given_away_is_told(here: Run, well: dict[str, str]) -> None:
    """What it stands for by the journal counts; that Slack calls another one so is a warning."""
    journal = journal_on(open_engine(well["SLIPWAY_DATABASE_URL"]))
    journal.names.keep("@devs", "S0SRE", by=ANN, now=now())
    file = Path(well["SLIPWAY_CONFIG"])
    file.write_text(file.read_text().replace("approve: [S0SRE]", 'approve: ["@devs"]', 1))
    code, found = findings(here)
    row = found["group @devs"]
    assert (code, row["state"], row["level"], row["id"]) == (0, "moved", "warn", "S0SRE")
    assert "config names --forget" in row["remedy"]


@pytest.mark.usefixtures("well")
def test_the_token_of_socket_mode_is_tried(here: Run) -> None:
    """D13: a token that Slack refuses would end the bot at its start."""
    code, found = findings(here, SLACK_APP_TOKEN="xapp-nope")
    assert (code, found["app token"]["level"]) == (4, "fail")
    assert "invalid_auth" in found["app token"]["found"]
    assert "connections:write" in found["app token"]["remedy"]
    code, found = findings(here, SLACK_APP_TOKEN="xapp-sandbox")
    assert (code, found["app token"]["level"]) == (0, "ok")


@pytest.mark.usefixtures("well")
def test_a_redis_that_takes_no_writes_is_found(here: Run, redis: Redis) -> None:
    """One that only reads would lose every doorbell."""
    redis.config_set("min-replicas-to-write", "1")
    code, found = findings(here)
    redis.config_set("min-replicas-to-write", "0")
    assert (code, found["redis"]["level"]) == (1, "fail")
    assert found["redis"]["remedy"]


@pytest.mark.usefixtures("well")
def test_a_redis_that_throws_away_is_warned_about(here: Run, redis: Redis) -> None:
    """Y14: one that evicts keys would lose doorbells."""
    redis.config_set("maxmemory-policy", "allkeys-lru")
    code, found = findings(here)
    assert (code, found["redis"]["level"]) == (0, "warn")
    assert "allkeys-lru" in found["redis"]["found"]


def test_a_redis_that_may_not_be_asked_is_no_fault(
    here: Run, well: dict[str, str], redis: Redis
) -> None:
    """A user without CONFIG is what security advises."""
    redis.acl_setuser(
        "slipway",
        enabled=True,
        passwords=["+pw"],
        keys=["*"],
        channels=["*"],
        commands=["+@all", "-config"],
    )
    url = well["SLIPWAY_REDIS_URL"].replace("redis://", "redis://slipway:pw@")
    code, found = findings(here, SLIPWAY_REDIS_URL=url)
    redis.acl_deluser("slipway")
    assert (code, found["redis"]["level"]) == (0, "ok")


def test_what_waits_for_slack_too_long_is_warned_about(here: Run, well: dict[str, str]) -> None:
    """Messages that nobody sends are the first sign of workers that are not there."""
    old = journal_on(open_engine(well["SLIPWAY_DATABASE_URL"]))
    old.outbox.show(whispered(ANN, "C0DEPLOYS", "are you there?"), at=NOON - timedelta(days=300))
    code, found = findings(here)
    assert (code, found["outbox"]["level"]) == (0, "warn")
    assert re.match(r"1 message waits, the oldest for [0-9]{3,} d", found["outbox"]["found"])


def test_the_next_versions_schema_is_called_that(here: Run, well: dict[str, str]) -> None:
    """In the middle of a rolling upgrade the older half works, and says what it works on."""
    with writing(open_engine(well["SLIPWAY_DATABASE_URL"])) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_readers SET oldest = :own"), {"own": wanted()})
    code, found = findings(here)
    assert (code, found["database"]["level"]) == (0, "ok")
    assert found["database"]["found"] == "writable, at the next version's schema (9999)"
    assert "upgrade" in found["database"]["remedy"]


def test_a_clock_behind_the_journal_is_found(here: Run, well: dict[str, str]) -> None:
    """It would keep bot and workers from starting."""
    journal = journal_on(open_engine(well["SLIPWAY_DATABASE_URL"]))
    tomorrow = now() + timedelta(days=1)
    journal.audit.add(AuditEntry(at=tomorrow, who=ANN, what="denied", subject="checkout"))
    code, found = findings(here)
    assert (code, found["clock"]["level"]) == (1, "fail")
    assert "is 23 h 59 min behind that" in found["clock"]["found"]


def test_an_unused_connection_is_warned_about(here: Run, well: dict[str, str]) -> None:
    """What no target uses is not asked, and said."""
    file = Path(well["SLIPWAY_CONFIG"])
    spare = "connections:\n  spare: {kind: cloudpods, auth: {token: '${CLOUD_SDK_SK}'}}\n"
    file.write_text(file.read_text().replace("connections:\n", spare, 1))
    code, found = findings(here)
    assert (code, found["connection spare"]["level"]) == (0, "warn")


@pytest.mark.usefixtures("well")
def test_a_hook_says_when_it_last_delivered(here: Run, journal: Journal) -> None:
    """HT-18: a sender with a wrong secret, or one that gave up, is seen by its silence."""
    event = Event(key="msg_1", says=Nothing(ignored="told"))
    at = now() - timedelta(hours=2)
    entry = AuditEntry(at=at, who="hook:ci", what="ignored")
    journal.proposals.keep("ci", event, Answer(ignored="told"), entry)
    _, found = findings(here)
    assert found["hook ci"]["found"].startswith("last delivered 2 h")
    assert found["hook alerts"]["found"] == "has delivered nothing yet"
    assert "a ping" in found["hook alerts"]["remedy"]


def test_y14_a_user_of_redis_that_lacks_rights_is_told_which(
    here: Run, well: dict[str, str], redis: Redis
) -> None:
    """Y14: each command that is missing is named, with the rule that a user needs."""
    redis.acl_setuser(
        "slipway", enabled=True, passwords=["+pw"], keys=["*"], commands=["+@all", "-blmove"]
    )
    url = well["SLIPWAY_REDIS_URL"].replace("redis://", "redis://slipway:pw@")
    code, found = findings(here, SLIPWAY_REDIS_URL=url)
    redis.acl_deluser("slipway")
    assert (code, found["redis"]["level"]) == (1, "fail")
    assert found["redis"]["found"] == "its user may not BLMOVE, SUBSCRIBE"
    assert LEAST in found["redis"]["remedy"]


@pytest.mark.parametrize("version", ["6.0.16", "5.0"])
def test_y14_an_old_redis_loses_jobs(version: str) -> None:
    """Y14: before 6.2 a job that is taken when its worker dies is gone."""
    assert loses_jobs(version)


@pytest.mark.parametrize("version", ["6.2.0", "7.4.1", "10.0"])
def test_y14_a_newer_redis_keeps_them(version: str) -> None:
    """Y14: from 6.2 on a job is moved, not taken; Valkey tells the version that it stands for."""
    assert not loses_jobs(version)


def test_y14_a_redis_beyond_loopback_wants_a_password(
    here: Run, well: dict[str, str], redis: Redis
) -> None:
    """Y14: whoever reaches a port without a password reads and writes every job."""
    assert redis.ping()
    anywhere = well["SLIPWAY_REDIS_URL"].replace("127.0.0.1", "0.0.0.0")  # noqa: S104
    code, found = findings(here, SLIPWAY_REDIS_URL=anywhere)
    assert (code, found["redis"]["level"]) == (1, "fail")
    assert found["redis"]["found"] == "it is reached over a network without a password"


def test_y14_a_user_beyond_loopback_had_better_not_empty_the_server(
    here: Run, well: dict[str, str], redis: Redis
) -> None:
    """Y14: who may do everything is warned about, with the rights that are enough."""
    redis.acl_setuser(
        "ops", enabled=True, passwords=["+pw"], keys=["*"], channels=["*"], categories=["+@all"]
    )
    anywhere = well["SLIPWAY_REDIS_URL"].replace("127.0.0.1", "ops:pw@0.0.0.0")
    code, found = findings(here, SLIPWAY_REDIS_URL=anywhere)
    redis.acl_deluser("ops")
    assert (code, found["redis"]["level"]) == (0, "warn")
    assert "also empty the server" in found["redis"]["found"]
    assert LEAST in found["redis"]["remedy"]
