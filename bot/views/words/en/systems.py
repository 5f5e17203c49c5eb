"""English for what systems say alike: `bot.core.codes.systems`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import systems as codes
from bot.views.words.template import Params, Words

_TRY_LATER: Final = "Try again when it has ended. {/ops status} shows it."
_LABELS: Final[Mapping[str, str]] = {
    "addon": "add-on",
    "cloudpods": "Cloudpods status",
    "earlier_words": "kept from earlier commands",
    "key_value": "key=value",
    "last_job": "last job",
    "more_values": "more values",
    "newest": "newest revision",
    "pods_in_namespace": "pods in the namespace",
    "node_order": "order of nodes",
    "pool_order": "order of node pools",
    "skipped": "skipped risks",
    "state_reason": "reason",
}


def _label(name: str) -> Words:
    words = _LABELS.get(name, name)
    return Words(lambda params: words + " {of:name}" if params.get("of") else words)


def _near(params: Params) -> str:
    return "Choose one of {near:list}." if params["near"] else "Deploy the version that you want."


def _near_version(params: Params) -> str:
    return "Choose one of {near:list}." if params["near"] else ""


def _vendor_said(params: Params) -> str:
    return " ".join("{" + name + "}" for name in ("code", "words") if params[name])


def _now(params: Params) -> str:
    status = "{status:status}" if params["status"] else "status unknown"
    return status + (" {version:name}" if params["version"] else "")


def _replicas(params: Params) -> str:
    return "? replicas" if params["replicas"] is None else "{replicas:count:replica}"


def _ready(params: Params) -> str:
    ready, wanted = ("?" if params[name] is None else f"{{{name}}}" for name in ("ready", "wanted"))
    return f"{ready} of {wanted}"


def _progress(params: Params) -> str:
    return "{status}" if params["done"] is None else "{status}, {done:count:task} done"


def _unlisted(params: Params) -> str:
    of = " of {of}" if params["of"] else ""
    return "Unknown status {status:code}" + of + ": the API reference does not list it"


def _ended(params: Params) -> str:
    ended = "Job {task} ended with status {status}"
    row = "{row}" if params["row"] else ""
    words = "{words}" if params["words"] else ""
    return ": ".join(part for part in (ended, row, words) if part)


def _still_last(params: Params) -> str:
    if not params["task"]:
        return "The {thing:label} shows no job yet"
    return "The last job of the {thing:label} is still {task}"


def _differs(params: Params) -> str:
    if params["what"] == "replicas":
        return "it has {theirs} replicas, not {ours}"
    return "its {what:label} is {theirs}, not {ours}"


def _ours(params: Params) -> str:
    before = "the last job was {before}" if params["before"] else "there was no job"
    return (
        "Before our call " + before + ", now it is {task}; it began {began:moment}, our call was"
        " permitted {permitted:moment}; {match:reason}; there is no other new job"
    )


def _field(params: Params) -> str:
    where = "{place} in the answer" if params["place"] else "The answer"
    return where + " cannot be read: {fault}"


SYSTEMS: Final[Mapping[str, Words]] = {
    **{f"label.{name}": _label(name) for name in sorted(codes.LABELS)},
    codes.AlreadyRunning.key: Words(
        "Version {version:name} is already running.", "Ask for another version."
    ),
    codes.AlreadyScaled.key: Words(
        "It already has {replicas:count:replica}.", "Ask for another number."
    ),
    codes.AlreadySo.key: Words(
        "The {thing:label} is already {status}.", "{/ops status} shows what runs."
    ),
    codes.AlreadyThere.key: Words(
        "A {thing:label} called {name:name} already exists.", "Deploy to it."
    ),
    codes.NotGiven.key: Words("No {what:label} was given.", "Name the {what:label}."),
    codes.NoSuchStrategy.key: Words(
        "There is no strategy {word:name}.", "Choose one of {known:list}."
    ),
    codes.BusyWithTask.key: Words(
        "The {thing:label} is already being changed: job {task} is running.", _TRY_LATER
    ),
    codes.BusyByStatus.key: Words(
        "The {thing:label} is already being changed: its status is {status}.", _TRY_LATER
    ),
    codes.TemplateLacks.key: Words(
        "The create template lacks {fields:list}.",
        "Complete `create:` of the target in slipway.yaml.",
    ),
    codes.TemplateMisfit.key: Words(
        "In the create template, {field:name} must be {wanted:code}.",
        "Correct `create:` of the target in slipway.yaml.",
    ),
    codes.NoTemplate.key: Words(
        "The target has no create template.", "Add `create:` to the target in slipway.yaml."
    ),
    codes.NoPreviousRevision.key: Words(
        "The {thing:label} has no earlier version that ran well.",
        "Deploy the version that you want.",
    ),
    codes.NoSuchVersion.key: Words("There is no version {version:name}.", _near_version),
    codes.NoSuchRevision.key: Words(
        "The {thing:label}'s records do not contain {revision:name}.", _near
    ),
    codes.RevisionEndedBadly.key: Words("{revision:name} did not end well: {status}.", _near),
    codes.VendorSaid.key: Words(_vendor_said),
    codes.NotCreatedYet.key: Words("not created yet"),
    codes.StatusOf.key: Words(_now),
    codes.Replicas.key: Words(_replicas),
    codes.Ready.key: Words(_ready),
    codes.Absent.key: Words("absent"),
    codes.RunState.key: Words("{status:status}"),
    codes.Hidden.key: Words("[hidden]"),
    codes.TaskProgress.key: Words(_progress),
    codes.UnlistedStatus.key: Words(_unlisted),
    codes.TaskEnded.key: Words(_ended),
    codes.TaskUnknown.key: Words("The API does not know job {task}"),
    codes.StillLast.key: Words(_still_last),
    codes.NotThere.key: Words("There is no {thing:label} called {name:name} yet"),
    codes.NoTaskShown.key: Words("The {thing:label} {id} exists, but shows no job yet"),
    codes.NoStartShown.key: Words("Job {task} is new, but does not say when it began"),
    codes.WrongTime.key: Words("Job {task} began {began:moment}, too far from our call"),
    codes.Contradicted.key: Words("Job {task} is new, but {by:reason}"),
    codes.Differs.key: Words(_differs),
    codes.StatusMisfits.key: Words("the status {status} does not fit a {action}"),
    codes.Matches.key: Words("its {what:label} is ours: {value}"),
    codes.StatusFits.key: Words("the status {status} fits a {action}"),
    codes.WasNotThere.key: Words("the {thing:label} {id} was not there before"),
    codes.SeveralCandidates.key: Words(
        "Several new jobs may be ours, so people must decide: {tasks:list}"
    ),
    codes.TaskIsOurs.key: Words(_ours),
    codes.FieldUnreadable.key: Words(_field),
    codes.NotObjects.key: Words("{place:code} is not a list of objects"),
    codes.TooDeep.key: Words("The answer is nested too deeply"),
    codes.AboutAnother.key: Words("The answer is about something else: {id}"),
    codes.SeveralCalled.key: Words("The name {name:name} belongs to more than one {thing:label}"),
    codes.EndlessList.key: Words("The list does not end after {pages:count:page}"),
    codes.NoUsableId.key: Words("The answer names nothing that can be looked up"),
    codes.ListedTwice.key: Words("The answer lists a {what:label} twice"),
}
