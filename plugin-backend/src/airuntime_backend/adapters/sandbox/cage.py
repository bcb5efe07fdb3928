"""A command under limits, in an environment of its own, and with nothing of it left running at the end.

The limits are of ordinary Unix: they keep a mistake from hurting the machine. They are no wall against code that means
harm and runs as the same user; for that, run the backend as a user, or in a container, of its own.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from airuntime_backend.patch_ports import BrokenError

_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_GRACE_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Limits:
    """What one command may use; ``disk_mb`` is what the folders that it is given may grow by."""

    seconds: float = 600.0
    memory_mb: float = 2048.0
    processes: int = 256
    disk_mb: float = 1024.0
    output_kb: float = 4096.0


@dataclass(frozen=True)
class Result:
    """How a command ended. ``broke`` is the limit that it broke, in words; empty when it ended by itself."""

    code: int
    broke: str
    seconds: float
    stdout: bytes
    tail: str

    @property
    def good(self) -> bool:
        """Whether it ended by itself and well."""
        return not self.broke and self.code == 0

    @property
    def told(self) -> str:
        """How it ended, in words."""
        return self.broke or (f"ended with exit code {self.code}" if self.code else "ended well")


class Cage:
    """Runs commands under limits."""

    def run(
        self,
        argv: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str],
        limits: Limits,
        watched: Sequence[Path] = (),
        given: Path | None = None,
    ) -> Result:
        """Run a command in a folder; its whole environment is ``env``, its input the file ``given`` or nothing.

        ``watched`` are folders whose growth counts, beside the one that it runs in.

        Raises:
            BrokenError: the launcher itself failed.
        """
        order = {
            "argv": list(argv),
            "folder": str(folder),
            "env": dict(env),
            "limits": asdict(limits),
            "watched": [str(path) for path in (folder, *watched)],
            "given": str(given) if given else None,
        }
        answer = _launched(json.dumps(order), limits.seconds + _GRACE_SECONDS)
        if "problem" in answer:
            raise BrokenError(f"{argv[0]!r} cannot be run: {answer['problem']}")
        return Result(**(answer | {"stdout": base64.b64decode(answer["stdout"])}))


def _launched(order: str, seconds: float) -> dict[str, Any]:
    with subprocess.Popen(  # noqa: S603 - our own launcher
        [sys.executable, "-I", str(_LAUNCHER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
        text=True,
    ) as launcher:
        try:
            said, _ = launcher.communicate(order, seconds)
        except subprocess.TimeoutExpired:
            launcher.terminate()
            with suppress(subprocess.TimeoutExpired):
                launcher.communicate(timeout=_GRACE_SECONDS)
            launcher.kill()
            raise BrokenError("a command could not be ended in time") from None
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        raise BrokenError(f"the launcher of a command ended with {launcher.returncode}") from None
    return answer
