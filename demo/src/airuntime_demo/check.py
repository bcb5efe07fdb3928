"""The unattended run: a waste is found, removed and its effect measured; or nothing is suggested, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TypeVar

from .client import Client, Suggestion, Verdict
from .environment import WINDOW_SECONDS
from .processes import Say
from .service import SERVICE
from .stack import Stack
from .wastes import FINDINGS, PRIMITIVES

T = TypeVar("T")

HEALTHY_SECONDS: Final = 20.0
"""How long a healthy service is watched after its first full window."""

_POLL_SECONDS: Final = 0.5


class CheckTimeoutError(RuntimeError):
    """Raised when what was waited for did not come in time."""


@dataclass(frozen=True)
class Report:
    """The last line of a check. Times are seconds since the command began; values are in the measure's own unit."""

    setup_s: float | None = None
    first_finding_s: float | None = None
    applied_s: float | None = None
    effect_s: float | None = None
    finding: str | None = None
    tunable: str | None = None
    before: float | None = None
    after: float | None = None
    ok: bool = False
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        """The report; ``reason`` only where there is one."""
        fields = asdict(self)
        return fields if self.reason else {name: value for name, value in fields.items() if name != "reason"}


class Check:
    """One check on a running stack. ``began`` is the monotonic second at which the command began."""

    def __init__(self, stack: Stack, client: Client, say: Say, *, began: float, timeout: float) -> None:
        self._stack, self._client, self._say = stack, client, say
        self._began, self._timeout = began, timeout
        self.setup = self._elapsed()

    def run(self) -> Report:
        """Check as the planted waste asks. Raises CheckTimeoutError and PartDiedError."""
        planted = PRIMITIVES[self._stack.options.waste]
        return self._nothing() if planted is None else self._something(planted)

    def _something(self, planted: str) -> Report:
        suggestion = self._wait("a suggestion", lambda: self._pick(planted))
        found, finding = self._elapsed(), self._client.finding(suggestion.id)
        self._say(f"[{found:5.1f} s] {finding}: {suggestion.title}")
        suggestion = self._wait("the suggestion to be applied", lambda: self._apply(planted))
        self._wait(f"{suggestion.tunable} to be tried out", lambda: self._client.watched(suggestion.id) or None)
        applied = self._elapsed()
        self._say(f"[{applied:5.1f} s] {suggestion.tunable} is {suggestion.to:g} for some calls now; comparing them")
        verdict = self._wait("the verdict", lambda: self._client.verdict(suggestion.id))
        effect = self._elapsed()
        self._say(f"[{effect:5.1f} s] {verdict.outcome}: {verdict.reason}")
        return Report(
            self.setup,
            found,
            applied,
            effect,
            finding,
            suggestion.tunable,
            verdict.before,
            verdict.after,
            ok=suggestion.primitive == planted and measured(verdict),
            reason=None if suggestion.primitive == planted else f"the waste was planted in {planted}",
        )

    def _pick(self, planted: str) -> Suggestion | None:
        """The first suggestion, one about the planted waste before others."""
        offered = self._client.open_suggestions(SERVICE)
        return min(offered, key=lambda one: one.primitive != planted, default=None)

    def _apply(self, planted: str) -> Suggestion | None:
        """Apply what is suggested now: a later analysis may have changed or replaced what we read before."""
        fresh = self._pick(planted)
        return fresh if fresh is not None and self._client.apply(fresh) else None

    def _nothing(self) -> Report:
        self._say(f"[{self.setup:5.1f} s] nothing is planted: watching for {WINDOW_SECONDS + HEALTHY_SECONDS:.0f} s")
        until = self._elapsed() + WINDOW_SECONDS + HEALTHY_SECONDS
        while self._elapsed() < until:
            self._pause("the end of the watch")
            if offered := self._client.open_suggestions(SERVICE):
                return Report(self.setup, self._elapsed(), finding=self._client.finding(offered[0].id))
        rows = self._client.findings(SERVICE)
        if found := [row for row in rows if row["state"] == "found"]:
            return Report(self.setup, self._elapsed(), finding=str(found[0]["finding"]))
        reason = "; ".join(f"{row['primitive'] or 'unread'}: {row['summary']}" for row in rows)
        self._say(f"[{self._elapsed():5.1f} s] nothing was suggested")
        return Report(self.setup, ok=judged(rows), reason=reason or "the backend gave no reason")

    def _wait(self, what: str, probe: Callable[[], T | None]) -> T:
        """What ``probe`` gives once it is not None."""
        while (seen := probe()) is None:
            self._pause(what)
        return seen

    def _pause(self, what: str) -> None:
        self._stack.check()
        if self._elapsed() > self._timeout:
            raise CheckTimeoutError(f"waited for {what} until {self._timeout:.0f} s had passed; {self._seen()}")
        time.sleep(_POLL_SECONDS)

    def _seen(self) -> str:
        rows = self._client.findings(SERVICE)
        return "the backend says: " + ("; ".join(f"{row['primitive']}: {row['summary']}" for row in rows) or "nothing")

    def _elapsed(self) -> float:
        return round(time.monotonic() - self._began, 1)


def judged(rows: Iterable[Mapping[str, object]]) -> bool:
    """Whether everything was read, and each waste was looked for in its primitive, could be judged, and is not there.

    Checks that compare with hours before have nothing to say of a service that is a minute old.
    """
    states = {(row["primitive"], row["finding"]): row["state"] for row in rows}
    looked = all(states.get((PRIMITIVES[waste], finding)) == "clear" for waste, finding in FINDINGS.items())
    return looked and "unread" not in states.values()


def measured(verdict: Verdict) -> bool:
    """Whether the effect was measured on both sides and went the way that was claimed."""
    return verdict.outcome == "confirmed" and verdict.before is not None and verdict.after is not None
