"""Reading OpenTelemetry's own samplers, so that a trace that will not be kept costs no span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    Decision,
    ParentBased,
    Sampler,
    StaticSampler,
    TraceIdRatioBased,
)

TRACE_ID_BITS: Final = TraceIdRatioBased.TRACE_ID_LIMIT
"""The bits of a trace id on which samplers decide."""

_BOUNDS: Final = {Decision.DROP: 0, Decision.RECORD_AND_SAMPLE: TRACE_ID_BITS + 1}


@dataclass(frozen=True, slots=True)
class Head:
    """What a known sampler does: it keeps traces whose lower 64 bits are below ``bound``.

    With ``follows`` a parent's decision stands.
    """

    bound: int
    follows: bool

    def keeps(self, trace_id: int) -> bool:
        """Whether a trace that begins here is kept."""
        return trace_id & TRACE_ID_BITS < self.bound


def head_of(sampler: Sampler) -> Head | None:
    """The rule of one of the SDK's samplers; None for every other, which has to be asked about each span."""
    follows = _decides_as(sampler, ParentBased)
    bound = _bound_of(sampler._root if isinstance(sampler, ParentBased) else sampler)  # noqa: SLF001 - it has no other name
    if bound is None or (isinstance(sampler, ParentBased) and not (follows and _obeys_parents(sampler))):
        return None
    return Head(bound, follows)


def _bound_of(sampler: Sampler) -> int | None:
    if _decides_as(sampler, StaticSampler):
        return _BOUNDS.get(sampler.should_sample(None, 1, "").decision)
    if isinstance(sampler, TraceIdRatioBased) and _decides_as(sampler, TraceIdRatioBased):
        return sampler.bound
    return None


def _decides_as(sampler: Sampler, known: type[Sampler]) -> bool:
    """Whether ``sampler`` decides by the method of ``known``, not by one of a subclass of the user's."""
    return type(sampler).should_sample is known.should_sample


def _obeys_parents(sampler: ParentBased) -> bool:
    kept = {sampler._remote_parent_sampled, sampler._local_parent_sampled}  # noqa: SLF001 - they have no other name
    dropped = {sampler._remote_parent_not_sampled, sampler._local_parent_not_sampled}  # noqa: SLF001
    return kept == {ALWAYS_ON} and dropped == {ALWAYS_OFF}
