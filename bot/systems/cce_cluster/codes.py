"""What only a cluster's upgrade says."""

from typing import ClassVar

from bot.core.codes import Code


class NoDowngrade(Code):
    """CCE has no call that takes a cluster's upgrade back."""

    key: ClassVar[str] = "unsupported_action.no_downgrade"
