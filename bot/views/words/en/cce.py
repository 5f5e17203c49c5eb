"""English for what CCE's clusters and releases say."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

CCE: Final[Mapping[str, Words]] = {
    "unsupported_action.no_downgrade": Words(
        "CCE cannot downgrade a cluster", "See {/ops help} for what is possible."
    ),
}
