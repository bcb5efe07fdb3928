"""The file in which the last good config survives a restart: written whole, judged on loading, harmless if broken."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from ai_runtime_intelligent import CachePrimitive
from ai_runtime_intelligent.runtime.document import Config
from ai_runtime_intelligent.runtime.saved import SavedConfig

URL = "http://127.0.0.1:8765"
CONFIG = Config(7, {"answer_cache.ttl_seconds": 300, "other.size": 3}, {"answer_cache.ttl_seconds": "r1"})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that is not there yet."""
    monkeypatch.setenv("AIRUNTIME_STATE_DIR", str(tmp_path / "deep" / "state"))
    return tmp_path / "deep" / "state"


def test_what_was_saved_is_loaded(folder: Path) -> None:
    """Values, generation and rollouts come back in a later process, from one file that only the user may read."""
    SavedConfig("my shop/eu", URL).save(CONFIG)

    assert SavedConfig("my shop/eu", URL).load() == CONFIG
    (path,) = folder.iterdir()
    assert path.name.startswith("my-shop-eu-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_without_a_file_nothing_is_loaded_or_told(caplog: pytest.LogCaptureFixture) -> None:
    """The first start of a service is nothing to talk about."""
    assert SavedConfig("svc", URL).load() is None
    assert caplog.records == []


def test_services_and_backends_have_files_of_their_own() -> None:
    """Neither another service's config nor one of another backend is obeyed; a slash at the end is no other backend."""
    SavedConfig("svc", URL).save(CONFIG)

    assert SavedConfig("other", URL).load() is None
    assert SavedConfig("svc", "http://127.0.0.1:9999").load() is None
    assert SavedConfig("svc", f"{URL}/").load() == CONFIG


def test_no_secret_gets_into_the_folder(folder: Path) -> None:
    """An address with a password leaves no trace of it, nor of any address, in names or contents."""
    SavedConfig("svc", "https://me:hunter2@backend.example/?token=hunter3").save(CONFIG)

    (path,) = folder.iterdir()
    assert not {word for word in ("hunter", "example") if word in path.name + path.read_text(encoding="utf-8")}
    assert SavedConfig("svc", "https://backend.example").load() == CONFIG


def test_an_unchanged_config_is_not_written_again(folder: Path) -> None:
    """A config that comes again with every poll costs no disk."""
    saved = SavedConfig("svc", URL)
    saved.save(CONFIG)
    saved.path.unlink()

    saved.save(CONFIG)
    assert list(folder.iterdir()) == []
    saved.save(Config(8, CONFIG.values, CONFIG.rollouts))
    assert [path.name for path in folder.iterdir()] == [saved.path.name]


DOCUMENT = {"format": 1, "service": "svc", "generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": 9}}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        (json.dumps(DOCUMENT)[:-9], "not JSON"),
        ("\x00" * 40, "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "format must be 1"),
        (json.dumps(DOCUMENT | {"format": 2}), "format must be 1, got 2"),
        (json.dumps({name: value for name, value in DOCUMENT.items() if name != "service"}), "names no service"),
        (json.dumps(DOCUMENT | {"service": "other"}), "for service 'other', not 'svc'"),
        (json.dumps(DOCUMENT | {"generation": -1}), "generation must be"),
        (json.dumps(DOCUMENT | {"tunables": {"answer_cache.ttl_seconds": {"value": 0.1}}}), "must be from 1.0"),
        (" " * 4_000_001, "larger than"),
    ],
)
def test_a_file_of_no_use_is_ignored_and_told_once(
    caplog: pytest.LogCaptureFixture, folder: Path, text: str, reason: str
) -> None:
    """Cut off, of another version, of another service, out of bounds: as if it were not there, with one line."""
    cache = CachePrimitive("answer_cache", lambda _: 1, ttl_seconds=2.0)
    saved = SavedConfig("svc", URL)
    folder.mkdir(parents=True)
    saved.path.write_text(text, encoding="utf-8")

    assert [saved.load(), saved.load()] == [None, None]
    (record,) = caplog.records
    assert "the saved config is ignored" in record.getMessage()
    assert reason in record.getMessage()
    assert cache.ttl_seconds.value == 2.0
    saved.save(CONFIG)
    assert saved.load() == CONFIG


def test_a_pipe_in_its_place_holds_nobody_up(python: Callable[[str], str], folder: Path) -> None:
    """Opening a pipe waits for who writes into it: it is not opened."""
    code = f"""
import os
from ai_runtime_intelligent.runtime.saved import SavedConfig
saved = SavedConfig("svc", "{URL}")
os.makedirs("{folder}")
os.mkfifo(saved.path)
print(saved.load())
"""

    assert python(code) == "None"


BROKEN_DISKS = {
    "a file where the folder should be": "open(folder, 'w').close()",
    "no folder can be made": "folder = '/proc/state'; os.environ['AIRUNTIME_STATE_DIR'] = folder",
    "no home": "del os.environ['AIRUNTIME_STATE_DIR']; os.environ.pop('XDG_STATE_HOME', 0); os.environ.pop('HOME', 0);"
    "import pwd; pwd.getpwuid = lambda _: {}['nobody']",
    "the disk is full": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))",
}


@pytest.mark.parametrize("trouble", BROKEN_DISKS.values(), ids=BROKEN_DISKS)
def test_a_disk_that_fails_is_told_once(python: Callable[[str], str], tmp_path: Path, trouble: str) -> None:
    """Nothing is raised, one line says that nothing will survive, and no half a file is left."""
    code = f"""
import logging, os, sys
folder = "{tmp_path}/state"
os.environ["AIRUNTIME_STATE_DIR"] = folder
{trouble}
lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("ai_runtime_intelligent").addHandler(handler)
from ai_runtime_intelligent.runtime.document import Config
from ai_runtime_intelligent.runtime.saved import SavedConfig
saved = SavedConfig("svc", "{URL}")
print(saved.load())
for generation in range(3):
    saved.save(Config(generation, {{}}, {{}}))
print(len(lines), lines[0])
print(os.listdir(folder) if os.path.isdir(folder) else [])
"""

    loaded, told, left = python(code).splitlines()
    assert (loaded, left) == ("None", "[]")
    assert told.startswith("1 the config is not saved, and will not survive a restart")


def test_a_full_disk_leaves_the_file_that_was_there(python: Callable[[str], str], folder: Path) -> None:
    """The old file is replaced by a whole new one or not at all."""
    SavedConfig("svc", URL).save(CONFIG)
    code = f"""
import resource
from ai_runtime_intelligent.runtime.document import Config
from ai_runtime_intelligent.runtime.saved import SavedConfig
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
SavedConfig("svc", "{URL}").save(Config(9, {{}}, {{}}))
"""

    python(code)

    assert SavedConfig("svc", URL).load() == CONFIG
    assert len(list(folder.iterdir())) == 1


def test_folder_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder of ours it is the user's: XDG_STATE_HOME if that is absolute, else in the home."""
    monkeypatch.delenv("AIRUNTIME_STATE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    saved = SavedConfig("svc", URL)

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert saved.path.parent == tmp_path / "xdg" / "airuntime"
    for relative in ("", "not/absolute"):
        monkeypatch.setenv("XDG_STATE_HOME", relative)
        assert saved.path.parent == tmp_path / "home" / ".local" / "state" / "airuntime"
