"""What is known of a primitive beside its behaviour, and the catalogue of all of them in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.contract.kinds import PRIMITIVE_KINDS, PrimitiveKind
from ai_runtime_intelligent.quiet import failed, log_once

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.bound import Bound
    from ai_runtime_intelligent.contract.metrics import Metric
    from ai_runtime_intelligent.runtime.places import Place

CALLEES_CAP: Final = 200
"""Callees that are remembered of one primitive."""

LabelSet: TypeAlias = "tuple[Metric, tuple[str, ...]]"

CATALOG_CAP: Final = 2000
"""Definitions that are kept; later ones still work and are measured, but do not reach the manifest."""


class Binder(Protocol):
    """What gives a definition its metrics."""

    def bind(self, definition: Definition) -> Bound:
        """The metrics of ``definition``, bound once."""


class Definition:
    """One primitive by name and kind. ``bound`` is None while nothing is measured, and calls then are bare."""

    __slots__ = ("bound", "callees", "details", "doc", "kind", "known", "model", "name", "place", "span_name")

    def __init__(
        self,
        name: str,
        kind: PrimitiveKind,
        *,
        span_name: str,
        place: Place,
        doc: str = "",
        model: str | None = None,
        details: Mapping[str, object] | None = None,
        known: Sequence[LabelSet] = (),
    ) -> None:
        self.name = name
        self.kind: PrimitiveKind = kind
        self.span_name = span_name
        self.place = place
        self.doc = doc
        self.model = model
        self.details: Mapping[str, object] = details or {}
        self.known = tuple(known)
        self.callees: set[str] = set()
        self.bound: Bound | None = None

    def calls(self, callee: str) -> None:
        """Remember that an execution of this primitive led to one of ``callee``."""
        if callee not in self.callees and len(self.callees) < CALLEES_CAP:
            self.callees.add(callee)

    def update(self, other: Definition) -> None:
        """Take over what ``other`` says, as the later definition of the same primitive."""
        self.span_name, self.place, self.doc = other.span_name, other.place, other.doc
        self.model, self.details, self.known = other.model, other.details, other.known


class Catalog:
    """The definitions of this process, and the stack of recorders: the latest one set up records."""

    def __init__(self) -> None:
        self._lock = forks.rlock()
        self._definitions: dict[tuple[str, str], Definition] = {}
        self._binders: list[Binder] = []

    def define(self, definition: Definition) -> Definition:
        """Enter ``definition``, or return the one of the same name and kind, brought up to date.

        Raises ValueError when the name is empty or the kind unknown.
        """
        _check(definition)
        with self._lock:
            held = self._definitions.get((definition.name, definition.kind))
            if held is None:
                held = definition
                self._keep(definition)
            else:
                held.update(definition)
            if self._binders:
                held.bound = _bound(self._binders[-1], held)
            return held

    def _keep(self, definition: Definition) -> None:
        if len(self._definitions) < CATALOG_CAP:
            self._definitions[definition.name, definition.kind] = definition
        else:
            log_once("catalog", "more than %d primitives: later ones are not in the manifest", CATALOG_CAP)

    @property
    def binder(self) -> Binder | None:
        """Who records now."""
        binders = self._binders
        return binders[-1] if binders else None

    def find(self, name: str, kind: PrimitiveKind) -> Definition | None:
        """The definition of this name and kind, if there is one."""
        return self._definitions.get((name, kind))

    def all(self) -> list[Definition]:
        """Every definition, by name."""
        with self._lock:
            return [self._definitions[key] for key in sorted(self._definitions)]

    def activate(self, binder: Binder) -> None:
        """Let ``binder`` record from now on."""
        with self._lock:
            self._binders.append(binder)
            self._rebind()

    def deactivate(self, binder: Binder) -> None:
        """Let the one before ``binder`` record again, or nobody. Does nothing if it does not record."""
        with self._lock:
            if binder in self._binders:
                self._binders.remove(binder)
                self._rebind()

    def _rebind(self) -> None:
        binder = self._binders[-1] if self._binders else None
        for definition in self._definitions.values():
            definition.bound = _bound(binder, definition) if binder else None

    def clear(self) -> None:
        """Forget every definition; for tests."""
        with self._lock:
            self._definitions.clear()


def _bound(binder: Binder, definition: Definition) -> Bound | None:
    """The metrics of ``definition``; None, and its calls are bare, when they cannot be had."""
    try:
        return binder.bind(definition)
    except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
        failed("Catalog.bind")
        return None


def _check(definition: Definition) -> None:
    if not definition.name:
        raise ValueError("a primitive needs a name")
    if definition.kind not in PRIMITIVE_KINDS:
        raise ValueError(f"unknown kind {definition.kind!r}; known are {', '.join(PRIMITIVE_KINDS)}")


CATALOG: Final = Catalog()
