"""Stand-ins for forges: the calls of GitHub's and GitLab's API that pull requests need, with their troubles."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from .http_server import Quiet, serving

Trouble = Literal[
    "", "500", "401", "403", "404", "422", "429", "limit", "hang", "lost", "page", "other", "gone", "moved"
]
TOKEN = "forge-token-of-the-operator"


@dataclass
class FakeForge:
    """What a stand-in has and is told: pull requests by number, and what is wrong with it.

    ``lost`` opens the pull request, and breaks the connection before it says so; ``gone`` breaks it at once. ``limit``
    is GitHub's word for too often; ``moved`` sends to a stranger, and ``strangers`` has what came
    there; ``page`` is that of a proxy, and ``other`` JSON of something else.
    """

    kind: Literal["github", "gitlab"]
    commit: str = ""
    trouble: Trouble = ""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def base(self) -> str:
        """The address that an operator configures."""
        return self.url if self.kind == "gitlab" else f"{self.url}/api/v3"

    def shown(self, pull: dict[str, Any]) -> dict[str, Any]:
        """A pull request in the forge's own shape."""
        number, state = pull["number"], pull["state"]
        if self.kind == "gitlab":
            names = {"open": "opened"}
            return {"id": number, "iid": number, "web_url": f"{self.url}/mr/{number}", "sha": self.commit,
                    "state": names.get(state, state), "source_branch": pull["branch"]}  # fmt: skip
        return {"number": number, "html_url": f"{self.url}/pull/{number}", "state": state, "merged_at": None,
                "url": f"{self.base}/repos/shop/assistant/pulls/{number}",
                "head": {"ref": pull["branch"], "sha": self.commit}}  # fmt: skip


class _Handler(Quiet):
    """One request to a stand-in."""

    forge: FakeForge

    def _body(self) -> dict[str, Any]:
        size = int(self.headers.get("Content-Length") or 0)
        found: dict[str, Any] = json.loads(self.rfile.read(size) or b"{}")
        return found

    def _answer(self, status: int, body: object, kind: str = "application/json", *, to: str = "") -> None:
        data = str(body).encode() if kind == "text/html" else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "3600")
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _is_well(self) -> bool:
        if self.path.startswith("/stranger"):
            self.forge.strangers.append(f"{self.command} {self.path} {self.headers}")
            self._answer(200, [])
            return False
        self.forge.asked.append(f"{self.command} {urlsplit(self.path).path}")
        given = self.headers.get("Authorization", "") + self.headers.get("PRIVATE-TOKEN", "")
        trouble = self.forge.trouble
        if trouble == "hang":
            time.sleep(1.5)
        elif trouble == "gone":
            self.connection.close()
        elif trouble.isdecimal():
            self._answer(int(trouble), {"message": HTTPStatus(int(trouble)).phrase})
        elif trouble == "moved":
            self._answer(302, {}, to=f"{self.forge.url.replace('127.0.0.1', 'localhost')}/stranger")
        elif trouble == "limit":
            self._answer(403, {"message": "You have exceeded a secondary rate limit."})
        elif trouble == "page":
            self._answer(200, "<html>Please sign in</html>", "text/html")
        elif trouble == "other":
            self._answer(200, ["what", "is", "this"])
        elif TOKEN not in given:
            self._answer(401, {"message": "401 Unauthorized"})
        else:
            return True
        return False

    def do_GET(self) -> None:  # noqa: N802 - the standard library's name
        """Pull requests of a branch."""
        if self._is_well():
            asked = parse_qs(urlsplit(self.path).query)
            branch = (asked.get("head") or asked.get("source_branch") or [""])[0].rpartition(":")[2]
            wanted = (asked.get("state") or ["all"])[0].removesuffix("ed")
            found = [one for one in self.forge.pulls if one["branch"] == branch and wanted in {"all", one["state"]}]
            self._answer(200, [self.forge.shown(one) for one in found])

    def do_POST(self) -> None:  # noqa: N802 - the same
        """Open one."""
        body = self._body()
        if self._is_well():
            branch = body.get("head") or body.get("source_branch")
            pull = {"number": len(self.forge.pulls) + 1, "branch": branch, "state": "open", **body}
            self.forge.pulls.append({**pull, "state": "open"})
            if self.forge.trouble == "lost":
                self.connection.close()
            else:
                self._answer(201, self.forge.shown(pull))

    def _close(self) -> None:
        body = self._body()
        if self._is_well():
            pull = self.forge.pulls[int(urlsplit(self.path).path.rpartition("/")[2]) - 1]
            assert body.get("state") == "closed" or body.get("state_event") == "close", body
            pull["state"] = "closed"
            self._answer(200, self.forge.shown(pull))

    do_PATCH = do_PUT = _close  # noqa: N815 - the standard library's names


@contextmanager
def fake_forge(kind: Literal["github", "gitlab"]) -> Iterator[FakeForge]:
    """A stand-in on loopback for as long as a test lasts."""
    forge = FakeForge(kind)
    with serving(type("Handler", (_Handler,), {"forge": forge})) as url:
        forge.url = url
        yield forge
