"""Calls: how errors, cards and logs speak of them."""

from bot.core.flow import Call, path


def test_a_call_is_named_for_people() -> None:
    """What the connection fills in later is no riddle in braces, and a body is never told."""
    call = Call(
        method="PUT",
        service="servicestage",
        path=path("/v3/{project_id}/cas/components/{component}", component="a b"),
        body={"password": "hunter2"},
    )
    assert call.name == "PUT /v3/…/cas/components/a%20b"
