"""English for what is said of Helm's releases and their values."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Words

_TRY_LATER: Final = "Try again when it has finished. {/ops status} shows it."
_READY_OR_NOT: Final = ". That does not mean its pods are ready"
_ALL_VALUES: Final = (
    "Declare what is hidden (only that) in slipway.yaml under `values:`, or set "
    "`values_mode: merge` there to send single values alone."
)
_KEY_FAULTS: Final[Mapping[str, str]] = {
    "character": "it has a character that does not fit where it is",
    "name_before_dot": "a name is missing before a dot",
    "name_before_index": "a name is missing before an index",
    "name_at_end": "a name is missing at the end",
    "dot_after_index": "a dot is missing after ]",
    "index": "an index is a whole number up to 65536",
    "levels": "it has more than 30 levels",
}


def or_unknown(name: str, params: Params) -> str:
    """Return the place for the vendor's word, or that there is none."""
    return f"{{{name}}}" if params[name] else "in an unknown state"


def with_words(says: str, params: Params) -> str:
    """Return *says* with the vendor's words behind it, where there are any."""
    return says + ": {words}" if params["words"] else says


def choose(params: Params) -> str:
    """Return the remedy that names what is near."""
    return "Choose one of {near:list}." if params["near"] else "Name another version."


def _busy_remedy(params: Params) -> str:
    if params["frees"]:
        return _TRY_LATER + " If it is stuck, roll back to revision {frees} to free the release."
    if params["is_deletable"]:
        return _TRY_LATER + " If it is stuck, only {/ops delete} frees the release."
    return _TRY_LATER


def _no_version(params: Params) -> str:
    needed = ", which {needed_for} needs" if params["needed_for"] else ""
    return "Chart {chart:name} has no version {version:name}" + needed


def _unreadable(params: Params) -> str:
    return "{word:name} is not a key: " + _KEY_FAULTS.get(str(params["fault"]), "{fault}")


def _misfit(params: Params) -> str:
    if params["wanted"] == "row":
        return "{word:name} cannot be set: {above:name} has fewer entries"
    what = "map" if params["wanted"] == "map" else "list"
    return "{word:name} cannot be set: {above:name} is not a " + what


def _unknown(params: Params) -> str:
    if params["paths"]:
        return "The values of {paths:list} are hidden, and all values have to be sent together"
    return "Not all present values of the release are known, and they have to be sent together"


def _other_type(params: Params) -> str:
    article = "" if params["kind"] == "text" else "a "
    return "{value} (now " + article + "{kind})"


def _version_at(params: Params) -> str:
    version = "{version:name}" if params["version"] else "?"
    return version + " (revision {revision})"


def _deployed(params: Params) -> str:
    if not params["revision"]:
        return "Deployed" + _READY_OR_NOT
    version = " ({version:name})" if params["version"] else ""
    return "Revision {revision}" + version + " is deployed" + _READY_OR_NOT


def _superseded(params: Params) -> str:
    newest = or_unknown("status", params)
    return "Revision {revision} was deployed; revision {newest} is newer and is " + newest


def _revision(params: Params) -> str:
    return with_words("Revision {revision} is " + or_unknown("status", params), params)


def _failed(params: Params) -> str:
    is_ = " is {status}" if params["status"] else ""
    advice = ". Delete it by hand, then install it again" if params["status"] == "UNKNOWN" else ""
    return with_words("Revision {revision}" + is_, params) + advice


def _not_yet(params: Params) -> str:
    is_ = ", which is {status}" if params["status"] else ""
    return "No revision newer than {newest} yet" + is_


def _gone(params: Params) -> str:
    again = ", and was installed again as revision {revision}" if params["revision"] else ""
    return "The release is gone" + again


def _other_kind(params: Params) -> str:
    if params["kind"] == "upgrade":
        return "it is an upgrade"
    to = " to revision {revision}" if params["revision"] else ""
    ours = ", ours is to revision {ours}" if params["ours"] else ""
    return "it is a rollback" + to + ours


def _revision_is_ours(params: Params) -> str:
    words = " ({words})" if params["words"] else ""
    return (
        "The release was at revision {before} before our call; revision {revision} is the only "
        "new one, made {made:moment}. Our call was permitted {permitted:moment}. It matches what "
        "we sent" + words
    )


def _deletion_is_ours(params: Params) -> str:
    if params["status"]:
        return "Release {id} was not {status} before our call, and now it is"
    return "Release {id} existed before our call and is gone now"


_ONE_TEXT: Final = ", or put the whole value in quotes to send it as one text."


def _listed(params: Params) -> str:
    return "{names:list}" + (" and {more} more" if params["more"] else "")


def _pods(params: Params) -> str:
    unwell = "; {unwell:list}" if params["unwell"] else ""
    more = " and {more} more" if params["more"] else ""
    return "{well} of {total} running" + unwell + more


HELM: Final[Mapping[str, Words]] = {
    "value.listed": Words(_listed),
    "value.pods": Words(_pods),
    "usage.several_values": Words(
        "{word:name} seems to set several values in one word.",
        "Write each as a word of its own: {instead:code}" + _ONE_TEXT,
    ),
    "usage.list_in_braces": Words(
        "{word:name} seems to be a list in braces.",
        "Write each entry as a word of its own: {instead:code}" + _ONE_TEXT,
    ),
    "bad_version.tag": Words(
        "{version:name} cannot be an image's tag: it has a +.",
        "Name the tag as the registry has it, such as 1.4.0.",
    ),
    "no_change.values": Words("These values are already deployed.", "Set another value."),
    "no_change.revision": Words(
        "Revision {revision} is already live.", "{/ops revisions} lists the others."
    ),
    "in_progress.revision": Words(
        "The release is already being changed: revision {revision} is {status}.", _busy_remedy
    ),
    "no_such_version.chart": Words(_no_version, choose),
    "bad_values.unreadable": Words(_unreadable, "See the chart's values for the keys it has."),
    "bad_values.misfit": Words(_misfit, "See the chart's values for the keys it has."),
    "bad_values.twice": Words("{one:name} and {other:name} set the same value.", "Name one only."),
    "values_unknown.values": Words(_unknown, _ALL_VALUES),
    "value.values_kept": Words("as they are"),
    "value.values_unread": Words("unknown"),
    "value.values_replaced": Words("replaced as a whole"),
    "value.secrets_sent": Words("sent, not compared"),
    "value.secret_changed": Words("****** (changed)"),
    "value.only_these": Words("only those listed are sent; the cloud keeps the rest"),
    "value.other_type": Words(_other_type),
    "value.word_kept": Words("kept so far"),
    "value.word_dropped": Words("dropped: no longer fits"),
    "value.more_changes": Words("{count:count:more change}"),
    "value.deleted": Words("deleted"),
    "value.other_values": Words("{version:name}, other values"),
    "value.version_at": Words(_version_at),
    "task.deployed": Words(_deployed),
    "task.superseded": Words(_superseded),
    "task.revision": Words(_revision),
    "task.no_revision_yet": Words(_not_yet),
    "task.gone": Words(_gone),
    "task_failed.revision": Words(_failed),
    "task_not_found.release": Words("The cloud no longer knows the release {release}"),
    "no_trace.still_at": Words("The release is still at revision {revision}"),
    "no_trace.still_there": Words("The release still exists; its status is {status:code}"),
    "no_trace.no_release": Words("There is no such release yet"),
    "no_trace.several_revisions": Words(
        "Revisions {revisions:list} are new. Somebody must look which one is ours"
    ),
    "no_trace.revision": Words("Revision {revision} is new, but {by:reason}"),
    "evidence.other_kind": Words(_other_kind),
    "evidence.untimed": Words("it does not say when it was made"),
    "evidence.untimely": Words("it was made {at:moment}, too far from our call"),
    "evidence.other_value": Words("its value of {path:name} is not ours"),
    "adopted.revision": Words(_revision_is_ours),
    "adopted.deletion": Words(_deletion_is_ours),
}
