"""The last good remote config in a small file: it survives a restart of the process while its backend is dead.

The file holds names and numbers that the backend gave, never an address or a token. What it says is judged on loading
as a document that has just arrived would be.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import forget, log_once

from .document import Config, ConfigRefusedError, read_config

FORMAT: Final = 1
"""Version of the file's form; a file of another one is not read."""

_MOST_BYTES: Final = 4_000_000
_MOST_SAID: Final = 500
_UNREAD: Final = "the saved config is ignored"
_UNSAVED: Final = "the config is not saved, and will not survive a restart"


class SavedConfig:
    """The file for one service and one backend. A disk that fails is told once, and stops nobody."""

    def __init__(self, service: str, backend_url: str) -> None:
        self._service = service
        self._name = _name(service, backend_url)
        self._saved: str | None = None

    @property
    def path(self) -> Path:
        """Where the file is. Raises OSError when no folder is named and the user has none."""
        return _folder() / self._name

    def load(self) -> Config | None:
        """The config that was saved; None, and one log line, when it is of no use; None alone when there is none."""
        try:
            text = _read(self.path)
            config = read_config(_document(text), self._service)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ConfigRefusedError) as error:
            self._tell(_UNREAD, error)
            return None
        self._saved = text
        return config

    def save(self, config: Config) -> None:
        """Keep ``config``, if it is not what the file says already.

        A running experiment is not kept: after a restart without a backend there is nobody who could end it.
        """
        text = _text(self._service, config)
        if text == self._saved:
            return
        try:
            _replace(self.path, text)
        except OSError as error:
            self._tell(_UNSAVED, error)
            return
        self._saved = text
        forget(f"{_UNSAVED}:{self._name}")

    def _tell(self, what: str, error: Exception) -> None:
        log_once(f"{what}:{self._name}", "%s (%s): %s", what, self._name, str(error)[:_MOST_SAID])


def _folder() -> Path:
    given = os.environ.get(env.STATE_DIR.name)
    if given:
        return Path(given).absolute()
    home = os.environ.get(env.STATE_HOME.name) or ""
    folder = Path(home if Path(home).is_absolute() else str(env.STATE_HOME.default))
    try:
        return folder.expanduser() / "airuntime"
    except RuntimeError as error:
        raise FileNotFoundError(f"the user has no home; name a folder in {env.STATE_DIR.name}") from error


def _name(service: str, backend_url: str) -> str:
    url = urlsplit(backend_url)
    where = f"{url.scheme}://{url.hostname}:{url.port}{url.path.rstrip('/')}"  # without what may be a password
    digest = hashlib.sha256(f"{service}\n{where}".encode()).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', service)[:40]}-{digest}.json"


def _text(service: str, config: Config) -> str:
    tunables = {name: {"value": value, "rollout": config.rollouts.get(name)} for name, value in config.values.items()}
    document = {"format": FORMAT, "service": service, "generation": config.generation, "tunables": tunables}
    return json.dumps(document, indent=1, sort_keys=True)


def _read(path: Path) -> str:
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigRefusedError("it is no file")  # opening a pipe would wait for ever
    with path.open("rb") as file:
        body = file.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise ConfigRefusedError(f"it is larger than {_MOST_BYTES} bytes")
    return body.decode("utf-8", "replace")


def _document(text: str) -> bytes:
    """``text``, if it has the form that this version writes. Raises ConfigRefusedError."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigRefusedError("it is not JSON") from error
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise ConfigRefusedError(f"its format must be {FORMAT}, got {found!r}")
    if "service" not in document:
        raise ConfigRefusedError("it names no service")
    return text.encode()


def _replace(path: Path, text: str) -> None:
    """Put ``text`` into the file whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
