"""Analysis: one pass from what Prometheus says to what is suggested."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Diagnosis, Finding
from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet, Evidence, gather
from ai_runtime_intelligent.flow.finding import Limits, ordered
from ai_runtime_intelligent.flow.ranking import merged
from ai_runtime_intelligent.flow.rollout import RUNNING
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import Advice, Suggestion, SuggestionError, Tunable, propose

from airuntime_backend.errors import BackendError
from airuntime_backend.manifest import Manifest, Primitive
from airuntime_backend.patch_ports import Draft, Drafter
from airuntime_backend.ports import (
    Advisor,
    Case,
    Clock,
    CodeIndex,
    Docs,
    Editor,
    Ledger,
    Metrics,
    Offer,
    SuggestionRecord,
)

from .answered import answers
from .diagnose import Diagnoser
from .elapsed import is_fresh
from .expiring import STANDING, Expiry
from .predictions import UNTRIED, rank_of, trusted
from .tunables import Reported, declared, reported

_log = logging.getLogger(__name__)
_REASONS: Final = 5_000
"""Reasons that are kept one by one: beyond them, those of a check in a service become one."""
_BETTER: Final = 1.2
"""How many times as much a suggestion must promise to take the place of one that is open."""


@dataclass(frozen=True)
class Analysis:
    """One pass: what was found, what was newly suggested, and what could not be read."""

    diagnosis: Diagnosis
    suggested: tuple[str, ...]
    problems: tuple[str, ...]
    queries: int = 0


class Analyser:
    """Makes suggestions out of what Prometheus says."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        ledger: Ledger,
        docs: Docs,
        code: CodeIndex,
        advisor: Advisor,
        clock: Clock,
        window_seconds: float,
        limits: Limits,
        editor: Editor | None = None,
        undocumented: Callable[[], tuple[str, ...]] = tuple,
        drafter: Drafter | None = None,
        scrape_seconds: float = 15.0,
        within_seconds: float = 20.0,
    ) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._docs = docs
        self._code = code
        self._advisor = advisor
        self._editor = editor
        self._undocumented = undocumented
        self._drafter = drafter
        self._clock = clock
        self._window_seconds = window_seconds
        self._diagnoser = Diagnoser(
            metrics,
            limits,
            window_seconds=window_seconds,
            scrape_seconds=scrape_seconds,
            within_seconds=within_seconds,
        )
        self._expiry = Expiry(ledger, clock, window_seconds)

    def analyse(self) -> Analysis:
        """Run one pass; what cannot be read is a problem told in the result, never a reason to stop."""
        now = self._clock.now()
        manifests = self._ledger.manifests()
        found = self._diagnoser.diagnose(now, manifests)
        problems = found.problems
        diagnosis = replace(found.diagnosis, findings=ordered(self._remedied(found.diagnosis.findings)))
        suggested: tuple[str, ...] = ()
        try:
            seen = reported(self._metrics)
        except BackendError as error:
            problems = (*problems, error.message)
        else:
            declined: dict[str, str] = {}
            suggested, put_aside = self._suggest(diagnosis, manifests, seen, now, declined)
            diagnosis = replace(diagnosis, findings=tuple(_told(diagnosis.findings, declined)))
            self._expiry.of_well(diagnosis, now)
            problems = (*problems, *put_aside, *self._undocumented())
        told = tuple(dict.fromkeys(problems))
        self._ledger.put_diagnosis(diagnosis.folded(_REASONS), told, now)
        return Analysis(diagnosis, suggested, told, found.queries + 1)

    def _remedied(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            yield replace(finding, remedy=self._advisor.remedy(finding))

    def _suggest(
        self,
        diagnosis: Diagnosis,
        manifests: Iterable[Manifest],
        seen: Reported,
        now: float,
        declined: dict[str, str],
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of what was suggested, and what was put aside; ``declined`` gets why code is not patched."""
        records, believed = self._ledger.suggestions(), trusted(self._ledger)
        resting, offers = self._resting(now), list[Offer]()
        for manifest in manifests:
            tunables = declared(manifest, self._ledger.config(manifest.service), seen)
            self._expiry.of_moved(records, tunables, manifest.service, now)
            for finding in diagnosis.findings:
                subject = finding.subject
                primitive = manifest.primitive(subject.primitive) if subject.service == manifest.service else None
                if primitive is None or subject.service in resting:
                    continue
                case = Case(finding, primitive, _short(tunables, primitive), _callers(manifest, primitive))
                suggestion = self._propose(case, now, declined)
                if suggestion is not None and not self._known(suggestion, records, now):
                    offers.append(Offer(case, suggestion))
        offered, unworded = self._edited(offers)
        best, put_aside = merged(offered, {one.rule: believed.get(one.rule, UNTRIED) for one in offered})
        return tuple(self._add(best, believed, now)), (*unworded, *put_aside)

    def _edited(self, offers: list[Offer]) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
        if self._editor is None or not offers:
            return tuple(offer.suggestion for offer in offers), ()
        return self._editor.edit(offers)

    def _add(self, best: Iterable[Suggestion], believed: dict[str, float], now: float) -> Iterator[str]:
        """Put on record what is not worth less than what is open for the same tunable."""
        for suggestion in best:
            worth = rank_of(suggestion, believed)
            rivals = [one for one in self._ledger.suggestions() if one.status in STANDING and _rival(one, suggestion)]
            if any(one.status == "queued" or worth < _BETTER * rank_of(one.suggestion, believed) for one in rivals):
                continue
            for one in rivals:
                self._expiry.close(one, now, "a better one for the same tunable took its place")
            self._ledger.add_suggestion(suggestion, now)
            yield suggestion.id

    def _resting(self, now: float) -> set[str]:
        """Services whose window still mixes the time before a change with the time after it."""
        return {
            rollout.change.forward.service
            for rollout in self._ledger.rollouts()
            if rollout.phase in RUNNING or is_fresh(rollout.since, now, self._window_seconds)
        }

    def _known(self, suggestion: Suggestion, records: Iterable[SuggestionRecord], now: float) -> bool:
        """Whether the same was suggested before and is open, or was answered for the time being."""
        finding = suggestion.evidence.finding
        before = [record for record in records if _key(suggestion) == _key(record.suggestion)]
        return any(answers(one, self._ledger.audit, finding, now) for one in before)

    def _propose(self, case: Case, now: float, declined: dict[str, str]) -> Suggestion | None:
        advice = self._advisor.advise(case)
        if advice is None or (advice.tunable is None and self._drafter is None):
            return None
        try:
            suggestion = propose(self._gather(case, advice), advice, now)
        except SuggestionError as error:
            _log.warning("advice of rule %s was refused: %s", advice.rule, error)
            return None
        draft = self._drafter.draft(case, suggestion) if self._drafter else Draft(None)
        if suggestion.step is not None:
            return replace(suggestion, patch=draft.diff)
        if draft.diff is None:
            declined[case.finding.id] = draft.told
            return None
        return replace(suggestion, patch=draft.diff, claim=f"{suggestion.claim} {draft.told}".strip())

    def _gather(self, case: Case, advice: Advice) -> Evidence:
        """The evidence, with the source of the primitive, and of its caller where that is to be changed."""
        changed = advice.subject.primitive if advice.subject else ""
        read = (case.primitive, *(one for one in case.callers if one.name == changed))
        code: tuple[CodeSnippet, ...] = tuple(
            snippet for one in read if (snippet := self._code.snippet(one)) is not None
        )
        return gather(case.finding, code, tuple(self._read_docs(case)))

    def _read_docs(self, case: Case) -> Iterator[DocSnippet]:
        versions = {library.name: library.version for library in case.primitive.libraries}
        for question in self._advisor.questions(case):
            yield from self._docs.find(question.library, versions.get(question.library, ""), question.text)


def _told(findings: Iterable[Finding], declined: dict[str, str]) -> Iterator[Finding]:
    """The findings, with why no patch is made of those that one could answer."""
    for finding in findings:
        why = declined.get(finding.id)
        yield replace(finding, remedy=f"{finding.remedy} No patch is made of it: {why}.") if why else finding


def _callers(manifest: Manifest, primitive: Primitive) -> tuple[Primitive, ...]:
    """The primitives of the service that were seen to call this one."""
    return tuple(one for one in manifest.primitives if primitive.name in one.callees)


def _short(tunables: dict[str, Tunable], primitive: Primitive) -> dict[str, Tunable]:
    """The primitive's tunables by the name that follows its own: ``answer_cache.ttl_seconds`` is ``ttl_seconds``."""
    return {
        name.removeprefix(f"{primitive.name}."): tunable
        for name, tunable in tunables.items()
        if tunable.primitive == primitive.name
    }


def _key(suggestion: Suggestion) -> tuple[Subject, str, str, float | None]:
    return (suggestion.subject, suggestion.rule, suggestion.target, suggestion.from_value)


def _rival(record: SuggestionRecord, suggestion: Suggestion) -> bool:
    one = record.suggestion
    return (one.subject, one.target) == (suggestion.subject, suggestion.target)
