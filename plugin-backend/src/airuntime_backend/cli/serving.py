"""``airuntime serve`` and ``airuntime openapi``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from airuntime_backend.app import create_app
from airuntime_backend.errors import BackendError
from airuntime_backend.server import serve as run_server
from airuntime_backend.settings import Settings

from .shared import read_settings


@click.command(short_help="Serve HTTP, gRPC for Grafana, and the background worker.")
def serve() -> None:
    """Serve the HTTP API, gRPC for Grafana, and the background worker.

    Every setting is an environment variable; docs/configuration.md lists them.
    """
    try:
        run_server(read_settings())
    except BackendError as error:
        raise click.ClickException(error.message) from error


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document that is generated from the code."""
    app = create_app(Settings(database_url="sqlite://", preview=False))
    text = json.dumps(app.api_doc, indent=2, sort_keys=True) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
