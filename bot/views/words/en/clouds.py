"""English for what calls to clouds come to: `bot.core.codes.clouds`."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import clouds as codes
from bot.views.words.template import Params, Words

_SOON: Final = "Try again in a minute."
_DOCTOR: Final = "Run slipway doctor to check the connection."


def _foreign(params: Params) -> str:
    kind = "{content_type}" if params["content_type"] else "no content type"
    return "HTTP {status} came with an answer that is not in the API's own form (" + kind + ")."


def _login(params: Params) -> str:
    said = "{identity} answered the login with HTTP {status}"
    word = " {word}" if params["word"] else ""
    later = "; Slipway does not try again before {until:moment}" if params["until"] else ""
    return f"{said}{word}{later}."


def _no_room(params: Params) -> str:
    if not params["because"]:
        return "The rate limit of {target:name}'s cloud leaves no room for another call."
    return "The cloud of {target:name} takes no more calls right now: {because:reason}."


CLOUDS: Final[Mapping[str, Words]] = {
    codes.NoAnswer.key: Words("No complete answer came within {within:duration}.", _SOON),
    codes.NoTimeLeft.key: Words("The cloud answers too slowly.", _SOON),
    codes.NotReached.key: Words(
        "The cloud was not reached; nothing was sent[[ ({detail})]].", _SOON
    ),
    codes.Broken.key: Words(
        "The connection broke before an answer was complete[[ ({detail})]].", _SOON
    ),
    codes.ForeignAnswer.key: Words(_foreign, _SOON),
    codes.Interrupted.key: Words("This worker is shutting down; another one goes on.", _SOON),
    codes.PermitTooOld.key: Words("The permit grew too old and was not used.", _SOON),
    codes.NoConnection.key: Words(
        "The connection {connection:name} is no longer in slipway.yaml.",
        "Put it back, or move the target to another one.",
    ),
    codes.NoRoom.key: Words("The API's rate limit leaves no room for another call.", _SOON),
    codes.Redirected.key: Words(
        "The endpoint redirects elsewhere (HTTP {status}); Slipway does not follow.", _DOCTOR
    ),
    codes.BadCertificate.key: Words(
        "The endpoint's certificate is not valid ({detail}); nothing was sent.", _DOCTOR
    ),
    codes.NoEndpoint.key: Words(
        "connections.{connection:name}.endpoints.{service:name} is missing from slipway.yaml.",
        "Add the service's address.",
    ),
    codes.SecondChange.key: Words("A step makes only one change; a second one was not sent."),
    codes.LoginRefused.key: Words(_login, "Check the connection's credentials."),
    codes.NoToken.key: Words("{identity} answered the login without a token.", _SOON),
    codes.NoCatalog.key: Words("{identity}'s list of services cannot be read.", _SOON),
    codes.LoginBusy.key: Words("Another process is still logging in at {identity}.", _SOON),
    codes.AnswerLost.key: Words("{call}: {because:reason}."),
    codes.DeadlinePassed.key: Words(
        "{because:reason}; its deadline of {deadline:duration} has passed."
    ),
    codes.MayNotLook.key: Words("The cloud no longer lets Slipway look: {because:reason}."),
    codes.NothingAbout.key: Words(
        "The cloud gave no usable answer about {target:name}: {because:reason}.", _SOON
    ),
    codes.RefusedAbout.key: Words(
        "The cloud refuses to tell about {target:name}: {because:reason}.", _DOCTOR
    ),
    codes.UnknownThere.key: Words(
        "The cloud does not know {target:name} ({because:reason}).",
        "Check the target's ids in slipway.yaml.",
    ),
    codes.NoRoomAbout.key: Words(_no_room, "Try again in {retry_after:duration}."),
}
