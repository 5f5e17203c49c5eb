"""What the user's documents show of Cloudpods can be sent, and is understood."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.core.codes.systems import StatusOf
from bot.core.records import Json
from bot.core.system import (
    RemoteTask,
    Work,
)
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.examples import (
    CREATE_BODY,
    HISTORY,
    RELEASE_ID,
    ROLLBACK_BODY,
    SHOWN,
    UPDATE_BODY,
)
from tests.systems.cloudpods_scripts import (
    CHARTS,
    ETCD,
    ROW,
    SYSTEM,
    answers,
    drafted,
    listed,
    target,
)
from tests.systems.scripts import Driven, refused, run_by


def body_of(driven: Driven) -> Any:
    """The body of the mutating call, without its wrapper."""
    body: Any = driven.calls[-1].body
    return body.get("release", body)


def test_the_documented_creation_is_sent() -> None:
    """12.2, in the wrapper that the server demands."""
    where = target(create_body={})
    draft = drafted("create", answers(list=listed(), charts=refused(404)), target=where)
    driven = run_by(SYSTEM.submit(where, Work(step=draft.steps[0])), answers(act={"release": ROW}))
    assert (driven.calls[-1].method, driven.calls[-1].path) == ("POST", "/releases")
    assert driven.calls[-1].body == {"release": CREATE_BODY}
    assert driven.result == RemoteTask(id=RELEASE_ID)


def test_a_templates_parts_are_sent() -> None:
    """Description, domain and values, overlaid by the target's own."""
    template = {"description": "shop", "project_domain_id": "d-1", "values_json": {"a": 1, "b": 1}}
    where = target(create_body=template, values={"b": 2})
    draft = drafted("create", answers(list=listed(), charts=CHARTS), target=where)
    driven = run_by(SYSTEM.submit(where, Work(step=draft.steps[0])), answers(act=ROW))
    assert body_of(driven) == {
        **CREATE_BODY,
        "version": "8.12.0",
        "description": "shop",
        "project_domain_id": "d-1",
        "values_json": {"a": 1, "b": 2},
    }


def test_the_vendors_whole_body_is_sent_as_it_was_planned() -> None:
    """What the target does not say goes as it stands; the values go as one map."""
    body = {
        **CREATE_BODY,
        "version": "8.11.1",
        "timeout": 600,
        "labels": {"team": "shop"},
        "values": "image: {tag: old, debug: true}\nreplicaCount: 2\n",
        "sets": {"logLevel": "debug"},
        "values_json": UPDATE_BODY["values_json"],
    }
    where = target(create_body={"release": body})
    draft = drafted("create", answers(list=listed(), charts=CHARTS), target=where)
    assert [change.name for change in draft.changes][1:3] == [
        verbatim("labels"),
        verbatim("timeout"),
    ]
    later = target(create_body={"description": "written after the approval"})
    driven = run_by(SYSTEM.submit(later, Work(step=draft.steps[0])), answers(act=ROW))
    assert body_of(driven) == {
        **CREATE_BODY,
        "version": "8.11.1",
        "timeout": 600,
        "labels": {"team": "shop"},
        "values_json": {**UPDATE_BODY["values_json"], "replicaCount": 2, "logLevel": "debug"},
    }


def test_the_documented_update_is_sent_to_an_old_server() -> None:
    """12.5: bare, with the version pinned besides."""
    declared = target(values=UPDATE_BODY["values_json"])
    answer = answers(list=listed(ROW), history=HISTORY, charts=CHARTS, act=SHOWN)
    draft = drafted("deploy", answer, target=declared, version="8.11.2")
    work = Work(step=draft.steps[0], declined=("unsupported",))
    driven = run_by(SYSTEM.submit(declared, work), answer)
    assert (driven.calls[-1].method, driven.calls[-1].path) == ("PUT", f"/releases/{RELEASE_ID}")
    assert driven.calls[-1].body == {**UPDATE_BODY, "version": "8.11.2"}
    assert driven.result.id == "4"


def test_the_documented_rollback_and_deletion_are_sent() -> None:
    """12.7, 12.8: by id; the rollback always names its revision."""
    answer = answers(list=listed(ROW), history=HISTORY, act=SHOWN)
    for action, given, where, body in (
        ("rollback", {"revision": "2"}, "/rollback", {"release": ROLLBACK_BODY}),
        ("delete", {}, "", None),
    ):
        draft = drafted(action, answer, **given)  # type: ignore[arg-type] # one of the actions
        call = run_by(SYSTEM.submit(ETCD, Work(step=draft.steps[0])), answer).calls[-1]
        assert call.path == f"/releases/{RELEASE_ID}{where}"
        assert call.body == body


def test_the_documented_show_and_history_are_understood() -> None:
    """12.4, 12.6: bare answers are read as wrapped ones are."""
    both: tuple[tuple[Json, Json], ...] = (
        (SHOWN, HISTORY),
        ({"release": SHOWN}, {"release": HISTORY}),
    )
    for shown, history in both:
        answer = answers(list=listed(ROW), show=shown, history=history)
        status = run_by(SYSTEM.status(ETCD), answer).result
        assert status.headline == StatusOf(status="deployed", version="8.11.2").reason
        assert status.facts["revision"] == verbatim("3")
        entries = run_by(SYSTEM.history(ETCD), answer).result
        assert [(e.revision, e.is_current, e.can_return) for e in entries] == [
            ("3", True, False),
            ("2", False, True),
            ("1", False, True),
        ]


def test_no_dry_run_is_ever_sent() -> None:
    """6.1: with an upgrade it would upgrade; a template that asks for it is refused."""
    with pytest.raises(ValidationError):
        target(create_body={"dry_run": True})
