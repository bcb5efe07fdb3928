"""Git, by its own command: the user's repository, only read until a patch is proved, and a workshop beside it."""

from .repository import Repository
from .workshop import Workshop

__all__ = ["Repository", "Workshop"]
