"""What can go wrong outside us, as exceptions; a rule that says no is a value (`Denied`).

SlipwayError
├── CloudError                  a call to a cloud API did not end well
│   ├── CloudUnavailableError   proven not accepted, or only a read: safe to repeat
│   │   ├── CloudRateLimitedError  the API's limit leaves no room now
│   │   └── CloudInterruptedError  this worker is told to end
│   ├── CloudRefusedError       the API declined, in its own words
│   ├── OutcomeUnknownError     a mutating call left and no usable answer came
│   └── UnreadableReplyError    a 2xx whose content is not what the API promises
├── JournalError                the database did not do what was asked
│   ├── ConflictError           somebody else changed the operation first
│   ├── UnknownOperationError   no operation has this id
│   ├── UnknownIncidentError    no incident has this id, or it cannot be read
│   ├── PermitTakenError        this attempt's permit was granted before
│   ├── JournalUnavailableError the database cannot be reached, is locked or full
│   │   └── JournalBusyError    others write there for longer than an answer may wait
│   ├── SchemaError             the database has another version's schema
│   └── ClockError              the journal has records from later than this host's clock
├── IllegalEventError           the present phase does not accept this event
├── UnknownFormatError          a record was written by a version that we do not know
├── DirectoryError              people or groups could not be read from Slack
├── SlackError                  a call to Slack did not end well
│   ├── SlackHeldError          rate limited: nothing was done, try again after a pause
│   ├── SlackRefusedError       Slack declined, with its error code
│   └── SlackUnknownError       the call may or may not have been executed
├── QueueUnavailableError       Redis did not take the doorbell
└── ConfigurationError          slipway.yaml or the environment has faults
    └── CredentialError         a credential is missing or refused
"""

from typing import Literal, TypeAlias

from bot.core.codes import Code, Reason

Cause: TypeAlias = Code | Reason

Verdict: TypeAlias = Literal[
    "accepted",  # executed, or under way
    "refused",  # checked and declined: nothing was executed
    "busy",  # another operation runs there: not accepted, but it may be our own earlier call
    "throttled",  # stopped by a rate limit: not accepted
    "expired",  # the credential ran out: not accepted, a new one may be fetched once
    "not_found",  # what was named does not exist
    "unsupported",  # this server does not know the call at all: not accepted in this form
    "misdirected",  # a redirect: wrong endpoint, followed never
    "unknown",  # proves nothing
]


class SlipwayError(Exception):
    """Base of all errors that the world outside causes."""


class CloudError(SlipwayError):
    """A call to a cloud API did not end well.

    `doing` names the call for logs; `reason` is what people are told.
    """

    def __init__(self, *, doing: str, why: Cause) -> None:
        self.doing = doing
        self.reason = why.reason if isinstance(why, Code) else why
        super().__init__(f"{doing}: {self.why}")

    @property
    def why(self) -> str:
        """The reason for logs: foreign words as they are, else its key and parameters."""
        words = self.reason.params.get("words")
        if isinstance(words, str) and words:
            return words
        told = (f"{name}={value}" for name, value in self.reason.params.items() if value)
        return " ".join((self.reason.key, *told))


class CloudUnavailableError(CloudError):
    """The call was proven not accepted, or was only a read: safe to repeat."""


class CloudRateLimitedError(CloudUnavailableError):
    """The API's limit leaves no room for the call now; nothing was done."""

    def __init__(self, *, doing: str, why: Cause, retry_after: float) -> None:
        super().__init__(doing=doing, why=why)
        self.retry_after = retry_after  # seconds until there is room for this caller


class CloudInterruptedError(CloudUnavailableError):
    """This worker is told to end: the call was not made, or was a read that was broken off."""


class CloudRefusedError(CloudError):
    """The API declined; `code` and `why` are its own words."""

    def __init__(
        self,
        *,
        doing: str,
        why: Cause,
        status: int,
        verdict: Verdict,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(doing=doing, why=why)
        self.status = status
        self.verdict: Verdict = verdict
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after  # seconds


class OutcomeUnknownError(CloudError):
    """A mutating call left and no usable answer came: it may have been executed."""

    def __init__(self, *, doing: str, why: Cause, request_id: str = "") -> None:
        super().__init__(doing=doing, why=why)
        self.request_id = request_id


class UnreadableReplyError(CloudError):
    """A 2xx whose content is not what the API promises."""


class JournalError(SlipwayError):
    """The database did not do what was asked."""


class ConflictError(JournalError):
    """Somebody else changed the operation first; load it again."""


class UnknownOperationError(JournalError):
    """No operation has this id."""

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"there is no operation {operation_id!r}")
        self.operation_id = operation_id


class UnknownIncidentError(JournalError):
    """No incident has this id, or this version cannot read it."""


class PermitTakenError(JournalError):
    """The permit of this attempt was granted before; nothing may be sent."""


class JournalUnavailableError(JournalError):
    """The database cannot be reached, is locked or full."""


class JournalBusyError(JournalUnavailableError):
    """Others write there, for longer than an answer may wait; nothing is wrong with it."""


class SchemaError(JournalError):
    """The database has another version's schema."""


class ClockError(JournalError):
    """The journal has records from later than this host's clock."""


class IllegalEventError(SlipwayError):
    """The present phase does not accept this event."""

    def __init__(self, phase: str, event: str, why: str = "") -> None:
        super().__init__(f"{phase!r} does not accept {event!r}" + (f": {why}" if why else ""))
        self.phase = phase
        self.event = event


class UnknownFormatError(SlipwayError):
    """A record was written by a version that this one does not know, or it is damaged."""

    def __init__(self, message: str, *, operation_id: str) -> None:
        super().__init__(message)
        self.operation_id = operation_id


class DirectoryError(SlipwayError):
    """People or groups could not be read from Slack."""


class SlackError(SlipwayError):
    """A call to Slack did not end well."""


class SlackHeldError(SlackError):
    """Rate limited: nothing was done."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(f"{method}: held for {retry_after:g} s")
        self.method = method
        self.retry_after = retry_after  # seconds


class SlackRefusedError(SlackError):
    """Slack declined; `code` is its error word."""

    def __init__(self, method: str, code: str, detail: str = "") -> None:
        super().__init__(f"{method}: {code}" + (f" ({detail})" if detail else ""))
        self.method = method
        self.code = code
        self.detail = detail


class SlackUnknownError(SlackError):
    """The call may or may not have been executed."""

    def __init__(self, *, method: str, why: str) -> None:
        super().__init__(f"{method}: {why}")


class QueueUnavailableError(SlipwayError):
    """Redis did not take the doorbell; the sweeper rings later."""


class ConfigurationError(SlipwayError):
    """`slipway.yaml` or the environment has faults, each with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class CredentialError(ConfigurationError):
    """A credential is missing or refused."""
