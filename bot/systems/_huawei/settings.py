"""Settings that a deployment changes, as people type them: `env.NAME=value`, `limit_cpu=0.5`."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from bot.core.codes import Code, Reason, Value
from bot.core.codes.systems import Hidden
from bot.core.near import nearest
from bot.core.plan import Change, PlannedStep
from bot.core.records import Json, Record
from bot.core.secrecy import holds_secret
from bot.core.verbs.scale import REPLICAS_MAX
from bot.systems._huawei.codes import Form, MisformedSetting, SettingDiffers, UnknownSetting

_ENV: Final = "env."
_ENV_NAME: Final = re.compile(r"[A-Za-z_-][A-Za-z0-9_.-]{0,63}")
_NUMBER: Final = re.compile(r"\d{1,6}(\.\d{1,6})?")
_COUNT: Final = re.compile(r"\d{1,5}")
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "list": (list,),
    "object_or_list": (dict, list),
}


class Settings(Record):
    """What a deployment sets beside its version."""

    env: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, Json] = Field(default_factory=dict)  # by the API's own names

    @property
    def parameters(self) -> dict[str, Json]:
        """The part of a step's parameters that tells them; nothing where nothing is set."""
        given: dict[str, Json] = {"env": dict(self.env), "settings": dict(self.fields)}
        return {name: each for name, each in given.items() if each}


def read(words: Mapping[str, str], forms: Mapping[str, Form]) -> Settings | Code:
    """Return what *words* set, where *forms* are the fields that may be; else why not."""
    env: dict[str, str] = {}
    fields: dict[str, Json] = {}
    for name, text in words.items():
        variable = name.removeprefix(_ENV)
        if name.startswith(_ENV) and _ENV_NAME.fullmatch(variable):
            env[variable] = text
            continue
        form = forms.get(name)
        if form is None:
            known = (*sorted(forms), f"{_ENV}NAME")
            return UnknownSetting(name=name, near=nearest(name, known) or known)
        value = _typed(text, form)
        if value is None:
            return MisformedSetting(name=name, form=form)
        fields[name] = value
    return Settings(env=env, fields=fields)


def planned(step: PlannedStep) -> Settings:
    """Return what *step* sets: what was approved is sent."""
    return Settings.model_validate(
        {"env": step.parameters.get("env", {}), "fields": step.parameters.get("settings", {})}
    )


def changes(wanted: Settings, env: object, fields: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return where *wanted* differs from the present variables and fields.

    A variable may hold a secret: what it is now is not shown.
    """
    present = by_name(env)
    variables = (
        Change(name=_ENV + name, before=Hidden().reason if name in present else "", after=text)
        for name, text in wanted.env.items()
        if present.get(name) != text
    )
    settings = (
        Change(name=name, before=shown(fields.get(name)), after=shown(value))
        for name, value in wanted.fields.items()
        if fields.get(name) != value
    )
    return (*variables, *settings)


def other_setting(step: PlannedStep, env: object, fields: Mapping[str, Any]) -> Reason | None:
    """Return what speaks against a deployment being ours: a setting that is not what was sent.

    Objects and lists prove nothing, since an API may fill in more of them.
    """
    wanted = planned(step)
    simple: dict[str, Json] = {
        k: each for k, each in wanted.fields.items() if not isinstance(each, dict | list)
    }
    others = changes(Settings(env=wanted.env, fields=simple), env, fields)
    return SettingDiffers(name=str(others[0].name)).reason if others else None


def by_name(env: object) -> dict[str, Json]:
    """Return the variables of a list as an API holds it."""
    rows = [each for each in env if isinstance(each, dict)] if isinstance(env, list) else []
    return {str(each.get("name")): each.get("value") for each in rows}


def with_variables(env: object, wanted: Mapping[str, str]) -> list[Json]:
    """Return the list of variables with the *wanted* ones in it."""
    rows: list[Json] = [*env] if isinstance(env, list) else []
    kept = [each for each in rows if not (isinstance(each, dict) and each.get("name") in wanted)]
    added: list[Json] = [{"name": name, "value": text} for name, text in wanted.items()]
    return [*kept, *added]


def shown(value: Any) -> Value:
    """Return a setting for people: text as it is, the rest as JSON; not at all with a password."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Hidden().reason if holds_secret(text) else text


def _typed(text: str, form: Form) -> Json:
    match form:
        case "text":
            return text
        case "number":
            return float(text) if _NUMBER.fullmatch(text) else None
        case "count":
            return int(text) if _COUNT.fullmatch(text) and int(text) <= REPLICAS_MAX else None
        case _:
            return _json(text, _TYPES[form])


def _json(text: str, wanted: tuple[type, ...]) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, wanted) else None
