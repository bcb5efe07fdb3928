"""A fake Prometheus: its HTTP API before a small world, honest, slow, or lying."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from flask import Flask, request

from .world import World

Manner = Literal["well", "slow", "lying"]


def fake_prometheus(world: World, manner: Manner = "well", seconds: float = 1.0) -> Flask:
    """Answers from the world; slow after ``seconds``; lying with numbers that are none for everything it is asked."""
    app = Flask("fake_prometheus")

    def said(value: float) -> str:
        return "NaN" if manner == "lying" else repr(value)

    @app.before_request
    def wait() -> None:
        time.sleep(seconds if manner == "slow" else 0.0)

    @app.get("/api/v1/status/buildinfo")
    def version() -> dict[str, Any]:
        return {"status": "success", "data": {"version": "2.0.0-fake"}}

    @app.post("/api/v1/query")
    def query() -> dict[str, Any]:
        at = float(request.form.get("time", time.time()))
        if request.form["query"].endswith("]"):
            return _answer("matrix", ())
        rows = world.instant(request.form["query"], at)
        return _answer("vector", ({"metric": dict(one.labels), "value": [at, said(one.value)]} for one in rows))

    @app.post("/api/v1/query_range")
    def query_range() -> dict[str, Any]:
        start, end, step = (float(request.form[name]) for name in ("start", "end", "step"))
        rows = world.range(request.form["query"], start, end, step)
        return _answer(
            "matrix",
            ({"metric": dict(one.labels), "values": [[at, said(value)] for at, value in one.points]} for one in rows),
        )

    return app


def _answer(kind: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": list(rows)}}
