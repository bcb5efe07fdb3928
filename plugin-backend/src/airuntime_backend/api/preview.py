"""The preview: the generated dashboards, drawn in a browser on this machine.

Off unless asked for. It answers loopback clients that name a loopback host only (which defeats DNS rebinding), and
its page holds a token of this process that other sites can neither read nor send (a header of our own needs a
preflight, which is never granted).
"""

from __future__ import annotations

import hmac
import json
import secrets
from pathlib import Path
from typing import Final

from flask import Response, jsonify, request, send_from_directory
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.engine.people import PREVIEW
from airuntime_backend.errors import ForbiddenError, NotFoundError

from .document import ERRORS
from .identity import Identity
from .local import is_local, is_of_another_site
from .schemas import DashboardItem, DashboardPath, Dashboards

HEADER: Final = "X-Airuntime-Preview"
_PLACEHOLDER: Final = "__AIRUNTIME_PREVIEW_TOKEN__"
# Grafana's table compiles a function for the form of its frame: 'unsafe-eval' is for that, as in Grafana's own policy.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class Preview:
    """Serves the built preview and the dashboards; knows its own token."""

    def __init__(self, assets: Path, dashboards: Path) -> None:
        self._assets = assets.resolve()
        self._dashboards = dashboards.resolve()
        self._token = secrets.token_urlsafe(32)

    def identity(self) -> Identity | None:
        """Who asks, when the request carries this process' token. Raises ``ForbiddenError`` on a foreign request."""
        given = request.headers.get(HEADER)
        if given is None:
            return None
        _check_local()
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise ForbiddenError("this preview is of an earlier run: reload the page")
        return Identity(PREVIEW, "operator", "preview")

    def blueprint(self) -> APIBlueprint:
        """The routes under ``/preview/``."""
        bp = APIBlueprint(
            "preview",
            __name__,
            url_prefix="/preview",
            abp_tags=[Tag(name="preview", description="Dashboards without Grafana, on this machine only")],
            abp_responses=ERRORS,
        )
        bp.before_request(_check_local)
        bp.after_request(_harden)
        self._route(bp)
        return bp

    def _route(self, bp: APIBlueprint) -> None:
        """Plain functions, because flask-openapi3 marks its views and a bound method takes no mark."""

        @bp.get("/", summary="Open the preview")
        def index() -> Response:
            return self._index()

        @bp.get("/dashboards", summary="List the generated dashboards", responses={200: Dashboards})
        def dashboards() -> Response:
            return self._list()

        @bp.get("/dashboards/<uid>", summary="Read a generated dashboard")
        def dashboard(path: DashboardPath) -> Response:
            return self._read(path)

        bp.add_url_rule("/<path:name>", view_func=self._asset, endpoint="asset")

    def _index(self) -> Response:
        page = self._assets / "index.html"
        if not page.is_file():
            raise NotFoundError(f"the preview is not built: {page.name} is missing, run `make plugin`")
        text = page.read_text(encoding="utf-8").replace(_PLACEHOLDER, self._token)
        return Response(text, mimetype="text/html", headers={"Cache-Control": "no-store"})

    def _list(self) -> Response:
        items = [
            DashboardItem(uid=body["uid"], title=body["title"], file=path.name).model_dump()
            for path, body in self._generated()
        ]
        return jsonify(items)

    def _read(self, path: DashboardPath) -> Response:
        for _, body in self._generated():
            if body["uid"] == path.uid:
                return jsonify(body)
        raise NotFoundError(f"there is no generated dashboard {path.uid!r}: GET /preview/dashboards lists them")

    def _asset(self, name: str) -> Response:
        return send_from_directory(self._assets, name, max_age=0)

    def _generated(self) -> list[tuple[Path, dict[str, str]]]:
        paths = sorted(self._dashboards.glob("*.json"))
        return [(path, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def _check_local() -> None:
    if not is_local():
        raise ForbiddenError("the preview is for this machine only: open it as localhost or 127.0.0.1")
    if is_of_another_site():
        raise ForbiddenError("the preview does not answer other sites")


def _harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
