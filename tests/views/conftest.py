"""Golden files: what people see, kept as JSON and compared as a whole.

`pytest tests/views --update-golden` writes them anew; the difference is then read like code.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest

Golden: TypeAlias = Callable[[str, object], None]

_FOLDER: Final = Path(__file__).parent / "golden"
_OPTION: Final = "--update-golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the golden files."""
    parser.addoption(_OPTION, action="store_true", help="write the views' golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a value with the golden file of a name."""
    update = bool(request.config.getoption(_OPTION, default=False))

    def compare(name: str, shown: object) -> None:
        file = _FOLDER / f"{name}.json"
        if update:
            file.parent.mkdir(parents=True, exist_ok=True)
            words = json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True)
            file.write_text(words + "\n", encoding="utf-8")
        assert json.loads(file.read_text(encoding="utf-8")) == shown

    return compare
