"""Trouble that people can make in the sandbox: with its clouds, its workers, its Slack."""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict

from bot.sandbox.clouds import Armed, Fault, LockedFaults, StoppableClock
from bot.sandbox.monitor import AlertState
from bot.sandbox.slack import Workspace

THROTTLED_SECONDS: Final = 10
SLACK_SECONDS: Final = 15
_SLACK_METHODS: Final = ("chat.postMessage", "chat.update")
LOST_LOOKS: Final = 4  # after a lost answer, so that people see it before it is found
LOST_ANSWER: Final = Fault(
    kind="drop", when="after", then=Fault(kind="drop", match="GET *", times=LOST_LOOKS)
)
LOST_CALL: Final = Fault(kind="drop", when="before")
THROTTLED: Final = Fault(kind="throttled", retry_after=str(THROTTLED_SECONDS))


class Words(BaseModel):
    """What the menu says of a trouble."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    seen: str  # what people will see of it
    does: str = "Arm"  # what its button says
    armed: str = "Armed: befalls the next change."


class Trouble(Protocol):
    """Something that goes wrong when people want it to."""

    @property
    def words(self) -> Words:
        """What the menu says of it."""
        ...

    @property
    def is_armed(self) -> bool:
        """Whether it is about to happen, or lasts."""
        ...

    @property
    def happened(self) -> int:
        """How often it has befallen somebody."""
        ...

    def make(self) -> None:
        """Arm it; what is armed already stays as it is."""
        ...

    def take_back(self) -> None:
        """Let it not happen, or be over."""
        ...


class CloudFault:
    """The next change that any cloud is asked for goes wrong; the others then go right."""

    def __init__(self, words: Words, fault: Fault, clouds: Iterable[LockedFaults]) -> None:
        self.words: Final = words
        self._fault: Final = fault
        self._clouds: Final = tuple(clouds)
        self._armed: Armed | None = None
        self._before = 0

    @property
    def is_armed(self) -> bool:
        """Whether no cloud has been asked yet."""
        return self._armed is not None and not self._armed.spent

    @property
    def happened(self) -> int:
        """How many changes it has befallen."""
        return self._before + (self._armed.hits if self._armed else 0)

    def make(self) -> None:
        """Arm it in all clouds at once."""
        if self.is_armed:
            return
        self._before = self.happened
        self._armed = Armed(self._fault)
        for cloud in self._clouds:
            cloud.arm(self._armed)

    def take_back(self) -> None:
        """Let the next change go right."""
        if self._armed is not None:
            self._armed.is_taken_back = True


class Standstill:
    """Nothing comes to its end in the clouds, until it is taken back."""

    def __init__(self, words: Words, clock: StoppableClock) -> None:
        self.words: Final = words
        self.happened = 0
        self._clock: Final = clock

    @property
    def is_armed(self) -> bool:
        """Whether the clouds stand still."""
        return self._clock.is_stopped

    def make(self) -> None:
        """Let them stand still."""
        self.happened += not self.is_armed
        self._clock.stop()

    def take_back(self) -> None:
        """Let them go on: what was due meanwhile ends now."""
        self._clock.go_on()


class Killing:
    """A worker's process dies at once, and its supervisor notices."""

    is_armed: Final = False

    def __init__(self, words: Words, kill: Callable[[], int | None]) -> None:
        self.words: Final = words
        self.happened = 0
        self._kill: Final = kill

    def make(self) -> None:
        """Kill one."""
        self.happened += self._kill() is not None

    def take_back(self) -> None:
        """What is dead stays so; the supervisor starts another one."""


class SlackLimit:
    """The next message and the next update are refused, with the time to wait."""

    def __init__(self, words: Words, workspace: Workspace) -> None:
        self.words: Final = words
        self._workspace: Final = workspace
        self._made = 0

    @property
    def is_armed(self) -> bool:
        """Whether Slack has refused nothing yet."""
        with self._workspace.state.lock:
            return all(map(self._workspace.faults.waiting, _SLACK_METHODS))

    @property
    def happened(self) -> int:
        """How often it has refused something."""
        return self._made - self.is_armed

    def make(self) -> None:
        """Arm it for what is posted and for what is updated."""
        if self.is_armed:
            return
        self._made += 1
        with self._workspace.state.lock:
            self._workspace.faults.clear()
            for method in _SLACK_METHODS:
                self._workspace.faults.add(method, "ratelimited", retry_after=SLACK_SECONDS)

    def take_back(self) -> None:
        """Let Slack take what comes."""
        self._made -= self.is_armed
        with self._workspace.state.lock:
            self._workspace.faults.clear()


class Alert:
    """A monitor's alert fires, until it is taken back."""

    def __init__(self, words: Words, send: Callable[[AlertState, int], bool]) -> None:
        self.words: Final = words
        self.is_armed = False
        self.happened = 0
        self._send: Final = send

    def make(self) -> None:
        """Let it fire: each time it is another one."""
        if not self.is_armed and self._send("firing", self.happened + 1):
            self.happened += 1
            self.is_armed = True

    def take_back(self) -> None:
        """Let it be over."""
        if self.is_armed and self._send("resolved", self.happened):
            self.is_armed = False


def troubles(
    workspace: Workspace,
    clouds: Iterable[LockedFaults],
    clock: StoppableClock,
    kill: Callable[[], int | None],
    alert: Callable[[AlertState, int], bool],
) -> tuple[Trouble, ...]:
    """Return all that people can let go wrong, in the menu's order."""
    there = tuple(clouds)
    return (
        Alert(_ALERT, alert),
        CloudFault(_LOST_ANSWER, LOST_ANSWER, there),
        CloudFault(_LOST_CALL, LOST_CALL, there),
        Standstill(_HANG, clock),
        CloudFault(_THROTTLE, THROTTLED, there),
        Killing(_KILL, kill),
        SlackLimit(_SLACK, workspace),
    )


_ALERT: Final = Words(
    name="alert",
    title="An alert fires",
    seen="A monitor sees too many errors of checkout and tells Slipway, which proposes an incident "
    "in #deploys. Take it back, and the monitor says that it is over.",
    does="Fire",
    armed="It fires.",
)
_LOST_ANSWER: Final = Words(
    name="lose_answer",
    title="Lose the next answer",
    seen="The cloud carries out the next change, but its answer never arrives, nor those to the "
    "next looks. The card says uncertain, nothing is sent again, and Slipway reads on until it "
    "finds what became of the call.",
)
_LOST_CALL: Final = Words(
    name="lose_call",
    title="Lose the next call",
    seen="The next change never reaches the cloud. From outside that looks the same: the card says "
    "uncertain, and stays so until an approver says what happened.",
)
_HANG: Final = Words(
    name="hang",
    title="Hang",
    seen="Nothing that runs in the clouds comes to its end. The card stays at running and says "
    "when it is late. Take it back, and everything ends as it should have.",
    does="Stop the clouds",
    armed="The clouds stand still.",
)
_THROTTLE: Final = Words(
    name="throttle",
    title="Throttle",
    seen="A cloud answers the next change with 429, too many requests. It was not carried out: "
    f"Slipway waits {THROTTLED_SECONDS} seconds, as it is told, and tries again.",
)
_KILL: Final = Words(
    name="kill_worker",
    title="Kill a worker",
    seen="One of the workers' processes is killed, whatever it is doing. The supervisor starts "
    "another one, and the journal knows where to go on.",
    does="Kill one",
)
_SLACK: Final = Words(
    name="slack_429",
    title="Slack says 429",
    seen=f"Slack refuses the next messages for {SLACK_SECONDS} seconds. Cards stand still and then "
    "show the newest state; nothing is lost, and nothing is said twice.",
    armed="Armed: befalls the next message.",
)
