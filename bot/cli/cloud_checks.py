"""What `slipway doctor` asks of each connection: one cheap read, and what its clock says."""

import time
from collections.abc import Iterator
from typing import Final

from bot.app.clouds import cloud_parts
from bot.app.resources import now
from bot.catalogue import Catalogue
from bot.cli.clock_checks import Dated, against
from bot.cli.exit_codes import CHECK_FAILED, CREDENTIALS, refuses_credentials
from bot.cli.findings import Finding
from bot.core.errors import CloudError, CloudRefusedError, ConfigurationError
from bot.core.target import Target
from bot.redaction import KnownSecrets
from bot.redis.doorbell import open_redis
from bot.settings import Settings
from bot.systems import system as system_named
from bot.views.words import spelled
from workers.cloud.client import cloud_client
from workers.cloud.questions import CloudQuestions

CLOUD_SECONDS: Final = 10.0


def connections(settings: Settings, catalogue: Catalogue) -> Iterator[Finding]:
    """Ask each connection through its first target: the cheapest read that proves something."""
    try:
        redis = open_redis(settings.redis_url)
    except ConfigurationError:
        return  # said already; and no cloud is called where its calls cannot be counted
    known = KnownSecrets((*settings.secrets, *catalogue.secrets))
    parts = cloud_parts(lambda: catalogue, redis, now, secrets=known)
    dated = Dated()
    clouds = CloudQuestions(cloud_client(parts).wrapped(dated.around), CLOUD_SECONDS)
    first: dict[str, Target] = {}
    for target in catalogue.targets.values():
        first.setdefault(target.connection, target)
    for name in catalogue.connections:
        if name not in first:
            yield Finding(f"connection {name}", "warn", "no target uses it")
            continue
        yield _timed(name, first[name], clouds)
        yield from against(f"connection {name}", dated.taken(), now())


def _timed(name: str, target: Target, clouds: CloudQuestions) -> Finding:
    check = f"connection {name}"
    began = time.monotonic()
    try:
        clouds.ask(target, system_named(target.system).status(target.settings))
    except CloudRefusedError as error:
        is_auth = refuses_credentials(error)
        code = CREDENTIALS if is_auth else CHECK_FAILED
        remedy = "check its credentials" if is_auth else f"check targets.{target.name}"
        return Finding(check, "fail", _said(error), remedy, code)
    except CloudError as error:
        return Finding(check, "fail", _said(error), "check its endpoints and the network")
    took = int((time.monotonic() - began) * 1000)
    return Finding(check, "ok", f"{target.name} read in {took} ms")


def _said(error: CloudError) -> str:
    return f"{error.doing}: {spelled(error.reason)}"
