"""``python -m airuntime_backend.cli``."""

from __future__ import annotations

from . import main

main()
