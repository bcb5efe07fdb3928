"""The two commands of the demo: ``up`` for a person, ``check`` for a machine."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final, get_args

import click
import requests
from ai_runtime_intelligent.contract import env

from .check import Check, CheckTimeoutError, Report
from .client import BackendAnswerError, Client
from .layout import StackOptions
from .processes import PartDiedError
from .prometheus import PrometheusMissingError
from .service import ServiceSettings
from .stack import Stack
from .wastes import Waste

_TROUBLE: Final = (
    PartDiedError,
    PrometheusMissingError,
    CheckTimeoutError,
    BackendAnswerError,
    requests.RequestException,
)
_STOPPED_BY_SIGNAL: Final = 130
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_to_stderr = partial(print, file=sys.stderr, flush=True)
_to_stdout = partial(print, flush=True)

_waste_option = click.option(
    "--waste",
    type=click.Choice(get_args(Waste)),
    default=None,
    help=f"The planted waste; else {env.DEMO_WASTE.name}, else {env.DEMO_WASTE.default}.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A support assistant with a planted waste, and everything that finds, removes and proves it."""


@main.command()
@_waste_option
def up(waste: Waste | None) -> None:
    """Start every part, print where they are, and run until Ctrl-C."""
    try:
        with _stop_wish() as wish, Stack(_options(waste), _to_stdout, wish) as stack:
            _to_stdout(_welcome(stack))
            while True:
                stack.check()
                time.sleep(0.5)
    except KeyboardInterrupt:
        _to_stdout("stopped; no process is left")
    except _TROUBLE as trouble:
        raise click.ClickException(str(trouble)) from trouble


@main.command()
@_waste_option
@click.option("--timeout", type=float, default=240.0, show_default=True, help="Seconds for the whole check.")
def check(waste: Waste | None, timeout: float) -> None:
    """Find the waste, apply the suggestion, measure the effect; the last line on stdout is JSON.

    Exits 0 only if the effect was measured and went the way that was claimed; with the waste "none", only if nothing
    was suggested and the reasons were given. Times are seconds since the command began.
    """
    try:
        with _stop_wish() as wish:
            report = _checked(_options(waste), timeout, wish)
    except KeyboardInterrupt:
        _to_stderr("stopped; no process is left")
        sys.exit(_STOPPED_BY_SIGNAL)
    except _TROUBLE as trouble:
        _to_stderr(trouble)
        report = Report(reason=trouble.short if isinstance(trouble, PartDiedError) else str(trouble))
    _to_stdout(json.dumps(report.as_json()))
    sys.exit(0 if report.ok else 1)


def _checked(options: StackOptions, timeout: float, wish: Callable[[], bool]) -> Report:
    began = time.monotonic()
    with (
        Stack(options, _to_stderr, wish) as stack,
        Client(stack.urls.api, stack.tokens.operator) as client,
    ):
        return Check(stack, client, _to_stderr, began=began, timeout=timeout).run()


def _options(waste: Waste | None) -> StackOptions:
    """What the command line and the environment ask for. Raises click.UsageError that names what is wrong."""
    environ = dict(os.environ) | ({env.DEMO_WASTE.name: waste} if waste else {})
    try:
        settings = ServiceSettings.read(environ)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    return StackOptions(settings.waste, settings.seed, settings.rate)


@contextmanager
def _stop_wish() -> Iterator[Callable[[], bool]]:
    """Take the signals that end a program; gives what tells whether one has come."""
    wish = threading.Event()
    before = {number: signal.signal(number, lambda _number, _frame: wish.set()) for number in _SIGNALS}
    try:
        yield wish.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _welcome(stack: Stack) -> str:
    urls = stack.urls
    return f"""
The demo runs; the planted waste is "{stack.options.waste}". Within a minute it is found.

  dashboards   {urls.preview}
  Prometheus   {urls.prometheus}
  HTTP API     {urls.api} (its description: {urls.api}/openapi.json)
  metrics      {urls.metrics}

Ctrl-C stops everything."""


if __name__ == "__main__":
    main()
