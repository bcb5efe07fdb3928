"""Whether old code and new give the same outputs on recorded inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ai_runtime_intelligent.flow.patch import Ran

from airuntime_backend.adapters.sandbox import Result
from airuntime_backend.patch_ports import RefusedError


def same_outputs(replay: Callable[[Path], Result], before: Path, after: Path, ran: tuple[Ran, ...]) -> Ran:
    """Replay on the old code twice and on the new: outputs are compared byte by byte. ``ran`` is what ran before.

    Raises:
        RefusedError: a replay fails, the old code differs from itself, or the new from the old.
    """
    one, again, new = _output(replay(before), "old", ran), _output(replay(before), "old", ran), replay(after)
    if one != again:
        raise RefusedError(f"the replay of the old code differs from itself at {_where(one, again)}: record it", ran)
    told = Ran("replay", new.told, new.seconds, new.tail)
    output = _output(new, "new", (*ran, told))
    if output != one:
        raise RefusedError(f"the new code gives another output at {_where(one, output)}", (*ran, told))
    return Ran("replay", f"{len(output.splitlines())} lines of output are the same", new.seconds, new.tail)


def _output(done: Result, side: str, ran: tuple[Ran, ...]) -> bytes:
    if not done.good:
        raise RefusedError(
            f"the replay of the {side} code {done.told}", (*ran, Ran("replay", done.told, done.seconds, done.tail))
        )
    if not done.stdout.strip():
        raise RefusedError(f"the replay of the {side} code printed nothing, so nothing can be compared", ran)
    return done.stdout


def _where(one: bytes, two: bytes) -> str:
    lines, others = one.split(b"\n"), two.split(b"\n")
    same = next((at for at, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1]), None)
    return f"line {(min(len(lines), len(others)) if same is None else same) + 1}"
