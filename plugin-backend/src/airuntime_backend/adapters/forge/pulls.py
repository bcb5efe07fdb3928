"""Pull requests as both kinds of forge have them, and what is told when one does not answer well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from ai_runtime_intelligent.contract import env

from airuntime_backend.patch_ports import BrokenError, Proposal

SECONDS: Final = 15.0
"""Longest wait for one answer of a forge."""
_UNAUTHORIZED: Final = (401, 403)
_NOT_FOUND: Final = 404
_TOO_OFTEN: Final = 429
_REDIRECTS: Final = 3
_SERVER: Final = 500


@dataclass(frozen=True)
class Pull:
    """One pull request: its address, the commit that it is of, and whether it is open or merged."""

    url: str
    commit: str
    alive: bool


class Pulls(Protocol):
    """The pull requests of one project. Every method raises ``BrokenError``."""

    def of(self, branch: str) -> tuple[Pull, ...]:
        """Those of a branch, open or not."""

    def open(self, branch: str, proposal: Proposal) -> Pull:
        """Open one."""

    def close(self, branch: str) -> None:
        """Close those of a branch that are open."""


def answered(forge: str, project: str, status: int, said: str) -> BrokenError:
    """The error for an answer of that status. ``said`` is the forge's own word, which is cut."""
    if status == _TOO_OFTEN or (status in _UNAUTHORIZED and "rate limit" in said.lower()):
        why = f"is asked too often ({status}): ask again later"
    elif status in _UNAUTHORIZED:
        why = f"refuses the token ({status}): check {env.FORGE_TOKEN.name} and what it may do"
    elif status == _NOT_FOUND:
        why = f"knows no project {project}, or the token may not see it (404)"
    elif status >= _SERVER:
        why = f"answers {status}: ask again when it is well"
    else:
        why = f"refuses ({status}): {' '.join(said.split())[:200]}"
    return BrokenError(f"{forge} {why}")


def stays(forge: str, status: int) -> None:
    """Raise ``BrokenError`` for an answer that sends elsewhere: the token is for the operator's address alone."""
    if status // 100 == _REDIRECTS:
        raise BrokenError(
            f"{forge} sends elsewhere ({status}), and is not followed: check url and project of the forge"
        )


def strange(forge: str, error: Exception) -> BrokenError:
    """The error for an answer that is none of the API's, such as the page of a proxy."""
    return BrokenError(
        f"{forge} answers what is none of its API's answers ({type(error).__name__}): check the url of the forge"
    )


def silent(forge: str, error: Exception) -> BrokenError:
    """The error for no answer at all."""
    return BrokenError(f"{forge} does not answer ({type(error).__name__}): ask again when it does")
