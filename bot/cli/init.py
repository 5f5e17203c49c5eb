"""`slipway init`: a first slipway.yaml, from a connection and what it has."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import click

from bot.catalogue import Catalogue
from bot.catalogue.reading import catalogue_of
from bot.cli.asking import Asker
from bot.cli.discovering import CloudReader
from bot.cli.exit_codes import CHECK_FAILED, CREDENTIALS, ending
from bot.cli.first_connection import asked_connection, variables_in
from bot.cli.first_file import FirstPolicy, connection_text, first_file, target_text
from bot.core.errors import ConfigurationError
from bot.core.outcomes import DiscoveredThing
from bot.service.discovery import discovered
from bot.settings import read_settings
from bot.views.discoveries import told
from bot.views.words import spelled

T = TypeVar("T")

_ALL: Final = "all"
_NONE: Final = "none"


class _First(NamedTuple):
    """What the file is made of, but for its targets."""

    name: str
    connection: str  # its lines
    policy: FirstPolicy
    variables: tuple[str, ...]
    environment: Mapping[str, str]  # with something for each variable that is not set

    def text(self, targets: Sequence[str]) -> str:
        """Return the file with these *targets*."""
        return first_file(self.connection, targets, self.policy, self.variables)

    def faults(self, targets: Sequence[str]) -> list[str]:
        """Return what `config check` would say."""
        try:
            catalogue_of(self.text(targets), self.environment)
        except ConfigurationError as error:
            return error.faults
        return []


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Default: SLIPWAY_CONFIG.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--kind", help="Kind of the connection: huaweicloud, cloudpods …")
@click.option("--connection", help="Its name in slipway.yaml.")
@click.option("--auth", help="How it logs in: access-key, ready-token, user-password.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A key of it: region=…, auth.username=…, endpoints.k8s=…; "
    "of a secret the name of its variable: auth.secret_key=CLOUD_SDK_SK.",
)
@click.option("--target", "targets", multiple=True, help="A thing to take; all, or none.")
@click.option("--policy", help="The policy's name.")
@click.option("--channel", help='Where cards go: "#deploys".')
@click.option("--request", help='Who may ask for changes: "@devs, @ann", or anyone.')
@click.option("--approve", help='Who approves: "@sre"; or none.')
@click.option("--no-check", is_flag=True, help="Ask no cloud; then there are no targets.")
@ending
def init(
    *,
    output: Path | None,
    force: bool,
    settings: tuple[str, ...],
    targets: tuple[str, ...],
    no_check: bool,
    **answers: str | None,
) -> None:
    """Ask for a connection, check it, list what it has, and write a first slipway.yaml.

    Credentials are named by the environment variables that hold them, and never written. What is
    given as an option is not asked for; without a terminal, all has to be given.
    """
    path = output or read_settings().slipway_config
    asker = Asker({**_given(answers), **_pairs(settings)})
    is_new = not path.exists()
    if not is_new and not force and not asker.agrees(f"{path} is there already. Replace it?"):
        raise ConfigurationError([f"{path} is there already, and stays; --force replaces it"])
    first = _first(asker)
    chosen = () if no_check else _chosen(asker, first, targets)
    _write(path, first.text(chosen), is_new=is_new)
    _say_what_is_next(path, first, len(chosen))


def _given(answers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: answer for name, answer in answers.items() if answer is not None}


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    wrong = [each.partition("=")[0] for each in settings if "=" not in each]
    if wrong:
        msg = f"--set {wrong[0]}: wants KEY=VALUE"
        raise click.UsageError(msg)
    return {key.strip(): value for key, _, value in (each.partition("=") for each in settings)}


def _first(asker: Asker) -> _First:
    """Ask for everything that no cloud has to be asked for."""
    name, fields = asked_connection(asker)
    variables = tuple(dict.fromkeys(variables_in(fields)))
    policy = FirstPolicy(
        name=asker.text("policy", "A name for the policy", default="prod"),
        request=_people(asker.text("request", "Who may ask for changes (@devs, @ann; anyone)")),
        approve=_people(asker.text("approve", "Who approves (@sre; none: nobody has to)")),
        channel=asker.text("channel", "Channel of the cards (Enter: where one asks)", default=""),
    )
    filled = {each: os.environ.get(each) or "not-set" for each in variables}
    first = _First(name, connection_text(name, fields), policy, variables, filled)
    faults = first.faults(())
    if faults:
        raise ConfigurationError(faults)
    return first


def _people(answer: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in answer.split(",") if word.strip())
    return () if words == (_NONE,) else words


def _chosen(asker: Asker, first: _First, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of the targets that are taken of what the connection has."""
    unset = [each for each in first.variables if not os.environ.get(each)]
    if unset:
        faults = [f"the variable {each} is not set: export {each}=…" for each in unset]
        raise ConfigurationError(faults)
    catalogue = catalogue_of(first.text(()), os.environ)
    things = _listed(catalogue, first.name)
    if not things:
        click.echo("There is nothing yet that could be a target.")
        return ()
    taken = _taken(asker, things, wanted)
    lines = ((each, target_text(each, first.name, first.policy)) for each in taken)
    return tuple(text for each, text in lines if _is_right(first, each, text))


def _listed(catalogue: Catalogue, name: str) -> list[DiscoveredThing]:
    """Return what could be a target; where nothing can be read, the connection is refused."""
    click.echo(f"Asking {name} what there is …")
    reader = CloudReader(catalogue)
    found = discovered(catalogue, catalogue.connections[name], (), reader.ask)
    for system, why in found.unlisted:
        click.echo(f"{system} cannot be listed: {spelled(why)}", err=True)
    if found.unlisted and not found.things:
        raise SystemExit(CREDENTIALS if reader.is_refused else CHECK_FAILED)
    things = [each for each in found.things if each.new_name]
    for number, each in enumerate(things, start=1):
        click.echo(
            f"{number:>4}  {each.new_name}: {' · '.join(part for part in told(each) if part)}"
        )
    return things


def _taken(
    asker: Asker, things: Sequence[DiscoveredThing], wanted: Sequence[str]
) -> list[DiscoveredThing]:
    known = {each.new_name: each for each in things}
    numbers = {str(number): each for number, each in enumerate(things, start=1)}

    def fault(answer: str) -> str:
        words = answer.replace(",", " ").split()
        strange = [word for word in words if word not in {**known, **numbers, _ALL: 0, _NONE: 0}]
        return f"there is no {strange[0]}" if strange else ""

    question = "Which of them may Slipway change (numbers or names; all, none)"
    given = Asker({**asker.given, "target": " ".join(wanted)}) if wanted else asker
    words = given.text("target", question, default=_NONE, fault=fault).replace(",", " ").split()
    if _ALL in words:
        return list(things)
    return [known.get(word) or numbers[word] for word in words if word != _NONE]


def _is_right(first: _First, thing: DiscoveredThing, text: str) -> bool:
    """Return whether the file is right with this target; say what it lacks, where it is not."""
    faults = first.faults((text,))
    for each in faults:
        click.echo(f"{thing.new_name} is left out: {each}", err=True)
    return not faults


def _write(path: Path, text: str, *, is_new: bool) -> None:
    try:
        with path.open("x" if is_new else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError([f"{path} cannot be written ({error.strerror})"]) from error


def _say_what_is_next(path: Path, first: _First, targets: int) -> None:
    many = "1 target" if targets == 1 else f"{targets} targets"
    click.echo(f"{path}: {many}, connection {first.name}, policy {first.policy.name}.")
    unset = [each for each in first.variables if not os.environ.get(each)]
    if unset:
        click.echo(f"Set {', '.join(unset)} in the environment of bot and worker.")
    click.echo("Next: slipway config check, slipway migrate, slipway doctor.")
