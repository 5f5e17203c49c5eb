"""What can be done with a component beside deploying and deleting it.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.sandbox.clouds.http.wire import JsonObject, RefusedError, refused_by_service
from bot.sandbox.clouds.huawei.servicestage.jobs import Job
from bot.sandbox.clouds.huawei.servicestage_v3.bodies import ActionBody, Rollback, Scale, read
from bot.sandbox.clouds.huawei.servicestage_v3.components import GRAYING, Component, Work
from bot.sandbox.clouds.huawei.servicestage_v3.estate import Estate


@dataclass(frozen=True)
class Asked:
    """An action that somebody asks of a component."""

    estate: Estate
    component: Component
    parameters: JsonObject
    at: float
    by: str

    def job(self, kind: str, name: str, *, failure: str | None = None) -> Job:
        """Make the job that does it."""
        return self.estate.job(self.component, kind, name, at=self.at, by=self.by, failure=failure)


_UNWELL: Final = '{{"message":"error rate of {name} is above that of its predecessor"}}'

Act: TypeAlias = Callable[[Asked], Job]


def bad(*, why: str) -> RefusedError:
    """Return the refusal of a wrong parameter."""
    return refused_by_service(400, "SVCSTG.00100400", why)


def no_such_release(version: str) -> RefusedError:
    """Return the refusal of a version that never ran."""
    return refused_by_service(404, "SVCSTG.00100436", f"there is no snapshot of {version}")


def act(body: ActionBody, asked: Asked) -> Job:
    """Start the action of *body*.

    Raises:
        RefusedError: there is no such action, it cannot be now, or its parameters are wrong.
    """
    doing = _ACTS.get(body.action)
    if doing is None:
        raise refused_by_service(400, "SVCSTG.00100418", f"no such action: {body.action}")
    return doing(asked)


def _plain(name: str, during: str, after: str) -> Act:
    def do(asked: Asked) -> Job:
        _takes_nothing(name, asked)
        _is_free(asked)
        job = asked.job("DAILY_OPERATION", f"operation/{name}")
        asked.component.begin(Work(job, during, after))
        return job

    return do


def _scale(asked: Asked) -> Job:
    wanted = read(Scale, asked.parameters)
    _is_free(asked)
    job = asked.job("DAILY_OPERATION", "operation/scale")
    asked.component.settings = {**asked.component.settings, "replica": wanted.replica}
    asked.component.begin(Work(job, "UPGRADING", "RUNNING"))
    return job


def _rollback(asked: Asked) -> Job:
    wanted = read(Rollback, asked.parameters)
    _is_free(asked)
    if asked.component.version == wanted.version:
        raise bad(why=f"version {wanted.version} is in use")
    number = asked.component.good_release(wanted.version)
    if number is None:
        raise no_such_release(wanted.version)
    return _return_to(asked, number)


def _rollback_current(asked: Asked) -> Job:
    _takes_nothing("rollback_current", asked)
    _is_free(asked)
    if asked.component.rolled_back:
        raise bad(why="a component that was rolled back cannot be rolled back again")
    if asked.component.predecessor is None:
        raise bad(why="the component has no previous version")
    return _return_to(asked, asked.component.predecessor)


def _return_to(asked: Asked, number: int) -> Job:
    job = asked.job("PROVISION", "provision/rollback")
    asked.component.return_to(number, job)
    asked.component.begin(Work(job, "UPGRADING", "RUNNING"))
    return job


def _continue(asked: Asked) -> Job:
    _is_graying(asked)
    component = asked.component
    job = asked.job("PROVISION", "provision/continue")
    component.batches_left -= 1
    after = GRAYING if component.batches_left else "RUNNING"
    component.begin(Work(job, "UPGRADING", after, release=component.current))
    return job


def _check(asked: Asked) -> Job:
    _is_graying(asked)
    component = asked.component
    failure = _UNWELL.format(name=component.name) if component.fails_next_check else None
    component.fails_next_check = False
    job = asked.job("DAILY_OPERATION", "operation/check_gray_release", failure=failure)
    component.begin(Work(job, GRAYING, GRAYING, failed=GRAYING))
    return job


def _is_graying(asked: Asked) -> None:
    _takes_nothing("a gray release", asked)
    _is_free(asked)
    if asked.component.status != GRAYING:
        raise bad(why=f"no gray release of {asked.component.name} waits for people")


def _modify(asked: Asked) -> Job:
    raise bad(why=f"no rule of a gray release of {asked.component.name} can be changed")


def _takes_nothing(action: str, asked: Asked) -> None:
    if asked.parameters:
        raise bad(why=f"the action {action} takes no parameters")


def _is_free(asked: Asked) -> None:
    if refusal := asked.estate.busy(asked.component):
        raise refusal


_ACTS: Final[Mapping[str, Act]] = {
    "start": _plain("start", "STARTING", "RUNNING"),
    "stop": _plain("stop", "STOPPING", "STOPPED"),
    "restart": _plain("restart", "RESTARTING", "RUNNING"),
    "scale": _scale,
    "rollback": _rollback,
    "rollback_current": _rollback_current,
    "continue_deploy": _continue,
    "check_gray_release": _check,
    "modify_gray_rule": _modify,
}
