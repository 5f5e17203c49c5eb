"""What only components of ServiceStage v3 say."""

from bot.core.codes import Code


class NoSuchComponent(Code):
    """The target's component is not there, or its credentials may not see it."""

    key = "not_found.component"
    application: str
    component: str  # its id, or its name in the create template
    code: str = ""  # the vendor's


class GrayWaits(Code):
    """A gray release waits for people: its next batch is not begun by itself."""

    key = "status.gray_waits"
