"""Under ``opentelemetry-instrument``: the runtime is on from the start of the program, without a line of code.

Needs ``pip install "ai-runtime-intelligent[instrumentor]"``. Providers that were configured by then are used; what can
be set is set by the environment (``contract.env``), as for :class:`IntelligentRuntime` without arguments.
"""

from __future__ import annotations

import atexit
from collections.abc import Collection
from typing import Any

from opentelemetry import trace

try:
    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # it has no types
except ModuleNotFoundError as missing:
    _MISSING = f"{missing.name} is missing: install ai-runtime-intelligent[instrumentor]"
    raise ModuleNotFoundError(_MISSING, name=missing.name) from missing

from ai_runtime_intelligent.quiet import failed
from ai_runtime_intelligent.runtime.manager import IntelligentRuntime


class RuntimeInstrumentor(BaseInstrumentor):  # type: ignore[misc] # the same
    """Starts an :class:`IntelligentRuntime` and, on ``uninstrument()`` or at the end of the program, stops it.

    One for the process, as every instrumentor of OpenTelemetry. ``runtime`` is None while it is not on.
    """

    runtime: IntelligentRuntime | None = None

    def instrumentation_dependencies(self) -> Collection[str]:
        """Nothing has to be installed: what is there is measured."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        service_name = kwargs.get("service_name") or _service_name()
        try:
            self.runtime = IntelligentRuntime(service_name).start()
        except Exception:  # noqa: BLE001 - an error here would keep OpenTelemetry from loading the other instrumentors
            failed("RuntimeInstrumentor")
        atexit.register(self._uninstrument)

    def _uninstrument(self, **kwargs: Any) -> None:  # noqa: ARG002 - the name and arguments of the base class
        runtime, self.runtime = self.runtime, None
        atexit.unregister(self._uninstrument)
        if runtime is not None:
            runtime.stop()


def _service_name() -> str | None:
    """The name that OpenTelemetry was configured with; None when it was not."""
    resource = getattr(trace.get_tracer_provider(), "resource", None)
    name = resource.attributes.get("service.name") if resource is not None else None
    return name if isinstance(name, str) and not name.startswith("unknown_service") else None
