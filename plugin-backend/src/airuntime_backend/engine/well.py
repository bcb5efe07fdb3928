"""Well: for how long the cause of a suggestion has been out of sight, so that none comes and goes with its noise."""

from __future__ import annotations

from collections.abc import Iterable


class Well:
    """Remembers since when suggestions have been without their cause, pass by pass."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def for_so_long(self, ids: Iterable[str], now: float, seconds: float) -> frozenset[str]:
        """Of these, which are well now, those that have been so in every pass for that many seconds.

        One that is not among them begins anew when it is well again. ``now`` is of a clock that does not jump.
        """
        self._since = {one: self._since.get(one, now) for one in ids}
        return frozenset(one for one, since in self._since.items() if now - since >= seconds)
