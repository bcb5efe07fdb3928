"""The server process: HTTP under gunicorn, gRPC for Grafana and the background worker beside it."""

from __future__ import annotations

import gc
import logging
import os
import signal
from threading import Thread
from time import sleep
from typing import Any

from flask_openapi3.openapi import OpenAPI
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from .app import create_app, services_of
from .background import Background
from .errors import BackendError, BadRequestError
from .grafana import server as grafana
from .settings import Settings

_log = logging.getLogger(__name__)
_THREADS = 16
_LOOK_SECONDS = 0.25
_OUTLIVE_SECONDS = 2.0
"""How long what runs may go on when the parent is dead: what is written by halves then is nowhere written."""


class Beside:
    """What runs beside HTTP in the same process, started after gunicorn has forked and stopped before it ends."""

    def __init__(self, app: OpenAPI, settings: Settings) -> None:
        services = services_of(app)
        self._background = Background(
            services.worker,
            services.patching.work,
            settings.analyse_seconds,
            settings.scrape_seconds,
        )
        self._grafana = _start_grafana(app, settings)
        self._background.start()
        _log.info("gRPC for Grafana on %s:%d", settings.grpc_host, self._grafana.port)

    def stop(self) -> None:
        """Stop both; a running pass ends first."""
        self._background.stop()
        self._grafana.stop()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn with one worker process of many threads: gRPC and the background worker live in it too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._beside: Beside | None = None
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's hook: its settings."""
        host = f"[{self._settings.http_host}]" if ":" in self._settings.http_host else self._settings.http_host
        options = {
            "bind": f"{host}:{self._settings.http_port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": _THREADS,
            "timeout": 60,
            "graceful_timeout": 10,
            "control_socket_disable": True,
            "post_fork": _with_parent,
            "worker_exit": self._exit,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> OpenAPI:
        """Gunicorn's hook, called in the worker process: the app, and what runs beside it."""
        try:
            app = create_app(self._settings)
            self._beside = Beside(app, self._settings)
            collect_seldom()
        except BackendError as error:
            _log.critical("cannot start: %s", error)
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
        return app

    def _exit(self, _arbiter: Any, _worker: Any) -> None:
        if self._beside is not None:
            self._beside.stop()


def _with_parent(_arbiter: Any, _worker: Any) -> None:
    """Gunicorn's hook, called in the worker process: see to it that it does not outlive its parent for long.

    Whoever starts the backend again after its first process was killed must find the ports free. Gunicorn notices too,
    but only once the app is loaded, and then waits for open connections.
    """
    Thread(target=_outlive, args=(os.getppid(),), name="airuntime-parent", daemon=True).start()


def _outlive(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_LOOK_SECONDS)
    sleep(_OUTLIVE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def serve(settings: Settings) -> None:
    """Serve until a signal stops it."""
    Server(settings).run()


def _start_grafana(app: OpenAPI, settings: Settings) -> grafana.Running:
    try:
        return grafana.start(
            app,
            services_of(app).queries.answer,
            secret=settings.plugin_secret.get_secret_value() if settings.plugin_secret else None,
            host=settings.grpc_host,
            port=settings.grpc_port,
        )
    except RuntimeError as error:
        address = f"{settings.grpc_host}:{settings.grpc_port}"
        raise BadRequestError(
            f"gRPC cannot listen on {address}: is the port taken? Set AIRUNTIME_GRPC_HOST and AIRUNTIME_GRPC_PORT"
        ) from error


def collect_seldom() -> None:
    """Let the garbage collector leave alone what was loaded, and look at the rest seldom.

    A long answer of Prometheus is a hundred thousand objects that live for a moment: by default they are looked at a
    hundred times meanwhile, which is a third of the time that the answer takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
