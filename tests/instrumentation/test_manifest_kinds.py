"""The backend takes the manifest of every kind of primitive, ours and others'."""

from __future__ import annotations

from ai_runtime_intelligent import (
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    FallbackPrimitive,
    ParallelPrimitive,
    RetryPrimitive,
    RouterPrimitive,
    SequentialPrimitive,
    TimeoutPrimitive,
    instrument,
)
from ai_runtime_intelligent.contract.kinds import PRIMITIVE_KINDS
from ai_runtime_intelligent.runtime.manifest import manifest_of
from airuntime_backend.manifest import Manifest
from support import tta_like as tta


def build_every_kind() -> None:
    """One primitive of each kind, and some of others'."""
    instrument(len, name="function")
    instrument(lambda q: q, name="llm", kind="llm", model="gpt-4o")
    RouterPrimitive("router", {"fast": len, "premium": len}, score=lambda _: 0.5)
    CachePrimitive("cache", len)
    RetryPrimitive("retry", len)
    TimeoutPrimitive("timeout", len, fallback=len)
    FallbackPrimitive("fallback", len, len)
    ParallelPrimitive("parallel", [len, len])
    SequentialPrimitive("sequential", [len, len])
    ConcurrencyLimitPrimitive("limit", len)
    step = tta.LambdaPrimitive(lambda v, _: v)
    instrument(tta.RouterPrimitive({"a": step}, lambda *_: "a"))
    instrument(tta.RetryPrimitive(tta.CachePrimitive(step, lambda v, _: str(v), ttl_seconds=0.0)))
    instrument(step >> tta.TimeoutPrimitive(step, 1e6))


def test_every_kind_is_taken_with_its_tunables() -> None:
    """What the instrumentation tells is what the backend understands: kinds, details, tunables with their bounds."""
    build_every_kind()
    told = manifest_of("svc")

    understood = Manifest.model_validate_json(Manifest.model_validate(told.to_json()).model_dump_json())
    assert {primitive.kind for primitive in understood.primitives} == set(PRIMITIVE_KINDS)
    assert {tunable.name for tunable in understood.tunables} == {tunable.name for tunable in told.tunables}
    assert all(tunable.unit in {"1", "s", "By"} for tunable in understood.tunables)
    assert all(tunable.description.endswith((".", "none")) for tunable in understood.tunables)
    assert len(understood.tunables) == 16
