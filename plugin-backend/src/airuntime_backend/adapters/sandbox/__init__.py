"""Runs the operator's commands on code that nobody has proved yet."""

from .cage import Cage, Limits, Result

__all__ = ["Cage", "Limits", "Result"]
