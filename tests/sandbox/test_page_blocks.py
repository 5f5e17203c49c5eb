"""What is to be read in the sandbox's page: the real messages, Slack's text, each kind of block."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pydantic import JsonValue

from tests.sandbox.browser import STATIC
from tests.sandbox.stub_content import SLIPWAY, WAITING, Record
from tests.sandbox.stub_workspace import StubWorkspace

if TYPE_CHECKING:
    from playwright.sync_api import Page

GOLDEN: Final = Path(__file__).parents[1] / "views" / "golden"
# What a text becomes when it is drawn: any words for names and dates, any sign for emoji.
DRAWN: Final = [
    (r"<!date\^[^>]+>", "\N{BULLET OPERATOR}"),
    (r"<[@#!][^>]+>", "\N{BULLET OPERATOR}"),
    (r"<[^>|]+\|([^>]+)>", r"\1"),
    (r":[a-z0-9_+]+:", "\N{BULLET OPERATOR}"),
    (r"[*`]", ""),
    (r"(?m)^(?:>|&gt;) ?", ""),
    (r"(?<![\w])_([^_]+)_(?![\w])", r"\1"),
]


def said(text: str) -> str:
    """Return the pattern of what a reader sees of *text*, in Slack's own format."""
    for mark, drawn in DRAWN:
        text = re.sub(mark, drawn, text)
    for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escaped, sign)
    return re.escape(" ".join(text.split())).replace("\N{BULLET OPERATOR}", ".+?")


def texts(value: JsonValue) -> Iterator[str]:
    """Yield the patterns of all texts in blocks, in the order in which they are read."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict) and isinstance(value.get("text"), str):
        yield said(str(value["text"]))
    elif isinstance(value, dict):
        for key in ("text", "fields", "elements"):
            yield from texts(value.get(key))
        beside = value.get("accessory")
        if isinstance(beside, dict) and beside.get("type") == "button":
            yield from texts(beside)


def read(page: "Page", ts: str) -> str:
    """Return what is to be read in the message at *ts*."""
    text = page.locator(f'[data-ts="{ts}"] :is(.blocks, .text)').inner_text()
    return str(text).replace("\u200b", "")


def drawn(page: "Page", ts: str) -> str:
    """Return what is to be read in the message at *ts*, with every run of spaces as one."""
    return " ".join(read(page, ts).split())


def lines(text: str) -> list[str]:
    """Return the lines of *text* that hold something, with what they begin with."""
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("folder", ["cards", "answers", "thread"])
def test_real_messages_read_as_they_are_worded(
    page: "Page", workspace: StubWorkspace, folder: str
) -> None:
    """All words of what Slipway writes are to be seen, in order, and nothing of the markup."""
    goldens = [json.loads(path.read_text("utf-8")) for path in (GOLDEN / folder).glob("*.json")]
    messages = [golden for golden in goldens if golden is not None]

    sent = {
        workspace.add(SLIPWAY, message["text"], blocks=message["blocks"]): message["blocks"]
        for message in messages
    }

    assert len(sent) > 10
    page.locator(f'[data-ts="{max(sent)}"]').wait_for()
    for ts, blocks in sent.items():
        pattern = " ".join(texts(blocks))
        assert re.fullmatch(pattern, drawn(page, ts)), (pattern, drawn(page, ts))


TEXTS: Final[list[tuple[str, str, str | None]]] = [
    ("mrkdwn", "a*b*c 2*3*4 snake_case_here ~/x ~/y", None),
    ("mrkdwn", "# one\n1. two\n- three\n+ four\n---\n| a | b |\n===", None),
    ("mrkdwn", "first\n\n\n    indented\n\tand\n\nlast  \nreally", None),
    ("mrkdwn", "[x](https://example.com) ![x](y) \\* @here LBKS 10:20:30 :nope:", None),
    (
        "mrkdwn",
        "&lt;@U0BOB&gt; &lt;!channel&gt; &amp;lt; &amp;amp;",
        "<@U0BOB> <!channel> &lt; &amp;",
    ),
    (
        "mrkdwn",
        "`a*b` `c*d` `&lt;x&gt;` `&amp;#42;` `https://x`",
        "a*b c*d <x> &#42; https://x",
    ),
    ("mrkdwn", "*bold* _it_ ~gone~ *_both_* (*in*) *a `b`*", "bold it gone both (in) a b"),
    ("mrkdwn", "<@U0BOB> <@U0LEAD>, ~<@U0BOB>~ *<@U0ANN>*", "@Bob @Lea, @Bob @Ann"),
    ("mrkdwn", "<!subteam^S0SRE|sre> <!subteam^S0NEW|@new> <!here>", "@sre @new @here"),
    ("mrkdwn", "`a`\n:x:\n`b`:tada:", "a\n❌\nb🎉"),
    ("mrkdwn", "before\n```\n*a*\n\n  b &gt; c\n```\nafter", "before\n*a*\n\n  b > c\nafter"),
    ("mrkdwn", "&gt; quoted *so*\n&gt; on\noff", "quoted so\non\noff"),
    (
        "plain_text",
        "*stars* _lines_ `code` <@U0BOB> &lt; > :tada:",
        "*stars* _lines_ `code` <@U0BOB> &lt; > 🎉",
    ),
]


def test_text_means_what_it_means_in_slack(page: "Page", workspace: StubWorkspace) -> None:
    """What is markup in Slack is drawn, and what is none stays as it was written."""
    sent = [
        workspace.add(
            SLIPWAY, "x", blocks=[{"type": "section", "text": {"type": kind, "text": text}}]
        )
        for kind, text, _ in TEXTS
    ]

    page.locator(f'[data-ts="{sent[-1]}"]').wait_for()
    shown = [lines(read(page, ts)) for ts in sent]
    assert shown == [lines(wanted or text) for _, text, wanted in TEXTS]


def test_marks_are_elements_that_say_so(page: "Page", workspace: StubWorkspace) -> None:
    """Bold, code and links are that for a screen reader too; no link leads to a script."""
    text = "*b* _i_ ~s~ `c` <https://example.com/a_b?c=(d)*e*|l> <javascript:alert(1)|no>"

    workspace.add("U0BOB", text)

    message = page.get_by_role("article").last
    message.get_by_role("link", name="l").wait_for()
    for element, inner in {"strong": "b", "em": "i", "s": "s", "code": "c"}.items():
        assert message.locator(f".text {element}").inner_text() == inner
    hrefs = [link.get_attribute("href") for link in message.get_by_role("link").all()]
    assert hrefs == ["https://example.com/a_b?c=(d)*e*"]


def test_colours_follow_the_system(page: "Page", workspace: StubWorkspace) -> None:
    """Blocks are light or dark with the page around them, and change with it."""
    workspace.add(SLIPWAY, "x", blocks=WAITING)
    page.get_by_role("button", name="Approve").wait_for()

    seen: list[JsonValue] = []
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.locator(f'.blocks [data-theme="{scheme}"]').first.wait_for()
        assert page.locator(f'[data-theme]:not([data-theme="{scheme}"])').count() == 0
        seen.append(page.evaluate("getComputedStyle(document.querySelector('.blocks')).color"))

    assert seen == ["rgb(29, 28, 29)", "rgb(232, 232, 233)", "rgb(29, 28, 29)"]


KINDS: Final[list[tuple[Record, str]]] = [
    ({"type": "header", "text": {"type": "plain_text", "text": "A header"}}, "A header"),
    ({"type": "markdown", "text": "# Head\n\n- one\n- two"}, "Head one two"),
    (
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "*n*"}],
                [{"type": "raw_text", "text": "edge"}, {"type": "raw_number", "value": 12}],
            ],
        },
        "Name *n* edge 12",
    ),
    (
        {
            "type": "data_visualization",
            "title": "Deployments",
            "chart": {
                "type": "bar",
                "series": [
                    {"name": "well", "data": [{"label": "Mon", "value": 3}]},
                    {"name": "bad", "data": [{"label": "Mon", "value": 0.5}]},
                ],
                "axis_config": {"categories": ["Mon"]},
            },
        },
        "Deployments 0 2.5 5 Mon well bad well bad Mon 3 0.5",
    ),
    (
        {
            "type": "plan",
            "title": "Steps :rocket:",
            "tasks": [
                {"task_id": "1", "title": {"type": "plain_text", "text": "Up"}, "status": "error"}
            ],
        },
        "Steps 🚀 Up",
    ),
    ({"type": "task_card", "task_id": "1", "title": "Down", "status": "pending"}, "Down"),
    ({"type": "alert", "level": "error", "text": {"type": "mrkdwn", "text": "*No*"}}, "No"),
    (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "by "},
                        {"type": "user", "user_id": "U0BOB"},
                        {"type": "text", "text": " of "},
                        {"type": "usergroup", "usergroup_id": "S0SRE"},
                        {"type": "emoji", "name": "tada"},
                        {"type": "date", "timestamp": 0, "format": "{x}", "fallback": " then"},
                        {"type": "hologram"},
                    ],
                }
            ],
        },
        "by @Bob of @sre🎉 then[hologram]",
    ),
    (
        {
            "type": "section",
            "text": {"type": "plain_text", "text": "With"},
            "accessory": {
                "type": "image",
                "image_url": "https://example.com/a",
                "alt_text": "a map",
            },
        },
        "With a map",
    ),
    (
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": "https://example.com/a", "alt_text": "a face"},
                {"type": "mrkdwn", "text": "*of* mine"},
            ],
        },
        "a face of mine",
    ),
]


def test_each_kind_of_block_shows_its_words(page: "Page", workspace: StubWorkspace) -> None:
    """No kind of block that Slipway may use is drawn empty or loses a part."""
    sent = [workspace.add(SLIPWAY, "x", blocks=[block]) for block, _ in KINDS]

    page.locator(f'[data-ts="{sent[-1]}"]').wait_for()
    assert [drawn(page, ts) for ts in sent] == [words for _, words in KINDS]


def test_page_is_built_on_the_named_library_and_on_exact_versions() -> None:
    """What draws the blocks is slack-blocks-to-jsx, at the version whose traps are known."""
    package = json.loads((STATIC.parent / "page" / "package.json").read_text("utf-8"))
    built = next((STATIC / "assets").glob("*.js")).read_text("utf-8")

    versions = {**package["dependencies"], **package["devDependencies"]}
    assert package["dependencies"]["slack-blocks-to-jsx"] == "1.1.1"
    assert [name for name, text in versions.items() if not re.fullmatch(r"[0-9.]+", text)] == []
    assert "slack_blocks_to_jsx__button_element" in built
