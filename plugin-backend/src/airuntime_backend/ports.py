"""Ports: what the engine needs of the world, a few methods each. Adapters give it; ``app`` joins the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.booking import Booking
from ai_runtime_intelligent.flow.change import Setting
from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet
from ai_runtime_intelligent.flow.finding import Diagnosis, Finding
from ai_runtime_intelligent.flow.rollout import Dealing, Event, Rollout
from ai_runtime_intelligent.flow.saving import Prices, Saving
from ai_runtime_intelligent.flow.suggestion import Advice, Suggestion, Tunable
from ai_runtime_intelligent.flow.verdict import Verdict

from .manifest import Manifest, Primitive
from .policy import Policy

SuggestionStatus = Literal["open", "queued", "applied", "kept", "rolled_back", "dismissed", "expired", "stuck"]
WaitsFor = Literal["person", "way", "time"]
"""What a queued change waits for: somebody's approval, changes that are in its way, or what only time brings."""


@dataclass(frozen=True)
class Sample:
    """One value of an instant query."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Series:
    """One series of a range query: points of (Unix seconds, value)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class Metrics(Protocol):
    """A Prometheus-compatible source of numbers. Its methods raise ``UpstreamError`` or ``BadRequestError``."""

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment (Unix seconds; now without one)."""

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end (Unix seconds) at every step (seconds)."""

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples themselves that a selector finds after start, up to end (Unix seconds)."""


class Docs(Protocol):
    """Documentation of libraries."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question; none when there are none or nobody can be asked."""


class Libraries(Protocol):
    """The libraries that are installed."""

    def links(self, library: str) -> tuple[tuple[str, str], ...]:
        """Name and address of the project's own links, its documentation first; none when it is not installed."""


class CodeIndex(Protocol):
    """The user's own source."""

    def snippet(self, primitive: Primitive) -> CodeSnippet | None:
        """The source lines of a primitive; None when they may not be shown or are not there."""


@dataclass(frozen=True)
class Case:
    """What an advisor may look at: the finding, the primitive's manifest and its tunables by short name.

    ``callers`` are the primitives that were seen to call it.
    """

    finding: Finding
    primitive: Primitive
    tunables: Mapping[str, Tunable]
    callers: tuple[Primitive, ...] = ()


@dataclass(frozen=True)
class Question:
    """What to look up for a finding: a library and what to ask of its documentation."""

    library: str
    text: str


class Advisor(Protocol):
    """Turns findings into advice."""

    def advise(self, case: Case) -> Advice | None:
        """Advice for the finding; None when there is nothing to change."""

    def questions(self, case: Case) -> tuple[Question, ...]:
        """What documentation would ground the advice."""

    def remedy(self, finding: Finding) -> str:
        """What a person may do about the finding, whether or not a tunable can; empty when nobody knows."""


@dataclass(frozen=True)
class Offer:
    """A new suggestion before it is put on record, with what its rule looked at."""

    case: Case
    suggestion: Suggestion


class Editor(Protocol):
    """Words suggestions; without one the rules' own words stand."""

    def edit(self, offers: Sequence[Offer]) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
        """The same suggestions, as many in the same order, and a sentence for each that could not be worded."""


class Pricing(Protocol):
    """By what USD are counted."""

    def prices(self) -> Prices:
        """The price table in use and its date."""


class Policies(Protocol):
    """Where the policy is found."""

    def policy(self) -> Policy:
        """The policy that is in force. Raises ``PolicyUnreadableError``."""


class Clock(Protocol):
    """The time."""

    def now(self) -> float:
        """Unix seconds; it may jump."""

    def steady(self) -> float:
        """Seconds since some moment; it never jumps, and means nothing in another process."""


@dataclass(frozen=True)
class SuggestionRecord:
    """A suggestion on record, with where it stands."""

    suggestion: Suggestion
    status: SuggestionStatus
    revision: int
    created_at: float
    updated_at: float


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did: when, who, proved how, what, to what, from where to where, why."""

    at: float
    who: str
    via: str
    action: str
    subject: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Experiment:
    """What a service tries out on a tunable: ``share`` of its calls obey ``candidate``, the others ``control``.

    ``control`` is None where the declared default holds. ``holdout`` is set once the change is kept: then the control
    is what was held out on the old value.
    """

    tunable: str
    rollout: str
    control: float | None
    candidate: float
    share: float
    dealing: Dealing
    holdout: bool = False


@dataclass(frozen=True)
class ServiceConfig:
    """The remote config of one service: ``generation`` grows with each change."""

    service: str
    generation: int
    settings: tuple[tuple[str, float, str], ...]
    """Tunable, value, and the rollout that set it."""
    experiments: tuple[Experiment, ...] = ()

    def obeyed(self) -> dict[str, tuple[float, str]]:
        """Value and rollout of each tunable as calls outside of a candidate are to obey it."""
        values = {tunable: (value, rollout) for tunable, value, rollout in self.settings}
        for one in self.experiments:
            if one.control is None:
                values.pop(one.tunable, None)
            else:
                values[one.tunable] = (one.control, one.rollout)
        return values


@dataclass(frozen=True)
class Ticket:
    """An apply that waits: of which suggestion, who asked when and proved how, for what it waits and why."""

    suggestion: str
    at: float
    who: str
    via: str
    waits_for: WaitsFor
    why: str


@dataclass(frozen=True)
class Delivery:
    """One entry of the audit trail on its way to one endpoint: ``attempts`` were made, the next is ``due``."""

    event: int
    endpoint: str
    entry: AuditEntry
    attempts: int
    due: float


@dataclass(frozen=True)
class Message:
    """What a webhook is told: an id that stays on retries, and the JSON that is signed."""

    id: str
    body: str


@dataclass(frozen=True)
class Move:
    """One transition of a rollout with all that belongs to it, written in one transaction or not at all."""

    before: Rollout
    after: Rollout
    event: Event
    via: str
    verdict: Verdict | None = None
    saving: Saving | None = None


@dataclass(frozen=True)
class Replicas:
    """The replicas of a service as a rollout saw them last, each by its job and instance.

    ``obeying`` do what they are told, ``lagging`` deal another share, ``behind`` none; ``gone`` were seen before and
    are not now; ``joined`` came after it had begun, and ``restarted`` began anew since then. ``outdated`` obey this
    rollout, but have not fetched what else the service was told since: they may have stopped polling.
    """

    obeying: tuple[str, ...] = ()
    lagging: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()

    @property
    def late(self) -> tuple[str, ...]:
        """Those that do not do what they are told."""
        return (*self.lagging, *self.behind)

    @property
    def known(self) -> frozenset[str]:
        """All that were ever seen."""
        return frozenset((*self.obeying, *self.lagging, *self.behind, *self.gone))


@dataclass(frozen=True)
class Progress:
    """The latest look at a rollout that was good enough to judge by: when, what was seen, and what it came to.

    ``grew`` is when the arms had last counted a call more than before. ``note`` says why nothing moved.
    """

    rollout: str
    at: float
    replicas: Replicas
    control: ArmStats
    candidate: ArmStats
    grew: float
    verdict: Verdict | None = None
    note: str = ""


class Services(Protocol):
    """What services said of themselves, and what they are told to obey."""

    def put_manifest(self, manifest: Manifest, at: float) -> None:
        """Keep the latest manifest of a service."""

    def manifests(self) -> tuple[Manifest, ...]:
        """The latest manifest of every service."""

    def config(self, service: str) -> ServiceConfig:
        """What the service is told to obey; generation 0 when nothing ever was."""


class Suggestions(Protocol):
    """Suggestions on record."""

    def add_suggestion(self, suggestion: Suggestion, at: float) -> None:
        """Put a new suggestion with its evidence on record."""

    def suggestion(self, suggestion_id: str) -> SuggestionRecord:
        """One suggestion. Raises ``NotFoundError``."""

    def suggestions(self) -> tuple[SuggestionRecord, ...]:
        """All suggestions, newest first."""

    def close_suggestion(self, suggestion_id: str, revision: int, status: SuggestionStatus, entry: AuditEntry) -> None:
        """Dismiss, expire, or open again what is queued.

        Raises ``ConflictError`` when revision or status are not the expected ones.
        """


class Queue(Protocol):
    """Applies that wait."""

    def turn(self) -> int:
        """A number that every start and every place taken moves on: what was read before may then be old."""

    def enqueue(self, record: SuggestionRecord, ticket: Ticket, entry: AuditEntry, turn: int) -> None:
        """Let an open suggestion wait. Raises ``ConflictError``, ``TurnedError``."""

    def tickets(self) -> tuple[Ticket, ...]:
        """All that waits, in the order in which it was asked."""

    def retell(self, ticket: Ticket) -> None:
        """Say anew what the ticket of that suggestion waits for and why; nothing happens when it waits no more."""

    def note(self, record: SuggestionRecord, entry: AuditEntry) -> None:
        """Write into the audit trail what happened to a suggestion that stays where it stands.

        Raises ``ConflictError`` when it does not stand there any more.
        """

    def enter(self, entry: AuditEntry) -> None:
        """Write into the audit trail what happened to something else than a suggestion."""


class Outbox(Protocol):
    """Entries of the audit trail on their way to webhooks; each was put there in its own transaction."""

    def address(self, endpoints: Sequence[str], at: float) -> None:
        """Give every new entry a delivery to each of the endpoints."""

    def abandon(self, endpoints: Sequence[str], why: str) -> None:
        """Give up what waits for any other endpoint than these."""

    def due(self, endpoint: str, now: float, most: int) -> tuple[Delivery, ...]:
        """Deliveries to an endpoint whose time has come, oldest first."""

    def take(self, delivery: Delivery, until: float) -> bool:
        """Keep others from a delivery until then; whether nobody else was faster."""

    def delivered(self, delivery: Delivery) -> None:
        """Let go of a delivery that was taken in."""

    def failed(self, delivery: Delivery, due: float | None, why: str) -> None:
        """Try it again then, or never."""

    def backlog(self) -> Mapping[tuple[str, str], int]:
        """How many deliveries wait or were given up, by endpoint and state."""


class Hooks(Protocol):
    """Webhooks."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The names of those that are configured."""

    def send(self, endpoint: str, message: Message, at: float) -> bool:
        """Post a message; False when the endpoint is gone for good. Raises ``UpstreamError`` when it failed."""


class Rollouts(Protocol):
    """Rollouts and what came of them."""

    def begin(self, record: SuggestionRecord, moved: Move, turn: int | None = None) -> None:
        """Start a rollout in one transaction, and take its suggestion out of the queue.

        Raises ``ConflictError`` when the tunable or the suggestion is taken, ``TurnedError`` when the turn is no longer
        the one given.
        """

    def move(self, moved: Move) -> None:
        """Write one transition. Raises ``ConflictError`` when the rollout is no longer where ``before`` has it."""

    def rollouts(self) -> tuple[Rollout, ...]:
        """All rollouts, oldest first."""

    def verdicts(self) -> Mapping[str, Verdict]:
        """The latest verdict of each rollout, by rollout id."""

    def savings(self) -> Mapping[str, Saving]:
        """The saving of each kept rollout, by rollout id."""

    def put_progress(self, progress: Progress) -> None:
        """Keep the latest look at a rollout."""

    def progress(self) -> Mapping[str, Progress]:
        """The latest look at each rollout, by rollout id."""

    def audit(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """What was done, oldest first; to one subject if it is given."""


class Diagnoses(Protocol):
    """The latest analysis."""

    def put_diagnosis(self, diagnosis: Diagnosis, problems: tuple[str, ...], at: float) -> None:
        """Keep the latest diagnosis."""

    def diagnosis(self) -> tuple[Diagnosis, tuple[str, ...], float] | None:
        """The latest diagnosis, what could not be read for it, and when it was made."""


@dataclass(frozen=True)
class Entry:
    """One entry of the books. Number 0 books a window; each later number of the same window corrects the one before.

    ``booking`` is what holds from this entry on, ``usd`` by how much the entry moves the sum of what was saved.
    """

    number: int
    booking: Booking
    at: float
    why: str
    usd: float


class Books(Protocol):
    """What changes saved, entry by entry: nothing that was written is ever changed."""

    def write(self, entries: Sequence[Entry]) -> bool:
        """Write entries in one transaction; False, and nothing is written, when one of them is there already."""

    def entries(self, start: float, end: float, service: str = "") -> tuple[Entry, ...]:
        """The entries of the windows that begin from start to before end (Unix seconds), oldest window first."""

    def booked_until(self) -> Mapping[str, float]:
        """The end of the last window that is booked, Unix seconds, by service."""

    def saved_usd(self) -> Mapping[str, float]:
        """All that was ever booked, corrections included, by rollout: the best guess in USD."""

    def model_usd(self, start: float, end: float) -> float:
        """What models of the optimiser's own cost from start to before end."""


class Arms(Protocol):
    """The totals of both sides of a rollout."""

    def read(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """Control and candidate between two moments, over all replicas. Raises ``UpstreamError``."""

    def blocks(
        self, rollout: Rollout, end: float, block_seconds: float, settle_seconds: float
    ) -> tuple[tuple[ArmStats, ArmStats], ...]:
        """The same for each time block between the end of the rollout's baseline and a moment."""

    def settling(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """Calls and cost of control and candidate while blocks settled, between two moments."""


class Ledger(Services, Suggestions, Queue, Rollouts, Diagnoses, Protocol):
    """Everything that is on record."""


__all__ = [
    "Advisor",
    "Arms",
    "AuditEntry",
    "Books",
    "Case",
    "Clock",
    "CodeIndex",
    "Delivery",
    "Diagnoses",
    "Docs",
    "Editor",
    "Entry",
    "Experiment",
    "Hooks",
    "Ledger",
    "Libraries",
    "Message",
    "Metrics",
    "Move",
    "Offer",
    "Outbox",
    "Policies",
    "Pricing",
    "Progress",
    "Question",
    "Queue",
    "Replicas",
    "Rollouts",
    "Sample",
    "Series",
    "ServiceConfig",
    "Services",
    "Setting",
    "SuggestionRecord",
    "SuggestionStatus",
    "Suggestions",
    "Ticket",
    "WaitsFor",
]  # fmt: skip
