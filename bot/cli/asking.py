"""Answers for a command: given as options, or asked for where somebody sits at a terminal."""

import re
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Final

import click

OPTIONS: Final = frozenset(  # that have a name of their own
    {"kind", "connection", "auth", "target", "policy", "channel", "request", "approve"}
)
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Asker:
    """Asks for what was not given; without a terminal, that is a usage error."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given: Final = dict(given)
        self.is_asking: Final = sys.stdin is not None and sys.stdin.isatty()

    def text(
        self,
        name: str,
        question: str,
        *,
        default: str | None = None,
        fault: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Return the answer called *name*; *fault* says what is wrong with one, or ""."""
        if name in self.given:
            return _right(self.given[name].strip(), name, fault)
        if not self.is_asking:
            if default is None:
                raise _missing(name)
            return default
        while True:
            shown = "" if default is None else default
            answer: str = click.prompt(question, default=shown, show_default=bool(shown))
            said = fault(answer.strip())
            if not said:
                return answer.strip()
            click.echo(f"  {said}")

    def choice(self, name: str, question: str, known: Collection[str]) -> str:
        """Return one of *known*."""
        words = " or ".join(known)

        def fault(answer: str) -> str:
            return "" if answer in known else f"there are {words}"

        return self.text(name, f"{question} ({words})", fault=fault)

    def variable(self, name: str, question: str, default: str) -> str:
        """Return the name of an environment variable: what it holds is never asked for."""
        return self.text(name, question, default=default, fault=_no_variable)

    def agrees(self, question: str) -> bool:
        """Return whether somebody says yes; nobody there says no."""
        return self.is_asking and bool(click.confirm(question, default=False))


def _right(answer: str, name: str, fault: Callable[[str], str]) -> str:
    said = fault(answer)
    if said:
        msg = f"{_option(name)}: {said}"
        raise click.UsageError(msg)
    return answer


def _no_variable(answer: str) -> str:
    """Say that *answer* is no variable's name, without a word of it: it may be the secret."""
    is_name = VARIABLE.fullmatch(answer.removeprefix("${").removesuffix("}"))
    return "" if is_name else "wants the name of an environment variable, not what it holds"


def _missing(name: str) -> click.UsageError:
    msg = f"{_option(name)} is missing, and nobody can be asked: standard input is no terminal"
    return click.UsageError(msg)


def _option(name: str) -> str:
    """Return how the answer called *name* is given."""
    return f"--{name}" if name in OPTIONS else f"--set {name}=…"
