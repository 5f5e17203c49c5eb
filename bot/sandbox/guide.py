"""What a newcomer may click in the sandbox: lines that are typed as somebody, and what is seen."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
LEA: Final = "U0LEAD"
SAM: Final = "U0SAM"
EVE: Final = "U0EVE"
FREEZE: Final = '/ops freeze all "Trying a freeze" --for 30m'
THAW: Final = "/ops thaw all"


class Line(BaseModel):
    """One click: become somebody, and type something or open a menu."""

    model_config = ConfigDict(frozen=True)

    by: str
    types: str = ""
    opens: Literal["", "trouble"] = ""
    says: str  # what comes of it, and what to do then


class Chapter(BaseModel):
    """A few lines that belong together."""

    model_config = ConfigDict(frozen=True)

    title: str
    lines: tuple[Line, ...]
    place: Literal["", "incident"] = ""  # in channels of incidents, or in all others


GUIDE: Final = (
    Chapter(
        title="Ask, approve",
        lines=(
            Line(
                by=ANN,
                types="/deploy checkout 1.4.0",
                says="A card appears: what changes, why, and who has to approve it.",
            ),
            Line(by=BOB, says="Bob approves releases: press Approve on the card."),
        ),
    ),
    Chapter(
        title="Fail, go back",
        lines=(
            Line(
                by=ANN,
                types="/deploy flaky 2.1.0",
                says="Its first deployment fails. Approve it as Bob, then press Roll back.",
            ),
        ),
    ),
    Chapter(
        title="Make trouble",
        lines=(
            Line(
                by=ANN,
                opens="trouble",
                says="Lose the next answer, then deploy: the card says uncertain, and recovers.",
            ),
            Line(
                by=ANN,
                types="/deploy checkout-dev 1.4.0",
                says="Nobody has to approve where the policy is dev: quick to try trouble with.",
            ),
        ),
    ),
    Chapter(
        title="Live through an incident",
        lines=(
            Line(
                by=ANN,
                opens="trouble",
                says="Let an alert fire, then press Open incident on the card that comes here.",
            ),
            Line(
                by=ANN,
                types='/incident open "Search is slow" search',
                says="Or open one yourself: a channel with what changed before, and the way back.",
            ),
        ),
    ),
    Chapter(
        title="In an incident",
        place="incident",
        lines=(
            Line(
                by=ANN,
                types='/incident note "errors fall"',
                says="Stands in the timeline, as a message does that you mark with a pushpin.",
            ),
            Line(
                by=ANN,
                types='/incident update "Rolled back; watching it"',
                says="Says how it stands: here, and on the card.",
            ),
            Line(
                by=ANN,
                types='/incident close "A bad image, rolled back"',
                says="Ends it: what was measured, and the timeline as a file and a canvas.",
            ),
        ),
    ),
    Chapter(
        title="And more",
        lines=(
            Line(
                by=ANN,
                types="/deploy checkout 1.5.0 --strategy gray:20%",
                says="A gray release: each batch waits for Next batch, or goes back.",
            ),
            Line(
                by=ANN,
                types="/upgrade edge v1.31",
                says="A cluster: two gates (Bob, then Sam), a risk to skip, and no way back.",
            ),
            Line(
                by=ANN,
                types="/ops create search-canary 1.1.0",
                says="Creates what is not there yet, from the template in slipway.yaml.",
            ),
            Line(by=EVE, types="/deploy checkout 1.4.0", says="Eve is in no group: refused."),
            Line(by=ANN, types="/ops help", says="All that you can type."),
        ),
    ),
)
