"""What the settings have of code patches: where they are tried, and who drafts them by rule."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Final

from ai_runtime_intelligent.context7.folder import cache_folder
from pydantic import SecretStr

from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.sandbox import Cage
from airuntime_backend.errors import BadRequestError
from airuntime_backend.settings import Settings

from .bench import PatchBench
from .config import read_config

if TYPE_CHECKING:
    from .rules import RuleDrafter

_DRAFTING: Final = ("libcst", "unidiff", "detect_secrets")
_TRYING: Final = (*_DRAFTING, "psutil", "github", "gitlab")


def drafter(settings: Settings) -> RuleDrafter | None:
    """Who drafts patches by rule; None when the extra ``patches`` is not installed or no source may be read."""
    if _missing(_DRAFTING) or not settings.roots():
        return None
    from .rules import RuleDrafter  # noqa: PLC0415 - needs an extra

    return RuleDrafter(settings.roots(), _redactor(settings))


def workbench(settings: Settings) -> PatchBench | None:
    """Where patches are tried; None when nothing is configured.

    Raises:
        BadRequestError: the configuration cannot be used, or what it needs is not installed.
    """
    if settings.patches is None:
        return None
    missing = _missing(_TRYING)
    if missing:
        raise BadRequestError(
            f'AIRUNTIME_PATCHES needs {", ".join(missing)}: pip install "airuntime-backend[patches]", or leave it out'
        )
    return PatchBench(read_config(settings.patches), _folder(settings), _redactor(settings), Cage())


def _missing(modules: tuple[str, ...]) -> list[str]:
    return [name for name in modules if find_spec(name) is None]


def _folder(settings: Settings) -> Path:
    cache = cache_folder(settings.cache_dir, settings.cache_home) or Path(gettempdir()) / "airuntime"
    return settings.patch_dir or cache / "patches"


def _redactor(settings: Settings) -> Redactor:
    return Redactor(value.get_secret_value() for _, value in settings if isinstance(value, SecretStr))
