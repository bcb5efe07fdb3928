"""What importing the package costs and gives."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import metadata
from pathlib import Path

import ai_runtime_intelligent
import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("opentelemetry.sdk", "prometheus_client", "requests", "genai_prices")


def test_importing_the_package_loads_nothing_heavy(python: Callable[[str], str]) -> None:
    """`import ai_runtime_intelligent` brings in neither the SDK nor prometheus_client nor requests."""
    code = f"import sys, ai_runtime_intelligent; print([m for m in {HEAVY} if m in sys.modules])"

    assert python(code) == "[]"


def test_decorating_loads_nothing_heavy(python: Callable[[str], str]) -> None:
    """A module that only decorates its functions and builds primitives still loads nothing heavy."""
    code = f"""
import sys
from ai_runtime_intelligent import CachePrimitive, RetryPrimitive, instrument
f = instrument(lambda x: x, name="f")
CachePrimitive("c", RetryPrimitive("r", f))
print(f(3), [m for m in {HEAVY} if m in sys.modules])
"""

    assert python(code) == "3 []"


def test_public_names_are_sorted_and_exist() -> None:
    """`__all__` is sorted, complete and every name in it can be imported."""
    names = ai_runtime_intelligent.__all__

    assert names == sorted(names)
    assert set(names) == set(ai_runtime_intelligent._HOMES)
    assert all(getattr(ai_runtime_intelligent, name).__name__ == name for name in names)
    assert set(names) <= set(dir(ai_runtime_intelligent))


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have is refused as any module would."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        getattr(ai_runtime_intelligent, "Nothing")  # noqa: B009 - type checkers know that it is not there


def test_extras_are_those_that_are_promised() -> None:
    """Each names what it brings, and `[full]` brings all the others."""
    told = metadata("ai-runtime-intelligent")
    extras = set(told.get_all("Provides-Extra") or ())
    needs = told.get_all("Requires-Dist") or ()

    assert extras == {"otlp", "context7", "elastic", "datadog", "instrumentor", "full"}
    for extra, package in {
        "otlp": "opentelemetry-exporter-otlp-proto-grpc",
        "context7": "requests-cache",
        "elastic": "elastic-apm",
        "datadog": "ddtrace",
        "instrumentor": "opentelemetry-instrumentation",
    }.items():
        wanted = {markers for need in needs if need.startswith(package) for markers in [need.partition(";")[2].strip()]}
        assert {f"extra == '{extra}'", "extra == 'full'"} <= wanted, (extra, wanted)


@pytest.mark.parametrize(
    ("missing", "line", "extra"),
    [
        ("griffe", "from ai_runtime_intelligent.context7 import Context7Analyzer", "context7"),
        ("requests_cache", "from ai_runtime_intelligent.context7 import Context7Client", "context7"),
        ("opentelemetry.instrumentation.instrumentor", "import ai_runtime_intelligent.otel", "instrumentor"),
    ],
)
def test_what_is_missing_names_the_extra_that_brings_it(
    python: Callable[[str], str], missing: str, line: str, extra: str
) -> None:
    """Instead of a module that nobody has heard of."""
    code = f"""
import sys
sys.modules[{missing!r}] = None
try:
    {line}
except ModuleNotFoundError as error:
    print(error, error.name)
"""

    assert python(code) == f"{missing} is missing: install ai-runtime-intelligent[{extra}] {missing}"


@pytest.mark.parametrize("package", ["ai-runtime-intelligent", "airuntime-backend"])
def test_what_is_installed_by_pip_has_its_licence(package: str) -> None:
    """Whoever gets the wheel gets the words of the licence too, those of the whole project."""
    told = metadata(package)

    assert (told["License-Expression"], told.get_all("License-File")) == ("Apache-2.0", ["LICENSE"])
    for folder in ("instrumentation", "plugin-backend"):
        assert (ROOT / folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
