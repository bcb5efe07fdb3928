"""Records as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping

from ai_runtime_intelligent.flow.evidence import Evidence
from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.ranking import rank
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.saving import Interval, Saving
from ai_runtime_intelligent.flow.suggestion import Suggestion, Wording
from ai_runtime_intelligent.flow.trust import HELD, Prediction, trust, usual_error

from airuntime_backend.engine.predictions import by_rule, predictions
from airuntime_backend.ports import Ledger, Progress, SuggestionRecord

from . import schemas
from .patch_view import patch_view
from .verdict_view import verdict_view
from .waiting import queue_view


def summary(record: SuggestionRecord, ledger: Ledger) -> schemas.SuggestionSummary:
    """A suggestion in a list."""
    return schemas.SuggestionSummary.model_validate(_summary(record, ledger))


def detail(
    ledger: Ledger, suggestion_id: str, booked: Mapping[str, float], run: PatchRun | None = None
) -> schemas.SuggestionDetail:
    """A suggestion in full, with the latest run of its patch. Raises ``NotFoundError``.

    ``booked`` are the USD that the books say each rollout saved.
    """
    record = ledger.suggestion(suggestion_id)
    suggestion = record.suggestion
    rollout = rollout_of(ledger, suggestion_id)
    verdict = ledger.verdicts().get(rollout.id) if rollout else None
    saving = ledger.savings().get(rollout.id) if rollout else None
    came = predictions(ledger)
    record_of = by_rule(came).get(suggestion.rule, ())
    return schemas.SuggestionDetail.model_validate(
        _summary(record, ledger)
        | {
            "claim": suggestion.claim,
            "minimum": suggestion.tunable.minimum if suggestion.tunable else None,
            "maximum": suggestion.tunable.maximum if suggestion.tunable else None,
            "diff": diff(suggestion),
            "expected": vars(suggestion.expected),
            "guardrails": [vars(rail) for rail in suggestion.guardrails],
            "evidence": _evidence(suggestion.evidence),
            "finding": finding_view(suggestion.evidence.finding),
            "rollout": _rollout(rollout, ledger.progress().get(rollout.id)) if rollout else None,
            "verdict": verdict_view(verdict) if verdict else None,
            "saving": saving_view(saving, booked.get(rollout.id, 0.0)) if saving and rollout else None,
            "history": _history(ledger, suggestion_id),
            "rank": rank(suggestion, trust(record_of)),
            "prediction": _prediction(came.get(suggestion_id)),
            "rule_record": _rule(suggestion.rule, record_of),
            "wording": _wording(suggestion.wording),
            "patch": patch_view(suggestion, run),
        }
    )


def rollout_of(ledger: Ledger, suggestion_id: str) -> Rollout | None:
    """The rollout of a suggestion, if it was ever applied."""
    return next((one for one in ledger.rollouts() if one.change.suggestion == suggestion_id), None)


def diff(suggestion: Suggestion) -> str:
    """The change as two lines, the old value and the new one; empty when only the code is changed."""
    step = suggestion.step
    if step is None:
        return ""
    name, unit = step.tunable.name, step.tunable.unit
    tail = "" if unit == "1" else f" {unit}"
    return f"- {name} = {step.before:g}{tail}\n+ {name} = {step.after:g}{tail}"


def finding_view(finding: Finding) -> schemas.FindingView:
    """A finding without its signals."""
    return schemas.FindingView(
        id=finding.id,
        name=finding.name,
        score=finding.score,
        confidence=finding.confidence,
        summary=finding.summary,
        causes=list(finding.causes),
        remedy=finding.remedy,
    )


def saving_view(saving: Saving, total_usd: float) -> schemas.SavingView:
    """A saving with what is booked of it until now."""
    return schemas.SavingView(
        usd_per_hour=_interval(saving.usd_per_hour),
        seconds_per_hour=_interval(saving.seconds_per_hour),
        errors_per_hour=_interval(saving.errors_per_hour),
        total_usd=total_usd,
        since=saving.since,
        prices=f"{saving.prices.source} of {saving.prices.as_of}",
    )


def _wording(wording: Wording | None) -> dict[str, object] | None:
    if wording is None:
        return None
    return {"author": wording.author, "cites": wording.cites, "of_rule": wording.of_rule}


def _prediction(came: Prediction | None) -> dict[str, object] | None:
    return None if came is None else {"measured": came.measured, "held": came.held, "error": came.error}


def _rule(rule: str, tried: tuple[Prediction, ...]) -> dict[str, object]:
    counts: dict[str, object] = {held: sum(one.held == held for one in tried) for held in HELD}
    page = f"docs/rules/{rule}.md"
    return {"id": rule, "page": page, **counts, "trust": trust(tried), "usual_error": usual_error(tried)}


def _interval(interval: Interval | None) -> schemas.IntervalView | None:
    return None if interval is None else schemas.IntervalView.model_validate(vars(interval))


def _summary(record: SuggestionRecord, ledger: Ledger) -> dict[str, object]:
    suggestion = record.suggestion
    return {
        "id": suggestion.id,
        "revision": record.revision,
        "status": record.status,
        "queue": queue_view(ledger, suggestion.id) if record.status == "queued" else None,
        **vars(suggestion.subject),
        "rule": suggestion.rule,
        "title": suggestion.title,
        "tunable": suggestion.tunable.name if suggestion.tunable else None,
        "target": suggestion.target,
        "unit": suggestion.tunable.unit if suggestion.tunable else "",
        "from_value": suggestion.from_value,
        "to_value": suggestion.to_value,
        "risk": suggestion.risk,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "signals": [
            {key: getattr(signal, key) for key in ("measure", "unit", "state", "value", "n", "query")}
            for signal in evidence.signals
        ],
        "code": [vars(code) | {"source": f"{code.file}:{code.line}"} for code in evidence.code],
        "docs": [vars(doc) for doc in evidence.docs],
    }


def _look(progress: Progress) -> dict[str, object]:
    arms = {"control": progress.control, "candidate": progress.candidate}
    fields = ("calls", "errors", "seconds", "cost_usd")
    return {
        "at": progress.at,
        "note": progress.note,
        **{name: {field: getattr(arm, field) for field in fields} for name, arm in arms.items()},
        "verdict": verdict_view(progress.verdict) if progress.verdict else None,
        "replicas": {name: list(names) for name, names in vars(progress.replicas).items()},
    }


def _rollout(rollout: Rollout, progress: Progress | None) -> dict[str, object]:
    change = rollout.change
    return {
        "id": rollout.id,
        "phase": rollout.phase,
        "since": rollout.since,
        "why": rollout.why,
        "revision": rollout.revision,
        "share": rollout.share,
        "held": rollout.held,
        "scope": rollout.dealing.scope if rollout.dealing else None,
        "look": _look(progress) if progress else None,
        "change": {
            "tunable": change.forward.tunable,
            "before": change.before,
            "after": change.after,
            "asked_by": change.asked_by,
        },
    }


def _history(ledger: Ledger, suggestion_id: str) -> list[dict[str, object]]:
    return [
        {key: getattr(entry, key) for key in ("at", "who", "via", "action", "before", "after", "why")}
        for entry in ledger.audit(suggestion_id)
    ]
