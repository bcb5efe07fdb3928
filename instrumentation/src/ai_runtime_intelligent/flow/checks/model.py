"""Model calls whose prompts are far larger than their answers need, or were answered before."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above, sure_of_mean


def _oversized(patient: Patient) -> Finding | str:
    prompt, answer = patient.value("input_tokens_per_call"), patient.value("output_tokens_per_call")
    limits = patient.limits
    if prompt <= limits.prompt_tokens or answer > limits.answer_ratio * prompt:
        return f"{prompt:.0f} tokens in and {answer:.0f} out for a call"
    summary = f"{prompt:.0f} tokens go in for {answer:.0f} that come out: most of the prompt is paid for and not used"
    sure = sure_of_mean(prompt, limits.prompt_tokens, patient.n("input_tokens_per_call"))
    score = 1 - limits.prompt_tokens / prompt
    measures = ("input_tokens_per_call", "output_tokens_per_call", "usd_per_call")
    return patient.found("oversized_prompts", score, sure, summary, *measures)


def _repeated(patient: Patient) -> Finding | str:
    repeated, limit = patient.value("repeated_calls_ratio"), patient.limits.repeated_ratio
    if repeated <= limit:
        return f"{repeated:.0%} of calls ask what was answered within the hour before (limit {limit:.0%})"
    summary = f"{repeated:.0%} of calls ask exactly what was answered within the hour before, and no cache answers them"
    sure = sure_above(min(repeated, 1.0), limit, patient.n("repeated_calls_ratio"))
    return patient.found("repeated_prompts", repeated, sure, summary, "repeated_calls_ratio", "usd_per_call")


CHECKS: Final = (
    Check(
        "oversized_prompts",
        None,
        ("input_tokens_per_call", "output_tokens_per_call"),
        _oversized,
        "input_tokens_per_call",
    ),
    Check("repeated_prompts", "llm", ("repeated_calls_ratio",), _repeated, "repeated_calls_ratio"),
)
