"""Where everything is joined: settings to adapters, adapters to the engine, the engine to the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import cast

from ai_runtime_intelligent.flow.finding import Limits
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from .adapters.advisor_llm import LlmEditor, editor
from .adapters.advisor_rules import RulesAdvisor
from .adapters.clock import SystemClock
from .adapters.docs import documentation, libraries
from .adapters.forge import Forges
from .adapters.ledger import SqlBooks, SqlCalls, SqlLedger, SqlOutbox, SqlPatches
from .adapters.patches.making import drafter, workbench
from .adapters.policy_file import NoPolicy, PolicyFile
from .adapters.prices import GenaiPrices
from .adapters.prometheus import Prometheus
from .adapters.rules import RULES
from .adapters.shared_metrics import SharedMetrics
from .adapters.source import SourceFolders
from .adapters.webhooks import HttpHooks, endpoints
from .api import catalog, data, errors, health, patches, policy, runtime, suggestions
from .api import ledger as ledger_routes
from .api.auth import Gate
from .api.body import JsonBody
from .api.document import SCHEMES
from .api.identity import Identity
from .api.preview import Preview
from .api.queries import handlers
from .api.query import QueryEngine
from .api.schemas import ErrorBody
from .api.services import EXTENSION, Services
from .api.telemetry import LedgerCollector
from .engine.accounts import Accounts
from .engine.apply import Changes
from .engine.arms import ArmReader
from .engine.autonomy import Muted
from .engine.autopilot import Autopilot
from .engine.bookkeeper import Bookkeeper, Terms
from .engine.catalogue import Catalogue
from .engine.guard import Guard
from .engine.live import LiveWatch
from .engine.moves import Moves
from .engine.pace import Pace
from .engine.patching import Patching, Shop
from .engine.postman import Postman
from .engine.propose import Analyser
from .engine.spans import Spans
from .engine.verify import Verifier
from .engine.waiting import Waiting
from .engine.worker import Worker
from .errors import BadRequestError
from .ports import Books, Clock, Docs, Ledger, Metrics, Policies
from .settings import Settings, pairs

_OBEY_SECONDS = 90.0
_RULE_IDS = tuple(rule.id for rule in RULES)
_MAX_BODY_BYTES = 4_000_000


def create_app(
    settings: Settings | None = None,
    *,
    metrics: Metrics | None = None,
    ledger: Ledger | None = None,
    docs: Docs | None = None,
    clock: Clock | None = None,
) -> OpenAPI:
    """Build the Flask app; ports that are not given come from the settings.

    Raises:
        BadRequestError: a setting asks for what cannot be.
        pydantic.ValidationError: an environment variable has the wrong type.
    """
    settings = settings or Settings()
    app = OpenAPI(
        "airuntime_backend",
        info=Info(title="AI Runtime Intelligence", version=version("airuntime-backend")),
        security_schemes=SCHEMES,
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=ErrorBody,
        validation_error_callback=errors.invalid,
        static_folder=None,
    )
    app.json = JsonBody(app)
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.extensions[EXTENSION] = _services(
        settings,
        metrics or Prometheus(settings.prometheus_url, settings.prometheus_timeout_seconds),
        ledger or SqlLedger(settings.database_url),
        docs,
        clock or SystemClock(),
    )
    preview = _preview(settings)
    Gate(settings, preview.identity if preview else _nobody).install(app)
    errors.install(app)
    for blueprint in (
        data.bp,
        catalog.bp,
        suggestions.bp,
        ledger_routes.bp,
        patches.bp,
        policy.bp,
        runtime.bp,
        health.bp,
        *((preview.blueprint(),) if preview else ()),
    ):
        app.register_api(blueprint)
    return app


def services_of(app: OpenAPI) -> Services:
    """The services that ``create_app`` built."""
    return cast("Services", app.extensions[EXTENSION])


def _services(settings: Settings, metrics: Metrics, ledger: Ledger, docs: Docs | None, clock: Clock) -> Services:
    found, context7 = documentation(settings)
    pace = Pace(
        settings.growth(), settings.block_seconds, settings.scrape_seconds, _OBEY_SECONDS, settings.holdout_share
    )
    moves = Moves(ledger)
    code = SourceFolders(settings.roots())
    words = _words(settings, ledger, clock)
    policies = _policies(settings)
    analyser = Analyser(
        metrics=metrics,
        ledger=ledger,
        docs=docs or found,
        code=code,
        advisor=Muted(RulesAdvisor(), policies),
        clock=clock,
        window_seconds=settings.window_seconds,
        limits=Limits(min_calls=settings.min_calls, usd_per_hour=settings.budget_usd_per_hour),
        editor=words,
        undocumented=context7.missing if context7 and docs is None else tuple,
        drafter=drafter(settings),
        scrape_seconds=settings.scrape_seconds,
        within_seconds=2 * settings.prometheus_timeout_seconds,
    )
    verifier = Verifier(metrics=metrics, ledger=ledger, pricing=GenaiPrices(), clock=clock, pace=pace, moves=moves)
    catalogue = Catalogue(metrics, ledger, libraries(settings))
    books = _books(settings, ledger)
    accounts = Accounts(ledger, books)
    shared = SharedMetrics(metrics, settings.scrape_seconds)
    bookkeeper = Bookkeeper(
        metrics=metrics,
        ledger=ledger,
        books=books,
        pricing=GenaiPrices(),
        clock=clock,
        terms=Terms(settings.ledger_seconds, 2 * settings.scrape_seconds),
        arms=ArmReader(metrics),
    )
    patches = SqlPatches(_sql(settings, ledger).engine)
    guard = Guard(
        metrics=metrics,
        ledger=ledger,
        policies=policies,
        window_seconds=settings.window_seconds,
        settle_seconds=settings.block_seconds,
        patches=patches,
    )
    changes = Changes(
        metrics=metrics,
        ledger=ledger,
        clock=clock,
        pace=pace,
        moves=moves,
        window_seconds=settings.window_seconds,
        guard=guard,
    )
    waiting = Waiting(ledger=ledger, changes=changes, guard=guard, clock=clock)
    autopilot = Autopilot(ledger=ledger, changes=changes, policies=policies, clock=clock, rules=_RULE_IDS)
    outbox = SqlOutbox(_sql(settings, ledger).engine)
    postman = Postman(outbox=outbox, hooks=_hooks(settings), ledger=ledger, clock=clock)
    return Services(
        metrics=metrics,
        ledger=ledger,
        code=code,
        clock=clock,
        analyser=analyser,
        changes=changes,
        waiting=waiting,
        policies=policies,
        autopilot=autopilot,
        outbox=outbox,
        worker=Worker(analyser, verifier, bookkeeper, (waiting.advance, autopilot.fly), postman.rounds()),
        patching=Patching(
            ledger=ledger,
            patches=patches,
            clock=clock,
            shop=_shop(settings),
            live=LiveWatch(metrics, clock, Spans(settings.block_seconds)),
            guard=guard,
        ),
        queries=QueryEngine(handlers(shared, ledger, clock, settings.scrape_seconds, catalogue, accounts=accounts)),
        catalogue=catalogue,
        accounts=accounts,
        telemetry=LedgerCollector(ledger, clock, accounts, settings.budget_usd_per_hour),
        checks={
            "prometheus": _check(metrics),
            "database": _check(ledger),
            "context7": _check(docs or context7),
            "model": _check(words),
        },
    )


def _shop(settings: Settings) -> Shop | None:
    bench = workbench(settings)
    return None if bench is None else Shop(bench, bench, Forges(bench, settings.forge_token))


def _words(settings: Settings, ledger: Ledger, clock: Clock) -> LlmEditor | None:
    if not settings.llm_model:
        return None
    return editor(settings, SqlCalls(_sql(settings, ledger).engine), clock)


def _books(settings: Settings, ledger: Ledger) -> Books:
    return SqlBooks(_sql(settings, ledger).engine)


def _sql(settings: Settings, ledger: Ledger) -> SqlLedger:
    """The ledger where it is a database, else the configured database."""
    return ledger if isinstance(ledger, SqlLedger) else SqlLedger(settings.database_url)


def _policies(settings: Settings) -> Policies:
    return PolicyFile(settings.policy_file, _RULE_IDS) if settings.policy_file else NoPolicy()


def _hooks(settings: Settings) -> HttpHooks:
    return HttpHooks(endpoints(pairs(settings.webhooks), pairs(settings.webhook_secrets)))


def _check(adapter: object) -> Callable[[], str] | None:
    """The adapter's own check of itself, if it has one."""
    return cast("Callable[[], str] | None", getattr(adapter, "ready", None))


def _preview(settings: Settings) -> Preview | None:
    if not settings.preview:
        return None
    if settings.preview_dir is None or settings.dashboards_dir is None:
        raise BadRequestError("AIRUNTIME_PREVIEW needs AIRUNTIME_PREVIEW_DIR and AIRUNTIME_DASHBOARDS_DIR")
    return Preview(settings.preview_dir, settings.dashboards_dir)


def _nobody() -> Identity | None:
    return None
