"""What measuring costs a call, a scrape, an import and the memory, held to the bars of the project.

Every variant runs in a process of its own; they take turns round by round, and a ratio is the median over the rounds.
Exit code 1 when a bar is missed. ``--json`` prints the same as JSON, ``--quick`` takes a third of the time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from typing import Any

from measuring import calls, counts, imports, memory, scrape
from measuring.worker import Rounds, ratio

MEGABYTES_FLAT = 2.0
"""Growth of resident memory that still counts as flat: what the allocator itself moves."""


@dataclass(frozen=True)
class Bar:
    """One promise: ``found`` may be ``most`` at most."""

    what: str
    found: float
    most: float

    @property
    def met(self) -> bool:
        """Whether the promise was kept."""
        return self.found <= self.most


@dataclass(frozen=True)
class Row:
    """One line of a table: a median, and its ratio to the reference of the table."""

    what: str
    median: float
    unit: str
    ratio: float


def rows(found: Rounds, names: dict[str, str], unit: str, reference: str) -> list[Row]:
    """The lines of one table, in the order of ``names``."""
    return [
        Row(about, statistics.median(found[name]), unit, ratio(found, name, reference)) for name, about in names.items()
    ]


def run(*, quick: bool) -> tuple[dict[str, list[Row]], list[Bar], dict[str, Any]]:
    """Measure everything: tables, bars and facts."""
    called, exact = calls.measure(7 if quick else 21)
    scraped, scrape_facts = scrape.measure(5 if quick else 15)
    imported, pulled = imports.measure(5 if quick else 15)
    grown = memory.measure(200_000 if quick else 1_000_000)
    counted = counts.measure()
    tables = {
        "a call": rows(called, calls.VARIANTS, "us", "hand"),
        f"a scrape of {scrape_facts['series']} series": rows(scraped, scrape.VARIANTS, "ms", "plain"),
        "an import": rows(imported, imports.STATEMENTS, "ms", "opentelemetry"),
    }
    facts = {"calls": exact, "scrape": scrape_facts, "import": pulled, "memory": grown, **counted}
    bars = [
        *call_bars(called, exact),
        Bar("a scrape, over the plain reader", ratio(scraped, "ours", "plain"), 1.0),
        Bar("the scraped series differ", float(not scrape_facts["same"]), 0),
        *import_bars(imported, pulled),
        Bar("memory grown past the cap, MB", grown["grown_mb"], MEGABYTES_FLAT),
        *count_bars(grown, counted),
    ]
    return tables, bars, facts


def call_bars(found: Rounds, exact: dict[str, Any]) -> list[Bar]:
    """The bars of a call."""
    over = calls.ratios(found)
    return [
        Bar("a call with every span kept, over the one by hand", over["kept_100"], 0.5),
        Bar("a call with 1 % kept, over the one by hand", over["kept_1"], 0.12),
        Bar("a call when disabled, over an empty wrapper", over["disabled_over_empty"], 1.5),
        Bar("calls not recorded with 1 % kept", abs(exact["made"] - (exact["recorded"] or 0)), 0),
    ]


def import_bars(found: Rounds, pulled: dict[str, list[str]]) -> list[Bar]:
    """The bars of an import."""
    return [
        Bar("importing the package, over opentelemetry.trace", ratio(found, "package", "opentelemetry"), 1.2),
        Bar("importing the decorator, over opentelemetry.trace", ratio(found, "decorator", "opentelemetry"), 1.2),
        Bar("heavy modules that the imports bring along", imports.heavy(pulled, ("package", "decorator")), 0),
    ]


def count_bars(grown: dict[str, Any], counted: dict[str, dict[str, Any]]) -> list[Bar]:
    """The bars that are a yes or a no."""
    tasks, threads, held = counted["tasks"], counted["threads"], counted["held_scrape"]
    return [
        Bar("calls lost past the cap", float(not grown["exact"]), 0),
        Bar("calls lost under 10,000 tasks", float(not tasks["exact"]), 0),
        Bar("calls lost under 16 threads", float(not threads["exact"]), 0),
        Bar(
            "locks held while 10,000 calls wait", float(not tasks["lock_free"] or tasks["inflight"] != counts.TASKS), 0
        ),
        Bar("calls that waited for a scrape", float(held["waited"] or not held["exact"]), 0),
    ]


def show(tables: dict[str, list[Row]], bars: list[Bar], facts: dict[str, Any]) -> None:
    """Print for a person."""
    for title, lines in tables.items():
        print(f"\n{title:<58}{'median':>12}{'ratio':>9}")
        for row in lines:
            print(f"  {row.what:<56}{row.median:>9.2f} {row.unit}{row.ratio:>9.3f}")
    print(f"\n{'bars':<58}{'found':>12}{'at most':>9}")
    for bar in bars:
        print(f"  {bar.what:<56}{bar.found:>12.3f}{bar.most:>9.2f}  {'met' if bar.met else 'MISSED'}")
    print()
    for name, fact in facts.items():
        print(f"  {name}: {json.dumps(fact)}")


def main() -> int:
    """Measure, print, and say by the exit code whether every bar was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and calls")
    options = parser.parse_args()
    tables, bars, facts = run(quick=options.quick)
    missed = [bar.what for bar in bars if not bar.met]
    if options.json:
        named = {title: [asdict(row) for row in lines] for title, lines in tables.items()}
        print(json.dumps({"tables": named, "bars": [asdict(b) for b in bars], "facts": facts, "missed": missed}))
    else:
        show(tables, bars, facts)
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
