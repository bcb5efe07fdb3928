"""The command ``airuntime``."""

from __future__ import annotations

import logging

import click

from .analyze import analyze
from .catalog import catalog
from .dashboards import dashboards
from .doctor import doctor
from .ledger import ledger
from .moving import apply, approve, cancel, dismiss, rollback
from .patch import patch
from .policy import policy
from .serving import openapi, serve
from .state import backup, restore
from .suggestions import suggestions
from .watch import watch

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="airuntime-backend")
def main() -> None:
    """AI Runtime Intelligence: find what wastes, change it, prove it, undo it.

    Every setting is an environment variable; docs/configuration.md lists them.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


for command in (
    *(analyze, apply, approve, backup, cancel, catalog, dashboards, dismiss, doctor, ledger, openapi, patch, policy),
    *(restore, rollback, serve, suggestions, watch),
):
    main.add_command(command)
