"""Grafana's HTTP API for folders and dashboards, as a small server that keeps them; a fake behind the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from . import http_server
from .http_server import Quiet

TOKEN = "glsa_an-editor"


@dataclass
class FakeGrafana:
    """What it holds, and the requests that changed it. ``provisioned`` are uids that it refuses to save."""

    url: str = ""
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    provisioned: set[str] = field(default_factory=set)

    def get(self, path: str) -> tuple[int, Any]:
        """Answer a GET as Grafana does."""
        kind, _, uid = path.removeprefix("/api/").rpartition("/")
        if kind == "folders":
            if uid in self.folders:
                return 200, {"uid": uid, "title": self.folders[uid]}
            # Seen in a real one: an editor has rights on the folders that there are.
            return 403, {"message": "Permissions needed: folders:read"}
        if kind == "dashboards/uid" and uid in self.dashboards:
            board, folder = self.dashboards[uid]
            return 200, {"dashboard": board, "meta": {"folderUid": folder}}
        return 404, {"message": "not found"}

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Answer a POST as Grafana does: ids and versions are its own."""
        self.writes.append(path)
        if path == "/api/folders":
            self.folders[body["uid"]] = body["title"]
            return 200, body
        board = whole(body["dashboard"])
        if body["folderUid"] not in self.folders:
            return 400, {"message": "folder not found"}
        if board["uid"] in self.provisioned:
            return 400, {"message": "Cannot save provisioned dashboard"}
        held = self.dashboards.get(board["uid"])
        version = held[0]["version"] + 1 if held else 1
        self.dashboards[board["uid"]] = (board | {"id": 7, "version": version}, body["folderUid"])
        return 200, {"uid": board["uid"], "version": version, "status": "success"}


def whole(value: Any) -> Any:
    """Grafana reads 1.0 and writes 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole(one) for key, one in value.items()}
    return [whole(one) for one in value] if isinstance(value, list) else value


@contextmanager
def grafana_api() -> Iterator[FakeGrafana]:
    """Serve it on loopback."""
    fake = FakeGrafana()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*fake.get(self.path))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._say(*fake.post(self.path, body))

        def _say(self, status: int, body: Any) -> None:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, body = 401, {"message": "Invalid API key"}
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    with http_server.serving(Handler) as url:
        fake.url = url
        yield fake
