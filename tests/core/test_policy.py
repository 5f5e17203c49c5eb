"""The version of a policy: what was approved under one is not approved under another."""

from bot.core.policy import Policy

POLICY = Policy(name="prod", request=("S0DEVS",), approve=("S0LEADS",), approvals=2)


def test_a_copy_has_a_version_of_its_own() -> None:
    """Else a policy that was changed, or led by somebody, would pass for the one before."""
    known = POLICY.version  # which it keeps
    assert POLICY.model_copy(update={"approvals": 1}).version != known
    assert POLICY.model_copy().version == known


def test_who_has_told_its_version_is_the_same_policy() -> None:
    """What it keeps beside its fields is nowhere seen."""
    other = POLICY.model_copy()
    assert POLICY.version
    assert (other, other.model_dump(), hash(other)) == (POLICY, POLICY.model_dump(), hash(POLICY))
