"""Series that lack our labels, as somebody else's exporter may have them, disturb nothing."""

from __future__ import annotations

from ai_runtime_intelligent.contract import metrics, promql
from airuntime_backend.ports import Series
from support.backend import Backend
from support.world import TTL

SPAN = {"from": 9_940_000, "to": 10_000_000}
"""A minute, in epoch milliseconds."""


def series(value: float, **labels: str) -> Series:
    """One series with these labels."""
    return Series(labels, ((10_000.0, value),))


def test_a_tunable_of_nobody_does_not_stop_the_analysis(backend: Backend) -> None:
    """Ours is found, and its suggestion made."""
    backend.world.tell(
        promql.tunable_values(), series(1, obeyed="7"), series(1, service="shop", tunable=TTL, obeyed="2")
    )

    answer = backend.client.post("/analyze").get_json()

    assert len(answer["suggested"]) == 1
    assert backend.suggestion()["from_value"] == 2.0


def test_decisions_without_labels_are_shown_without_names(backend: Backend) -> None:
    """They are part of the whole, so they are not left out."""
    query = promql.routing_decisions_per_second(promql.EVERYTHING, "60s")
    ours = {"service": "shop", "primitive": "routes", "route": "fast", "reason": "chosen"}
    backend.world.tell(query, series(1.0), series(3.0, **ours))

    body = {"queries": [{"refId": "A", "type": "routing"}], "range": SPAN}
    (frame,) = backend.client.post("/api/query", json=body).get_json()["results"]["A"]["frames"]

    assert frame["data"]["values"][:4] == [["", "shop"], ["", "routes"], ["", "fast"], ["", "chosen"]]
    assert frame["data"]["values"][4:] == [[1.0, 3.0], [1.0, 1.0]]


def test_models_without_a_service_are_offered_for_all_services(backend: Backend) -> None:
    """And series without a model are none."""
    query = f"group by (service, model) ({metrics.COST.name})"
    backend.world.tell(query, series(1), series(1, model="m"), series(1, model="n", service="shop"))

    everywhere = backend.client.get("/api/variables/models").get_json()
    of_the_shop = backend.client.get("/api/variables/models?service=shop").get_json()

    assert [one["value"] for one in everywhere] == ["m", "n"]
    assert [one["value"] for one in of_the_shop] == ["n"]
