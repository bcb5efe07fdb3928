"""Forges: where pull requests are. GitHub and GitLab, each by its own kept library."""

from .forges import Forges

__all__ = ["Forges"]
