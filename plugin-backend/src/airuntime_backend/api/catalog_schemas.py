"""The forms of the catalogue."""

from __future__ import annotations

from pydantic import BaseModel, Field


class CatalogQuery(BaseModel):
    """Of which services (empty = all), and over how many seconds up to now the numbers are."""

    service: str = ""
    seconds: float = Field(600.0, gt=0, le=2_592_000)


class CatalogLink(BaseModel):
    """A project's own link."""

    name: str
    url: str


class CatalogLibrary(BaseModel):
    """A library in the version that the service has, with the project's links, its documentation first."""

    name: str
    version: str
    links: list[CatalogLink]


class CatalogTunable(BaseModel):
    """What may be changed, between which bounds, and its value now."""

    name: str
    type: str
    value: float
    default: float
    minimum: float
    maximum: float
    unit: str
    description: str


class CatalogEntry(BaseModel):
    """One primitive. ``numbers`` has what was measured, by the measures' names."""

    service: str
    primitive: str
    kind: str
    doc: str
    file: str
    line: int
    end_line: int
    function: str
    calls: list[str]
    libraries: list[CatalogLibrary]
    tunables: list[CatalogTunable]
    numbers: dict[str, float]


class CatalogView(BaseModel):
    """The catalogue, and what could not be read for it."""

    entries: list[CatalogEntry]
    problems: list[str]
