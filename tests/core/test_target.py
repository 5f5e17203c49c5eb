"""Targets: where a change of one can be read."""

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.catalogue.model import Compare, Page
from bot.core.target import Target

TARGET = Target(
    name="checkout",
    system="servicestage-v3",
    connection="huawei",
    policy="prod",
    compare="https://git.test/shop/checkout/compare/{from}...{to}",
)


@pytest.mark.parametrize(
    ("before", "after", "address"),
    [
        ("1.3.0", "1.4.0", "https://git.test/shop/checkout/compare/1.3.0...1.4.0"),
        ("v1_a", "v1-b", "https://git.test/shop/checkout/compare/v1_a...v1-b"),
        ("1.4.0", "1.4.0", ""),
        ("", "1.4.0", ""),
        ("1.3.0", "1.4.0|our card>", ""),
        ("../../admin", "1.4.0", ""),
        ("{to}", "1.4.0", ""),
    ],
)
def test_only_plain_versions_stand_in_an_address(before: str, after: str, address: str) -> None:
    """What could lead elsewhere is not linked, nor what is no difference."""
    assert TARGET.compared(before, after) == address


def test_without_an_address_nothing_is_linked() -> None:
    """Most targets say nothing of where their changes are."""
    assert TARGET.model_copy(update={"compare": ""}).compared("1.3.0", "1.4.0") == ""


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://git.test/shop/compare/{from}...{to}", True),
        ("", True),
        ("https://git.test/shop/compare/{to}...{from}", False),
        ("https://git.test/shop/compare/{from}{to}", False),
        ("https://{from}.test/{to}", False),
        ("http://git.test/{from}...{to}", False),
        ("https://git.test/{from}...{to}|words", False),
        ("https://git.test/compare", False),
    ],
)
def test_an_address_has_both_versions_in_its_path(address: str, is_taken: bool) -> None:  # noqa: FBT001 - a row of a table
    """Over TLS, with each version once; no version is ever part of a host."""
    assert _takes(TypeAdapter(Compare), address) == is_taken


def test_a_page_has_no_versions() -> None:
    """The console's page is one address."""
    assert _takes(TypeAdapter(Page), "https://console.test/app?id=1")
    assert not _takes(TypeAdapter(Page), "https://console.test/{from}")


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://console.huaweicloud.com/cce2.0/?region=cn-north-4#/app/clusters/b4b9", True),
        ("https://console.test", True),
        ("https://console.test/%E5%BA%97?tags=a,b;c+d~e", True),
        ("https://console.test/a|b", False),
        ("https://console.test/a>b", False),
        ("https://console.test/a b", False),
        ("https://user@console.test/", False),
    ],
)
def test_a_page_may_have_all_that_ends_no_link(address: str, is_taken: bool) -> None:  # noqa: FBT001 - a row of a table
    """Consoles lead to their parts behind a #."""
    assert _takes(TypeAdapter(Page), address) == is_taken
    assert _takes(TypeAdapter(Compare), f"{address}/{{from}}...{{to}}") == is_taken


def _takes(adapter: TypeAdapter[str], value: str) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True
