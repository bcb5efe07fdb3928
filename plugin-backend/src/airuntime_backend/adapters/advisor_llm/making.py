"""Makes the editor that the settings ask for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.context7.installed import Libraries
from pydantic import SecretStr

from airuntime_backend.adapters.docs import library_folders
from airuntime_backend.errors import BadRequestError
from airuntime_backend.ports import Clock
from airuntime_backend.settings import Settings

from .asker import Asker
from .checks import Judge
from .client import ApiClient, Client
from .editor import LlmEditor
from .files import Files
from .gemini_cli import GeminiCli
from .model import Model
from .purse import Calls, Purse
from .redact import Redactor
from .reviewer import LlmReviewer

_EXTRA: Final = ("pydantic_ai", "openai", "anthropic", "detect_secrets", "unidiff")


def editor(settings: Settings, calls: Calls, clock: Clock) -> LlmEditor:
    """The model that the settings name.

    Raises:
        BadRequestError: they name what is none, or what it needs is not installed.
    """
    return LlmEditor(_asker(settings, calls, clock), Judge(Files(settings.roots()).read, Redactor(_secrets(settings))))


def reviewer(settings: Settings, calls: Calls, clock: Clock, folder: Path) -> LlmReviewer:
    """The same model for what stands out in the source below a folder. Raises as ``editor`` does."""
    asker, libraries = _asker(settings, calls, clock), Libraries(library_folders(settings))
    return LlmReviewer(asker, Files((folder,)).read, Redactor(_secrets(settings)), libraries)


def checked(settings: Settings) -> Model:
    """The model that the settings name, if what it needs is installed. Raises ``BadRequestError``."""
    model = Model.parse(settings.llm_model)
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise BadRequestError(
            f'AIRUNTIME_LLM_MODEL needs {", ".join(missing)}: pip install "airuntime-backend[llm]", or leave it out'
        )
    return model


def _asker(settings: Settings, calls: Calls, clock: Clock) -> Asker:
    model = checked(settings)
    purse = Purse(calls, clock, model, settings.llm_usd_per_day, settings.llm_unpriced)
    return Asker(_client(model, settings), purse, settings.llm_seconds)


def _client(model: Model, settings: Settings) -> Client:
    if model.provider == "gemini-cli":
        return GeminiCli(model, settings.llm_key)
    return ApiClient(model, settings.llm_url, settings.llm_key)


def _secrets(settings: Settings) -> list[str]:
    """Every secret that the backend knows, and the password in its database's URL."""
    given = [value for _, value in settings if isinstance(value, SecretStr)]
    password = settings.database_url.rpartition("@")[0].rpartition(":")[2]
    return [*(one.get_secret_value() for one in given), password]
