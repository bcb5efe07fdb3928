"""Elastic's own agent for Python, ``elastic-apm``."""

from __future__ import annotations

from typing import Any

from opentelemetry.util.types import AttributeValue

from .agent import NativeSpan, Silent


class ElasticAgent:
    """The agent's client: the one that the application has, else one that is made here and closed with us.

    It reads its own ``ELASTIC_APM_*`` variables; what the program calls the service goes before them.
    """

    def __init__(self, service: str) -> None:
        """Raises ImportError when elastic-apm is not installed."""
        import elasticapm  # noqa: PLC0415 - an extra
        from elasticapm.traces import execution_context  # noqa: PLC0415 - the same

        held = elasticapm.get_client()
        self._client: Any = held or elasticapm.Client(service_name=service)
        self._owned = held is None
        self._running = execution_context

    def start(self, name: str) -> NativeSpan:
        """A span of the running transaction, or a transaction where none runs."""
        transaction = self._running.get_transaction()
        if transaction is None:
            begun = self._client.begin_transaction("airuntime")
            return Silent("elastic-apm") if begun is None else _Transaction(self._client, begun, name)
        return _Span(self._client, transaction.begin_span(name, "app", span_subtype="airuntime"))

    def flush(self) -> None:
        """Send what is finished."""
        self._client._transport.flush()  # noqa: SLF001 - it has no other name

    def close(self) -> None:
        """Send what is left, if the client is ours."""
        if self._owned:
            self._client.close()


class _Span:
    """A span of Elastic's. A transaction has as many as the server allows; those past it are not sent."""

    def __init__(self, client: Any, native: Any) -> None:
        self._client = client
        self._native = native
        transaction = getattr(native, "transaction", None) or native
        parent = getattr(transaction, "trace_parent", None)
        self.trace_id = int(parent.trace_id, 16) if parent else 0
        self.span_id = int(getattr(native, "id", None) or "0", 16)
        self.sampled = bool(getattr(transaction, "is_sampled", False))

    def name(self, name: str) -> None:
        """Call it otherwise."""
        self._native.name = name

    def tag(self, name: str, value: AttributeValue) -> None:
        """Say more about it."""
        self._native.label(**{name: value if isinstance(value, str | bool | int | float) else str(value)})

    def fail(self, error: BaseException | None) -> None:
        """It failed; the exception is sent as an error of its own."""
        self._native.outcome = "failure"
        if error is not None:
            self._client.capture_exception(exc_info=(type(error), error, error.__traceback__), handled=False)

    def fail_without_words(self, kind: str, stack: str) -> None:
        """It failed; the error that is sent has no traceback of its own, for the agent would tell its variables."""
        self._native.outcome = "failure"
        module, _, name = kind.rpartition(".")
        blank = type(name, (Exception,), {"__module__": module or "builtins"})
        self._client.capture_exception(
            exc_info=(blank, blank(), None), message=name, custom={"stacktrace": stack}, handled=False
        )

    def finish(self) -> None:
        """It is over."""
        self._native.end()


class _Transaction(_Span):
    """A transaction of Elastic's: what has no parent."""

    def __init__(self, client: Any, native: Any, name: str) -> None:
        super().__init__(client, native)
        self._name = name

    def name(self, name: str) -> None:
        """Call it otherwise."""
        self._name = name

    def finish(self) -> None:
        """It is over, and sent if it ends where it began."""
        self._native.outcome = self._native.outcome or "success"
        self._client.end_transaction(self._name, self._native.outcome)
