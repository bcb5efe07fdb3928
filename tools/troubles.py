"""Run the backend with Prometheus, Context7 and the model each down, slow and lying, and print what came of it.

All are fakes on loopback behind the real clients; the time limits are those of the product, but Prometheus' (0.3 s) and
the model's (0.7 s). Exit code 1 when a suggestion was lost, or nothing was said of what was missing.

Usage: ``PYTHONPATH=tests:benchmarks python tools/troubles.py``.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from support.troubles import MODES, PARTS, Row, run


def rows() -> Iterator[Row]:
    """One run without trouble, then each part in each trouble."""
    for part, mode in (("none", "well"), *((part, mode) for part in PARTS for mode in MODES)):
        with tempfile.TemporaryDirectory(prefix="airuntime-troubles-") as name:
            yield run(Path(name), part, mode)


def missed(row: Row) -> bool:
    """Whether nothing is left, or nothing was said of a part that did not answer."""
    silent = not row.said and (row.part, row.mode) not in {("none", "well"), ("context7", "lying")}
    return row.open != 1 or silent


def main() -> int:
    """Print a row as soon as it is there."""
    logging.disable(logging.CRITICAL)
    print(f"{'part':<11}{'mode':<7}{'made':>4}{'open':>5}{'s':>6}  {'words by':<19}documentation, and what was said")
    lost = 0
    for row in rows():
        docs = ", ".join(row.docs)
        print(f"{row.part:<11}{row.mode:<7}{row.made:>4}{row.open:>5}{row.seconds:>6.1f}  {row.author:<19}{docs}")
        for said in row.said or ("nothing was missing",):
            print(f"{'':<35}{said}")
        lost += missed(row)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
