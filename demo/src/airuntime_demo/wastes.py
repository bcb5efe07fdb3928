"""The planted wastes: what a hurried author would have written, and what a careful one would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Waste = Literal["cache", "router", "retry", "serial", "none"]
"""Which waste is planted; the value of DEMO_WASTE."""


@dataclass(frozen=True)
class Knobs:
    """The values that the assistant's code declares. The defaults are healthy ones."""

    ttl_seconds: float = 300.0
    threshold: float = 0.5
    max_attempts: int = 3
    backoff_seconds: float = 0.5
    max_concurrency: int = 8


KNOBS: Final[Mapping[Waste, Knobs]] = {
    "cache": Knobs(ttl_seconds=1.0),
    "router": Knobs(threshold=0.0),
    "retry": Knobs(max_attempts=8, backoff_seconds=0.0),
    "serial": Knobs(max_concurrency=1),
    "none": Knobs(),
}
"""What each waste declares: a cache that forgets at once, everything to the premium model, a retry storm, a
stage whose branches run in turn, nothing."""

PRIMITIVES: Final[Mapping[Waste, str | None]] = {
    "cache": "answer_cache",
    "router": "model_router",
    "retry": "model_retry",
    "serial": "context_lookup",
    "none": None,
}
"""The primitive in which each waste sits."""


RATES: Final[Mapping[Waste, float]] = {"router": 60.0, "retry": 60.0}
"""Questions a second where the usual rate shows too little: the model refuses seldom, so a storm of retries is rare."""

FINDINGS: Final[Mapping[Waste, str]] = {
    "cache": "cold_cache",
    "router": "premium_routing",
    "retry": "retry_storm",
    "serial": "serial_stage",
}
"""What each waste is called when it is found."""


def parse(text: str) -> Waste:
    """The waste of that name. Raises ValueError that lists the names there are."""
    for waste in get_args(Waste):
        if text.strip().lower() == waste:
            return waste  # type: ignore[no-any-return]
    raise ValueError(f"DEMO_WASTE is {text!r}; it must be one of {', '.join(get_args(Waste))}.")
