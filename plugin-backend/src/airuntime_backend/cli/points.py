"""What the doctor looks at, one function for each thing; none of them changes anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy
from ai_runtime_intelligent.context7.folder import cache_folder
from ai_runtime_intelligent.contract import env, metrics
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from airuntime_backend.adapters.advisor_llm.errors import Tokens
from airuntime_backend.adapters.advisor_llm.gemini_cli import COMMAND
from airuntime_backend.adapters.advisor_llm.listing import models_status
from airuntime_backend.adapters.advisor_llm.making import checked
from airuntime_backend.adapters.advisor_llm.model import Model
from airuntime_backend.adapters.docs import documentation, library_folders
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.errors import BackendError, UpstreamError
from airuntime_backend.settings import Settings

from .shared import Backend, NotPermittedError


@dataclass(frozen=True)
class Point:
    """One dependency. ``reachable`` and ``permitted`` are None where that was not found out or means nothing."""

    name: str
    needed: bool
    configured: bool
    reachable: bool | None
    permitted: bool | None
    detail: str
    next_step: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is as it should be; what is not needed may be left out."""
        if not self.configured:
            return not self.needed
        return self.reachable is not False and self.permitted is not False


def examined(settings: Settings) -> Iterator[Point]:
    """Every dependency, the needed ones first."""
    yield prometheus(settings)
    yield database(settings)
    yield backend(settings)
    yield context7(settings)
    yield folders("source", env.SOURCE_ROOTS, settings.roots(), "to show source lines beside suggestions")
    yield folders(
        "libraries",
        env.LIBRARY_PATHS,
        library_folders(settings),
        "to read the services' libraries and not only the backend's own",
    )
    yield cache(settings)
    yield grafana(settings)
    yield model(settings)


def prometheus(settings: Settings) -> Point:
    """Whether it answers queries, and has numbers of ours."""
    client = Prometheus(settings.prometheus_url, settings.prometheus_timeout_seconds)
    try:
        detail = client.ready()
        found = client.instant(f"count({metrics.EXECUTIONS.name})")
    except BackendError as error:
        refused = any(f"answered {status}" in error.message for status in (401, 403))
        step = f"check {env.PROMETHEUS_URL.name}"
        return Point("prometheus", True, True, refused, False if refused else None, error.message, step)
    if not found:
        step = "start an instrumented service, and let Prometheus scrape it (provisioning/prometheus has an example)"
        return Point("prometheus", True, True, True, True, f"{detail}; no primitive is measured yet", step)
    return Point("prometheus", True, True, True, True, f"{detail}; {found[0].value:g} series of executions")


def database(settings: Settings) -> Point:
    """Whether it opens; a SQLite file that is not there yet is made by the server, if its folder lets it."""
    try:
        url = make_url(settings.database_url)
    except SQLAlchemyError:
        return Point("database", True, True, False, None, "it is no database URL", f"check {env.DATABASE_URL.name}")
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if file is not None and not file.exists():
        may = file.absolute().parent.is_dir() and os.access(file.absolute().parent, os.W_OK)
        detail = "SQLite; the file is made at the first start" if may else "SQLite; its folder cannot be written to"
        return Point("database", True, True, may, may, detail, "" if may else f"check {env.DATABASE_URL.name}")
    try:
        engine = sqlalchemy.create_engine(url, hide_parameters=True)
        sqlalchemy.inspect(engine).get_table_names()
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        detail = f"{url.get_backend_name()} does not open ({type(error).__name__})"
        return Point("database", True, True, False, None, detail, f"check {env.DATABASE_URL.name}")
    return Point("database", True, True, True, True, engine.dialect.name)


def backend(settings: Settings) -> Point:
    """Whether it runs, and lets this token read."""
    client = Backend(settings)
    try:
        client.get("/suggestions")
    except NotPermittedError as error:
        return Point("backend", True, True, True, False, *_halves(error))
    except click.ClickException as error:
        return Point("backend", True, True, False, None, *_halves(error))
    return Point("backend", True, True, True, True, f"answers at {client.shown}")


def _halves(error: click.ClickException) -> tuple[str, str]:
    """What happened, and the next step."""
    head, _, step = error.message.partition("): ")
    return (f"{head})", step) if step else (error.message, "see the backend's log")


def context7(settings: Settings) -> Point:
    """Whether it answers, and takes the key."""
    client = documentation(settings)[1]
    if client is None:
        step = f"set {env.CONTEXT7_KEY.name} to look beyond what is installed"
        return Point("context7", False, False, None, None, "documentation is that of the installed versions", step)
    try:
        return Point("context7", False, True, True, True, f"answers at {client.ready()}")
    except BackendError as error:
        refused = any(f"answered {status}" in error.message for status in (401, 403, 429))
        step = f"check {env.CONTEXT7_KEY.name}" if refused else f"check {env.CONTEXT7_URL.name}"
        return Point("context7", False, True, refused, False if refused else None, error.message, step)


def folders(name: str, variable: env.Variable, given: tuple[Path, ...], purpose: str) -> Point:
    """Whether every configured folder is there and may be read."""
    if not given:
        return Point(name, False, False, None, None, "no folder is configured", f"set {variable.name} {purpose}")
    missing = [str(one) for one in given if not one.exists()]
    closed = [str(one) for one in given if one.exists() and not os.access(one, os.R_OK | os.X_OK)]
    if missing or closed:
        told = f"not there: {', '.join(missing)}" if missing else f"may not be read: {', '.join(closed)}"
        return Point(name, False, True, not missing, not closed, told, f"check {variable.name}")
    return Point(name, False, True, True, True, ", ".join(str(one) for one in given))


def cache(settings: Settings) -> Point:
    """Whether what was fetched is kept."""
    folder = cache_folder(settings.cache_dir, settings.cache_home)
    if folder is None:
        told = f"{settings.cache_dir or settings.cache_home} cannot be written to: nothing is kept"
        return Point("cache", False, True, True, False, told, f"set {env.CACHE_DIR.name}")
    return Point("cache", False, True, True, True, str(folder))


def grafana(settings: Settings) -> Point:
    """Whether the plugin's calls are answered."""
    if settings.plugin_secret is None:
        step = f"set {env.PLUGIN_SECRET.name} to the secret of the plugin's settings"
        return Point("grafana", False, False, None, None, "calls of the Grafana plugin are refused", step)
    return Point("grafana", False, True, None, None, f"the plugin is answered on port {settings.grpc_port}")


def model(settings: Settings) -> Point:
    """Whether a model words suggestions, and answers; it is asked for its list of models, which costs nothing."""
    if not settings.llm_model:
        step = f"set {env.LLM_MODEL.name} to let one word them"
        return Point("model", False, False, None, None, "suggestions are worded by their rules", step)
    try:
        chosen = checked(settings)
    except BackendError as error:
        return Point("model", False, True, False, None, error.message, f"check {env.LLM_MODEL.name}")
    if chosen.usd(Tokens(1, 1)) is None and not settings.llm_unpriced:
        step = f"set {env.LLM_UNPRICED.name}=1 to ask it as if it were free"
        return Point("model", False, True, None, False, f"no price of {chosen} is known, so it is not asked", step)
    if chosen.provider == "gemini-cli":
        found = shutil.which(COMMAND) is not None
        detail = f"{chosen} words suggestions" if found else f"the command {COMMAND!r} is not installed"
        return Point("model", False, True, found, None, detail, "" if found else f"install {COMMAND}, and log in")
    return _answers(chosen, settings)


def _answers(chosen: Model, settings: Settings) -> Point:
    try:
        status = models_status(chosen, settings.llm_url, settings.llm_key)
    except UpstreamError as error:
        return Point("model", False, True, False, None, error.message, f"check {env.LLM_URL.name}")
    if status in {401, 403}:
        detail = f"{chosen} refuses the key (HTTP {status})"
        return Point("model", False, True, True, False, detail, f"check {env.LLM_KEY.name}")
    return Point("model", False, True, True, True, f"{chosen} words suggestions")
