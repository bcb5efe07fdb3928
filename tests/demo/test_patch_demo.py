"""The tool that takes the demo's serial stage to a proved branch, in a fast form: fewer questions, a small openai."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

TOOL: Final = Path(__file__).parents[2] / "tools" / "patch_demo.py"
OPENAI: Final = """
class AsyncOpenAI: ...
class APIConnectionError(Exception): ...
class InternalServerError(Exception): ...
class RateLimitError(Exception): ...
"""
CHAT: Final = """
from types import SimpleNamespace


class ChatCompletion(SimpleNamespace):
    @classmethod
    def model_validate(cls, told):
        message = SimpleNamespace(**told["choices"][0]["message"])
        return cls(model=told["model"], usage=None, choices=[SimpleNamespace(message=message)])
"""
"""As much of it as the assistant needs: importing the whole takes longer than all else."""


def tool() -> ModuleType:
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("patch_demo", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_serial_stage_becomes_a_branch_whose_check_passed_and_whose_benchmark_improved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the product alone, and no file of the repository is another than before."""
    chat = tmp_path / "openai" / "types" / "chat"
    chat.mkdir(parents=True)
    (tmp_path / "openai" / "__init__.py").write_text(OPENAI)
    (tmp_path / "openai" / "types" / "__init__.py").write_text("")
    (chat / "__init__.py").write_text(CHAT)

    code = tool().main(2, str(tmp_path))
    told = capsys.readouterr().out

    assert code == 0, told
    assert "+        max_concurrency=max(knobs.max_concurrency, 3)," in told
    assert "check   ended well" in told
    assert "replay  3 lines of output are the same" in told
    phases = [line.split(" ")[0] for line in told.splitlines() if " airuntime " in line]
    assert phases == ["preparing", "checking", "benching", "branched"]
    assert "that are not as before: 0 of " in told
    assert "airuntime/revert-suggestion_" in told
