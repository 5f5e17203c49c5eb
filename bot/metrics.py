"""Figures for Prometheus: counted as things happen, or read from the journal when asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from typing_extensions import override

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds

OPEN_METRICS: Final = "application/openmetrics-text"
RANKS: Final = (1, 2, 3, 5, 10)  # places among suspects
UNPROVEN: Final = ("header_grammar", "outside_time", "wrong_signature")  # verdicts of a hook
_RANK: Final = "incident_cause_rank"  # figure → place → how often: a histogram
Figures = Mapping[str, Mapping[str, float]]  # figure → label's value → number


class Metrics:
    """The figures of one process."""

    def __init__(
        self,
        read: Callable[[], Figures],
        *,
        is_faulty: Callable[[], bool],
        hooks: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._named = hooks
        self.registry = CollectorRegistry()
        self.answers = Histogram(
            "slipway_answer_seconds",
            "From a request's arrival to its answer.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.refused = Counter(
            "slipway_ingress_refused",
            "Requests refused before anything was read of them.",
            ["cause"],
            registry=self.registry,
        )
        self.hook_secrets = Counter(
            "slipway_hook_secrets",
            "Deliveries of hooks with two secrets, by which of them proved it.",
            ["hook", "secret"],
            registry=self.registry,
        )
        self.hooks = Counter(
            "slipway_hook_requests",
            "Requests for hooks, by what came of them.",
            ["hook", "verdict"],
            registry=self.registry,
        )
        self.faulty = Gauge(
            "slipway_catalogue_faulty",
            "Whether slipway.yaml has faults, so that its content before is in force.",
            registry=self.registry,
        )
        self.faulty.set_function(is_faulty)
        self.registry.register(_Read(read))

    def answered(self, seconds: float, traces: Sequence[str]) -> None:
        """Count an answer; one that belongs to a trace is an example of its bucket."""
        exemplar = {"trace_id": traces[-1]} if traces else None
        self.answers.observe(seconds, exemplar)

    def refuse(self, cause: str) -> None:
        """Count a refused request."""
        self.refused.labels(cause=cause).inc()

    def hook(self, hook: str, verdict: str) -> None:
        """Count a request for a hook, by what came of it."""
        self.hooks.labels(hook=hook, verdict=verdict).inc()

    def hook_secret(self, hook: str, secret: str) -> None:
        """Count which secret of a hook, "first" or "second", proved a delivery."""
        self.hook_secrets.labels(hook=hook, secret=secret).inc()

    def page(self) -> bytes:
        """Return all figures in Prometheus' text form."""
        self._begin()
        return generate_latest(self.registry)

    def open_page(self) -> tuple[bytes, str]:
        """Return the same as OpenMetrics, which alone has exemplars, and its media type."""
        self._begin()
        encode, media_type = choose_encoder(OPEN_METRICS)
        return encode(self.registry), media_type

    def _begin(self) -> None:
        """Let what an alarm watches be 0 before it happens: of what begins at 1 no rate is known.

        A sender that is refused at once may never come again: PagerDuty gives up after three.
        """
        for hook in self._named():
            for verdict in UNPROVEN:
                self.hooks.labels(hook=hook, verdict=verdict)


class _Read(Collector):
    """Figures that are read when they are asked for; none where they cannot be read."""

    def __init__(self, read: Callable[[], Figures]) -> None:
        self._read = read

    @override
    def collect(self) -> Iterator[GaugeMetricFamily | HistogramMetricFamily]:
        for name, rows in self._read().items():
            if name == _RANK:
                yield _ranks(rows)
                continue
            family = GaugeMetricFamily(f"slipway_{name}", name.replace("_", " "), labels=["of"])
            for label, number in rows.items():
                family.add_metric([label], number)
            yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield from ()


def _ranks(rows: Mapping[str, float]) -> HistogramMetricFamily:
    """Return where the changes that were taken back stood among the suspects, as a histogram."""
    counted = {int(place): number for place, number in rows.items()}
    total = sum(counted.values())
    buckets = [
        (str(most), sum(number for place, number in counted.items() if place <= most))
        for most in RANKS
    ]
    return HistogramMetricFamily(
        f"slipway_{_RANK}",
        "Where the change that was rolled back in an incident stood among its suspects.",
        buckets=[*buckets, ("+Inf", total)],
        sum_value=sum(place * number for place, number in counted.items()),
    )
