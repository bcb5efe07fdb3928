"""Awaits of one function that stand in turn and do not need each other, rewritten to run together."""

from .callee import Callee, callee_at
from .errors import UnsafeError
from .gathering import gathered

__all__ = ["Callee", "UnsafeError", "callee_at", "gathered"]
