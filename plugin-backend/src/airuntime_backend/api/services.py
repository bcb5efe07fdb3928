"""What the views need, carried by the app: built once in ``create_app``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.apply import Changes
from airuntime_backend.engine.autopilot import Autopilot
from airuntime_backend.engine.catalogue import Catalogue
from airuntime_backend.engine.patching import Patching
from airuntime_backend.engine.propose import Analyser
from airuntime_backend.engine.waiting import Waiting
from airuntime_backend.engine.worker import Worker
from airuntime_backend.ports import Clock, CodeIndex, Ledger, Metrics, Outbox, Policies

from .query import QueryEngine
from .telemetry import LedgerCollector

EXTENSION = "airuntime"


@dataclass(frozen=True)
class Services:
    """Everything that a request may use."""

    metrics: Metrics
    ledger: Ledger
    code: CodeIndex
    clock: Clock
    analyser: Analyser
    changes: Changes
    waiting: Waiting
    policies: Policies
    autopilot: Autopilot
    outbox: Outbox
    worker: Worker
    patching: Patching
    queries: QueryEngine
    catalogue: Catalogue
    accounts: Accounts
    telemetry: LedgerCollector
    checks: dict[str, Callable[[], str] | None]
    """For each dependency, a call that answers with a detail or raises; None when it is not configured."""


def services() -> Services:
    """The services of the app that answers the present request."""
    return cast("Services", current_app.extensions[EXTENSION])
