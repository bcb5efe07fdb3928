"""A model that words what the rules suggest: off until one is configured, and held to the rules' own checks.

It may word a suggestion, put it further down, and add a patch for a person to read. Values, the claim in numbers,
guardrails and risk are the rule's. What it answers is refused as a whole when any part of it fails a check.
"""

from .editor import LlmEditor
from .making import editor, reviewer
from .reviewer import LlmReviewer, Reviewed

__all__ = ["LlmEditor", "LlmReviewer", "Reviewed", "editor", "reviewer"]
