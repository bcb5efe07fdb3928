"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "operator", "service"]


@dataclass(frozen=True)
class Identity:
    """The asker of one request: a name for the audit trail, a role, and how the role was proved."""

    name: str
    role: Role
    via: str
