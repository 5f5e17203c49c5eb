"""The table that `make faults` prints: what was tried, and what went wrong in it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from typing_extensions import override

from tests.faults.oracle import COLUMNS


@dataclass
class Table:
    """Counts of runs, of what was done to them, and of findings by column."""

    title: str
    runs: int = 0
    spared: int = 0  # that nothing was done to
    done: Counter[str] = field(default_factory=Counter)  # what was injected, by kind
    found: Counter[str] = field(default_factory=Counter)  # findings, by column
    ends: Counter[str] = field(default_factory=Counter)  # phases
    longest: float = 0.0  # seconds
    failures: list[str] = field(default_factory=list)  # what to replay, and what was found

    def add(
        self, name: str, injected: Iterable[str], findings: Iterable[str], phase: str, took: float
    ) -> None:
        """Count one run; *took*: seconds from the last thing injected until all was well."""
        self.runs += 1
        self.done.update(injected)
        self.ends[phase] += 1
        self.longest = max(self.longest, took)
        self.blame(name, findings)

    def blame(self, name: str, findings: Iterable[str]) -> None:
        """Count what was found."""
        told = list(findings)
        self.found.update(each.partition(":")[0] for each in told)
        if told:
            self.failures.append("\n      ".join((name, *told)))

    def take(self, other: "Table") -> None:
        """Add the counts of *other*."""
        self.runs += other.runs
        self.spared += other.spared
        self.done += other.done
        self.found += other.found
        self.ends += other.ends
        self.longest = max(self.longest, other.longest)
        self.failures += other.failures

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.failures

    @override
    def __str__(self) -> str:
        counts = {
            "runs": self.runs,
            "faults injected": self.done.total(),
            **{name: self.found[name] for name in COLUMNS},
        }
        rows = [f"  {name:24} {count:9,}" for name, count in counts.items()]
        rows.append(f"  {'longest recovery':24} {self.longest:9.1f} s")
        ends = ", ".join(f"{name} {count:,}" for name, count in self.ends.most_common())
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.done.most_common())
        told = [f"  ended as: {ends}", f"  injected: {kinds}"]
        failed = [f"  FAILED {each}" for each in self.failures[:20]]
        return "\n".join((self.title, *rows, *told, *failed))
