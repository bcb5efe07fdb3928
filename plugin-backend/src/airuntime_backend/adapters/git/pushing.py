"""What a remote says to a push, in words that tell what to do. Of a login nothing is ever told."""

from __future__ import annotations

import re
from typing import Final

from ai_runtime_intelligent.contract import env

from .command import GitError

_STATUS: Final = re.compile(r"returned error: (\d{3})")
_DECLINED: Final = re.compile(r"\[remote rejected\] .*\((.*)\)")
_LOGIN: Final = re.compile(
    r"could not read (?:Username|Password)|Authentication failed|returned error: 40[13]|"
    r"Permission denied \(|Host key verification failed"
)
_TOKEN: Final = f"the remote refuses the login: check {env.FORGE_TOKEN.name}, or the key of ssh, and what it may do"
_TOO_OFTEN, _SERVER = 429, 500
_CUT: Final = 200


def told(error: GitError) -> str:
    """Why a push failed."""
    said = error.said
    status = _STATUS.search(said)
    declined = _DECLINED.search(said)
    if _LOGIN.search(said):
        return _TOKEN
    if status and int(status[1]) == _TOO_OFTEN:
        return "the remote is asked too often (429): ask again later"
    if status and int(status[1]) >= _SERVER:
        return f"the remote answers {status[1]}: ask again when it is well"
    if declined:
        return f"the remote declines them ({declined[1][:_CUT]}): see its rules for branches"
    if "[rejected]" in said:
        return "the remote has another branch of that name: rename or delete it there"
    return str(error)
