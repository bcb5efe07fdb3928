"""A git server on loopback: ``git http-backend`` behind a login, and a stand-in for ssh, each with its troubles."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from .http_server import Quiet, serving

USER: Final = "x-access-token"
_GIVEN: Final = ("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_CONTENT_ENCODING", "HTTP_GIT_PROTOCOL")


@dataclass
class GitServer:
    """Repositories below ``folder`` for whoever has the token. ``trouble`` is a status, a place to go, or a hang."""

    folder: Path
    token: str
    trouble: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and ``Authorization`` of each request."""
    url: str = ""


class _Handler(Quiet):
    """One request, as CGI."""

    server_of: GitServer

    def _answer(self) -> None:
        here, given = self.server_of, self.headers.get("Authorization", "")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        here.asked.append((self.path, given))
        wanted = "Basic " + base64.b64encode(f"{USER}:{here.token}".encode()).decode()
        if here.trouble == "hang":
            time.sleep(1.5)
        elif here.trouble.startswith("http"):
            self._empty(302, Location=here.trouble + self.path)
        elif here.trouble:
            self._empty(int(here.trouble))
        elif given != wanted:
            self._empty(401, **{"WWW-Authenticate": 'Basic realm="git"'})
        else:
            self._carried_out(body)

    do_GET = do_POST = _answer  # noqa: N815 - the standard library's names

    def _empty(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _carried_out(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        given = headers | {"CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body))}
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server_of.folder), "GIT_HTTP_EXPORT_ALL": "1",
               "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "REMOTE_USER": "operator",
               "REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": self.command, "PATH_INFO": parts.path,
               "QUERY_STRING": parts.query} | {name: given[name] for name in _GIVEN if name in given}  # fmt: skip
        done = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=True)  # noqa: S607 - whichever git there is
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        told = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(told.pop("Status", "200 OK")[:3]))
        for name, value in {**told, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def git_server(folder: Path, token: str) -> Iterator[GitServer]:
    """Serve the repositories of a folder for as long as a test lasts."""
    here = GitServer(folder, token)
    with serving(type("Handler", (_Handler,), {"server_of": here})) as url:
        here.url = url
        yield here


def fake_ssh(folder: Path, says: str = "") -> Path:
    """A folder with an ``ssh`` that runs here what it is to run there, or says why not; it notes how it was called."""
    folder.mkdir()
    program = folder / "ssh"
    refuses = f"print({says!r}, file=sys.stderr); sys.exit(255)" if says else ""
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, subprocess, sys\n"
        f"open({str(folder / 'called.json')!r}, 'w').write(json.dumps([sys.argv[1:], dict(os.environ)]))\n"
        f"{refuses}\n"
        "sys.exit(subprocess.run(['sh', '-c', sys.argv[-1]]).returncode)\n"
    )
    program.chmod(0o755)
    return folder
