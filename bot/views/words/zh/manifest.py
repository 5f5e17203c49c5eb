"""Chinese: one line about each slash command, for Slack's own menu."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

MANIFEST: Final[Mapping[str, Words]] = {
    "manifest.deploy": Words("把指定版本部署到目标。"),
    "manifest.upgrade": Words("与 {/deploy} 相同。"),
    "manifest.rollback": Words("回滚到上一版本或指定的修订版本。"),
    "manifest.incident": Words("上报、跟进和关闭故障。"),
    "manifest.ops": Words("帮助、状态、历史及其他全部功能。"),
}
