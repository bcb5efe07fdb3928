"""Asking: many queries side by side, each of which may fail or be late without taking the others with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, TypeVar

from airuntime_backend.errors import BackendError

K = TypeVar("K")
V = TypeVar("V")

_WORKERS: Final = 4


def ask_all(
    questions: Mapping[K, Callable[[], V]], within_seconds: float, workers: int = _WORKERS
) -> tuple[dict[K, V], tuple[str, ...]]:
    """Ask all at once and wait so long for all together.

    Returns:
        What was answered, and what was not and why, each reason once.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="airuntime-ask")
    try:
        asked = {key: pool.submit(question) for key, question in questions.items()}
        wait(asked.values(), timeout=within_seconds)
        return _sorted_out(asked, within_seconds)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _sorted_out(asked: Mapping[K, Future[V]], within_seconds: float) -> tuple[dict[K, V], tuple[str, ...]]:
    answers: dict[K, V] = {}
    problems: dict[str, None] = {}
    late = 0
    for key, future in asked.items():
        if not future.done():
            late += 1
            continue
        try:
            answers[key] = future.result()
        except BackendError as error:
            problems[error.message] = None
    if late:
        problems[f"{late} of {len(asked)} queries were not answered within {within_seconds:g} s in all"] = None
    return answers, tuple(problems)
