"""Who is measured: how each is installed, started and spoken to."""

from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

HERE: Final = Path(__file__).parent
BOTS: Final = HERE / "bots"

Transport: TypeAlias = Literal["http", "socket"]


class Peer(NamedTuple):
    """A bot of the field; *program* follows its environment's interpreter or Node."""

    name: str
    environment: str  # which lock it is installed by; `node-…` are Node's
    program: tuple[str, ...]
    transport: Transport
    is_driven_by: Literal["commands", "events"]
    package: str  # whose version is told
    words: str = "/ping {number}"
    slow: str = " slow"  # what asks for a second of work
    tells_finals: bool = False  # whether what is begun also ends, in its thread
    path: str = "/slack/events"
    folder: str = ""  # below `bots`, copied to where it is started

    @property
    def is_node(self) -> bool:
        """Whether it wants Node."""
        return self.environment.startswith("node-")


def _bolt(how: str, transport: Transport) -> Peer:
    mode = "HTTP" if transport == "http" else "Socket Mode"
    program = (str(BOTS / "bolt.py"), how, transport)
    return Peer(
        f"Bolt for Python, {how}, {mode}", "bolt", program, transport, "commands", "slack-bolt"
    )


def _bolt_js(transport: Transport) -> Peer:
    mode = "HTTP" if transport == "http" else "Socket Mode"
    return Peer(
        f"Bolt for JavaScript, {mode}",
        "node-bolt",
        ("bolt.mjs", transport),
        transport,
        "commands",
        "@slack/bolt",
    )


SLIPWAY: Final = Peer(
    "**Slipway**, HTTP",
    "",
    (),
    "http",
    "commands",
    "slipway",
    words="/deploy bench-{number} 1.4.0",
    slow="",  # the cloud's work takes a second by itself
    tells_finals=True,
)
RECORDING: Final = _bolt("recording", "http")
FIELD: Final[tuple[Peer, ...]] = (
    SLIPWAY,
    RECORDING,
    _bolt("sync", "http"),
    _bolt("async", "http"),
    _bolt("sync", "socket"),
    _bolt("async", "socket"),
    _bolt_js("http"),
    _bolt_js("socket"),
    Peer(
        "Slack Machine, Socket Mode",
        "machine",
        ("-c", "from machine.bin.run import main; main()"),
        "socket",
        "events",
        "slack-machine",
        words="ping {number}",
        folder="machine",
    ),
    Peer(
        "Errbot, Socket Mode",
        "errbot",
        ("-m", "errbot.cli", "--config", "config.py"),
        "socket",
        "events",
        "errbot",
        words="!ping {number}",
        folder="errbot",
    ),
    Peer(
        "Opsdroid, HTTP",
        "opsdroid",
        ("-m", "opsdroid", "start", "-f", "configuration.yaml"),
        "http",
        "events",
        "opsdroid",
        words="ping {number}",
        path="/connector/slack",
        folder="opsdroid",
    ),
    Peer(
        "Hubot, Socket Mode",
        "node-hubot",
        ("node_modules/hubot/bin/Hubot.mjs", "-a", "@hubot-friends/hubot-slack"),
        "socket",
        "events",
        "hubot",
        words="ping {number}",
        folder="hubot",
    ),
)
