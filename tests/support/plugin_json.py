"""The rules of Grafana's plugin.json, as far as this plugin uses them.

Source of the rules: the published schema of plugin.json and what ``@grafana/plugin-validator`` reports as an error.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
PluginId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]+-[0-9a-z]+-(app|datasource)$")]
InFolder = Annotated[str, StringConstraints(pattern=r"^[\w-]+(/[\w-]+)*\.\w+$")]
"""A path beside plugin.json: neither absolute, nor a URL, nor out of the folder."""


class Form(BaseModel):
    """What is not in the schema is refused by Grafana's own check as well."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Author(Form):
    """Who made it."""

    name: Text
    url: HttpUrl | None = None


class Logos(Form):
    """Icons, which must be SVG images."""

    small: InFolder
    large: InFolder


class Picture(Form):
    """A screenshot for the catalogue."""

    name: Text
    path: InFolder


class Link(Form):
    """A link of the plugin's page."""

    name: Text
    url: HttpUrl


class Info(Form):
    """What the catalogue shows."""

    description: Text
    author: Author
    keywords: list[Text] = Field(min_length=1)
    logos: Logos
    links: list[Link]
    screenshots: list[Picture]
    version: Version
    updated: dt.date = Field(strict=False)


class Include(Form):
    """A page of the app, or a plugin within it."""

    type: Literal["page", "datasource", "dashboard", "panel"]
    name: Text
    path: Text
    role: Literal["Viewer", "Editor", "Admin"] | None = None
    addToNav: bool = False  # noqa: N815 - Grafana's word
    defaultNav: bool = False  # noqa: N815 - Grafana's word


class Dependencies(Form):
    """The Grafana that it needs: a range, never a single release."""

    grafanaDependency: Annotated[str, StringConstraints(pattern=r"^>=\d+\.\d+\.\d+$")]  # noqa: N815 - Grafana's word
    plugins: list[dict[str, str]]


class PluginJson(Form):
    """One plugin.json."""

    schema_: str = Field(alias="$schema")
    type: Literal["app", "datasource"]
    name: Text
    id: PluginId
    info: Info
    dependencies: Dependencies
    backend: bool = False
    executable: Text | None = None
    alerting: bool = False
    annotations: bool = False
    metrics: bool = False
    autoEnabled: bool = False  # noqa: N815 - Grafana's word
    includes: list[Include] = []

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.id.endswith(f"-{self.type}"):
            raise ValueError(f"id: {self.id!r} must end with the type, -{self.type}")
        if self.name == self.id:
            raise ValueError(f"name: {self.name!r} must be for people, not the id")
        if self.backend != (self.executable is not None):
            raise ValueError(
                f"executable: {self.executable!r} must be set exactly when backend is, which is {self.backend}"
            )
        if self.alerting and not self.backend:
            raise ValueError("alerting: true needs backend: true")
        return self
