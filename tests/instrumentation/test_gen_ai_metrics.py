"""The contract's queries over gen_ai metrics, ours and other people's, asked of a real Prometheus that scrapes all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from ai_runtime_intelligent.contract import promql
from support import prometheus, providers

SERVICES = ("ours", "official", "traceloop")
"""Ours, OpenTelemetry's own for OpenAI, and another one, whose names end in the unit and which names no asked model."""
WINDOW = "10s"
DEADLINE_SECONDS = 40

Ask = Callable[[str, str], dict[str, float]]


@contextmanager
def _service(measured_by: str, url: str) -> Iterator[int]:
    program = Path(providers.__file__).with_name("gen_ai_service.py")
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(program), measured_by, url], stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Base URL of a Prometheus that has scraped all services for a while."""
    with ExitStack() as stack:
        provider = stack.enter_context(providers.running())
        ports = {name: stack.enter_context(_service(name, provider)) for name in SERVICES}
        jobs = "".join(
            f"  - job_name: {name}\n    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
            for name, port in ports.items()
        )
        url = stack.enter_context(
            prometheus.running(f"global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n{jobs}")
        )
        _wait(url)
        yield url


def _wait(url: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if len(_ask(url, promql.tokens_per_second(promql.EVERYTHING, WINDOW, ("service",)), "service")) == len(
            SERVICES
        ):
            time.sleep(2)
            return
        time.sleep(0.3)
    raise AssertionError("Prometheus did not see the tokens of all services")


def _ask(url: str, query: str, label: str) -> dict[str, float]:
    answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10).json()

    assert answer["status"] == "success", answer

    return {row["metric"][label]: float(row["value"][1]) for row in answer["data"]["result"]}


@pytest.fixture
def ask(url: str) -> Ask:
    """Ask a query; gives its values by the label."""
    return lambda query, label: _ask(url, query, label)


def test_tokens_of_all(ask: Ask) -> None:
    """Tokens of every service are found under its name, its model and the token type, ten sent for one received."""
    by = ("service", "gen_ai_request_model", "gen_ai_token_type")
    for service in SERVICES:
        found = ask(promql.tokens_per_second(promql.Scope(service), WINDOW, by), "gen_ai_token_type")

        assert found["input"] > 100
        assert found["input"] / found["output"] == pytest.approx(10)
    assert set(ask(promql.tokens_per_second(promql.EVERYTHING, WINDOW, by), "gen_ai_request_model")) == {"gpt-4o"}


def test_calls_of_all(ask: Ask) -> None:
    """Calls are counted for every service; a thousand tokens were sent by each."""
    calls = ask(promql.model_calls_per_second(promql.EVERYTHING, WINDOW, ("service",)), "service")
    tokens = ask(
        promql.tokens_per_second(promql.EVERYTHING, WINDOW, ("service", "gen_ai_token_type")) + " > 500", "service"
    )

    assert set(calls) == set(SERVICES)
    assert [tokens[name] / calls[name] for name in SERVICES] == pytest.approx([1000] * 3, rel=0.1)


def test_seconds_of_all(ask: Ask) -> None:
    """The time of a call is known for every service, as finely as the buckets of who measured it."""
    found = ask(promql.model_seconds_quantile(0.95, promql.EVERYTHING, WINDOW), "service")

    assert set(found) == set(SERVICES)
    assert 0 < found["ours"] < 1
    assert 0 < found["official"] < 1
    assert 0 < found["traceloop"] <= 5


def test_calls_that_others_measured_have_no_price(ask: Ask) -> None:
    """Coverage is 1 where we measured, and 0, not unknown, where only somebody else did."""
    found = ask(promql.pricing_coverage(promql.EVERYTHING, WINDOW), "service")

    assert found == {"ours": 1, "official": 0, "traceloop": 0}
