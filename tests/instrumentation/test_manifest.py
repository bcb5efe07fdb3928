"""The manifest: primitives with their source places and libraries, tunables with their bounds."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
import requests
from ai_runtime_intelligent import Apm, CachePrimitive, IntelligentRuntime, RouterPrimitive, instrument
from ai_runtime_intelligent.runtime.manifest import Manifest, PrimitiveEntry, manifest_of
from ai_runtime_intelligent.runtime.tunables import TUNABLES

HERE = Path(__file__)


def one() -> int:
    """A function of the user's."""
    return 1


def decorated(name: str) -> str:
    """A function of the user's."""
    return str(requests.Request("GET", name).method)


def entry(manifest: Manifest, name: str) -> PrimitiveEntry:
    """One primitive of the manifest."""
    return next(primitive for primitive in manifest.primitives if primitive.name == name)


def source(primitive: PrimitiveEntry) -> list[str]:
    """The lines that a primitive's place points to."""
    return Path(primitive.file).read_text(encoding="utf-8").splitlines()[primitive.line - 1 : primitive.end_line]


def test_function_is_found_by_its_def() -> None:
    """Place, doc and libraries of an instrumented function are those of its definition."""
    instrument(decorated, name="f")

    found = entry(manifest_of("svc"), "f")
    assert (found.file, found.function, found.doc) == (str(HERE.absolute()), "decorated", "A function of the user's.")
    assert source(found)[0] == "def decorated(name: str) -> str:"
    assert source(found)[-1] == '    return str(requests.Request("GET", name).method)'
    assert ("requests", version("requests")) in {(library.name, library.version) for library in found.libraries}
    assert "ai-runtime-intelligent" not in {library.name for library in found.libraries}


def test_primitive_is_found_where_it_was_constructed() -> None:
    """The place of a primitive object is the statement of the user's code that made it, over all of its lines."""
    RouterPrimitive(
        "r",
        {"fast": decorated, "premium": decorated},
        models={"fast": "gpt-4o-mini", "premium": "gpt-4o"},
    )

    found = entry(manifest_of("svc"), "r")
    assert (found.file, found.kind) == (str(HERE.absolute()), "router")
    assert found.function == "test_primitive_is_found_where_it_was_constructed"
    assert source(found)[0] == "    RouterPrimitive("
    assert source(found)[-1] == "    )"
    assert found.details["routes"] == {"fast": "gpt-4o-mini", "premium": "gpt-4o"}
    assert found.details["default"] == "premium"


def test_object_with_execute_is_found_by_its_method() -> None:
    """The place of an instrumented object is the definition of its execute."""

    class Step:
        async def execute(self, value: int) -> int:
            """Take a step."""
            return value

    instrument(Step(), name="step")

    found = entry(manifest_of("svc"), "step")
    assert source(found)[0].strip() == "async def execute(self, value: int) -> int:"
    assert found.doc == "Take a step."


def test_callable_without_source_is_found_where_it_was_instrumented() -> None:
    """A builtin has no source; the line that instruments it stands for it."""
    instrument(len, name="length")

    assert source(entry(manifest_of("svc"), "length")) == ['    instrument(len, name="length")']


def test_tunables_tell_bounds_value_and_unit() -> None:
    """Each tunable is told as declared, with the value that is obeyed now."""
    CachePrimitive("answer_cache", decorated, ttl_seconds=2.0)
    TUNABLES.apply({"answer_cache.ttl_seconds": 300.0})

    document = manifest_of("svc").to_json()

    assert next(t for t in document["tunables"] if t["name"] == "answer_cache.ttl_seconds") == {
        "name": "answer_cache.ttl_seconds",
        "primitive": "answer_cache",
        "type": "float",
        "value": 300.0,
        "default": 2.0,
        "minimum": 1.0,
        "maximum": 86400.0,
        "unit": "s",
        "description": "How long an answer may be given again.",
        "scope": "key",
    }


def test_version_changes_with_the_content_only(apm: Apm) -> None:
    """Equal content has one version; a newly seen callee gives another."""
    inner = instrument(one, name="inner")

    @instrument(name="outer")
    def outer() -> int:
        return inner()

    before = manifest_of(apm.service)
    assert manifest_of(apm.service) == before

    outer()

    after = manifest_of(apm.service)
    assert after.version != before.version
    assert len(after.version) == 16
    assert entry(after, "outer").callees == ("inner",)


def test_document_is_plain_json() -> None:
    """What is sent can be written and read as JSON, and names the instance."""
    instrument(decorated, name="f")

    document = IntelligentRuntime("svc").manifest().to_json()
    assert json.loads(json.dumps(document))["service"] == "svc"
    assert document["language"] == "python"
    assert document["instance"].rpartition(":")[2].isdigit()


def test_file_that_cannot_be_read_gives_its_line_alone(tmp_path: Path) -> None:
    """Source that is gone or not Python costs the end of the range, nothing else."""
    namespace: dict[str, object] = {}
    exec(compile("def gone():\n    return 1\n", str(tmp_path / "gone.py"), "exec"), namespace)  # noqa: S102
    instrument(namespace["gone"], name="gone")

    found = entry(manifest_of("svc"), "gone")
    assert (found.line, found.end_line, found.libraries) == (1, 1, ())


@pytest.mark.parametrize("name", ["", None])
def test_primitive_needs_a_name(name: str | None) -> None:
    """A primitive without a name is refused, a function falls back on its own."""
    with pytest.raises(ValueError, match="needs a name"):
        CachePrimitive(name or "", decorated)

    instrument(decorated, name=name)
    assert entry(manifest_of("svc"), "decorated").kind == "function"
