"""How often the cause of an alarm is named first, and how often one is named when nothing is wrong.

Without an argument on call graphs and windows made from a seed. With the path of a data set in the layout of PetShop
(Hardt et al., 2024: a folder a scenario with ``graph.csv``, ``noissue/metrics.csv``, ``train`` and ``test`` issues)
on its issues; a scenario without its normal metrics is passed over and named. Specificity is theirs: the normal
metrics, cut in two at several places, must name nobody.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ai_runtime_intelligent.flow.finding import rank_causes

METRICS = {
    ("latency", "Average"): "seconds_mean",
    ("latency", "p50"): "seconds_p50",
    ("latency", "p90"): "seconds_p90",
    ("latency", "p95"): "seconds_p95",
    ("latency", "p99"): "seconds_p99",
    ("requests", "Sum"): "calls",
    ("availability", "Average"): "error_ratio",
}
ALARMS = {"latency": "seconds_mean", "availability": "error_ratio"}
HEADER = 3
"""Lines above the numbers: node, metric, statistic."""
Graph = dict[str, list[str]]
Window = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Case:
    """An alarm with its known cause; None where nothing is wrong."""

    group: str
    graph: Graph
    target: str
    metric: str
    before: Window
    after: Window
    cause: str | None


@dataclass
class Tally:
    """What became of a group's cases."""

    cases: int = 0
    first: int = 0
    in_three: int = 0
    empty: int = 0
    healthy: int = 0
    silent: int = 0

    def count(self, case: Case) -> None:
        """Rank the causes of a case and count where the true one stands."""
        ranked = [node for node, _ in rank_causes(case.graph, case.target, case.before, case.after, case.metric)]
        if case.cause is None:
            self.healthy += 1
            self.silent += not ranked
            return
        self.cases += 1
        self.first += ranked[:1] == [case.cause]
        self.in_three += case.cause in ranked[:3]
        self.empty += not ranked

    def row(self) -> dict[str, float | None]:
        """The shares that are told; None where there was no such case."""
        return {
            "cases": self.cases,
            "top-1": self.first / self.cases if self.cases else None,
            "top-3": self.in_three / self.cases if self.cases else None,
            "empty": self.empty / self.cases if self.cases else None,
            "healthy": self.healthy,
            "specificity": self.silent / self.healthy if self.healthy else None,
        }


def window(path: Path) -> Window:
    """The metrics of a file; availability in percent is turned into a ratio of errors."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    numbers = [row for row in rows[HEADER:] if row and row[0] != "unix_timestamp"]
    told: Window = {}
    for column, (node, kind, statistic) in enumerate(zip(*rows[:HEADER], strict=True)):
        name = METRICS.get((kind, statistic))
        if column and name:
            values = [float(row[column]) if row[column] else math.nan for row in numbers]
            ratio = name == "error_ratio"
            told.setdefault(node, {})[name] = [1 - value / 100 for value in values] if ratio else values
    return told


def calls(path: Path) -> Graph:
    """The call graph of an adjacency matrix."""
    with path.open(newline="") as file:
        head, *rows = csv.reader(file)
    return {row[0]: [callee for callee, one in zip(head[1:], row[1:], strict=True) if float(one)] for row in rows}


def petshop(root: Path) -> Iterator[Case]:
    """The cases of the data set, with the healthy ones that its authors' specificity is measured on."""
    for graph_file in sorted(root.rglob("graph.csv")):
        scenario = graph_file.parent
        normal = scenario / "noissue" / "metrics.csv"
        if not normal.exists():
            print(f"{scenario.name} has no normal metrics: passed over", file=sys.stderr)
            continue
        graph, before = calls(graph_file), window(normal)
        alarms = set()
        for told in sorted(scenario.glob("t*/issue_*/target.json")):
            issue = json.loads(told.read_text())
            target, kind = issue["target"]["node"], issue["target"]["metric"]
            alarms.add((target, kind))
            group = f"{scenario.name} {told.parent.parent.name} {kind}"
            after = window(told.parent / "metrics.csv")
            yield Case(group, graph, target, ALARMS[kind], before, after, issue["root_cause"]["node"])
        for target, kind in sorted(alarms):
            yield from halved(f"{scenario.name} healthy {kind}", graph, target, ALARMS[kind], before)


def halved(group: str, graph: Graph, target: str, metric: str, normal: Window) -> Iterator[Case]:
    """The normal metrics cut in two, at the places where the authors of the data set cut them."""
    length = max(len(values) for seen in normal.values() for values in seen.values())
    for cut in range(length // 2, length - 3, int(length * 0.1)):
        parts = (
            {node: {name: part(values, cut) for name, values in seen.items()} for node, seen in normal.items()}
            for part in (_head, _tail)
        )
        yield Case(group, graph, target, metric, next(parts), next(parts), None)


def _head(values: list[float], cut: int) -> list[float]:
    return values[:cut]


def _tail(values: list[float], cut: int) -> list[float]:
    return values[cut:]


def made(seeds: Iterable[int], nodes: int = 20, before: int = 300, after: int = 8) -> Iterator[Case]:
    """Random call graphs in which one node becomes slow or fails and its callers with it, and healthy ones."""
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311 - a seed is the point
        names = [f"service-{index}" for index in range(nodes)]
        graph: Graph = {name: [] for name in names}
        for index in range(1, nodes):
            for caller in dice.sample(names[:index], min(index, dice.choice((1, 1, 2)))):
                graph[caller].append(names[index])
        for metric in ("seconds_mean", "error_ratio"):
            usual = {name: dice.uniform(0.02, 0.5) for name in names}
            past = drawn(dice, usual, metric, before, {})
            cause = dice.choice(names[1:])
            excess = dice.uniform(0.05, 0.5)
            moved = {name: excess for name in names if cause in reached(graph, name)}
            yield Case(f"made {metric}", graph, names[0], metric, past, drawn(dice, usual, metric, after, moved), cause)
            yield Case(f"made {metric}", graph, names[0], metric, past, drawn(dice, usual, metric, after, {}), None)


def reached(graph: Graph, start: str) -> set[str]:
    """A node and all that it calls, directly or not."""
    seen = {start}
    ahead = [start]
    while ahead:
        fresh = set(graph[ahead.pop()]) - seen
        seen |= fresh
        ahead += sorted(fresh)
    return seen


def drawn(dice: random.Random, usual: dict[str, float], metric: str, length: int, moved: dict[str, float]) -> Window:
    """Noisy numbers with a missing one here and there; the latter two thirds of the window have moved."""

    def value(node: str, at: int) -> float:
        if dice.random() < 0.02:  # noqa: PLR2004 - 2 % of scrapes fail
            return math.nan
        extra = moved.get(node, 0.0) * dice.gauss(1, 0.1) if at >= length / 3 else 0.0
        quiet = max(0.0, dice.gauss(0, 0.002)) if metric == "error_ratio" else usual[node] * dice.lognormvariate(0, 0.1)
        return quiet + extra

    return {
        node: {
            metric: [value(node, at) for at in range(length)],
            "calls": [dice.gauss(1000, 50) for _ in range(length)],
        }
        for node in usual
    }


def main() -> None:
    """Rank, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, help="a data set in the layout of PetShop")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seeds", type=int, default=50, help="call graphs to make")
    options = parser.parse_args()
    tallies: dict[str, Tally] = {}
    for case in petshop(options.path) if options.path else made(range(options.seeds)):
        tallies.setdefault(case.group, Tally()).count(case)
    rows = {group: tally.row() for group, tally in tallies.items()}
    if options.json:
        print(json.dumps(rows))
        return
    print(f"{'group':<40}" + "".join(f"{name:>13}" for name in next(iter(rows.values()))))
    for group, row in rows.items():
        cells = ("-" if share is None else f"{share:.3g}" for share in row.values())
        print(f"{group:<40}" + "".join(f"{cell:>13}" for cell in cells))


if __name__ == "__main__":
    main()
