"""Records to JSON and back, by their own dataclasses."""

from __future__ import annotations

from typing import Any, Final

from ai_runtime_intelligent.flow.booking import Booking
from ai_runtime_intelligent.flow.finding import Diagnosis
from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.saving import Saving
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Verdict
from pydantic import TypeAdapter

from airuntime_backend.ports import Experiment, Progress

SUGGESTION = TypeAdapter(Suggestion)
ROLLOUT = TypeAdapter(Rollout)
EXPERIMENT = TypeAdapter(Experiment)
PROGRESS = TypeAdapter(Progress)
VERDICT = TypeAdapter(Verdict)
SAVING = TypeAdapter(Saving)
BOOKING = TypeAdapter(Booking)
PATCH = TypeAdapter(PatchRun)
DIAGNOSIS = TypeAdapter(Diagnosis)


_ADAPTERS: Final[dict[type, TypeAdapter[Any]]] = {}
"""By class, each made once: making one takes longer than all that it is asked to do."""


def dump(record: object) -> Any:
    """The JSON form of any record."""
    kind = type(record)
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind].dump_python(record, mode="json")
