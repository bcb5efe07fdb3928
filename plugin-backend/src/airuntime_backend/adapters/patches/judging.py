"""Whether a patch may be tried: what it touches, and what it makes of the files of the commit on which it stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ai_runtime_intelligent.flow.patch import PatchRun

from airuntime_backend.adapters.advisor_llm.code import check_code
from airuntime_backend.adapters.advisor_llm.errors import RefusedError as TextRefusedError
from airuntime_backend.adapters.advisor_llm.patch import names, patched
from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.git import Repository
from airuntime_backend.adapters.git.repository import Blob
from airuntime_backend.patch_ports import RefusedError

from .config import ServiceConfig


def judged(
    run: PatchRun, config: ServiceConfig, repository: Repository, base: str, redact: Redactor
) -> tuple[Blob, ...]:
    """The files that a patch changes, as they are after it.

    Raises:
        RefusedError: it touches what it may not, does not apply to the commit, or fails a check of its code.
    """
    text = run.diff.text
    try:
        blobs = {name: _found(name, config, repository, base) for name in names(text)}
        _keeps_the_commands(blobs.values(), config)
        sources = {name: _text(blob) for name, blob in blobs.items()}
        changed = patched(text, sources)
        if redact.holds(text):
            raise RefusedError("patch: it holds what looks like a secret")
        for name, (before, after) in changed.items():
            check_code(name, before, after, run.libraries, redact)
    except TextRefusedError as error:
        raise RefusedError(error.reason) from None
    return tuple(Blob(blobs[name].path, blobs[name].mode, after.encode()) for name, (_, after) in changed.items())


def _found(name: str, config: ServiceConfig, repository: Repository, base: str) -> Blob:
    """The file by its name below one of the allowed folders, or below the repository and in one of them."""
    paths = dict.fromkeys(str(PurePosixPath(root) / name) for root in config.roots)
    paths |= dict.fromkeys([name] if any(PurePosixPath(name).is_relative_to(root) for root in config.roots) else [])
    found = [blob for path in paths if (blob := repository.blob(base, path)) is not None]
    allowed = ", ".join(config.roots)
    if not found:
        raise RefusedError(f"patch: {name[:100]!r} is no file of the folders that patches may touch ({allowed})")
    if len(found) > 1:
        raise RefusedError(f"patch: {name[:100]!r} is in more than one of the folders that patches may touch")
    return found[0]


def _text(blob: Blob) -> str:
    try:
        return blob.content.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(f"patch: {blob.path} is no text in UTF-8") from None


def _keeps_the_commands(blobs: Iterable[Blob], config: ServiceConfig) -> None:
    """A patch may not touch a file that a command names, by its path or as a module."""
    for blob in blobs:
        path = PurePosixPath(blob.path)
        own = {str(path), str(config.repository / path), *_modules(path)}
        for word in config.commands:
            if word.removeprefix("./") in own or any(part in own for part in word.split("::")):
                raise RefusedError(f"patch: {blob.path} is what the command {word!r} runs, by which it would be judged")


def _modules(path: PurePosixPath) -> set[str]:
    """The names under which Python may import the file."""
    parts = path.with_suffix("").parts
    parts = parts[:-1] if parts[-1] in {"__init__", "__main__"} else parts
    return {".".join(parts[start:]) for start in range(len(parts))}
