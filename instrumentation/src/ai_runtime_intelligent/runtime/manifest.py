"""The manifest: what a process tells its backend about its primitives, their source and their tunables."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ai_runtime_intelligent.contract.kinds import PrimitiveKind, TunableScope, TunableType
from ai_runtime_intelligent.primitives.definition import CATALOG, Definition

from .revision import revision_of
from .sources import Library, libraries_of, lines_of
from .tunables import TUNABLES, Number, Tunable


@dataclass(frozen=True)
class PrimitiveEntry:
    """One primitive: where it stands in the source, what its module imports, and whom it was seen to call."""

    name: str
    kind: PrimitiveKind
    file: str
    line: int
    end_line: int
    function: str
    doc: str
    libraries: tuple[Library, ...]
    callees: tuple[str, ...]
    details: Mapping[str, object]


@dataclass(frozen=True)
class TunableEntry:
    """One tunable: what it was declared to be and its value now."""

    name: str
    primitive: str
    type: TunableType
    value: Number
    default: Number
    minimum: Number
    maximum: Number
    unit: str
    description: str
    scope: TunableScope


@dataclass(frozen=True)
class Manifest:
    """Everything that one process tells. ``version`` changes with any part of it.

    ``refused`` says why the process does not obey its remote config; None when it does, or has none.
    ``revision`` is the commit of its code; None when nobody told it.
    """

    service: str
    version: str
    instance: str
    language: str
    primitives: tuple[PrimitiveEntry, ...]
    tunables: tuple[TunableEntry, ...]
    refused: str | None = None
    revision: str | None = None

    def refusing(self, reason: str | None) -> Manifest:
        """The same of a process that refuses its config for ``reason``, or for none."""
        if reason == self.refused:
            return self
        changed = replace(self, refused=reason, version="")
        return replace(changed, version=_version(changed))

    def to_json(self) -> dict[str, Any]:
        """The document as it is sent."""
        untold = {name for name in ("refused", "revision") if not getattr(self, name)}
        return {name: value for name, value in asdict(self).items() if name not in untold}


def manifest_of(service: str) -> Manifest:
    """The manifest of this process now, under the name of ``service``."""
    rest: dict[str, Any] = {
        "service": service,
        "instance": f"{socket.gethostname()}:{os.getpid()}",
        "language": "python",
        "primitives": tuple(_primitive(definition) for definition in CATALOG.all()),
        "tunables": tuple(_tunable(tunable) for tunable in TUNABLES.all()),
        "revision": revision_of(os.environ),
    }
    return Manifest(version=_version(Manifest(version="", **rest)), **rest)


def _version(manifest: Manifest) -> str:
    text = json.dumps(manifest.to_json(), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _primitive(definition: Definition) -> PrimitiveEntry:
    place = definition.place
    line, end_line = lines_of(place)
    return PrimitiveEntry(
        definition.name,
        definition.kind,
        place.file,
        line,
        end_line,
        place.function,
        definition.doc,
        libraries_of(place.file, place.module),
        tuple(sorted(definition.callees.copy())),
        dict(definition.details),
    )


def _tunable(tunable: Tunable) -> TunableEntry:
    spec = tunable.spec
    return TunableEntry(
        spec.name,
        spec.primitive,
        spec.type,
        tunable.value,
        spec.cast(spec.default),
        spec.cast(spec.minimum),
        spec.cast(spec.maximum),
        spec.unit,
        spec.description,
        spec.scope,
    )
