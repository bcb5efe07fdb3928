"""The checks, by what they look at. Each is a function from one primitive to a finding or the reason for none."""

from __future__ import annotations

from typing import Final

from . import cache, calls, fallback, model, regression, retry, router, slots, time, timeout

CHECKS: Final = (
    *cache.CHECKS,
    *router.CHECKS,
    *retry.CHECKS,
    *slots.CHECKS,
    *timeout.CHECKS,
    *fallback.CHECKS,
    *model.CHECKS,
    *calls.CHECKS,
    *time.CHECKS,
    *regression.CHECKS,
)
