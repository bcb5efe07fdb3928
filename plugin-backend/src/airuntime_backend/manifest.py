"""Manifest: what an instrumented service says of itself: its primitives, their source places, its tunables."""

from __future__ import annotations

from ai_runtime_intelligent.contract.kinds import PrimitiveKind, TunableScope, TunableType
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Library(_Record):
    """A library that a primitive uses, in the version that is installed."""

    name: str = Field(min_length=1, max_length=200)
    version: str = Field(max_length=100)


class Primitive(_Record):
    """One instrumented primitive and where the user's code defines it."""

    name: str = Field(min_length=1, max_length=200)
    kind: PrimitiveKind
    file: str = ""
    line: int = Field(0, ge=0)
    end_line: int = Field(0, ge=0)
    function: str = ""
    doc: str = ""
    libraries: tuple[Library, ...] = ()
    callees: tuple[str, ...] = ()
    details: dict[str, JsonValue] = Field(default_factory=dict)


class TunableSpec(_Record):
    """A tunable as its owner declared it, with the value that the process obeys."""

    name: str = Field(min_length=1, max_length=200)
    primitive: str
    type: TunableType
    value: float = Field(allow_inf_nan=False)
    default: float = Field(allow_inf_nan=False)
    minimum: float = Field(allow_inf_nan=False)
    maximum: float = Field(allow_inf_nan=False)
    unit: str = "1"
    description: str = ""
    scope: TunableScope = "call"

    @model_validator(mode="after")
    def _within_bounds(self) -> TunableSpec:
        if not self.minimum <= self.default <= self.maximum:
            raise ValueError(f"default {self.default:g} is outside {self.minimum:g}..{self.maximum:g}")
        return self


class Manifest(_Record):
    """What one service says of itself."""

    service: str = Field(min_length=1, max_length=200)
    version: str = Field(min_length=1, max_length=64)
    instance: str = ""
    language: str = "python"
    primitives: tuple[Primitive, ...] = Field((), max_length=10_000)
    tunables: tuple[TunableSpec, ...] = Field((), max_length=10_000)
    refused: str = Field("", max_length=2_000, description="Why the service does not obey its config; empty = it does")

    revision: str = Field("", max_length=64, description="Commit of the code that runs; empty when nobody told")

    @model_validator(mode="after")
    def _tunables_have_primitives(self) -> Manifest:
        names = {primitive.name for primitive in self.primitives}
        for tunable in self.tunables:
            if tunable.primitive not in names:
                raise ValueError(
                    f"tunable {tunable.name} belongs to {tunable.primitive!r}, which is not a primitive here"
                )
        return self

    def primitive(self, name: str) -> Primitive | None:
        """The primitive of that name, if there is one."""
        return next((primitive for primitive in self.primitives if primitive.name == name), None)

    def tunable(self, name: str) -> TunableSpec | None:
        """The tunable of that name, if there is one."""
        return next((tunable for tunable in self.tunables if tunable.name == name), None)
