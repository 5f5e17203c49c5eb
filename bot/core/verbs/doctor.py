"""`/ops doctor`: whether Slipway can do what people ask of it."""

from functools import partial
from typing import Final

from bot.core.verbs.questions import no_subject
from bot.core.verbs.verb import Verb

DOCTOR: Final = Verb(name="doctor", commands=("ops doctor",), parse=partial(no_subject, "doctor"))
