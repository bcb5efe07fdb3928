"""Which arm of an experiment a call belongs to: the same key, the same arm, in every process."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from ai_runtime_intelligent.contract.kinds import ArmName, ExperimentMode

_HALF: Final = 0.5
_BITS: Final = 53
"""As many as a float tells apart."""


@dataclass(frozen=True)
class Experiment:
    """One running comparison of a tunable's value with another one, as the remote config tells it.

    ``share`` of the calls, 0..1, goes to the candidate. ``block_seconds`` is the length of a time block: in mode
    ``block`` all calls of a block are in one arm, and the share is one block in a whole number of them; in mode
    ``call`` keys are dealt anew in each block, or once and for all when it is None. Calls in the first
    ``settle_seconds`` of a block obey their arm but are not counted. ``slow_p95`` and ``slow_p99`` are the bounds in
    seconds beyond which a call counts as slow.
    """

    tunable: str
    rollout: str
    candidate: float
    share: float
    mode: ExperimentMode = "call"
    block_seconds: float | None = None
    settle_seconds: float = 0.0
    slow_p95: float | None = None
    slow_p99: float | None = None

    def arm(self, key: object, now: float) -> ArmName:
        """The arm of a call at ``now`` (Unix seconds) whose state is that of ``key``; without a key, by chance.

        A key counts as the same when its ``repr`` is: that of text, numbers and tuples of them is everywhere.
        """
        block = int(now // self.block_seconds) if self.block_seconds else 0
        if self.mode == "block":
            return self._of_block(block)
        if key is None:
            return _named(random.random() < self.share)  # noqa: S311 - deals calls, keeps no secret
        return _named(place(self.rollout, block, key) < self.share)

    def _of_block(self, block: int) -> ArmName:
        """One block of each group is the rarer arm's, drawn by the hash: arms keep their share however few blocks."""
        rarer = min(self.share, 1 - self.share)
        if rarer <= 0:
            return _named(self.share > 0)
        size = round(1 / rarer)
        group, position = divmod(block, size)
        return _named((position == _turn(self.rollout, group, size)) == (self.share <= _HALF))

    def counts(self, now: float) -> bool:
        """Whether a call that begins at ``now`` is counted."""
        return not self.block_seconds or now % self.block_seconds >= self.settle_seconds


def place(*parts: object) -> float:
    """Where the parts fall in 0..1, 1 left out: evenly, and the same in every process."""
    text = "\x1f".join(repr(part) for part in parts)
    digest = blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / (1 << _BITS)


@lru_cache(maxsize=256)
def _turn(rollout: str, group: int, size: int) -> int:
    """Which block of its group is the candidate's; every call of the block asks."""
    return int(place(rollout, group) * size)


def _named(is_candidate: bool) -> ArmName:  # noqa: FBT001 - a name for a truth value
    return "candidate" if is_candidate else "control"
