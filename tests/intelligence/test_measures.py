"""The process' own numbers say what Prometheus would say of them."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from ai_runtime_intelligent import (
    Apm,
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    ParallelPrimitive,
    RetryPrimitive,
    RouterPrimitive,
    instrument,
)
from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.intelligence.measures import MEASURES, NEEDED, signals
from ai_runtime_intelligent.intelligence.numbers import Numbers
from hypothesis import given
from hypothesis import strategies as st

SECONDS: Final = 60


async def workload() -> None:
    """A bit of everything: hits and expiries, both routes, retries that end well and not, slots that are waited for."""
    calls = 0

    @instrument(name="llm", kind="llm", model="gpt-4o-mini")
    async def ask(question: int) -> dict[str, Any]:
        await asyncio.sleep(0.001 * (question % 7))
        return {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 100, "completion_tokens": 20}}

    async def flaky(question: int) -> Any:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise KeyError
        return await router.execute(question)

    now = 0.0
    router = RouterPrimitive("router", {"fast": ask, "premium": ask}, score=lambda question: question % 10 / 10)
    retry = RetryPrimitive("retry", flaky, max_attempts=2, backoff_seconds=0)
    cache = CachePrimitive("cache", retry, key=lambda question: question % 20, ttl_seconds=10.0, clock=lambda: now)
    parallel = ParallelPrimitive("parallel", [cache, lambda _: asyncio.sleep(0.002)], max_concurrency=1)
    limit = ConcurrencyLimitPrimitive("limit", parallel, limit=3)
    for start in range(0, 120, 10):
        now += 4.0
        await asyncio.gather(*(limit.execute(i) for i in range(start, start + 10)), return_exceptions=True)


def series_of(before: Numbers, after: Numbers) -> dict[str, str]:
    """Both moments as promtool reads them: what was not there before was 0.

    Each is lifted so far above 0 that Prometheus' guess of when a counter began plays no part.
    """
    found = {}
    for name, samples in after.samples.items():
        metric = next(one for one in metrics.INSTRUMENTATION if name.startswith(one.name))
        names = [*metric.labels[1:], *(["le"] if name.endswith("_bucket") else [])]
        for labels, value in samples.items():
            told = ",".join(f'{key}="{text}"' for key, text in zip(names, labels, strict=True))
            earlier = before.samples.get(name, {}).get(labels, 0.0)
            lift = value - earlier
            found[f'{name}{{service="{after.service}",{told}}}'] = f"{earlier + lift!r} {value + lift!r}"
    return found


def cases_of(name: str, values: Mapping[Subject, float]) -> list[dict[str, Any]]:
    """What promtool has to find: as many subjects, and each one's value but for rounding."""
    query, window, at = promql.MEASURE[name].value, f"{2 * SECONDS}s", f"{SECONDS}s"
    every = f"count({query(promql.EVERYTHING, window)})"
    cases = [{"expr": every, "eval_time": at, "exp_samples": [{"labels": "{}", "value": len(values)}]}]
    for one, value in values.items():
        labels = f'{{service="{one.service}",primitive="{one.primitive}",kind="{one.kind}"}}'
        its = query(promql.Scope(one.service, promql.literal(one.primitive)), window)
        close = {"labels": labels, "value": 1}
        cases.append({"expr": f"abs({its} - {value!r}) < bool 1e-9", "eval_time": at, "exp_samples": [close]})
    return cases


@pytest.mark.asyncio
async def test_every_measure_is_the_same_number_in_prometheus(apm: Apm, tmp_path: Path) -> None:
    """Each measure over the growth between two moments equals its query over the same two samples of each series."""
    assert apm.recorder is not None
    await workload()
    before = Numbers.of(apm.recorder, 0.0, NEEDED)
    await workload()
    after = Numbers.of(apm.recorder, float(SECONDS), NEEDED)

    grown = after.since(before)
    taken = {name: value_of(grown) for name, (value_of, _) in MEASURES.items()}
    case = {
        "interval": f"{SECONDS}s",
        "input_series": [{"series": name, "values": values} for name, values in series_of(before, after).items()],
        "promql_expr_test": [one for name, values in taken.items() for one in cases_of(name, values)],
    }
    path = tmp_path / "case.yml"
    path.write_text(json.dumps({"rule_files": [], "tests": [case]}), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)  # noqa: ASYNC221, S603, S607 - Prometheus' own tool, found beside it

    assert done.returncode == 0, done.stdout + done.stderr
    assert all(values for values in taken.values())


@pytest.mark.asyncio
async def test_signals_carry_their_query_and_their_observations(apm: Apm) -> None:
    """Each signal tells how many observations stand behind it, in which window, and the query for Prometheus."""
    assert apm.recorder is not None
    before = Numbers.of(apm.recorder, 100.0, NEEDED)
    await workload()

    grown = Numbers.of(apm.recorder, 160.0, NEEDED).since(before)
    found = {(one.subject.primitive, one.measure): one for one in signals(grown, Window(100.0, 160.0))}
    hits = found["cache", "cache_hit_ratio"]
    assert (hits.subject, hits.unit, hits.state, hits.n) == (Subject("svc", "cache", "cache"), "1", "measured", 120)
    assert hits.window.seconds == 60.0
    assert "airuntime_cache_requests_total" in hits.query
    assert "[60s]" in hits.query
    assert found["retry", "retry_attempts_per_call"].n > 60


def test_measures_are_those_of_the_contract() -> None:
    """Nothing is measured in the process that has no query."""
    assert set(MEASURES) <= set(promql.MEASURE)


numbers = st.dictionaries(
    st.sampled_from(["airuntime_executions_total", "airuntime_duration_seconds_sum"]),
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.just("function")), st.floats(0, 1e9)),
)


@given(numbers, numbers)
def test_property_growth_is_never_negative(
    before: dict[str, dict[tuple[str, ...], float]], after: dict[str, dict[tuple[str, ...], float]]
) -> None:
    """Whatever two moments hold, nothing shrank: a number that fell has begun anew."""
    grown = Numbers("svc", 1.0, after).since(Numbers("svc", 0.0, before))

    assert {name: set(series) for name, series in grown.samples.items()} == {n: set(s) for n, s in after.items()}
    assert all(0 <= value <= after[name][labels] for name in after for labels, value in grown.samples[name].items())
