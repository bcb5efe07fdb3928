"""``IntelligentRuntime``: everything on while a ``with`` block runs, everything off after it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import log_once

from . import environment
from .manifest import Manifest, manifest_of
from .settings import ApmSettings, Context7Settings, IntelligenceSettings, Settings

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.setup import Apm
    from ai_runtime_intelligent.context7.docs import Docs
    from ai_runtime_intelligent.intelligence.embedded import Embedded
    from ai_runtime_intelligent.intelligence.grounding import Grounding
    from ai_runtime_intelligent.intelligence.optimizer import Optimizer
    from ai_runtime_intelligent.primitives.workflow_classes import WorkflowClasses

    from .document import Config
    from .remote import RemoteConfig


class IntelligentRuntime:
    """Measures the instrumented calls of a process and, with a backend, lets their tunables be changed from there.

    A context manager, sync and async; in async code the sync one works too, and stops the loop for as long as starting
    and stopping take. ``apm``, ``remote`` and ``optimizer`` are None before it is entered, when they are not asked for,
    and with ``AIRUNTIME_DISABLED=1`` (``apm`` then is there, but records nothing); so is ``docs``, which answers
    questions about libraries. ``settings`` is what it was set up with.
    """

    def __init__(
        self,
        service_name: str | None = None,
        *,
        enable_apm: bool = True,
        enable_context7: bool = False,
        enable_auto_optimization: bool = False,
        backend_url: str | None = None,
        service_token: str | None = None,
        poll_seconds: float | None = None,
        metrics_port: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        """What is not given is read from the environment; see ``contract.env``.

        ``settings``, when given, stands for all other arguments.
        """
        self.settings = settings or Settings(
            service_name=service_name,
            backend_url=backend_url,
            service_token=service_token,
            poll_seconds=poll_seconds,
            apm=ApmSettings(enabled=enable_apm, metrics_port=metrics_port),
            context7=Context7Settings(enabled=enable_context7, auto_analyze=enable_context7),
            intelligence=IntelligenceSettings(auto_optimize=enable_auto_optimization),
        )
        self.service_name = _service_name(self.settings)
        self.apm: Apm | None = None
        self.remote: RemoteConfig | None = None
        self.optimizer: Optimizer | None = None
        self.docs: Docs | None = None
        self._embedded: Embedded | None = None
        self._classes: WorkflowClasses | None = None
        self._backend_url = self.settings.backend_url or environment.http_url(env.BACKEND_URL)
        self._token = self.settings.service_token or os.environ.get(env.SERVICE_TOKEN.name) or None
        given = self.settings.poll_seconds
        self._poll_seconds = environment.seconds(env.POLL_SECONDS) if given is None else given

    @classmethod
    def from_config(cls, path: str | Path) -> Self:
        """A runtime set up by a YAML file; see :func:`.config_file.read_settings` for what it may hold.

        Raises OSError when the file cannot be read, ConfigFileError for what is wrong in it.
        """
        from .config_file import read_settings  # noqa: PLC0415 - brings YAML, which only a file needs

        return cls(settings=read_settings(path))

    @property
    def metrics_port(self) -> int | None:
        """The port on which metrics are exposed, None when they are not."""
        return self.apm.metrics_port if self.apm else None

    def manifest(self) -> Manifest:
        """What the backend is told about this process."""
        return manifest_of(self.service_name)

    def start(self) -> Self:
        """Begin; ``with`` does it."""
        apm = self.settings.apm
        if apm.enabled:
            from ai_runtime_intelligent.apm.setup import setup_apm  # noqa: PLC0415 - loaded when it is wanted

            self.apm = setup_apm(
                self.service_name,
                backend=apm.backend,
                export_to_prometheus=apm.export_to_prometheus,
                vendor_agent=apm.vendor_agent,
                port=apm.metrics_port,
                prices=apm.prices,
            )
            self._classes = _measured_classes(self.apm)
        self._embed()
        self.optimizer = self._optimize()
        if self._backend_url and os.environ.get(env.DISABLED.name) != "1":
            self.remote = self._connect(self._backend_url)
            self.remote.start()
        return self

    def _embed(self) -> None:
        """Give the embedded loop what was set up for it."""
        if self.apm is None or self.apm.recorder is None:
            return
        from ai_runtime_intelligent.intelligence.embedded import Embedded  # noqa: PLC0415 - loaded when it is wanted

        self._embedded = Embedded(self.settings.intelligence.min_samples, self._grounding())
        self._embedded.begin()

    def _grounding(self) -> Grounding | None:
        """Where evidence comes from, if it is looked for by itself; ``docs`` is there whenever it may be asked."""
        settings = self.settings.context7
        if not settings.enabled:
            return None
        try:
            from ai_runtime_intelligent.context7.answers import documentation  # noqa: PLC0415 - an extra
            from ai_runtime_intelligent.intelligence.grounding import Grounding  # noqa: PLC0415 - the same

            self.docs = documentation(settings.api_key)
            return Grounding(self.docs) if settings.auto_analyze else None
        except ImportError:
            log_once("context7", "no documentation is looked up: install ai-runtime-intelligent[context7]")
            return None

    def _optimize(self) -> Optimizer | None:
        """The embedded loop. With a backend it is the backend that changes values: two would undo each other's."""
        settings, recorder = self.settings.intelligence, self.apm.recorder if self.apm else None
        if not settings.auto_optimize or recorder is None:
            return None
        if self._backend_url:
            log_once("optimizer:backend", "values are optimised by the backend, not in this process")
            return None
        from ai_runtime_intelligent.intelligence.optimizer import Optimizer  # noqa: PLC0415 - loaded when it is wanted

        return Optimizer(recorder, learning_rate=settings.learning_rate, min_samples=settings.min_samples).start()

    def _connect(self, backend_url: str) -> RemoteConfig:
        from .remote import RemoteConfig  # noqa: PLC0415 - loaded when it is wanted

        return RemoteConfig(
            self.service_name,
            backend_url,
            manifest=self.manifest,
            token=self._token,
            poll_seconds=self._poll_seconds,
            on_config=self._show,
        )

    def _show(self, config: Config) -> None:
        recorder = self.apm.recorder if self.apm else None
        if recorder is not None:
            recorder.show_generation(config.generation)

    def stop(self) -> None:
        """End: calls are bare again, tunables are at their defaults. May be repeated."""
        remote, self.remote = self.remote, None
        if remote is not None:
            remote.stop()
        optimizer, self.optimizer = self.optimizer, None
        if optimizer is not None:
            optimizer.stop()
        embedded, self._embedded, self.docs = self._embedded, None, None
        if embedded is not None:
            embedded.end()
        classes, self._classes = self._classes, None
        if classes is not None:
            classes.stop()
        apm, self.apm = self.apm, None
        if apm is not None:
            apm.shutdown()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)


def _measured_classes(apm: Apm) -> WorkflowClasses | None:
    """Other people's workflow classes, which are measured from now on, unless nothing is."""
    if apm.recorder is None:
        return None
    from ai_runtime_intelligent.primitives.workflow_classes import WORKFLOW_CLASSES  # noqa: PLC0415 - the same

    WORKFLOW_CLASSES.start()
    return WORKFLOW_CLASSES


def _service_name(settings: Settings) -> str:
    vendors = {"elastic": env.ELASTIC_SERVICE_NAME.name, "datadog": env.DD_SERVICE.name}
    vendor = os.environ.get(vendors.get(settings.apm.backend, ""))
    return settings.service_name or os.environ.get(env.SERVICE_NAME.name) or vendor or "unknown_service"
