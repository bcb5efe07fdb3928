"""What the call graph adds to the sums: here, whose repeated questions nobody keeps the answers of."""

from __future__ import annotations

from typing import Any

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.totals import Totals
from airuntime_backend.engine.graph import derived, graph_of
from airuntime_backend.manifest import Manifest

MODELS = ("cached", "bare", "alone")


def manifest() -> Manifest:
    """One model behind a cache and a retry, one behind a function, and one that nobody calls."""
    calls: dict[str, tuple[str, list[str]]] = {
        "entry": ("function", ["answers", "bare"]),
        "answers": ("cache", ["again"]),
        "again": ("retry", ["cached", "again"]),
        **{name: ("llm", []) for name in MODELS},
    }
    told: list[dict[str, Any]] = [{"name": name, "kind": kind, "callees": to} for name, (kind, to) in calls.items()]
    return Manifest.model_validate({"service": "shop", "version": "1", "primitives": told, "tunables": []})


def test_only_a_model_without_a_cache_before_it_is_told_of_its_repeated_questions() -> None:
    """What a cache lets through is judged at the cache; a retry that calls itself is gone through once."""
    subjects = {Subject("shop", name, "llm"): share for share, name in enumerate((*MODELS, "unknown"), 1)}
    sums = Totals(
        {
            metrics.EXECUTIONS.name: {("ok",): dict.fromkeys(subjects, 100.0)},
            metrics.REPEATED.name: {(): {one: 10.0 * share for one, share in subjects.items()}},
        }
    )

    signals = derived(graph_of([manifest()]), {}, sums, Window(0, 600), {})

    found = {one.subject.primitive: (one.value, one.n) for one in signals if one.measure == "repeated_calls_ratio"}
    assert found == {"bare": (0.2, 100), "alone": (0.3, 100)}


def test_calls_of_several_callers_are_counted_together() -> None:
    """On average the two make 25 calls each: at least one of them makes that many; a retry decides for itself."""
    told: list[dict[str, Any]] = [
        {"name": name, "kind": kind, "callees": callees}
        for name, kind, callees in (
            ("list", "function", ["sql"]),
            ("export", "function", ["sql", "send"]),
            ("again", "retry", ["send"]),
            ("sql", "function", []),
            ("send", "function", []),
        )
    ]
    calls = {"list": 100.0, "export": 100.0, "again": 10.0, "sql": 5_000.0, "send": 500.0}
    kinds = {one["name"]: one["kind"] for one in told}
    made: dict[tuple[str, ...], dict[Subject, float]] = {
        ("ok",): {Subject("shop", name, kinds[name]): n for name, n in calls.items()}
    }
    graph = graph_of([Manifest.model_validate({"service": "shop", "version": "1", "primitives": told, "tunables": []})])

    signals = derived(graph, {}, Totals({metrics.EXECUTIONS.name: made}), Window(0, 600), {})

    (found,) = (one for one in signals if one.measure == "calls_per_caller")
    assert (found.subject.primitive, found.value, found.n) == ("sql", 25.0, 200)
    assert "export|list" in found.query
