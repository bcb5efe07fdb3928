"""The raw sums behind the measures: each counter is read once, however many measures are made of it.

A query holds several sums, told apart by the label ``total``, so that thousands of primitives cost a handful of
queries. Which number is made of which sums is the flow's to say (``flow.measures``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from . import metrics
from .promql import BY_PRIMITIVE, EVERYTHING, MEASURE, Scope, literal

TOTAL: Final = "total"
"""The label that names the sum."""


@dataclass(frozen=True)
class Total:
    """One sum: of which sample, by which labels beside the primitive's, and of which series alone.

    ``always`` is the label matcher of the rows that are told in any case. Of the others only those that grew travel:
    most statuses never occur, and thousands of zeros would say so each time.
    """

    name: str
    by: tuple[str, ...] = ()
    matchers: tuple[str, ...] = ()
    always: tuple[str, str] | None = None

    def query(self, window: str, *more: str) -> str:
        """Its growth in the window, resets handled; ``more`` are further label matchers."""
        if self.always is None:
            return self._query(window, *more)
        label, value = self.always
        told, others = (
            self._query(window, *more, f'{label}="{value}"'),
            self._query(window, *more, f'{label}!="{value}"'),
        )
        return f"({told} or {others} > 0)"

    def _query(self, window: str, *more: str) -> str:
        labels = ", ".join((*BY_PRIMITIVE, *self.by))
        matchers = ",".join((*more, *self.matchers))
        return f"sum by ({labels}) (increase({self.name}{{{matchers}}}[{window}]))"


CALLS: Final = (
    Total(metrics.EXECUTIONS.name, ("status",), always=("status", "ok")),
    Total(f"{metrics.DURATION.name}_sum"),
    Total(f"{metrics.DURATION.name}_count"),
)
OWN: Final = (Total(f"{metrics.SELF.name}_sum"),)
COSTS: Final = (Total(metrics.COST.name, ("model", "route", "router")),)
WAITS: Final = (
    Total(f"{metrics.QUEUE.name}_sum"),
    Total(f"{metrics.QUEUE.name}_count"),
    Total(metrics.RETRY_ATTEMPTS.name, ("outcome", "error_class")),
    Total(metrics.FALLBACKS.name, ("reason", "outcome")),
    Total(metrics.REPEATED.name),
)
CHOICES: Final = (
    Total(metrics.ROUTER_DECISIONS.name, ("route", "reason")),
    Total(f"{metrics.ROUTER_SCORE.name}_bucket", ("le",), ('le="0.5"',)),
    Total(f"{metrics.ROUTER_SCORE.name}_count"),
    Total(metrics.CACHE_REQUESTS.name, ("result",)),
    Total(metrics.CACHE_EVICTIONS.name, ("reason",)),
)
GROUPS: Final = (CALLS, OWN, COSTS, WAITS, CHOICES)
"""What one analysis sums up, a query each."""

PAST: Final = (*CALLS, *COSTS, Total(metrics.CACHE_REQUESTS.name, ("result",)))
"""What is summed up of windows that have passed, in one query."""

TOTALS: Final = {total.name: total for group in GROUPS for total in group}


ALL: Final = tuple(TOTALS.values())
"""All that is summed up, for a part of a window in one query."""


def query(group: tuple[Total, ...], window: str, *matchers: str) -> str:
    """The sums of a group over a window, in one query; of the series that these label matchers leave."""
    return _either([_named(total.query(window, *matchers), total.name) for total in group])


def of_services(services: Iterable[str]) -> str:
    """The label matcher that leaves the series of these services."""
    return f'service=~"{"|".join(map(literal, services))}"'


def _either(vectors: list[str]) -> str:
    """Their union, as a tree: a chain would go through all that it has at each step."""
    if len(vectors) == 1:
        return vectors[0]
    middle = (len(vectors) + 1) // 2
    left, right = vectors[:middle], vectors[middle:]
    return f"{_grouped(left)} or {_grouped(right)}"


def _grouped(vectors: list[str]) -> str:
    return f"({_either(vectors)})" if len(vectors) > 1 else vectors[0]


def _named(vector: str, name: str) -> str:
    return f'label_replace({vector}, "{TOTAL}", "{name}", "", "")'


READY: Final = (
    ("cache_reuse_seconds_p90",),
    ("input_tokens_per_call", "output_tokens_per_call"),
)
"""Measures that only Prometheus can make, since their buckets are too many to travel; a query each."""

ASIDE: Final = ("seconds_p95",)
"""The same, asked only about services in which something was found: no check judges by them, and they cost the most."""


NEW_INSTANCES: Final = 0.25
"""Share of a service's instances above which, when they are new, it is as if it had been restarted."""


def ready(measures: tuple[str, ...], window: str, scope: Scope = EVERYTHING) -> str:
    """Those measures in one query, told apart like sums."""
    return " or ".join(_named(f"({MEASURE[name].value(scope, window)})", name) for name in measures)


def scope_of(services: Iterable[str]) -> Scope:
    """All primitives of these services."""
    return Scope("|".join(map(literal, services)))


_MOST: Final = '{status=~"ok|error"}'
"""Enough of a primitive's series to tell whether it is there: the other statuses are as old, and stand still."""


def last_seen() -> str:
    """When each primitive was scraped last, Unix seconds; nothing of those whose target is gone."""
    return f"max by ({', '.join(BY_PRIMITIVE)}) (timestamp({metrics.EXECUTIONS.name}{_MOST}))"


def last_scrapes() -> str:
    """When each target of a service was scraped last, Unix seconds."""
    return f"max by (service, job, instance) (timestamp({metrics.EXECUTIONS.name}{_MOST}))"


def restarts(window: str) -> str:
    """Whose counters began anew in the window: primitives with how often, and services with a share of new instances.

    Where a replica is replaced, and not restarted, its counters do not fall: they end, and another's begin.
    """
    name, instances = f"{metrics.EXECUTIONS.name}{_MOST}", "group by (service, job, instance)"
    anew = f"count by (service) ({instances} ({name}) unless {instances} ({name} offset {window}))"
    share = f"{anew} / count by (service) ({instances} ({name}))"
    return f"sum by ({', '.join(BY_PRIMITIVE)}) (resets({name}[{window}])) > 0 or {share} > {NEW_INSTANCES:g}"


def presence(window: str) -> str:
    """Whether a service was scraped in the window."""
    return f"count by (service) (present_over_time({metrics.EXECUTIONS.name}{_MOST}[{window}]))"
