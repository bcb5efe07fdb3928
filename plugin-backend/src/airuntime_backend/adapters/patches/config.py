"""The operator's file: for which services patches are tried, where, and by which commands.

Nothing of it comes from a repository or a suggestion, and the file may not lie in a repository that it names: a patch
would change by what it is judged.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from ai_runtime_intelligent.contract import env
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from airuntime_backend.adapters.sandbox import Limits
from airuntime_backend.errors import BadRequestError


def _below(root: str) -> str:
    path = Path(root)
    if path.is_absolute() or ".." in path.parts or ".git" in path.parts:
        raise ValueError("expected a folder below the repository, such as src")
    return path.as_posix()


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError("expected a URL such as https://api.github.com, without user and password")
    return url.rstrip("/")


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("expected an absolute path")
    return path


Command = Annotated[tuple[str, ...], Field(min_length=1)]
AbsolutePath = Annotated[Path, AfterValidator(_absolute)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LimitsConfig(_Section):
    """What one command may use."""

    seconds: float = Field(600.0, gt=0, le=86_400)
    memory_mb: float = Field(2048.0, gt=0)
    processes: int = Field(256, gt=0)
    disk_mb: float = Field(1024.0, gt=0)
    output_kb: float = Field(4096.0, gt=0)

    def limits(self) -> Limits:
        """The same for a cage."""
        return Limits(**self.model_dump())


class ForgeConfig(_Section):
    """Where pull requests are opened. ``remote`` is where branches are pushed; ``target`` what they are for."""

    kind: Literal["github", "gitlab"]
    url: Annotated[str, AfterValidator(_http)]
    project: str = Field(min_length=1, pattern=r"^[\w.-]+(/[\w.-]+)+$")
    remote: str = Field(min_length=1, pattern=r"^(https?://[^@\s]+|ssh://\S+|/\S+)$")
    target: str = Field("main", min_length=1, pattern=r"^[\w./-]+$")


class ServiceConfig(_Section):
    """One service: its repository, what of it a patch may touch, and by what a patch is judged."""

    repository: AbsolutePath
    roots: tuple[Annotated[str, AfterValidator(_below)], ...] = Field(("src",), min_length=1)
    check: Command
    bench: Command
    replay: tuple[str, ...] = ()
    inputs: AbsolutePath | None = None
    rounds: int = Field(12, ge=6, le=200)
    env: dict[str, str] = Field(default_factory=dict)
    limits: LimitsConfig = Field(default_factory=LimitsConfig)
    forge: ForgeConfig | None = None

    @property
    def commands(self) -> tuple[str, ...]:
        """Every word of every command."""
        return (*self.check, *self.bench, *self.replay)

    @model_validator(mode="after")
    def _inputs_are_replayed(self) -> ServiceConfig:
        if self.inputs is not None and not self.replay:
            raise ValueError("inputs need a replay command")
        return self


class PatchConfig(_Section):
    """The whole file."""

    services: dict[str, ServiceConfig] = Field(default_factory=dict)


def read_config(path: Path) -> PatchConfig:
    """Read the operator's file.

    Raises:
        BadRequestError: it cannot be read, says what it may not, or lies in a repository that it names.
    """
    try:
        with path.open("rb") as file:
            config = PatchConfig.model_validate(tomllib.load(file))
    except OSError as error:
        raise BadRequestError(f"{env.PATCHES.name}: {path} cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise BadRequestError(f"{env.PATCHES.name}: {path} is no TOML ({error})") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadRequestError(f"{env.PATCHES.name}: {path}: {where}: {first['msg']}", field=where) from None
    for name, service in config.services.items():
        if path.resolve().is_relative_to(service.repository.resolve()):
            raise BadRequestError(
                f"{env.PATCHES.name}: {path} lies in the repository of {name}, where a patch could change it: move it"
            )
    return config
