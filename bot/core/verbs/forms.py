"""What the forms of changes have, by name, and what is filled in there: a change, or a fault.

A name is both the block's and the element's: errors of a form are keyed by the one, what was
entered is found by the other.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from bot.core.codes import Denied
from bot.core.codes.grammar import BadVersion, QuotesInLine, TooLong
from bot.core.codes.service import SecretInReason
from bot.core.records import Asked, Parameters, Record
from bot.core.rules.intents import Change
from bot.core.secrecy import holds_secret
from bot.core.verbs import deploy, scale
from bot.core.verbs.keyboards import dashed, plain
from bot.core.verbs.line import shown, unmatched_at
from bot.core.verbs.reasons import kept_reason
from bot.core.verbs.text import unreadable
from bot.core.verbs.words import VERSION

Field: TypeAlias = Literal["target", "version", "replicas", "reason", "values", "dry_run"]
FormAction: TypeAlias = Literal["deploy", "rollback", "scale", "create"]
FORMS: Final[tuple[FormAction, ...]] = get_args(FormAction)

PICK_TARGET: Final = "slipway.pick_target"
PICK_VERSION: Final = "slipway.pick_version"
OPEN_DEPLOY: Final = "slipway.open_deploy"  # Home's buttons, by the form that each opens
OPEN_ROLLBACK: Final = "slipway.open_rollback"
OPEN_SCALE: Final = "slipway.open_scale"
OPEN_CREATE: Final = "slipway.open_create"
OPEN_INCIDENT: Final = "slipway.open_incident"
ABOUT: Final = "target:"  # before the target in the value of a button that opens it about one
SHORTCUT_DEPLOY: Final = "slipway.shortcut_deploy"
FIELDS: Final[Mapping[Field, str]] = {
    "target": PICK_TARGET,
    "version": PICK_VERSION,
    "replicas": "slipway.replicas",
    "reason": "slipway.reason",
    "values": "slipway.values",
    "dry_run": "slipway.dry_run",
}
VALUES_MAX: Final = 1_200  # characters: with all else they are carried to the form's second page

_ANY_TARGET: Final = "target"  # in the line that is read; the chosen one may be called anything
# Where a refusal belongs, by its stable code; all others are about the target.
_PLACES: Final[Mapping[str, Field]] = {
    "reason_required": "reason",
    "secret_in_reason": "reason",
    "bad_version": "version",
    "no_such_version": "version",
    "no_such_chart": "version",
    "no_such_revision": "version",
    "no_previous_revision": "version",
    "no_change": "version",
    "not_deployable": "version",
    "bad_values": "values",
    "values_unknown": "values",
    "secret_in_values": "values",
    "too_large": "values",
    "too_long": "values",
}


class Filled(Record):
    """What a person filled in, as typed and chosen."""

    action: FormAction
    target: str = ""
    version: str = ""  # of a rollback: the revision; "": what ran before
    replicas: str = ""
    values: str = ""
    reason: str = ""
    dry_run: bool = False


class Fault(NamedTuple):
    """A refusal, and the field that it is said at."""

    field: Field
    denied: Denied


def fault_of(denied: Denied, action: FormAction) -> Fault:
    """Return *denied* with the field of the form that it is about."""
    place = _PLACES.get(denied.code, "target")
    return Fault("replicas" if place == "version" and action == "scale" else place, denied)


def filled_change(filled: Filled) -> Change | Fault:
    """Return the change that the form asks for, or what is wrong at which field.

    The values are read as behind a command, with line ends for blanks.
    """
    version = plain(filled.version).strip()
    if version and not VERSION.fullmatch(version):
        return Fault("version", Denied.of(BadVersion(word=shown(version))))
    if holds_secret(filled.reason):
        return Fault("reason", Denied.of(SecretInReason()))
    asked = _asked(filled, version)
    if isinstance(asked, Fault):
        return asked
    reason = kept_reason(filled.reason)
    told = {"reason": reason} if reason else {}
    is_dry = filled.dry_run or asked.dry_run
    return asked.model_copy(update={**told, "target": filled.target.lower(), "dry_run": is_dry})


def _asked(filled: Filled, version: str) -> Change | Fault:
    match filled.action:
        case "deploy":
            return _deployed(filled, version)
        case "rollback":
            return _plainly(filled, Parameters(revision=version or None))
        case "create":
            return _plainly(filled, Parameters(version=version or None))
        case "scale":
            read = scale.number("scale", plain(filled.replicas).split())
            return Fault("replicas", read) if isinstance(read, Denied) else _plainly(filled, read)


def _plainly(filled: Filled, parameters: Parameters) -> Change:
    return Change(target=filled.target, asked=Asked(action=filled.action, parameters=parameters))


def _deployed(filled: Filled, version: str) -> Change | Fault:
    pasted = plain(filled.values.replace("\r\n", "\n"))
    lines = "\n".join(each.strip() for each in pasted.split("\n"))
    typed = " ".join(lines.split("\n"))
    refused = unreadable(typed)
    words = " ".join((_ANY_TARGET, version, dashed(typed)))
    if len(typed) > VALUES_MAX:
        refused = Denied.of(TooLong(length=len(typed), most=VALUES_MAX))
    read = refused or _unmatched(lines) or deploy.read(words)
    if not isinstance(read, Denied):
        return read
    return Fault("values" if filled.values.strip() else "version", read)


def _unmatched(lines: str) -> Denied | None:
    """Refuse quotes that do not end in their line: the next one would become a part of the value.

    JSON may have several lines, since none of its words has a line end.
    """
    at = unmatched_at(lines)
    return None if at is None else Denied.of(QuotesInLine(line=lines.count("\n", 0, at) + 1))
