"""Where a change stands, as the API tells it: a line for people, an object for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ai_runtime_intelligent.context7.text import line

from .shared import change_of

EXITS: Final[Mapping[str, int]] = {"kept": 0, "rolled_back": 3, "stuck": 4, "open": 6, "dismissed": 6, "expired": 6}
"""The states of a suggestion in which nothing goes on by itself, and the exit code that tells each."""
NEEDS_PERSON: Final = "person"
"""What an apply waits for that somebody else must approve."""
_MOST: Final = 300


@dataclass(frozen=True)
class Standing:
    """Where a change stands; equal to the one before as long as nothing has changed.

    ``share`` is the candidate's share of the calls, 0..1; ``calls`` are counted per arm; the goal's ``effect``, after
    minus before, lies in low..high. ``waits_for`` is way, person or time while it is queued, evidence while it is held.
    """

    status: str
    phase: str | None
    share: float | None
    calls: Mapping[str, int] | None
    effect: Mapping[str, Any] | None
    replicas: Mapping[str, list[str]] | None
    waits_for: str | None
    why: str

    @property
    def outcome(self) -> str | None:
        """The state in which it ended, None while it goes on."""
        return self.status if self.status in EXITS else None


def standing(told: Mapping[str, Any]) -> Standing:
    """Where a suggestion stands that was read in full."""
    rollout, queue = told["rollout"], told["queue"]
    look = rollout["look"] if rollout else None
    return Standing(
        status=told["status"],
        phase=rollout["phase"] if rollout else None,
        share=rollout["share"] if rollout else None,
        calls={arm: look[arm]["calls"] for arm in ("control", "candidate")} if look else None,
        effect=_effect(told["verdict"], look),
        replicas=look["replicas"] if look else None,
        waits_for=_waits_for(queue, rollout),
        why=_why(told),
    )


def _effect(verdict: Mapping[str, Any] | None, look: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The goal's, of the verdict that ended it, else of the latest look."""
    found = verdict or (look["verdict"] if look else None)
    return found["goal"] if found else None


def _waits_for(queue: Mapping[str, Any] | None, rollout: Mapping[str, Any] | None) -> str | None:
    if queue:
        return str(queue["waits_for"])
    return "evidence" if rollout and rollout["held"] is not None else None


def _why(told: Mapping[str, Any]) -> str:
    rollout, look = told["rollout"], told["rollout"] and told["rollout"]["look"]
    if told["queue"]:
        return str(told["queue"]["why"])
    if rollout:
        noted = look["note"] if look and rollout["phase"] == "watching" else ""
        return str(noted or rollout["why"])
    return str(told["history"][-1]["why"]) if told["history"] else "nobody has applied it"


def progress(one: Standing) -> str:
    """One line on how it gets on."""
    parts = [f"{one.phase if one.phase and one.status not in EXITS else one.status:<11}"]
    if one.share is not None:
        parts.append(f"share {one.share:.3g}")
    if one.calls:
        parts.append(f"calls {one.calls['control']} old, {one.calls['candidate']} new")
    if one.effect:
        parts.append(_interval(one.effect))
    if one.replicas and any(one.replicas.values()):
        parts.append("replicas " + ", ".join(f"{len(names)} {kind}" for kind, names in one.replicas.items() if names))
    waits = f"waits for {one.waits_for}: " if one.waits_for else ""
    return "  ".join((*parts, f"{waits}{line(one.why, _MOST)}"))


def _interval(effect: Mapping[str, Any]) -> str:
    unit = "" if effect["unit"] == "1" else f" {line(effect['unit'], 20)}"
    values = f"{effect['before']:.3g} to {effect['after']:.3g}{unit}"
    return f"{line(effect['measure'], 60)} {values} ({effect['low']:+.3g} to {effect['high']:+.3g})"


def next_steps(told: Mapping[str, Any]) -> Iterator[str]:
    """Where it stands in words, and the commands that lead on."""
    one, name = standing(told), line(told["id"], 80)
    back = f"take it back: airuntime rollback {name}"
    match one.status:
        case "queued":
            yield from _queued(told["queue"], name)
        case "applied":
            yield f"{change_of(told)}, at a share of {one.share:.3g} of the calls: {line(one.why, _MOST)}"
            yield f"Watch it: airuntime watch {name}; {back}"
        case "stuck":
            yield f"No replica obeys it: {line(one.why, _MOST)}"
            yield f"See that the service runs and reaches the backend, then airuntime watch {name}; or {back}"
        case "kept":
            yield from _kept(told, back)
        case "rolled_back":
            yield f"The service is told the old value again: {line(one.why, _MOST)}"
        case "open":
            yield f"Nothing of it runs or waits. Apply it: airuntime apply {name}"
        case _:
            yield f"It is {one.status}: {line(one.why, _MOST)}"
            yield "What stands: airuntime suggestions list --status open"


def _queued(queue: Mapping[str, Any], name: str) -> Iterator[str]:
    if queue["waits_for"] == NEEDS_PERSON:
        yield f"It awaits approval: {line(queue['why'], _MOST)}"
        yield f"With another operator's token: airuntime approve {name}; let it go: airuntime cancel {name}"
        return
    yield f"It waits, place {queue['place']}, and starts by itself: {line(queue['why'], _MOST)}"
    yield f"Watch it: airuntime watch {name}; let it go: airuntime cancel {name}"


def _kept(told: Mapping[str, Any], back: str) -> Iterator[str]:
    yield f"{change_of(told)}, kept; {back}"
    saved = told["saving"] and told["saving"]["usd_per_hour"]
    if saved:
        yield f"It saves {saved['mid']:.4f} USD an hour ({saved['low']:.4f} to {saved['high']:.4f})"
