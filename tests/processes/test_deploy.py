"""One deployment over real processes."""

from tests.processes.house import House


def test_a_deployment_succeeds(home: House) -> None:
    """What is typed, approved and executed ends with the truth on the card."""
    target = home.target()
    operation_id = home.deploy(target)

    home.approve(operation_id)

    home.card_with(operation_id, word="succeeded")
    home.reply_with(operation_id, "succeeded")
    assert home.executed(target) == 1
