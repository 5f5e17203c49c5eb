"""Asks for a connection, by what its vendor declares; secrets are named, never told."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.cli.asking import Asker
from bot.core.connection import CREDENTIAL
from bot.core.vendor import Vendor
from bot.systems import VENDORS

_GENERAL: Final = frozenset({"kind", "name", "auth", "endpoints"})
_ENDPOINT: Final = "endpoints."


def asked_connection(asker: Asker) -> tuple[str, dict[str, Any]]:
    """Return the name of a connection, and its keys as slipway.yaml has them."""
    vendors = {vendor.kind: vendor for vendor in VENDORS}
    kind = asker.choice("kind", "Kind of cloud", tuple(vendors))
    name = asker.text("connection", "A name for the connection", default=_short(kind))
    fields: dict[str, Any] = {"kind": kind}
    for key, field in _own_fields(vendors[kind]):
        fields[key] = asker.text(key, key, default=_default(field))
    fields["auth"] = _auth(asker, vendors[kind], name)
    endpoints = _endpoints(asker)
    return name, {**fields, "endpoints": endpoints} if endpoints else fields


def variables_in(value: object) -> Iterator[str]:
    """Yield the names of the variables that stand as `${NAME}` in *value*."""
    match value:
        case str() if value.startswith("${"):
            yield value[2:-1]
        case Mapping():
            for each in value.values():
                yield from variables_in(each)
        case _:
            return


def _own_fields(vendor: Vendor[Any]) -> Iterator[tuple[str, FieldInfo]]:
    for key, field in vendor.connection.model_fields.items():
        if key not in _GENERAL:
            yield key, field


def _auth(asker: Asker, vendor: Vendor[Any], name: str) -> dict[str, str]:
    kinds = dict(_kinds(vendor))
    chosen = kinds[asker.choice("auth", "How to log in", tuple(kinds))]
    found: dict[str, str] = {}
    for key, field in chosen.model_fields.items():
        answer = f"auth.{key}"
        if not field.is_required() and field.default is None:
            if answer in asker.given:  # such as the token of a temporary key: by option only
                found[key] = _variable(asker, answer, key, name)
        elif _is_secret(key, field):
            found[key] = _variable(asker, answer, key, name)
        else:
            found[key] = asker.text(answer, key, default=_default(field))
    return found


def _variable(asker: Asker, answer: str, key: str, name: str) -> str:
    question = f"{key}: the environment variable that holds it"
    default = f"{name}_{key}".upper().replace("-", "_").replace(".", "_")
    given = asker.variable(answer, question, default)
    return f"${{{given.removeprefix('${').removesuffix('}')}}}"


def _kinds(vendor: Vendor[Any]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield each kind of credentials by its name: "access-key"."""
    for each in get_args(vendor.connection.model_fields["auth"].annotation):
        model, tag = get_args(each)
        yield tag.tag.removeprefix(CREDENTIAL), model


def _is_secret(key: str, field: FieldInfo) -> bool:
    """Return whether what *field* holds is a secret, or goes with one as half of a key."""
    return field.annotation is SecretStr or key.endswith("_key")


def _endpoints(asker: Asker) -> dict[str, str]:
    given = {key: url for key, url in asker.given.items() if key.startswith(_ENDPOINT)}
    if not given and asker.is_asking:
        question = "Addresses of services, where they are not the usual ones (k8s=https://…)"
        words = asker.text("endpoints", question, default="").replace(",", " ").split()
        given = {f"{_ENDPOINT}{word.partition('=')[0]}": word.partition("=")[2] for word in words}
    return {key.removeprefix(_ENDPOINT): url for key, url in given.items()}


def _default(field: FieldInfo) -> str | None:
    return None if field.is_required() else str(field.default)


def _short(kind: str) -> str:
    return kind.removesuffix("cloud") or kind
