"""Values of releases that tests draw, with secrets among them."""

from typing import Any, Final

from hypothesis import strategies as st

from bot.core.secrecy import MASK

SECRET: Final = "hunter2-Zq9"


NAMES: Final = st.one_of(
    st.text(min_size=1, max_size=6),
    st.sampled_from(["image", "password", "db.host", "a[0]", "back\\slash", "apiKey", "value"]),
)


PLAIN: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from(["", "1", "true", "nginx", "two words", "é", MASK]),
)


ANY: Final[st.SearchStrategy[Any]] = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


TREES: Final = st.dictionaries(NAMES, ANY, max_size=4)
