"""The command ``airuntime``."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import click
from ai_runtime_intelligent.contract import env
from pydantic import ValidationError

from .app import create_app
from .errors import BackendError
from .server import serve as run_server
from .settings import Settings

_UNSAID = {variable.name for variable in env.VARIABLES if variable.secret or variable.name.endswith("_URL")}
"""Variables whose values are not repeated."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="airuntime-backend")
def main() -> None:
    """AI Runtime Intelligence: find what wastes, change it, prove it, undo it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


@main.command()
def serve() -> None:
    """Serve the HTTP API, gRPC for Grafana, and the background worker.

    Every setting is an environment variable; docs/configuration.md lists them.
    """
    try:
        run_server(_settings())
    except BackendError as error:
        raise click.ClickException(error.message) from error


@main.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document that is generated from the code."""
    app = create_app(Settings(database_url="sqlite://", preview=False))
    text = json.dumps(app.api_doc, indent=2, sort_keys=True) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        told = "; ".join(_told(str(one["loc"][0]), one["input"], one["msg"]) for one in error.errors())
        raise click.ClickException(f"wrong settings: {told}") from error


def _told(name: str, value: object, problem: str) -> str:
    """The variable, its value unless it is or may hold a secret, and what was expected."""
    shown = "" if name in _UNSAID else f" is {value!r}"
    return f"{name}{shown}: {problem}"


if __name__ == "__main__":
    main()
