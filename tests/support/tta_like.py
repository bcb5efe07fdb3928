"""Primitives that look like TTA's: the same attributes, notes in the context and habits, written for these tests.

They are honest in what matters here: nothing has a `name` but sequences, branches and the adaptive retry, where it is
the class name; steps and branches get child contexts with deep copies; the context refuses undeclared attributes.
"""

from __future__ import annotations

import asyncio
import copy
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
U = TypeVar("U")


class WorkflowContext(BaseModel):
    """What is handed through a workflow."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    workflow_id: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    state: dict[str, Any] = Field(default_factory=dict)
    checkpoints: list[tuple[str, float]] = Field(default_factory=list)
    correlation_id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    causation_id: str | None = None

    def checkpoint(self, name: str) -> None:
        """Note when something was reached."""
        self.checkpoints.append((name, time.time()))

    def create_child_context(self) -> WorkflowContext:
        """A context of its own, for a step: what is written to it stays in it."""
        return WorkflowContext(
            workflow_id=self.workflow_id,
            metadata=copy.deepcopy(self.metadata),
            state=copy.deepcopy(self.state),
            correlation_id=self.correlation_id,
            causation_id=self.correlation_id,
        )

    @classmethod
    def child(cls, parent: WorkflowContext, step_name: str) -> WorkflowContext:
        """A child context with a name, which is a copy of a child context."""
        return parent.create_child_context().model_copy(update={"workflow_id": step_name})


class WorkflowPrimitive(Generic[T, U], ABC):  # noqa: PYI059 - as theirs
    """Something that can be executed and put together."""

    @abstractmethod
    async def execute(self, input_data: T, context: WorkflowContext) -> U:
        """Do the work."""

    def __rshift__(self, other: WorkflowPrimitive[U, Any]) -> WorkflowPrimitive[T, Any]:
        """One after the other."""
        return SequentialPrimitive([self, other])

    def __or__(self, other: WorkflowPrimitive[T, Any]) -> WorkflowPrimitive[T, list[Any]]:
        """Side by side."""
        return ParallelPrimitive([self, other])


class LambdaPrimitive(WorkflowPrimitive[Any, Any]):
    """A function of input and context."""

    def __init__(self, func: Callable[[Any, WorkflowContext], Any]) -> None:
        self.func = func

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """Call it."""
        result = self.func(input_data, context)
        return await result if asyncio.iscoroutine(result) else result


class InstrumentedPrimitive(WorkflowPrimitive[T, U]):
    """The one whose subclasses say what they do in another method, and inherit `execute`."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or type(self).__name__

    async def execute(self, input_data: T, context: WorkflowContext) -> U:
        """Note begin and end around the work."""
        context.checkpoint(f"{self.name}.start")
        try:
            return await self._execute_impl(input_data, context)
        finally:
            context.checkpoint(f"{self.name}.end")

    @abstractmethod
    async def _execute_impl(self, input_data: T, context: WorkflowContext) -> U: ...


class SequentialPrimitive(InstrumentedPrimitive[Any, Any]):
    """Steps, each in a child context."""

    def __init__(self, primitives: list[Any]) -> None:
        self.primitives = primitives
        super().__init__(name="SequentialPrimitive")

    async def _execute_impl(self, input_data: Any, context: WorkflowContext) -> Any:
        for primitive in self.primitives:
            input_data = await primitive.execute(input_data, context.create_child_context())
        return input_data

    def __rshift__(self, other: Any) -> SequentialPrimitive:
        """Flattens by class."""
        more = other.primitives if isinstance(other, SequentialPrimitive) else [other]
        return SequentialPrimitive(self.primitives + more)


class ParallelPrimitive(InstrumentedPrimitive[Any, list[Any]]):
    """Branches, each in a child context."""

    def __init__(self, primitives: list[Any]) -> None:
        self.primitives = primitives
        super().__init__(name="ParallelPrimitive")

    async def _execute_impl(self, input_data: Any, context: WorkflowContext) -> list[Any]:
        children = [context.create_child_context() for _ in self.primitives]
        pairs = zip(self.primitives, children, strict=True)
        return list(await asyncio.gather(*(primitive.execute(input_data, child) for primitive, child in pairs)))

    def __or__(self, other: Any) -> ParallelPrimitive:
        """Flattens by class."""
        more = other.primitives if isinstance(other, ParallelPrimitive) else [other]
        return ParallelPrimitive(self.primitives + more)


class RouterPrimitive(WorkflowPrimitive[Any, Any]):
    """Notes its decision before it calls the route."""

    def __init__(
        self, routes: dict[str, Any], router_fn: Callable[[Any, WorkflowContext], str], default: str | None = None
    ) -> None:
        self.routes = routes
        self.router_fn = router_fn
        self.default = default

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """Decide, note, call."""
        key, used_default = self.router_fn(input_data, context), False
        if not self.routes.get(key) and self.default:
            key, used_default = self.default, True
        if not self.routes.get(key):
            raise ValueError(f"no route for {key!r}")
        note = {"route": key, "used_default": used_default, "timestamp": time.time()}
        context.state.setdefault("routing_history", []).append(note)
        return await self.routes[key].execute(input_data, context)


class CachePrimitive(WorkflowPrimitive[Any, Any]):
    """Keeps what is not None, by a string key; no single flight."""

    def __init__(
        self, primitive: Any, cache_key_fn: Callable[[Any, WorkflowContext], str], ttl_seconds: float = 3600.0
    ) -> None:
        self.primitive = primitive
        self.cache_key_fn = cache_key_fn
        self.ttl_seconds = ttl_seconds
        self._held: dict[str, tuple[Any, float]] = {}
        self._stats = {"hits": 0, "misses": 0, "expirations": 0}

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """Answer from what is held, else call and keep."""
        key = self.cache_key_fn(input_data, context)
        value, until = self._held.get(key, (None, 0.0))
        if value is not None and time.monotonic() < until:
            self._note("hits", "cache_hits", context)
            return value
        if value is not None:
            self._stats["expirations"] += 1
        self._note("misses", "cache_misses", context)
        result = await self.primitive.execute(input_data, context)
        self._held[key] = (result, time.monotonic() + self.ttl_seconds)
        return result

    def _note(self, statistic: str, name: str, context: WorkflowContext) -> None:
        self._stats[statistic] += 1
        context.state[name] = context.state.get(name, 0) + 1

    def get_stats(self) -> dict[str, Any]:
        """Statistics since the beginning; the hit rate in per cent."""
        asked = self._stats["hits"] + self._stats["misses"]
        return {"size": len(self._held), **self._stats, "hit_rate": 100 * self._stats["hits"] / asked if asked else 0.0}


@dataclass
class RetryStrategy:
    """How often and how long."""

    max_retries: int = 3
    backoff_base: float = 0.0
    max_backoff: float = 60.0
    jitter: bool = True

    def calculate_delay(self, attempt: int) -> float:
        """Seconds before the next attempt."""
        return min(self.backoff_base**attempt if self.backoff_base else 0.0, self.max_backoff)


class RetryPrimitive(WorkflowPrimitive[Any, Any]):
    """Tries again after any error, and raises the last one."""

    def __init__(self, primitive: Any, strategy: RetryStrategy | None = None) -> None:
        self.primitive = primitive
        self.strategy = strategy or RetryStrategy()

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """Try, at most `max_retries` + 1 times."""
        for attempt in range(self.strategy.max_retries + 1):
            context.checkpoint(f"retry.attempt_{attempt}.start")
            try:
                return await self.primitive.execute(input_data, context)
            except Exception:
                if attempt >= self.strategy.max_retries:
                    raise
                await asyncio.sleep(self.strategy.calculate_delay(attempt))
        raise AssertionError("unreachable")


class TimeoutError(Exception):  # noqa: A001 - named as theirs is, and not the built-in one
    """It took too long."""


class TimeoutPrimitive(WorkflowPrimitive[Any, Any]):
    """Raises its own error, or calls a fallback."""

    def __init__(
        self,
        primitive: Any,
        timeout_seconds: float,
        fallback: Any = None,
        track_timeouts: bool = True,  # noqa: FBT001, FBT002 - as theirs
    ) -> None:
        self.primitive = primitive
        self.timeout_seconds = timeout_seconds
        self.fallback = fallback
        self.track_timeouts = track_timeouts

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """Wait so long."""
        try:
            return await asyncio.wait_for(self.primitive.execute(input_data, context), self.timeout_seconds)
        except asyncio.TimeoutError:  # noqa: UP041 - the built-in name is taken here
            context.state["timeout_count"] = context.state.get("timeout_count", 0) + 1
            if self.fallback:
                return await self.fallback.execute(input_data, context)
            raise TimeoutError(f"exceeded {self.timeout_seconds} s") from None


class FallbackPrimitive(WorkflowPrimitive[Any, Any]):
    """When both fail, the first error is raised."""

    def __init__(self, primary: Any, fallback: Any) -> None:
        self.primary = primary
        self.fallback = fallback

    async def execute(self, input_data: Any, context: WorkflowContext) -> Any:
        """One, else the other."""
        try:
            return await self.primary.execute(input_data, context)
        except Exception as error:  # noqa: BLE001 - as theirs
            try:
                return await self.fallback.execute(input_data, context)
            except Exception:  # noqa: BLE001 - as theirs
                raise error from None


@dataclass
class LearningStrategy:
    """What was learnt."""

    name: str
    parameters: Mapping[str, Any]


class AdaptiveRetryPrimitive(InstrumentedPrimitive[Any, dict[str, Any]]):
    """Never raises: it reports."""

    def __init__(self, target_primitive: Any, max_retries: int = 2) -> None:
        super().__init__()
        self.target_primitive = target_primitive
        self.learning_mode = "validate"
        self.baseline_strategy = LearningStrategy("baseline", {"max_retries": max_retries, "initial_delay": 0.0})
        self.strategies = {"baseline": self.baseline_strategy}

    async def _execute_impl(self, input_data: Any, context: WorkflowContext) -> dict[str, Any]:
        last: Exception | None = None
        for attempt in range(1, self.baseline_strategy.parameters["max_retries"] + 2):
            try:
                result = await self.target_primitive.execute(input_data, context)
            except Exception as error:  # noqa: BLE001 - as theirs
                last = error
            else:
                return {"result": result, "attempts": attempt, "strategy_used": "baseline", "success": True}
        return {
            "result": None,
            "attempts": attempt,
            "strategy_used": "baseline",
            "success": False,
            "error": str(last),
            "error_type": type(last).__name__,
        }


def write_package(folder: Path, module: str) -> None:
    """Write this module into ``folder`` under another name, with the packages above it."""
    *packages, name = module.split(".")
    for package in packages:
        folder = folder / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    (folder / f"{name}.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
