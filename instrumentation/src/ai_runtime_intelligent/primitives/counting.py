"""What executions of someone else's primitive count as, beyond an execution: decisions, hits, attempts, fallbacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import FallbackReason, PrimitiveKind, RetryOutcome
from ai_runtime_intelligent.contract.metrics import (
    CACHE_EVICTIONS,
    CACHE_REQUESTS,
    FALLBACKS,
    RETRY_ATTEMPTS,
    ROUTER_DECISIONS,
    Metric,
)
from ai_runtime_intelligent.quiet import failed

from .definition import LabelSet
from .errors import INTERRUPTIONS
from .frame import status_of
from .recognise import Recognised, get
from .substitute import known as known_fallbacks
from .watch import Marks, Watch

Count = Callable[[Metric, tuple[str, ...], float], None]

_ATTEMPT: Final = re.compile(r"retry\.attempt_\d+\.start")


class FailureReportedError(Exception):
    """Stands for the error that a primitive reported in its result instead of raising it."""


def reported(seen: Recognised, result: Any) -> FailureReportedError | None:
    """The failure that an adaptive primitive tells of in its result."""
    try:
        if seen.adaptive and isinstance(result, Mapping) and result.get("success") is False:
            return FailureReportedError(str(result.get("error_type", "unknown")))
    except Exception:  # noqa: BLE001 - what somebody else's mapping does when it is looked at
        failed("reported")
    return None


def known(target: Any, seen: Recognised) -> list[LabelSet]:
    """Label sets that start at 0."""
    if seen.kind == "router":
        default = get(target, "default")
        chosen: list[LabelSet] = [(ROUTER_DECISIONS, (route, "chosen")) for route in seen.parts]
        return [*chosen, (ROUTER_DECISIONS, (str(default), "default"))] if default else chosen
    if seen.kind == "cache":
        return [(CACHE_REQUESTS, ("hit",)), (CACHE_REQUESTS, ("miss",)), (CACHE_EVICTIONS, ("expired",))]
    if seen.kind == "retry":
        return [(RETRY_ATTEMPTS, ("ok", ""))]
    if seen.kind == "fallback":
        return known_fallbacks("error", "timeout")
    return known_fallbacks("timeout") if seen.kind == "timeout" and "fallback" in seen.parts else []


def count(kind: PrimitiveKind, watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:
    """Count what one execution did. ``error`` is the one that it raised or reported."""
    counting = _COUNTINGS.get(kind)
    if counting is not None:
        counting(watch, error, result, to)


def _decision(watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:  # noqa: ARG001 - one shape
    decision = watch.decision
    if decision is not None:
        reason = "default" if decision.get("used_default") else "chosen"
        to(ROUTER_DECISIONS, (str(decision.get("route")), reason), 1)
    elif watch.runs:
        to(ROUTER_DECISIONS, (watch.runs[0].role, "chosen"), 1)


def _request(watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:  # noqa: ARG001 - one shape
    """A cache that called what it wraps missed. Where that is not to be seen, its notes in the context tell."""
    now, before = Marks.of(watch.context), watch.before
    missed = bool(watch.runs) if watch.sees_parts else now.misses > before.misses
    hit = error is None if watch.sees_parts else now.hits > before.hits
    if missed or hit:
        to(CACHE_REQUESTS, ("miss" if missed else "hit",), 1)


def _attempts(watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:
    """Each run of what a retry wraps is an attempt. Where runs are not to be seen, the checkpoints are counted."""
    if not watch.sees_parts:
        _attempts_by_notes(watch, error, result, to)
        return
    for run in watch.runs[:-1]:
        to(RETRY_ATTEMPTS, ("retried", type(run.error).__name__), 1)
    for run in watch.runs[-1:]:
        to(RETRY_ATTEMPTS, _last(run.error, error), 1)


def _last(last: BaseException | None, error: BaseException | None) -> tuple[RetryOutcome, str]:
    if last is None:
        return "ok", ""
    cancelled_in_its_wait = isinstance(error, INTERRUPTIONS) and error is not last
    return "retried" if cancelled_in_its_wait else "gave_up", type(last).__name__


def _attempts_by_notes(watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:
    checkpoints = get(watch.context, "checkpoints")
    new = checkpoints[watch.before.checkpoints :] if isinstance(checkpoints, list) else []
    told = result.get("attempts") if isinstance(result, Mapping) else None
    attempts = told if isinstance(told, int) else sum(bool(_ATTEMPT.fullmatch(str(name))) for name, *_ in new)
    if attempts > 1:
        to(RETRY_ATTEMPTS, ("retried", "unknown"), attempts - 1)
    if attempts:
        to(RETRY_ATTEMPTS, ("ok", "") if error is None else ("gave_up", type(error).__name__), 1)


def _stand_in(watch: Watch, error: BaseException | None, result: Any, to: Count) -> None:  # noqa: ARG001 - one shape
    """The first part that runs is the one that is wanted; every run after it stands in, for how the first one ended."""
    for run in watch.runs[1:]:
        if not isinstance(run.error, INTERRUPTIONS):
            to(FALLBACKS, (_reason(watch.runs[0].error), "ok" if run.error is None else "error"), 1)


def _reason(error: BaseException | None) -> FallbackReason:
    """A call that was cancelled took too long: who is cancelled from outside calls no fallback."""
    return "timeout" if error is None or status_of(error) in {"timeout", "cancelled"} else "error"


_COUNTINGS: Final[Mapping[PrimitiveKind, Callable[[Watch, BaseException | None, Any, Count], None]]] = {
    "router": _decision,
    "cache": _request,
    "retry": _attempts,
    "timeout": _stand_in,
    "fallback": _stand_in,
}
