"""``airuntime analyze``: what stands out in source, with documentation of the versions in use. It runs nothing."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import click
from ai_runtime_intelligent.context7.analyzer import Context7Analyzer
from ai_runtime_intelligent.context7.source.records import Remark
from ai_runtime_intelligent.context7.source.roots import RefusedError
from ai_runtime_intelligent.context7.text import line
from ai_runtime_intelligent.flow.evidence import DocSnippet

from airuntime_backend.adapters.advisor_llm import LlmReviewer, Reviewed, reviewer
from airuntime_backend.adapters.advisor_llm.errors import NoAnswerError
from airuntime_backend.adapters.advisor_llm.errors import RefusedError as UnsaidError
from airuntime_backend.adapters.clock import SystemClock
from airuntime_backend.adapters.docs import documentation, libraries
from airuntime_backend.adapters.ledger import SqlCalls
from airuntime_backend.adapters.ledger.engine import connect
from airuntime_backend.errors import BackendError
from airuntime_backend.settings import Settings

from .report import Report
from .shared import as_json, print_json, read_settings


class _None:
    """Answers nothing."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:  # noqa: ARG002 - the port's
        """Nothing."""
        return ()


@click.command(short_help="Tell what costs time, errors or memory in Python source.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--no-docs", is_flag=True, help="Look nothing up: faster, without documentation beside what is found.")
@click.option("--offline", is_flag=True, help="Ask nobody over the network: neither Context7 nor a model.")
@click.option("--no-model", is_flag=True, help="Leave the model out that AIRUNTIME_LLM_MODEL names.")
@click.option("--ask", default=5, show_default=True, type=click.IntRange(0), help="Findings that the model is shown.")
@as_json
def analyze(*, path: Path, no_docs: bool, offline: bool, no_model: bool, ask: int, as_json: bool) -> None:
    """Read the Python source at PATH, a file or a folder, and tell what costs time, errors or memory.

    Nothing of it is imported or run. Documentation is that of the installed versions, and Context7's where it is
    configured. Links that leave PATH and files of secrets are not read. A model that is configured says of the first
    findings what they mean here, and may draft a patch; it is shown their source, and paid from the backend's budget.
    """
    settings = read_settings()
    if offline:
        settings = settings.model_copy(update={"context7_url": None, "context7_key": None, "llm_model": ""})
    model = None if no_model else model_of(settings, path)
    docs, context7 = (_None(), None) if no_docs else documentation(settings, _reads)
    began = time.monotonic()
    report = _report(path, Context7Analyzer([path], docs, libraries(settings)))
    missing = context7.missing() if context7 else ()
    if model is not None:
        report, unworded = worded(report, model, ask)
        missing = (*missing, *unworded)
    if as_json:
        print_json(report.as_json() | {"missing": missing, "model": model.asker.author if model else None})
    else:
        for one in missing:
            click.echo(f"Missing: {line(one, 300)}", err=True)
        click.echo("\n".join(report.page(time.monotonic() - began)))


def _reads(book: str) -> None:
    click.echo(f"Reading the documentation of {book}", err=True)


def _report(path: Path, analyzer: Context7Analyzer) -> Report:
    try:
        if path.is_file():
            return Report((analyzer.analyze_component(path),))
    except RefusedError as error:
        raise click.ClickException(str(error)) from error
    with click.progressbar(length=1, label="Reading source", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        return Report(analyzer.analyze(progress))


def model_of(settings: Settings, path: Path) -> LlmReviewer | None:
    """The model that the settings name, with the budget that the backend keeps; none when they name none."""
    if not settings.llm_model:
        return None
    folder = path if path.is_dir() else path.parent
    try:
        return reviewer(settings, SqlCalls(connect(settings.database_url)), SystemClock(), folder)
    except BackendError as error:
        raise click.ClickException(error.message) from error


def worded(report: Report, model: LlmReviewer, most: int) -> tuple[Report, tuple[str, ...]]:
    """The report with the model's words on its first findings, and why some have none."""
    words, missing, until = dict[Remark, Reviewed](), list[str](), model.asker.until()
    with click.progressbar(report.noted[:most], label=f"Asking {model.asker.author}", file=sys.stderr) as bar:
        for one in bar:
            try:
                words[one.remark] = model.review(one, report.source_of(one), until)
            except NoAnswerError as error:
                missing.append(f"words on {one.remark.file}:{one.remark.line}: {error.reason}")
            except UnsaidError as error:
                missing.append(f"words on {one.remark.file}:{one.remark.line}: the answer is refused: {error.reason}")
            except Exception as error:  # noqa: BLE001 - the findings stand, whatever it is; its message may hold secrets
                missing.append(f"words on {one.remark.file}:{one.remark.line}: no answer ({type(error).__name__})")
    return replace(report, words=words), tuple(missing)
