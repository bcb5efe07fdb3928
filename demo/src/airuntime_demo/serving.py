"""How the fake servers run: one aiohttp process each, quiet, gone soon after SIGTERM."""

from __future__ import annotations

from aiohttp import web


def run_app(app: web.Application, host: str, port: int) -> None:
    """Serve ``app`` until SIGINT or SIGTERM; requests under way have a second to end."""
    web.run_app(app, host=host, port=port, access_log=None, print=None, shutdown_timeout=1.0)
