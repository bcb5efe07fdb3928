"""``a >> b`` and ``a | b``: one after the other, and side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .parallel import Fork
    from .sequential import Chain


class Composable:
    """Gives a primitive the operators. The other side may be anything that can be called or has ``execute``."""

    def __rshift__(self, other: Any) -> Chain:
        """Run ``other`` on what this one gives."""
        return _chain(self, other) if _fits(other) else NotImplemented

    def __rrshift__(self, other: Any) -> Chain:
        """Run this one on what ``other`` gives."""
        return _chain(other, self) if _fits(other) else NotImplemented

    def __or__(self, other: Any) -> Fork:
        """Run both on the same input at the same time."""
        return _fork(self, other) if _fits(other) else NotImplemented

    def __ror__(self, other: Any) -> Fork:
        """Run both on the same input at the same time."""
        return _fork(other, self) if _fits(other) else NotImplemented


def _fits(other: Any) -> bool:
    return callable(other) or callable(getattr(other, "execute", None))


def _chain(first: Any, then: Any) -> Chain:
    from .sequential import Chain  # noqa: PLC0415 - it is made of what is defined here

    return Chain([*_parts(first, Chain), *_parts(then, Chain)])


def _fork(one: Any, other: Any) -> Fork:
    from .parallel import Fork  # noqa: PLC0415 - the same

    return Fork([*_parts(one, Fork), *_parts(other, Fork)])


def _parts(target: Any, kind: type[Chain | Fork]) -> list[Any]:
    """What ``target`` was put together from by the same operator; ``a >> b >> c`` is one chain of three."""
    return target.parts if isinstance(target, kind) else [target]
