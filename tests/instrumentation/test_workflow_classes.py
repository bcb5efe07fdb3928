"""Inside a runtime, primitives that look like TTA's are measured by their classes; outside it they are as they were."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent import Apm, instrument
from ai_runtime_intelligent.primitives.names import NUMBERS
from ai_runtime_intelligent.primitives.workflow_classes import WorkflowClasses
from ai_runtime_intelligent.runtime.manifest import manifest_of
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from support import tta_like as tta

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio

EXECUTES = {
    cls: vars(cls)["execute"]
    for cls in vars(tta).values()
    if isinstance(cls, type) and issubclass(cls, tta.WorkflowPrimitive) and "execute" in vars(cls)
}
"""Every `execute` as it was written."""


@pytest.fixture
def classes() -> Iterator[WorkflowClasses]:
    """The classes of this process, measured until the test ends."""
    NUMBERS.clear()
    classes = WorkflowClasses()
    classes.start()
    yield classes
    classes.stop()
    now = {cls: vars(cls)["execute"] for cls in EXECUTES}
    assert now == EXECUTES
    assert "__init_subclass__" not in vars(tta.WorkflowPrimitive)


def double(value: Any, _: tta.WorkflowContext) -> Any:
    """A step of the user's."""
    return value * 2


def context() -> tta.WorkflowContext:
    """A fresh context."""
    return tta.WorkflowContext()


def executions(value: Value, primitive: str, kind: str) -> float | None:
    """Executions so far that ended well."""
    return value("airuntime_executions_total", primitive=primitive, kind=kind, status="ok")


async def test_workflow_is_measured_without_another_line(value: Value, classes: WorkflowClasses) -> None:
    """Primitives made before and inside are seen, each once, with what is particular to its kind."""
    step = tta.LambdaPrimitive(double)
    cache = tta.CachePrimitive(step, lambda v, _: str(v))
    router = tta.RouterPrimitive({"a": cache, "b": step}, lambda *_: "a")
    workflow = step >> router >> tta.RetryPrimitive(step)
    for _ in range(2):
        assert await workflow.execute(1, context()) == 8

    assert classes.active
    assert executions(value, "LambdaPrimitive(double)", "function") == 2 + 1 + 2
    name = "SequentialPrimitive(double >> RouterPrimitive >> RetryPrimitive)"
    assert executions(value, name, "sequential") == 2
    cache_labels = {"primitive": "CachePrimitive(double)", "kind": "cache"}
    assert value("airuntime_cache_requests_total", **cache_labels, result="hit") == 1
    assert value("airuntime_cache_requests_total", **cache_labels, result="miss") == 1
    router_labels = {"primitive": "RouterPrimitive(a, b)", "kind": "router"}
    assert value("airuntime_router_decisions_total", **router_labels, route="a", reason="chosen") == 2
    callees = {one.name: one.callees for one in manifest_of("svc").primitives}
    assert callees[name] == (
        "LambdaPrimitive(double)",
        "RetryPrimitive(double)",
        "RouterPrimitive(a, b)",
    )


async def test_class_that_calls_its_base_is_measured_once(value: Value, classes: WorkflowClasses) -> None:
    """`super().execute()` is part of the same execution."""

    class Careful(tta.LambdaPrimitive):
        async def execute(self, input_data: Any, context: tta.WorkflowContext) -> Any:
            return await super().execute(input_data, context) + 1

    assert classes.active
    assert await Careful(double).execute(2, context()) == 5
    assert executions(value, "Careful(double)", "function") == 1
    names = {one.name for one in manifest_of("svc").primitives}
    assert names == {"Careful(double)"}


async def test_inherited_execute_is_measured_under_the_class_of_the_object(
    value: Value, classes: WorkflowClasses
) -> None:
    """A class that only says what it does, and is defined inside the runtime, is seen under its own name."""

    class Upper(tta.InstrumentedPrimitive[str, str]):
        async def _execute_impl(self, input_data: str, context: tta.WorkflowContext) -> str:  # noqa: ARG002 - as theirs
            return input_data.upper()

    assert classes.active
    one, other = Upper(), Upper()
    assert [await upper.execute("x", context=context()) for upper in (one, other)] == ["X", "X"]
    assert executions(value, "Upper", "function") == 1
    assert executions(value, "Upper #2", "function") == 1


async def test_what_is_instrumented_by_itself_is_measured_once_under_its_name(
    value: Value, classes: WorkflowClasses
) -> None:
    """A name that somebody gave stays; what is a part of something instrumented is still measured once."""
    step = tta.LambdaPrimitive(double)
    before = instrument(tta.RetryPrimitive(step), name="mine")
    classes.stop()
    classes.start()
    inside = instrument(tta.CachePrimitive(before, lambda v, _: str(v)), name="inside")
    await inside.execute(1, context())

    assert executions(value, "mine", "retry") == 1
    assert executions(value, "inside", "cache") == 1
    assert executions(value, "LambdaPrimitive(double)", "function") == 1
    assert {one.name for one in manifest_of("svc").primitives} == {"mine", "inside", "LambdaPrimitive(double)"}
    labels = {"primitive": "mine", "kind": "retry", "outcome": "ok", "error_class": ""}
    assert value("airuntime_retry_attempts_total", **labels) == 1


async def test_nested_starts_end_together(value: Value, classes: WorkflowClasses) -> None:
    """A runtime inside a runtime does not end the measuring of the outer one."""
    classes.start()
    classes.stop()
    await tta.LambdaPrimitive(double).execute(1, context())

    assert executions(value, "LambdaPrimitive(double)", "function") == 1


async def test_after_the_end_all_is_as_before(apm: Apm, classes: WorkflowClasses) -> None:
    """Objects have no attribute of ours left, tunables' values are given back, and nothing is recorded."""
    cache = tta.CachePrimitive(tta.LambdaPrimitive(double), lambda v, _: str(v), ttl_seconds=60.0)
    odd = Duck()
    retry = tta.RetryPrimitive(odd)
    await cache.execute(1, context())
    await retry.execute(1, context())
    (ttl,) = [one for one in TUNABLES.all() if one.spec.name.endswith("ttl_seconds")]
    TUNABLES.apply({ttl.spec.name: 7.0})
    await cache.execute(1, context())
    assert cache.ttl_seconds == 7.0
    classes.stop()

    assert cache.ttl_seconds == 60.0
    assert (set(vars(cache)) & {"execute"}, vars(odd)) == (set(), {})
    assert await retry.execute(1, context()) == 1
    assert (
        apm.registry.get_sample_value(
            "airuntime_executions_total",
            {"service": "svc", "primitive": "RetryPrimitive(Duck)", "kind": "retry", "status": "ok"},
        )
        == 1
    )


class Duck:
    """Has `execute`, but is no subclass of theirs."""

    async def execute(self, value: Any, context: Any) -> Any:  # noqa: ARG002 - as theirs
        """Answer."""
        return value


async def test_part_of_another_make_is_noticed(value: Value, classes: WorkflowClasses) -> None:
    """The runs of an object that is no subclass of theirs are seen by the retry around it."""
    assert classes.active
    await tta.RetryPrimitive(Duck()).execute(1, context())

    labels = {"primitive": "RetryPrimitive(Duck)", "kind": "retry", "outcome": "ok", "error_class": ""}
    assert value("airuntime_retry_attempts_total", **labels) == 1


async def test_objects_are_not_kept_alive(apm: Apm, classes: WorkflowClasses) -> None:
    """A workflow that is built for every request goes with it, and its name is free for the next one."""
    assert apm.recorder is not None
    for _ in range(50):
        workflow = tta.RetryPrimitive(tta.LambdaPrimitive(double))
        await workflow.execute(1, context())
        gone = weakref.ref(workflow)
        del workflow
        gc.collect()
        assert gone() is None

    assert {one.name for one in manifest_of("svc").primitives} == {"RetryPrimitive(double)", "LambdaPrimitive(double)"}
    assert classes._known == {}


async def test_many_at_once_are_counted_exactly(value: Value, classes: WorkflowClasses) -> None:
    """A thousand executions at once of one workflow with a nested retry: every attempt is counted, none twice."""
    assert classes.active

    async def flaky(value: int, context: tta.WorkflowContext) -> int:
        await asyncio.sleep(0)
        context.state["tries"] = context.state.get("tries", 0) + 1
        if context.state["tries"] <= value % 3:
            raise KeyError
        return value

    workflow = tta.LambdaPrimitive(double) >> tta.RetryPrimitive(tta.LambdaPrimitive(flaky))
    assert await asyncio.gather(*(workflow.execute(i, context()) for i in range(999))) == [2 * i for i in range(999)]

    def attempts(outcome: str, error_class: str) -> float | None:
        labels = {"primitive": "RetryPrimitive(flaky)", "kind": "retry"}
        return value("airuntime_retry_attempts_total", **labels, outcome=outcome, error_class=error_class)

    assert (attempts("ok", ""), attempts("retried", "KeyError")) == (999, 999)
    assert executions(value, "LambdaPrimitive(flaky)", "function") == 999


@pytest.mark.parametrize("home", ["ttadev.primitives.core.base", "tta_dev_primitives.core.base"])
async def test_package_that_is_imported_later_is_measured_from_then_on(
    python: Callable[[str], str], tmp_path: Path, home: str
) -> None:
    """A runtime that starts before anybody imported theirs imports nothing; when somebody does, it is seen."""
    tta.write_package(tmp_path, home)
    code = f"""
import asyncio, sys
sys.path.insert(0, {str(tmp_path)!r})
from ai_runtime_intelligent import IntelligentRuntime
with IntelligentRuntime("svc", metrics_port=0) as runtime:
    print({home!r} in sys.modules)
    from {home} import LambdaPrimitive, WorkflowContext
    class Later(LambdaPrimitive):
        pass
    print(asyncio.run(Later(lambda v, c: v + 1).execute(1, WorkflowContext())))
    labels = {{"service": "svc", "primitive": "Later", "kind": "function", "status": "ok"}}
    print(runtime.apm.registry.get_sample_value("airuntime_executions_total", labels))
print(len([one for one in sys.meta_path if "airuntime" in type(one).__module__]))
"""

    assert python(code).splitlines() == ["False", "2", "1", "0"]


async def test_without_theirs_nothing_is_patched() -> None:
    """A process without such a base class has one finder more while it is measured, and nothing else."""
    classes, before = WorkflowClasses(), list(sys.meta_path)
    held = sys.modules.pop(tta.__name__)
    try:
        classes.start()
        assert classes._originals == []
        assert len(sys.meta_path) == len(before) + 1
    finally:
        classes.stop()
        sys.modules[tta.__name__] = held
    assert sys.meta_path == before
