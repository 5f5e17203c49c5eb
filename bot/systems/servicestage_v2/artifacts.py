"""What the containers of an instance run: images and packages, and where they come from."""

from collections.abc import Mapping
from typing import Any

from bot.core.codes import Reason, Value
from bot.core.codes.systems import label
from bot.core.near import nearest
from bot.core.plan import Change
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.codes import NoSuchArtifact, ObjectElsewhere
from bot.systems.servicestage_v2.reads import shown
from bot.systems.servicestage_v2.wire import InstanceView


def misfit(
    view: InstanceView, wanted: Mapping[str, str]
) -> NoSuchArtifact | ObjectElsewhere | None:
    """Return where the target's artifacts are not those that the instance has."""
    for container, url in wanted.items():
        artifact = view.artifacts.get(container)
        if artifact is None:
            near = nearest(container, tuple(view.artifacts)) or tuple(view.artifacts)
            return NoSuchArtifact(container=container, near=tuple(map(plain, near)))
        if is_elsewhere(artifact, url):
            return ObjectElsewhere(container=container, url=plain(url))
    return None


def is_elsewhere(artifact: Mapping[str, Any], url: str) -> bool:
    """Whether an object in a bucket cannot be named anew: *url* does not lie beside it."""
    properties = artifact.get("properties")
    is_object = isinstance(properties, dict) and "key" in properties
    return is_object and url != artifact.get("url") and object_key(artifact, url) is None


def fetched(artifact: Mapping[str, Any], version: str, url: str) -> dict[str, Any]:
    """Return *artifact* from another address and, where it has one, with another version."""
    kept = {name: value for name, value in artifact.items() if value is not None}
    if kept.get("url") == url:
        return kept
    key = object_key(artifact, url)
    if key is not None:
        kept["properties"] = {**kept["properties"], "key": key}
    if kept.get("version"):
        kept["version"] = version
    return {**kept, "url": url}


def object_key(artifact: Mapping[str, Any], url: str) -> str | None:
    """Return the key of the object at *url*, where it lies in the bucket of *artifact*.

    None: the artifact's own address does not end with its key, or *url* is in another place.
    """
    properties = artifact.get("properties")
    key = properties.get("key") if isinstance(properties, dict) else None
    now = artifact.get("url")
    if not (isinstance(key, str) and key and isinstance(now, str) and now.endswith(key)):
        return None
    bucket = now.removesuffix(key)
    return (url.removeprefix(bucket) or None) if url.startswith(bucket) else None


def address_changes(
    artifacts: Mapping[str, Any], present: Mapping[str, str], wanted: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return where the *wanted* addresses differ from the *present* ones, by container."""
    changes = (
        differing(_kind(artifacts, name, several=len(wanted) > 1), shown(present[name]), shown(url))
        for name, url in wanted.items()
    )
    return tuple(each for some in changes for each in some)


def differing(name: Reason, before: Value, after: Value) -> tuple[Change, ...]:
    """Return the change, if it is one."""
    return () if before == after else (Change(name=name, before=before, after=after),)


def _kind(artifacts: Mapping[str, Any], container: str, *, several: bool) -> Reason:
    kind = artifacts.get(container, {}).get("type")
    of = container if several else ""
    return label("image" if kind == "image" else "package" if kind == "package" else "artifact", of)
