"""Writes the replies of one operation's thread: the words, and how they stand alone."""

from typing import Any, NamedTuple

from bot.core.codes import Reason, Value
from bot.core.operation import Operation
from bot.views.layout import Line
from bot.views.text import fallback_text
from bot.views.words import Locale, Marked, say, sentences, stopped, worded
from bot.views.words.naming import named, step_name, subject, titled


class ThreadWriter(NamedTuple):
    """Writes the replies of one operation to one reader."""

    operation: Operation
    locale: Locale
    ways: frozenset[str] | None = None  # ways on that are open; None: all that there are
    seen: Value | None = None  # what was seen last before the event

    def say(self, key: str, **params: Any) -> Marked:
        """Say one of the thread's phrases."""
        return say(f"thread.{key}", self.locale, **params)

    def line(self, symbol: str, words: str, *details: str, below: tuple[str, ...] = ()) -> Line:
        """Return the reply *words*, with *details* in small letters."""
        operation, small = self.operation, tuple(detail for detail in details if detail)
        name = named(operation, self.locale)
        marked = f"{symbol} {words}"
        start = marked if name in words else self.say("named", named=name, words=Marked(marked))
        told = (stopped(each, self.locale) for each in (start, *small))
        whole = sentences((*told, operation.id), self.locale)
        text = fallback_text("\n".join((whole, *below)))
        return Line(text=text, words=marked, below=below, details=small)

    def rejection(self, why: Reason, code: str) -> Marked:
        """Return the API's own words with their code."""
        return self.say("rejection", why=why, code=code)

    def request(self, request_id: str) -> str:
        """Return the id under which the vendor knows the call, where there is one."""
        return self.say("request", request=request_id) if request_id else ""

    def look_at(self, index: int) -> tuple[str, ...]:
        """Return what to look at where a step takes too long: its ids, and what was seen last."""
        step = self.operation.steps[index] if index < len(self.operation.steps) else None
        if step is None:
            return ()
        task = self.say("look_at", task=step.remote_task) if step.remote_task else ""
        detail = worded(self.seen, self.locale)
        seen = self.say("seen_last", detail=detail) if detail else ""
        return (task, self.request(step.request_id), seen)

    @property
    def name(self) -> Marked:
        """Action and target: "Deploy checkout"."""
        return named(self.operation, self.locale)

    @property
    def subject(self) -> Marked:
        """What is done to what: "Deploy checkout 1.3.0 → 1.4.0"."""
        return subject(self.operation, self.locale)

    def step(self, index: int) -> Marked:
        """Return a step's name inside a sentence."""
        return step_name(self.operation, index, self.locale)

    def title(self, index: int) -> Marked:
        """Return a step's name at the head of a sentence."""
        return titled(self.step(index), self.locale)
