"""What only components of ServiceStage v3 say."""

from bot.core.codes import Code, Reason


class NoSuchComponent(Code):
    """The target's component is not there, or its credentials may not see it."""

    key = "not_found.component"
    application: str
    component: str  # its id, or its name in the create template
    code: str = ""  # the vendor's


class NextBatch(Code):
    """The name of the way on that brings out the next batch of a gray release."""

    key = "option.next_batch"


class NextBatchExplained(Code):
    """What that way does."""

    key = "option.next_batch_explained"
    batch: int | None = None  # None: not known
    of: int | None = None


class CheckGray(Code):
    """The name of the way on that lets the vendor check the batch that is out."""

    key = "option.check_gray"


class CheckExplained(Code):
    """What that way does."""

    key = "option.check_gray_explained"


class GrayTakenBack(Code):
    """The gray release was taken back before its last batch."""

    key = "task_failed.gray_taken_back"
    version: str  # that runs now


class GrayFailed(Code):
    """The gray release failed after its first batch, by the component's status."""

    key = "task_failed.gray"
    status: str  # the vendor's word


class NoGrayWaits(Code):
    """There is no batch that waits for people."""

    key = "changed_meanwhile.no_gray"
    status: str  # the vendor's word


class GrayUnderWay(Code):
    """A gray release of another version is not at its end."""

    key = "in_progress.gray"
    version: str


class GrayWithoutMode(Code):
    """Neither slipway.yaml nor the component says how a gray release is to be deployed."""

    key = "usage.gray"


class GrayCheckFailed(Code):
    """A gray release waits for people, and the vendor's check of its batch failed."""

    key = "status.gray_check_failed"
    because: Reason
    batch: int | None = None  # that is out; None: not known
    of: int | None = None


class GrayWaits(Code):
    """A gray release waits for people: its next batch is not begun by itself."""

    key = "status.gray_waits"
    batch: int | None = None  # that is out; None: not known
    of: int | None = None
    share: int | None = None  # of the traffic, in percent
