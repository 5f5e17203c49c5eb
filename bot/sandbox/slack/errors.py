"""How the simulator says no."""

from collections.abc import Iterable


class RefusedError(Exception):
    """A call is not carried out, for a reason that has a name in Slack's words.

    `messages` says where the arguments are wrong; `needed` is the missing scope.
    """

    def __init__(
        self, *, code: str, messages: Iterable[str] = (), needed: str | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.needed = needed


class UnknownPersonError(ValueError):
    """Nobody of that id can act here."""

    def __init__(self, person: str) -> None:
        super().__init__(f"nobody called {person!r} can act in this workspace")


class NothingThereError(ValueError):
    """What somebody wants to use is not before them."""

    def __init__(self, *, kind: str, name: str, person: str) -> None:
        super().__init__(f"no {kind} {name!r} before {person!r}")
