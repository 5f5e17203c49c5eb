"""What calls to clouds come to: no answer, none that proves anything, no room, no token.

What an API says in its own form is `bot.core.codes.systems.VendorSaid`. A `detail` is foreign: the
words of a library or of the operating system.
"""

from typing import ClassVar

from bot.core.codes import Code, Reason
from bot.core.records import Moment


class NoAnswer(Code):
    """No complete answer came in the time that there was."""

    key: ClassVar[str] = "cloud_unavailable.no_answer"
    within: float  # seconds


class NoTimeLeft(Code):
    """The time that several calls have together was over before this one."""

    key: ClassVar[str] = "cloud_unavailable.no_time_left"


class NotReached(Code):
    """Nobody was reached at the endpoint, so nothing was sent."""

    key: ClassVar[str] = "cloud_unavailable.not_reached"
    detail: str


class Broken(Code):
    """The connection broke before an answer was complete."""

    key: ClassVar[str] = "cloud_unavailable.broken"
    detail: str


class ForeignAnswer(Code):
    """An answer came that is not in the API's own form: a proxy's page, or nothing at all."""

    key: ClassVar[str] = "cloud_unavailable.foreign_answer"
    status: int
    content_type: str = ""


class Interrupted(Code):
    """This worker is told to end: the call was not made, or the reading was broken off."""

    key: ClassVar[str] = "cloud_unavailable.interrupted"


class PermitTooOld(Code):
    """The permit was granted too long ago to be used; nothing was sent."""

    key: ClassVar[str] = "cloud_unavailable.permit_too_old"


class NoConnection(Code):
    """The target's connection is not in slipway.yaml any more."""

    key: ClassVar[str] = "cloud_unavailable.no_connection"
    connection: str


class NoRoom(Code):
    """The API's limit leaves no room for the call now."""

    key: ClassVar[str] = "api_limit.no_room"


class Redirected(Code):
    """The endpoint leads elsewhere, which is not followed."""

    key: ClassVar[str] = "cloud_refused.redirected"
    status: int


class BadCertificate(Code):
    """The endpoint's certificate is not valid, so nothing was sent."""

    key: ClassVar[str] = "cloud_refused.certificate"
    detail: str


class NoEndpoint(Code):
    """Nobody says where a service is: neither slipway.yaml nor the vendor's catalog."""

    key: ClassVar[str] = "cloud_refused.no_endpoint"
    connection: str
    service: str


class SecondChange(Code):
    """A step makes only one mutating call; a second one was not sent."""

    key: ClassVar[str] = "cloud_unknown.second_change"


class LoginRefused(Code):
    """The identity service declined a login; it is not repeated before *until*."""

    key: ClassVar[str] = "cloud_refused.login"
    identity: str
    status: int
    word: str = ""  # the identity service's own
    until: Moment | None = None  # None: it was tried just now


class NoToken(Code):
    """The identity service's answer holds no token that could be sent."""

    key: ClassVar[str] = "cloud_unavailable.no_token"
    identity: str


class NoCatalog(Code):
    """The identity service's answer, which tells the services' addresses, cannot be read."""

    key: ClassVar[str] = "cloud_unavailable.no_catalog"
    identity: str


class LoginBusy(Code):
    """Another process logs in, and does not come to an end."""

    key: ClassVar[str] = "cloud_unavailable.login_busy"
    identity: str


class AnswerLost(Code):
    """A change was sent, and its answer proves nothing."""

    key: ClassVar[str] = "uncertain.answer_lost"
    call: str  # method and path
    because: Reason


class DeadlinePassed(Code):
    """A change that was permitted before waited for room until its deadline; it ends unsent."""

    key: ClassVar[str] = "deadline_passed.waiting"
    deadline: float  # seconds
    because: Reason


class MayNotLook(Code):
    """The cloud does not let Slipway read any more what it watches."""

    key: ClassVar[str] = "stalled.may_not_look"
    because: Reason


class NothingAbout(Code):
    """The cloud gave no usable answer about the target."""

    key: ClassVar[str] = "cloud_unavailable.about"
    target: str
    because: Reason


class RefusedAbout(Code):
    """The cloud refused to tell about the target."""

    key: ClassVar[str] = "cloud_refused.about"
    target: str
    because: Reason


class UnknownThere(Code):
    """The cloud does not know the target."""

    key: ClassVar[str] = "not_found.there"
    target: str
    because: Reason


class NoRoomAbout(Code):
    """The cloud of the target takes no more calls at this moment."""

    key: ClassVar[str] = "api_limit.about"
    target: str
    because: Reason | None = None  # what the API said; None: by our own count
    retry_after: float  # seconds
