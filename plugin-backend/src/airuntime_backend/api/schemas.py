"""The forms of requests and answers; the OpenAPI document is generated from them."""

from __future__ import annotations

from typing import Any, Literal

from ai_runtime_intelligent.contract.kinds import ExperimentMode, PatchPhase
from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from .policy_schemas import QueueView


class Form(BaseModel):
    """Base of what callers send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ErrorDetail(BaseModel):
    """What went wrong: a code for programs, a message with the next step for people."""

    code: str
    message: str
    field: str | None = None
    value: JsonValue = None
    expected: str | None = None


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: ErrorDetail


class TimeRange(Form):
    """A span of time: epoch milliseconds or ISO 8601."""

    model_config = ConfigDict(extra="ignore")
    from_: int | float | str = Field(alias="from")
    to: int | float | str


class QueryBody(BaseModel):
    """Grafana's form of a query request."""

    model_config = ConfigDict(extra="ignore")
    queries: list[dict[str, JsonValue]] = Field(max_length=100)
    range: TimeRange
    intervalMs: int = Field(15_000, ge=1)  # noqa: N815 - Grafana's word
    maxDataPoints: int = Field(1_000, ge=1, le=20_000)  # noqa: N815 - Grafana's word


class QueryAnswer(BaseModel):
    """Frames, or an error, for each refId."""

    results: dict[str, dict[str, Any]]


class AnnotationsBody(BaseModel):
    """A span of time and, if wanted, one service."""

    model_config = ConfigDict(extra="ignore")
    range: TimeRange
    service: str = ""


class Annotation(BaseModel):
    """One mark on the time axis, in epoch milliseconds."""

    id: str
    time: int
    timeEnd: int  # noqa: N815 - Grafana's word
    title: str
    text: str
    tags: list[str]


class Annotations(RootModel[list[Annotation]]):
    """Marks on the time axis, oldest first."""


class Option(BaseModel):
    """One value of a dashboard variable."""

    text: str
    value: str


class Options(RootModel[list[Option]]):
    """The values of a dashboard variable, in order."""


class VariablePath(BaseModel):
    """Which variable."""

    name: str = Field(description="services, primitives or models")


class VariableQuery(BaseModel):
    """Of which service; empty = all."""

    service: str = ""


class SuggestionPath(BaseModel):
    """Which suggestion."""

    id: str


class SuggestionsQuery(BaseModel):
    """Which suggestions; empty = all."""

    service: str = ""
    status: str = ""


class MoveBody(Form):
    """The revision that the caller has read, and why."""

    revision: int = Field(ge=1)
    reason: str = Field("", max_length=2_000)


class ServicePath(BaseModel):
    """Which service."""

    service: str = Field(min_length=1, max_length=200)


class SignalView(BaseModel):
    """One measured number with the query that gave it."""

    measure: str
    unit: str
    state: Literal["measured", "no_data", "nan", "inf", "stale", "gap", "reset"]
    value: float | None
    n: int
    query: str


class CodeView(BaseModel):
    """Source lines."""

    file: str
    line: int
    end_line: int
    text: str
    source: str


class DocView(BaseModel):
    """Documentation: text, never markup."""

    source: str
    id: str
    version: str
    title: str
    text: str
    url: str


class EvidenceView(BaseModel):
    """What supports the suggestion."""

    signals: list[SignalView]
    code: list[CodeView]
    docs: list[DocView]


class ExpectedView(BaseModel):
    """The claim."""

    measure: str
    unit: str
    direction: Literal["lower", "higher"]
    now: float
    low: float
    high: float


class GuardrailView(BaseModel):
    """A measure that must not rise by more than this."""

    measure: str
    max_increase: float


class FindingView(BaseModel):
    """The finding that it answers."""

    id: str
    name: str
    score: float
    confidence: float
    summary: str
    causes: list[str] = []
    remedy: str = ""


class PredictionView(BaseModel):
    """What came of the claim, once it was tried: ``error`` is a share of the change that was predicted."""

    measured: float
    held: Literal["kept", "short", "missed"]
    error: float


class RuleView(BaseModel):
    """How often the rule's claims held so far, and how far it is therefore believed, 0..1; it ranks by that."""

    id: str
    page: str
    kept: int
    short: int
    missed: int
    trust: float
    usual_error: float | None


class ChangeView(BaseModel):
    """The change that runs."""

    tunable: str
    before: float
    after: float
    asked_by: str


class ReplicasView(BaseModel):
    """The replicas as the rollout saw them last, each by job and instance."""

    obeying: list[str]
    lagging: list[str]
    behind: list[str]
    gone: list[str]
    joined: list[str]
    restarted: list[str]
    outdated: list[str] = Field(description="Obey it, but have not fetched what the service was told since")


class ArmView(BaseModel):
    """What one arm has counted."""

    calls: int
    errors: int
    seconds: float
    cost_usd: float


class LookView(BaseModel):
    """The latest look at a rollout by which it could be judged."""

    at: float
    note: str = Field(description="Why it does not move, or why it did")
    control: ArmView
    candidate: ArmView
    verdict: VerdictView | None
    replicas: ReplicasView


class RolloutView(BaseModel):
    """Where the change stands."""

    id: str
    phase: str
    since: float
    why: str
    revision: int
    share: float = Field(description="Share of the calls, 0..1, that obeys the new value")
    held: float | None = Field(description="Since when the share may not grow, because the evidence is out of sight")
    scope: str | None = Field(description="Whose later calls the value touches: call, key or process")
    change: ChangeView
    look: LookView | None


class EffectView(BaseModel):
    """How one measure differs: after minus before lies in low..high."""

    measure: str
    unit: str
    before: float
    after: float
    effect: float
    low: float
    high: float
    n_before: int
    n_after: int


class VerdictView(BaseModel):
    """What the measurements said."""

    outcome: Literal["confirmed", "refuted", "inconclusive", "error"]
    reason: str
    goal: EffectView | None
    effects: list[EffectView]
    queries: list[str]


class IntervalView(BaseModel):
    """An hourly number with its interval."""

    low: float
    mid: float
    high: float


class SavingView(BaseModel):
    """What the change is worth an hour, and so far."""

    usd_per_hour: IntervalView | None
    seconds_per_hour: IntervalView | None
    errors_per_hour: IntervalView | None
    total_usd: float
    since: float
    prices: str


class HistoryView(BaseModel):
    """One thing that was done."""

    at: float
    who: str
    via: str
    action: str
    before: str
    after: str
    why: str


class WordingView(BaseModel):
    """Words that are not the rule's own: whose they are, what they cite, and what the rule said itself."""

    author: str
    cites: list[str]
    of_rule: str


class RanView(BaseModel):
    """One command that was run for a patch: how it ended, and the end of what it printed."""

    name: str
    outcome: str
    seconds: float
    output: str


class BranchesView(BaseModel):
    """The branches of a patch and of its revert, and the commits that they name."""

    base: str
    target: str
    branch: str
    commit: str
    revert_branch: str
    revert_commit: str


class BenchView(BaseModel):
    """What the benchmark of old code and new said; lower is better, new minus old lies in low..high."""

    outcome: str
    reason: str
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    runs: int


class PatchRunView(BaseModel):
    """Where a patch stands; ``revision`` is what a revert must name."""

    id: str
    phase: PatchPhase
    revision: int
    since: float
    why: str
    asked_by: str
    branches: BranchesView | None
    ran: list[RanView]
    bench: BenchView | None
    proposing: bool
    url: str
    merged_commit: str
    verdict: VerdictView | None


class PatchView(BaseModel):
    """The patch of a suggestion, by whom it is, and where it stands; ``run`` is null until somebody asks for it."""

    author: str
    text: str
    run: PatchRunView | None


class SuggestionSummary(BaseModel):
    """A suggestion in a list.

    ``tunable`` and its values are null when only the code is to be changed; ``target`` names what is.
    """

    id: str
    revision: int
    status: str
    queue: QueueView | None
    service: str
    primitive: str
    kind: str
    rule: str
    title: str
    tunable: str | None
    target: str
    unit: str
    from_value: float | None
    to_value: float | None
    risk: str
    created_at: float
    updated_at: float


class SuggestionDetail(SuggestionSummary):
    """A suggestion in full."""

    claim: str
    minimum: float | None
    maximum: float | None
    diff: str
    expected: ExpectedView
    guardrails: list[GuardrailView]
    evidence: EvidenceView
    finding: FindingView
    rollout: RolloutView | None
    verdict: VerdictView | None
    saving: SavingView | None
    history: list[HistoryView]
    rank: float
    prediction: PredictionView | None
    rule_record: RuleView
    wording: WordingView | None
    patch: PatchView | None


class SuggestionList(BaseModel):
    """Suggestions, newest first."""

    suggestions: list[SuggestionSummary]


class AnalysisView(BaseModel):
    """What one analysis found."""

    findings: list[FindingView]
    suggested: list[str]
    problems: list[str]
    why_nothing: str | None


class SettingView(BaseModel):
    """One setting of the remote config."""

    value: float
    rollout: str


class SlowSeconds(BaseModel):
    """Percentiles of the old value, in seconds, beyond which a call counts as slow."""

    p95: float | None
    p99: float | None


class ExperimentView(BaseModel):
    """A value that some calls obey, beside the setting or the default that the others do."""

    rollout: str
    candidate: float
    share: float
    mode: ExperimentMode
    block_seconds: float | None
    settle_seconds: float
    slow_seconds: SlowSeconds


class ConfigView(BaseModel):
    """What a service is told to obey."""

    service: str
    generation: int
    tunables: dict[str, SettingView]
    experiments: dict[str, ExperimentView] = Field(default_factory=dict)


class Accepted(BaseModel):
    """A manifest was taken."""

    service: str
    version: str
    primitives: int
    tunables: int


class Dependency(BaseModel):
    """One thing that we depend on."""

    configured: bool
    ok: bool
    detail: str


class Health(BaseModel):
    """Each dependency; ``ok`` is false when one that is configured does not answer.

    ``refused`` are the services that do not obey their config, with the reason: trouble of theirs, not of ours.
    """

    ok: bool
    version: str
    dependencies: dict[str, Dependency]
    refused: dict[str, str]


class DashboardItem(BaseModel):
    """A generated dashboard."""

    uid: str
    title: str
    file: str


class Dashboards(RootModel[list[DashboardItem]]):
    """The generated dashboards."""


class DashboardPath(BaseModel):
    """Which dashboard."""

    uid: str
