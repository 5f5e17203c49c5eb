"""The vendor's own body in slipway.yaml: taken whole, and at one with what the target says."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

TEMPLATE: Final = "create_body"  # the field of a target; slipway.yaml calls it `create`
_TITLE: Final = "target"
_CONTRADICTION: Final = ("contradiction", "says {theirs}, but {setting} of the target says {ours}")
_UNKNOWN: Final = ("unknown_key", "unknown key{hint}")


class Said(NamedTuple):
    """What a template says, and what the target says of the same thing by its own key."""

    key: str
    theirs: Any
    setting: str
    ours: Any


def require_agreement(said: Iterable[Said]) -> None:
    """Check that a template says nothing else than its target.

    Raises:
        ValidationError: it does; each fault has both places.
    """
    faults = [
        _fault(_CONTRADICTION, (TEMPLATE, each.key), _differing(each))
        for each in said
        if each.theirs is not None and each.theirs != each.ours
    ]
    if faults:
        raise ValidationError.from_exception_data(_TITLE, faults)


def require_given(keys: Iterable[str]) -> None:
    """Complain of *keys* of the target that are missing.

    Raises:
        ValidationError: there are some.
    """
    faults = [InitErrorDetails(type="missing", loc=(key,), input=None) for key in keys]
    if faults:
        raise ValidationError.from_exception_data(_TITLE, faults)


def require_known(body: Iterable[str], known: Iterable[str]) -> None:
    """Check that the vendor knows every key of a template.

    Raises:
        ValidationError: some are unknown; what may have been meant is named.
    """
    names = sorted(known)
    faults = []
    for key in sorted(set(body) - set(names)):
        near = get_close_matches(key, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        faults.append(_fault(_UNKNOWN, (key,), {"hint": hint}))
    if faults:
        raise ValidationError.from_exception_data(_TITLE, faults)


def _fault(kind: tuple[str, str], place: tuple[str, ...], said: dict[str, Any]) -> InitErrorDetails:
    name, message = kind
    return InitErrorDetails(type=PydanticCustomError(name, message, said), loc=place, input=None)


def _differing(said: Said) -> dict[str, Any]:
    return {"theirs": repr(said.theirs), "setting": said.setting, "ours": repr(said.ours)}
