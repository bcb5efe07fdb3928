"""The contract's queries that count and sum, evaluated by Prometheus' own tool on given series."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest
from ai_runtime_intelligent.contract import promql

ALL: Final = promql.EVERYTHING
ROUTER: Final = 'service="a",primitive="r",kind="router"'
CACHE: Final = 'service="a",primitive="c",kind="cache"'
LIMIT: Final = 'service="a",primitive="l",kind="limit"'
FALLBACK: Final = 'service="a",primitive="f",kind="fallback"'

Series = dict[str, str]
Answer = tuple[str, float] | None

CASES: Final[dict[str, tuple[Series, str, Answer]]] = {
    "findings are counted": (
        {f'airuntime_finding_score{{{ROUTER},finding="x"}}': "0.5x60"},
        promql.open_findings(ALL),
        ("{}", 1),
    ),
    "a finding that went leaves 0": (
        {'airuntime_suggestions{service="a",status="kept"}': "1x60"},
        promql.open_findings(ALL),
        ("{}", 0),
    ),
    "never a finding is no number": ({}, promql.open_findings(ALL), None),
    "suggestions of a status are counted": (
        {'airuntime_suggestions{service="a",status="open"}': "2x60"},
        promql.suggestions(ALL, "open"),
        ("{}", 2),
    ),
    "none of a status is 0": (
        {'airuntime_suggestions{service="a",status="open"}': "2x60"},
        promql.suggestions(ALL, "stuck"),
        ("{}", 0),
    ),
    "rollouts of several phases are summed": (
        {
            'airuntime_rollout_phase{service="a",rollout="1",phase="applying"}': "1x60",
            'airuntime_rollout_phase{service="a",rollout="2",phase="watching"}': "1x60",
            'airuntime_rollout_phase{service="a",rollout="3",phase="kept"}': "1x60",
        },
        promql.rollouts(ALL, "applying", "watching"),
        ("{}", 2),
    ),
    "savings are summed by primitive": (
        {f"airuntime_saved_usd_total{{{CACHE}}}": "4x60"},
        promql.saved_usd(ALL),
        ('{service="a",primitive="c"}', 4),
    ),
    "the slowest process says the generation": (
        {
            'airuntime_config_generation{service="a",instance="1"}': "3x60",
            'airuntime_config_generation{service="a",instance="2"}': "4x60",
        },
        promql.config_generation(ALL),
        ('{service="a"}', 3),
    ),
    "the greatest share of own time comes out on top": (
        {f"airuntime_self_seconds_sum{{{ROUTER}}}": "0+1x60", f"airuntime_self_seconds_sum{{{CACHE}}}": "0+3x60"},
        f"{promql.self_share_top(ALL, '1m', 1)} > bool 0.7",
        (f"{{{CACHE}}}", 1),
    ),
    "the service with unpriced calls says the coverage": (
        {
            'airuntime_executions_total{service="a",primitive="m",kind="llm",status="ok"}': "0+4x60",
            'airuntime_executions_total{service="b",primitive="m",kind="llm",status="ok"}': "0+4x60",
            'airuntime_unpriced_calls_total{service="b",primitive="m",kind="llm",model="x"}': "0+2x60",
        },
        promql.pricing_coverage_lowest(ALL, "1m"),
        ("{}", 0.5),
    ),
    "those who wait hold no slot of a limit": (
        {
            f'airuntime_inflight{{{LIMIT},instance="1"}}': "5x60",
            f'airuntime_waiting{{{LIMIT},instance="1"}}': "3x60",
            f'airuntime_tunable_value{{{LIMIT},tunable="l.limit",instance="1"}}': "4x60",
        },
        promql.limit_used_ratio(ALL),
        (f"{{{LIMIT}}}", 0.5),
    ),
    "fallbacks of every reason count for one primitive": (
        {
            f'airuntime_executions_total{{{FALLBACK},status="ok"}}': "0+4x60",
            f'airuntime_fallbacks_total{{{FALLBACK},reason="error",outcome="ok"}}': "0+1x60",
            f'airuntime_fallbacks_total{{{FALLBACK},reason="skipped",outcome="ok"}}': "0+1x60",
        },
        promql.fallback_ratio(ALL, "1m"),
        (f"{{{FALLBACK}}}", 0.5),
    ),
    "waiting for a slot is averaged over those who wanted one": (
        {f"airuntime_queue_seconds_sum{{{LIMIT}}}": "0+4x60", f"airuntime_queue_seconds_count{{{LIMIT}}}": "0+2x60"},
        promql.queue_seconds_mean(ALL, "1m"),
        (f"{{{LIMIT}}}", 2),
    ),
}


@pytest.mark.parametrize(("series", "expr", "answer"), CASES.values(), ids=CASES)
def test_the_query_gives(tmp_path: Path, series: Series, expr: str, answer: Answer) -> None:
    """Each query says what its name promises, on the edge too: 0 and "no number" are different answers."""
    expected = [] if answer is None else [{"labels": answer[0], "value": answer[1]}]
    case = {
        "interval": "5s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expr, "eval_time": "2m", "exp_samples": expected}],
    }
    path = tmp_path / "case.yml"
    path.write_text(json.dumps({"rule_files": [], "tests": [case]}), encoding="utf-8")

    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)  # noqa: S603, S607 - Prometheus' own tool, found beside it

    assert done.returncode == 0, done.stdout + done.stderr
