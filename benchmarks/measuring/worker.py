"""Worker processes: a variant each, that measure one round when they are asked and wait when they are not."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

_PATH = [str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]

Rounds = dict[str, list[float]]


class Worker:
    """One process that runs ``python -m measuring.<module> <variant>``."""

    def __init__(self, module: str, variant: str, environment: Mapping[str, str] | None = None) -> None:
        self.variant = variant
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-m", f"measuring.{module}", variant],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_PATH), **(environment or {})},
        )

    def ask(self, question: str) -> Any:
        """Send a line and wait for the answer. Raises RuntimeError when the process ended instead."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the worker {self.variant!r} ended with {self._process.wait()}")
        return json.loads(answer)

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def workers(
    module: str, variants: Iterable[str], environments: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[list[Worker]]:
    """A process for each variant, ended at the end of the block."""
    with ExitStack() as stack:
        started = [Worker(module, variant, (environments or {}).get(variant)) for variant in variants]
        for worker in started:
            stack.callback(worker.close)
        yield started


def interleaved(asked: list[Worker], rounds: int) -> Rounds:
    """The answers of every worker to ``rounds`` rounds, in an order that turns, the first round left out."""
    found: Rounds = {worker.variant: [] for worker in asked}
    for turn in range(rounds + 1):
        start = turn % len(asked)
        for worker in asked[start:] + asked[:start]:
            answer = float(worker.ask("round"))
            if turn:
                found[worker.variant].append(answer)
    return found


def ratio(found: Rounds, variant: str, reference: str) -> float:
    """The median of ``variant`` over ``reference``, each round by itself."""
    return statistics.median(a / b for a, b in zip(found[variant], found[reference], strict=True))


def answer(questions: Mapping[str, Callable[[], Any]]) -> None:
    """The worker's side: answer lines until there are no more, then end without waiting for anybody."""
    for line in sys.stdin:
        print(json.dumps(questions[line.strip()]()), flush=True)
    sys.stdout.flush()
    os._exit(0)
