"""`slipway config` and `slipway manifest`."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from bot.app.resources import now
from bot.catalogue.complaints import words_of_pattern
from bot.cli import main
from bot.cli.manifest import manifest_for
from bot.core.verbs import SLASH
from bot.journal import Journal
from bot.sandbox.content import workspace_config
from bot.views.words import Locale
from tests.catalogue.files import CONTRACT, ENVIRONMENT, a_file
from tests.cli.conftest import Run

ROOT: Final = Path(__file__).parents[2]
SECRETS: Final = (ENVIRONMENT["CLOUD_SDK_SK"], ENVIRONMENT["TOKEN"], ENVIRONMENT["LAB_PASSWORD"])


def test_a_right_file_is_counted(here: Run) -> None:
    """`config check` ends with 0 and says what it found."""
    done = here("config", "check")
    assert (done.code, done.err) == (0, "")
    assert "1 target, 1 connection, 1 policy, no faults" in done.out


def test_another_file_that_is_not_there_is_no_first_one(here: Run, tmp_path: Path) -> None:
    """What `policy test` is given is the reader's own: `init` does not write that."""
    done = here("policy", "test", str(tmp_path / "new.yaml"))
    assert done.code == 3
    assert done.err.endswith("new.yaml: cannot be read (No such file or directory)\n")


def test_a_file_that_is_not_there_says_how_to_get_one(here: Run) -> None:
    """D22: a newcomer learns of the example, of `init`, and of the variable."""
    done = here("config", "check", SLIPWAY_CONFIG="/no/such.yaml")
    assert done.code == 3
    for word in ("/no/such.yaml", "slipway init", "slipway.example.yaml", "SLIPWAY_CONFIG"):
        assert word in done.err


@pytest.mark.parametrize(
    "url",
    ["http://slipway.example", "slipway.example/x", "https://", "https://a b", "https://a?b=c"],
)
def test_slack_wants_an_address_with_https(here: Run, url: str) -> None:
    """D23: what Slack would refuse is refused before; nothing is printed."""
    done = here("manifest", "--url", url)
    assert (done.code, done.out) == (2, "")
    assert "--url" in done.err


def test_an_address_that_is_made_up_is_said(here: Run) -> None:
    """D23: without one the manifest has the example's, and standard error says so."""
    done = here("manifest")
    assert "https://slipway.example/slack/events" in done.out
    assert "put yours there" in done.err
    assert here("manifest", "--socket-mode").err == ""
    assert here("manifest", "--socket-mode", "--url", "https://slipway.example").code == 2


def test_people_can_be_written_to(here: Run) -> None:
    """D23: direct messages to the requester depend on the tab of messages."""
    home = json.loads(here("manifest", "--socket-mode").out)["features"]["app_home"]
    assert home["messages_tab_enabled"] is True


def test_a_wrong_file_is_told_whole(here: Run, environment: dict[str, str]) -> None:
    """`config check` ends with 3 and lists every fault with its line on standard error."""
    Path(environment["SLIPWAY_CONFIG"]).write_text(
        a_file(target="    channel: x\n", policy="    y: 1\n    approvals: 99\n")
    )
    done = here("config", "check")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("slipway: 3 faults\n")
    for place in ("targets.checkout.channel (line 11)", "prod.y (line 16)", "approvals (line 17)"):
        assert place in done.err


def test_a_key_that_is_none_is_told(here: Run) -> None:
    """Workers would not start with it, whether or not slipway.yaml has places for anchors."""
    done = here("config", "check", SLIPWAY_AUDIT_KEY="hello")
    assert (done.code, done.out) == (3, "")
    assert "SLIPWAY_AUDIT_KEY" in done.err


def test_warnings_do_not_fail(here: Run, environment: dict[str, str]) -> None:
    """What is risky but allowed is said on standard error, and the check still passes."""
    Path(environment["SLIPWAY_CONFIG"]).write_text(a_file(policy="    self_approval: true\n"))
    done = here("config", "check")
    assert done.code == 0
    assert done.err == "warning: policies.prod: self_approval is on\n"


def test_show_masks_every_secret(here: Run, environment: dict[str, str]) -> None:
    """`config show` prints everything that is in force, and no secret of it."""
    file = Path(environment["SLIPWAY_CONFIG"])
    template = "    create: {name: checkout, env: {DB_PASSWORD: hunter2x}}\n"
    file.write_text(CONTRACT.replace("    aliases: [co]\n", "    aliases: [co]\n" + template))
    done = here(
        "config",
        "show",
        SLACK_BOT_TOKEN="xoxb-123-secret",
        SLIPWAY_REDIS_URL="redis://:redispass@127.0.0.1/0",
        SLIPWAY_DATABASE_URL="postgresql://u:sqlpass@h/x",
    )
    shown = json.loads(done.out)
    assert shown["environment"]["slipway_listen"] == "127.0.0.1:3000"
    assert shown["targets"]["checkout"]["policy"] == "prod"
    assert shown["connections"]["lab"]["auth"]["username"] == "ops"
    for secret in (*SECRETS, "xoxb-123-secret", "redispass", "sqlpass", "hunter2x"):
        assert secret not in done.out


def test_show_says_the_same_each_time(here: Run, environment: dict[str, str]) -> None:
    """What is in force can be compared with what was: accounts of one person stand in order."""
    accounts = [f"U0BOB{number}" for number in range(9, 0, -1)]
    file = Path(environment["SLIPWAY_CONFIG"])
    file.write_text(f"aliases: [{json.dumps(accounts)}]\n" + a_file())
    shown = json.loads(here("config", "show").out)
    assert shown["aliases"] == [sorted(accounts)]


def test_show_has_what_names_stand_for(
    here: Run, environment: dict[str, str], journal: Journal
) -> None:
    """Ids stand where names were; what is not known yet is null."""
    Path(environment["SLIPWAY_CONFIG"]).write_text(
        a_file(target='    channel: "#Deploys"\n').replace("[S0SRE]", '["@SRE", "@nope"]')
    )
    for name, means in (("#deploys", "C0DEPLOYS"), ("@sre", "S0SRE")):
        assert journal.names.keep(name, means, by="slipway", now=now())
    shown = json.loads(here("config", "show").out)
    assert shown["names"] == {"#deploys": "C0DEPLOYS", "@nope": None, "@sre": "S0SRE"}
    assert shown["targets"]["checkout"]["channel"] == "C0DEPLOYS"
    assert shown["policies"]["prod"]["approve"] == ["S0SRE", "@nope"]
    without = json.loads(here("config", "show", SLIPWAY_DATABASE_URL="sqlite:////no/such.db").out)
    assert without["names"] == {"#deploys": None, "@nope": None, "@sre": None}


def test_a_name_is_let_go_of_by_hand(
    here: Run, environment: dict[str, str], journal: Journal
) -> None:
    """It is listed with what it stands for and its line, and looked up anew once it is let go."""
    Path(environment["SLIPWAY_CONFIG"]).write_text(a_file().replace("[S0SRE]", '["@sre"]'))
    assert "@sre (not known)  policies.prod.approve, slipway.yaml:14" in here("config", "names").out
    journal.names.keep("@sre", "S0SRE", by="slipway", now=now())
    assert "@sre S0SRE  policies" in here("config", "names").out
    done = here("config", "names", "--forget", "@SRE")
    assert (done.code, done.out.split()[:3]) == (0, ["@sre", "(not", "known)"])
    assert [row["what"] for row in journal.audit.export()] == ["name_known", "name_forgotten"]
    assert here("config", "names", "--forget", "@sre").code == 3


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The JSON schema that editors are given."""
    result: dict[str, Any] = json.loads(CliRunner().invoke(main, ["config", "schema"]).stdout)
    return result


@pytest.fixture(scope="module")
def judge(schema: dict[str, Any]) -> Any:
    """What holds a file against the schema, as editors do."""
    # Its import builds grammars for a second: not in each process that only collects this file.
    return importlib.import_module("jsonschema").Draft202012Validator(schema)


def loaded(text: str) -> Any:
    """Return YAML as editors see it: dates are text."""
    content = yaml.safe_load(text)
    return json.loads(json.dumps(content, default=str))


def test_the_schema_is_one_and_accepts_what_is_right(judge: Any) -> None:
    """Editors underline nothing in the contract's example, nor in the project's own."""
    judge.check_schema(judge.schema)
    example = (ROOT / "slipway.example.yaml").read_text()
    for text in (CONTRACT, example, a_file(), a_file(target="    create: {name: x}\n")):
        assert [error.message for error in judge.iter_errors(loaded(text))] == []


@pytest.mark.parametrize(
    "added",
    [
        {"policy": "    aprovers: [S0A]\n"},
        {"policy": "    approvals: 21\n"},
        {"policy": "    reason: maybe\n"},
        {"policy": "polices: {}\n"},
        {"target": "    source_ulr: x\n"},
        {"target": "    channel: deploys\n"},
        {"target": "  t2: {system: servicestage-v4, connection: h}\n"},
        {"connection": "  x: {kind: cloudpods, auth: {token: t}, region: r}\n"},
        {"connection": "  x: {kind: hwuaweicloud}\n"},
        {"connection": "  x: {auth: {token: t}}\n"},
    ],
)
def test_the_schema_refuses_what_the_check_refuses(judge: Any, added: dict[str, str]) -> None:
    """What `config check` would refuse for its shape is underlined while it is typed."""
    assert list(judge.iter_errors(loaded(a_file(**added))))


def test_the_manifest_names_what_the_code_uses(here: Run) -> None:
    """The commands are those of the grammar, and each has the address."""
    shown = json.loads(here("manifest", "--url", "https://slipway.example/").out)
    commands = shown["features"]["slash_commands"]
    assert [each["command"] for each in commands] == [f"/{name}" for name in SLASH]
    url = "https://slipway.example/slack/events"
    assert {each["url"] for each in commands} == {url}
    interactivity = shown["settings"]["interactivity"]
    assert interactivity["request_url"] == interactivity["message_menu_options_url"] == url
    assert shown["settings"]["event_subscriptions"]["request_url"] == url
    assert shown["settings"]["socket_mode_enabled"] is False


def test_without_an_address_it_is_socket_mode(here: Run) -> None:
    """Socket Mode needs no address, so none is given."""
    done = here("manifest", "--socket-mode")
    assert "url" not in done.out.replace("unfurl", "")
    assert json.loads(done.out)["settings"]["socket_mode_enabled"] is True


def test_the_manifest_is_in_the_language_of_the_channels() -> None:
    """What Slack's menus show of the commands, everybody sees."""
    shown = manifest_for("", Locale(language="zh"))

    assert shown["display_information"]["description"] == "把变更部署到你的云：先审批，可回滚。"  # noqa: RUF001 - Chinese
    assert {each["description"] for each in shown["features"]["slash_commands"]} >= {
        "把指定版本部署到目标"
    }


def test_the_manifest_follows_the_prefix(here: Run, environment: dict[str, str]) -> None:
    """Commands are called as slipway.yaml says; without a file they have their own names."""
    file = Path(environment["SLIPWAY_CONFIG"])
    file.write_text(a_file() + "commands: {prefix: ship-}\n")
    named = json.loads(here("manifest").out)["features"]["slash_commands"]
    assert named[0]["command"] == "/ship-deploy"
    file.unlink()
    plain = json.loads(here("manifest").out)["features"]["slash_commands"]
    assert plain[0]["command"] == "/deploy"


@pytest.mark.parametrize("address", ["", "https://slipway.example/slack/events"])
def test_the_manifest_keeps_slacks_limits(address: str) -> None:
    """Names, texts and addresses are within what Slack takes."""
    shown = manifest_for(address, Locale(prefix="abcdefghijklmno-"))
    display, commands = shown["display_information"], shown["features"]["slash_commands"]
    assert set(shown) == {
        "_metadata", "display_information", "features", "oauth_config", "settings",
    }  # fmt: skip
    assert shown["_metadata"] == {"major_version": 2, "minor_version": 1}
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert len(shown["features"]["bot_user"]["display_name"]) <= 80
    assert len(commands) <= 50
    for shortcut in shown["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert shortcut["type"] in {"message", "global"}
    for each in commands:
        assert 2 <= len(each["command"]) <= 32
        assert len(each["description"]) <= 2_000
        assert len(each["usage_hint"]) <= 1_000
        # only there are people mentioned, whose ids have to come with their names
        assert each["should_escape"] is each["command"].endswith(("incident", "ops"))


# What each method asks for. Source: https://docs.slack.dev/reference/methods
NEEDS: Final = {
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "auth_test": set(),
    "bots_info": {"users:read"},
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
    "auth.test": set(),
    "bookmarks.add": {"bookmarks:write"},
    "bookmarks.list": {"bookmarks:read"},
    "chat.getPermalink": set(),
    "conversations.archive": {"channels:manage", "groups:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.canvases.create": {"canvases:write"},
    "conversations.create": {"channels:manage", "groups:write"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.invite": {"channels:manage", "groups:write"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.setPurpose": {"channels:manage", "groups:write"},
    "conversations.setTopic": {"channels:manage", "groups:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "pins.add": {"pins:write"},
    "reactions.add": {"reactions:write"},
    "reactions.remove": {"reactions:write"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
}


def test_the_scopes_are_those_that_the_code_needs() -> None:
    """No method is called without its scope, and no scope is asked for without a use."""
    sources = (ROOT / "workers" / "slack").glob("*.py")
    prefixes = ("bots_", "chat_", "conversations_", "users_", "usergroups_", "views_")
    called = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute) and node.attr.startswith(prefixes)
    }
    called |= {
        str(each.value)
        for source in (ROOT / "workers" / "slack").glob("incident_*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call)
        for each in node.args
        if isinstance(each, ast.Constant)
        and re.fullmatch(r"(?!slipway)[a-z.]+\.[a-zA-Z]+", str(each.value))
    }
    assert called <= set(NEEDS)
    wanted = {scope for name in called for scope in NEEDS[name]}
    assert set(manifest_for("", Locale())["oauth_config"]["scopes"]["bot"]) == {
        *wanted,
        "commands",  # slash commands
        "app_mentions:read",  # the event app_mention
        "reactions:read",  # the events reaction_added and reaction_removed
    }


def test_the_sandboxs_app_is_that_of_the_manifest() -> None:
    """What the simulated Slack grants, calls and tells is what a real one would, and no more."""
    app = workspace_config()
    shown = manifest_for("https://slipway.example/slack/events", Locale())
    features, settings = shown["features"], shown["settings"]

    assert set(shown["oauth_config"]["scopes"]["bot"]) == app.scopes
    assert set(settings["event_subscriptions"]["bot_events"]) == app.bot_events
    assert ("message_menu_options_url" in settings["interactivity"]) == app.has_options_url
    assert [each["command"] for each in features["slash_commands"]] == [
        each.command for each in app.commands
    ]
    assert {each["callback_id"]: each["name"] for each in features["shortcuts"]} == dict(
        (*app.message_shortcuts, *app.global_shortcuts)
    )


def patterns(schema: object) -> Iterator[str]:
    """Yield every pattern in a JSON schema."""
    if isinstance(schema, dict):
        found = schema.get("pattern")
        yield from (found,) if isinstance(found, str) else ()
    if isinstance(schema, dict | list):
        for each in schema.values() if isinstance(schema, dict) else schema:
            yield from patterns(each)


def test_no_fault_is_told_as_a_pattern() -> None:
    """What a text of slipway.yaml has to be is said in words: its readers are no programs."""
    schema = json.loads(CliRunner().invoke(main, ["config", "schema"]).stdout)
    apart = (r"\$\{", "^[1-9]")  # a variable; a duration, whose words are its own
    ours = {each for each in patterns(schema) if not each.startswith(apart)}
    assert [each for each in ours if not words_of_pattern(each).startswith("wants")] == []
