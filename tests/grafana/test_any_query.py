"""Whatever a panel sends as its query, the call is answered: an error belongs to its query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from airuntime_backend.grafana import pluginv2_pb2 as pb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.grafana import Grafana, Person, table
from support.shop import busy, keep
from support.stage import staged

EXAMPLES: Final = 60
SCALARS: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
FIELDS: Final = ("service", "primitive", "model", "expr", "legend", "unit", "instant", "suggestion", "refId", "x")
WRITTEN: Final = st.fixed_dictionaries(
    {"type": st.sampled_from(QUERY_TYPES) | SCALARS}, optional=dict.fromkeys(FIELDS, SCALARS)
)
WORDS: Final = (
    b'{"type": "\\ud800"}',
    b'{"type": "promql", "expr": "\\ud800"}',
    b'{"type": "promql", "expr": "up", "legend": "\\ud800"}',
    b'{"type": "findings", "service": "\\u0000"}',
    b'{"type": "findings", "x": NaN}',
    b'{"type": "findings", "\\ud800": 1}',
    b'{"type": "findings", "hide": "perhaps"}',
)
"""What JSON can say and text cannot, and the like."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """Grafana before a shop with something on record of every kind."""
    with staged(tmp_path_factory.mktemp("kept"), busy()) as stage:
        keep(stage.backend)
        yield stage.grafana


def asked(grafana: Grafana, body: bytes, start: int = 9_900_000, end: int = 10_100_000) -> Any:
    """The response to a query beside which a good one is asked, which is answered in any case."""
    span = pb.TimeRange(fromEpochMS=start, toEpochMS=end)
    good = pb.DataQuery(
        refId="B", timeRange=pb.TimeRange(fromEpochMS=0, toEpochMS=1_000), json=b'{"type": "suggestions"}'
    )
    responses = grafana.query(Person(), pb.DataQuery(refId="A", timeRange=span, json=body), good)
    assert responses["B"].error == ""
    return responses["A"]


def assert_foreseen(response: Any) -> None:
    """Frames that can be read, or a reason that somebody foresaw."""
    assert "unexpectedly" not in response.error
    assert (response.error == "") == (response.status == 200)
    for frame in response.frames:
        table(frame)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WRITTEN)
def test_any_query(kept: Grafana, written: dict[str, object]) -> None:
    """Of every type, with fields of every form."""
    assert_foreseen(asked(kept, json.dumps(written).encode()))


@pytest.mark.parametrize("body", WORDS)
def test_words_that_are_none(kept: Grafana, body: bytes) -> None:
    """They are refused, or ignored where nobody asks for them."""
    assert_foreseen(asked(kept, body))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(QUERY_TYPES), st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_any_span(kept: Grafana, type_: str, start: int, end: int) -> None:
    """Backwards, before 1970, or past what nanoseconds can tell."""
    written = json.dumps({"type": type_, "expr": "up"}).encode()

    assert_foreseen(asked(kept, written, start, end))
