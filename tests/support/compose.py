"""docker-compose.yml, read as Compose reads it, as far as tests ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from .dockerfile import Stage

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = ROOT / "docker-compose.yml"
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?P<operator>:[?-])(?P<word>[^}]*)\}")


@dataclass(frozen=True)
class Mount:
    """A volume of a service. ``source`` is a path of the repository, or the name of a volume."""

    source: str
    target: str
    read_only: bool
    named: bool

    @classmethod
    def read(cls, raw: str | Mapping[str, Any]) -> Self:
        """From the short or the long form."""
        if isinstance(raw, str):
            source, target, *mode = raw.split(":")
            return cls(source, target, mode == ["ro"], named=not source.startswith((".", "/")))
        return cls(raw["source"], raw["target"], bool(raw.get("read_only")), named=raw["type"] == "volume")


@dataclass(frozen=True)
class Service:
    """One service: what it runs, with which environment, and how Docker asks whether it is healthy."""

    name: str
    image: str
    target: str | None
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: tuple[str, ...]
    mounts: tuple[Mount, ...]
    after: Mapping[str, str]
    health: tuple[str, ...]
    raw: Mapping[str, Any]

    @classmethod
    def read(cls, name: str, raw: Mapping[str, Any]) -> Self:
        """From the parsed file."""
        return cls(
            name=name,
            image=raw["image"],
            target=raw.get("build", {}).get("target"),
            command=tuple(raw.get("command", ())),
            environment={key: str(value) for key, value in raw.get("environment", {}).items()},
            ports=tuple(raw.get("ports", ())),
            mounts=tuple(Mount.read(one) for one in raw.get("volumes", ())),
            after={other: how["condition"] for other, how in raw.get("depends_on", {}).items()},
            health=tuple(raw.get("healthcheck", {}).get("test", ())),
            raw=raw,
        )

    @property
    def ours(self) -> bool:
        """Whether it runs an image of the Dockerfile."""
        return self.target is not None

    def runs(self) -> tuple[str, ...]:
        """Its command, or else that of its image."""
        return self.command or tuple(Stage.all()[self.target or ""].command)


def services() -> dict[str, Service]:
    """Every service of docker-compose.yml."""
    return {name: Service.read(name, raw) for name, raw in document()["services"].items()}


def document() -> dict[str, Any]:
    """docker-compose.yml, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return parsed


class MissingVariableError(ValueError):
    """Raised, as Compose does, where a variable that must be set is not."""


def resolved(text: str, environ: Mapping[str, str]) -> str:
    """Replace ``${NAME:-default}`` and ``${NAME:?message}``. Raises MissingVariableError."""

    def value(match: re.Match[str]) -> str:
        found = environ.get(match["name"])
        if not found and match["operator"] == ":?":
            raise MissingVariableError(f"{match['name']}: {match['word']}")
        return found or match["word"]

    return _VARIABLE.sub(value, text)


def required(text: str) -> list[str]:
    """The names of the variables without which Compose refuses to start."""
    return [match["name"] for match in _VARIABLE.finditer(text) if match["operator"] == ":?"]


def secrets() -> dict[str, str]:
    """A value for each variable without which Compose refuses to start."""
    names = {name for one in services().values() for text in one.environment.values() for name in required(text)}
    return {name: f"value-of-{name.lower()}" for name in sorted(names)}


def environment(name: str) -> dict[str, str]:
    """What a service is given once the user has set the secrets and nothing else."""
    return {key: resolved(text, secrets()) for key, text in services()[name].environment.items()}
