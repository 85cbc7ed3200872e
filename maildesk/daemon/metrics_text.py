"""Metrics as Prometheus reads them: the text format that every version knows, and OpenMetrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CLASSIC = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class MetricKind(StrEnum):
    """The kinds of metrics; the older format knows no info, which is a gauge there."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, with what tells it from others of its name."""

    value: float
    labels: Mapping[str, str]
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A name with its samples; without `_total` that of a counter, without `_info` that of what is so."""

    name: str
    kind: MetricKind
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, help_: str, samples: Iterable[tuple[float, Mapping[str, str]]]) -> Metric:
    return Metric(name, MetricKind.GAUGE, help_, tuple(Sample(value, labels) for value, labels in samples))


def counter(name: str, help_: str, samples: Iterable[tuple[float, Mapping[str, str]]]) -> Metric:
    found = tuple(Sample(value, labels, "_total") for value, labels in samples)
    return Metric(name, MetricKind.COUNTER, help_, found)


def info(name: str, help_: str, labels: Mapping[str, str]) -> Metric:
    """Facts, said in labels: its value is 1."""
    return Metric(name, MetricKind.INFO, help_, (Sample(1, labels, "_info"),))


def histogram(name: str, help_: str, buckets: Mapping[float, int], count: int, total: float) -> Metric:
    """The number of values that were at most so large, for each bucket; of all, and their sum."""
    below = (Sample(number, {"le": _number(float(edge))}, "_bucket") for edge, number in buckets.items())
    rest = (Sample(count, {"le": "+Inf"}, "_bucket"), Sample(count, {}, "_count"), Sample(total, {}, "_sum"))
    return Metric(name, MetricKind.HISTOGRAM, help_, (*below, *rest))


_OLDER: Final = {
    MetricKind.COUNTER: ("_total", MetricKind.COUNTER),
    MetricKind.INFO: ("_info", MetricKind.GAUGE),
}
"""The ending that is part of a family's name in the older format, and its kind there."""


def written(metrics: Iterable[Metric], *, open_metrics: bool = False) -> str:
    """All metrics as text, each family once."""
    end = "# EOF\n" if open_metrics else ""
    return "".join(line for each in metrics for line in _family(each, open_metrics)) + end


def _family(metric: Metric, open_metrics: bool) -> Iterator[str]:
    head, kind = metric.name, metric.kind
    if not open_metrics and kind in _OLDER:
        ending, kind = _OLDER[kind]
        head += ending
    yield f"# HELP {head} {metric.help}\n"
    yield f"# TYPE {head} {kind}\n"
    if open_metrics and head.endswith("_seconds"):
        yield f"# UNIT {head} seconds\n"
    for each in metric.samples:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in each.labels.items())
        yield f"{metric.name}{each.ending}{f'{{{labels}}}' if labels else ''} {_number(each.value)}\n"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
