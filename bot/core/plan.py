"""Plans: the ordered steps of an operation, what was observed before, and a digest of it all."""

import hashlib
import json
from collections.abc import Mapping

from pydantic import Field

from bot.core.codes import KeptIfAny, Value
from bot.core.records import Action, Json, Parameters, Record


class Observation(Record):
    """The live state of a target, as its system read it."""

    revision: str | None = None  # what runs: the version, or the release's revision
    status: str = ""  # the vendor's own word
    last_task: str | None = None  # the newest remote task that the API shows
    facts: Mapping[str, Value] = Field(default_factory=dict)  # for people: "replicas" → "2 of 2"
    before: tuple[tuple[Value, Value], ...] = ()  # what the plan says that was, by its name


class Change(Record):
    """One setting that the plan changes, for people; secrets are masked before they get here."""

    name: Value
    before: Value
    after: Value


class PlannedStep(Record):
    """One mutating call and the watching that follows it."""

    name: str  # the system's word: "deploy", "precheck"
    parameters: dict[str, Json] = Field(default_factory=dict)
    is_detour: bool = False  # put in after the plan was made: no approval is given for it


class WayBack(Record):
    """Where a rollback leads that names nothing, if not to what was observed."""

    revision: str = ""  # empty: to nothing
    version: Value = ""  # the same for people, where they name it another way


class PlanDraft(Record):
    """What a system makes of a question: what it saw, what it would do."""

    observed: Observation
    steps: tuple[PlannedStep, ...] = Field(min_length=1)
    before: Value  # "from" as people say it: "1.3.0"
    after: Value  # "to": "1.4.0"
    changes: tuple[Change, ...] = ()
    no_way_back: KeptIfAny = None  # why nothing undoes it, where that is so of this action
    way_back: WayBack | None = None  # where what it replaces is none itself: that had failed


class Plan(Record):
    """What an operation will do; without an observation it is not made: no gate opens for it."""

    target: str
    action: Action
    parameters: Parameters
    policy_version: str
    observed: Observation | None = None
    steps: tuple[PlannedStep, ...] = ()
    before: Value = ""
    after: Value = ""
    changes: tuple[Change, ...] = ()
    no_way_back: KeptIfAny = None
    way_back: WayBack | None = None

    @property
    def is_made(self) -> bool:
        """Whether the live state was read and the steps are known."""
        return self.observed is not None

    @property
    def digest(self) -> str:
        """Hex SHA-256 over what an approval is given for.

        Target, action, parameters, steps, the observed live revision, all that people read as
        before, and the policy's version; not what fluctuates by itself, such as the number of
        ready replicas, nor a detour on the way to an approved step.
        """
        content = {
            "target": self.target,
            "action": self.action,
            "parameters": _asked(self.parameters),
            "steps": [
                step.model_dump(mode="json", include={"name", "parameters"})
                for step in self.steps
                if not step.is_detour
            ],
            "revision": self.observed.revision if self.observed else None,
            **self._read_before,
            "policy": self.policy_version,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def length(self) -> int:
        """Characters that it takes to show all of it, with those that Slack's escape adds."""
        shown = self.model_dump_json()
        return len(shown) + sum(4 * shown.count(each) for each in "&<>")

    def made(self, draft: PlanDraft) -> "Plan":
        """Return this plan with what *draft* observed and wants to do."""
        read = (("", draft.before), *((each.name, each.before) for each in draft.changes))
        observed = draft.observed.model_copy(update={"before": read})
        return self.model_copy(update={**dict(draft), "observed": observed})

    @property
    def _read_before(self) -> dict[str, Json]:
        """The part of the digest that plans of older journals lack."""
        if self.observed is None or not self.observed.before:
            return {}
        return self.observed.model_dump(mode="json", include={"before"})


def _asked(parameters: Parameters) -> dict[str, Json]:
    """Return *parameters* for the digest, which older journals hold: new fields only if set."""
    fields = ("way", "items", "texts", "strategy", "options")
    later = {name for name in fields if not getattr(parameters, name)}
    return parameters.model_dump(mode="json", exclude=later)
