"""What holds for every test: how hard properties are tried.

Continuous integration tries more examples, and the same ones each time.
"""

import os
from typing import Final

from hypothesis import settings

CONTINUOUS_INTEGRATION: Final = "CI"  # the variable that such services set

settings.register_profile("slipway-dev", max_examples=25, deadline=None)
settings.register_profile("slipway-ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("slipway-ci" if os.environ.get(CONTINUOUS_INTEGRATION) else "slipway-dev")
