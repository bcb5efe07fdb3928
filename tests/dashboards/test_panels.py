"""Every panel explains itself, stands on its own ground, and asks our data source."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from ai_runtime_intelligent.contract import names
from airuntime_dashboards import config, queries, style
from airuntime_dashboards import panels as drawn

from .conftest import Board

Panel = dict[str, Any]


def test_every_panel_says_what_it_is(panels: list[Panel]) -> None:
    """Each panel has a title and a description of at least a sentence."""
    for panel in panels:
        assert panel["title"].strip()
        assert len(panel["description"]) > 40, panel["title"]


def test_every_panel_says_what_no_data_means(panels: list[Panel]) -> None:
    """A panel without data tells why, instead of showing nothing."""
    for panel in panels:
        if panel["type"] != "text":
            assert panel["fieldConfig"]["defaults"]["noValue"].strip(), panel["title"]


def test_every_number_has_a_unit(panels: list[Panel]) -> None:
    """A panel of numbers has a unit, and so has each numeric column of a table."""
    words = {"dateTimeAsIso", "none", "short", "s", "currencyUSD", "percentunit", "reqps"}
    for panel in panels:
        if panel["type"] != "text":
            assert panel["fieldConfig"]["defaults"]["unit"] in words, panel["title"]
        if panel["type"] == "table":
            units = {o["matcher"]["options"]: _property(o, "unit") for o in _shown(panel)}
            assert {name for name, unit in units.items() if unit in words} == NUMBERS & set(units), panel["title"]


NUMBERS = {
    "time", "calls", "usd", "baseline_usd", "seconds_mean", "seconds_p95", "self_share", "error_ratio", "score",
    "confidence", "usd_per_hour", "usd_per_hour_low", "usd_per_hour_high", "total_usd",
    "hit_ratio", "expired_ratio", "entries", "ttl_seconds", "reuse_seconds_p90", "from", "to", "before", "after",
    "change_ratio", "low", "high", "rank", "critical_share", "breach_in", "now", "middle", "past_error", "at",
    "predicted_low", "predicted_high", "saved_usd", "holdout_usd", "model_usd", "net_usd", "roi", "bill_usd",
    "without_usd", "without_usd_low", "without_usd_high",
}  # fmt: skip


def _shown(panel: Panel) -> list[dict[str, Any]]:
    return [o for o in panel["fieldConfig"]["overrides"] if not _property(o, "custom.hidden")]


def _property(override: dict[str, Any], name: str) -> object:
    return next((entry["value"] for entry in override["properties"] if entry["id"] == name), None)


def test_an_empty_cell_does_not_repeat_the_text_of_an_empty_table(panels: list[Panel]) -> None:
    """Grafana would put a table's no-data text into every cell without a value."""
    for panel in panels:
        if panel["type"] == "table":
            assert all(_property(override, "noValue") for override in panel["fieldConfig"]["overrides"])


def test_thresholds_are_real_steps(panels: list[Panel]) -> None:
    """Every panel has threshold steps that start at the bottom, in colours of the palette."""
    for panel in panels:
        if panel["type"] != "text":
            first, *rest = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
            assert first["value"] is None
            assert all(step["value"] is not None for step in rest)
            assert {step["color"] for step in (first, *rest)} <= set(style.MEANINGS.values())


def test_ids_are_unique(board: Board) -> None:
    """Panel ids are unique, headings of rows included: links and repeats go by them."""
    ids = [panel["id"] for panel in board["panels"]]

    assert len(ids) == len(set(ids))


def test_titles_are_unique(panels: list[Panel]) -> None:
    """Two panels of a dashboard cannot be mistaken for each other."""
    titles = [panel["title"] for panel in panels]

    assert len(titles) == len(set(titles))


def test_no_panel_covers_another(board: Board) -> None:
    """Panels stay on the grid and off each other."""
    boxes = [panel["gridPos"] for panel in board["panels"]]

    assert all(box["x"] >= 0 and box["x"] + box["w"] <= 24 for box in boxes)
    assert not [(a, b) for a, b in combinations(boxes, 2) if _overlap(a, b)]


def _overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
    below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
    return not (beside or below)


def test_every_row_is_full(board: Board) -> None:
    """There are no holes: in every line of the grid the panels fill the whole width."""
    boxes = [panel["gridPos"] for panel in board["panels"]]
    bottom = max(box["y"] + box["h"] for box in boxes)

    for line in range(bottom):
        assert sum(box["w"] for box in boxes if box["y"] <= line < box["y"] + box["h"]) == 24


def test_every_query_asks_our_data_source(panels: list[Panel]) -> None:
    """Panels and their queries use the fixed data source and types that somebody answers."""
    for panel in panels:
        for target in panel.get("targets", []):
            assert target["datasource"] == panel["datasource"] == config.DATASOURCE
            assert target["type"] in names.QUERY_TYPES


def test_only_words_go_without_a_query(panels: list[Panel]) -> None:
    """Every panel but a text asks something."""
    assert all(panel["targets"] for panel in panels if panel["type"] != "text")


def test_references_of_a_panel_differ(panels: list[Panel]) -> None:
    """Two queries of one panel have different references, or Grafana would drop one."""
    for panel in panels:
        references = [target["refId"] for target in panel.get("targets", [])]
        assert len(references) == len(set(references))


def test_own_queries_follow_the_variables(panels: list[Panel]) -> None:
    """Queries of our own types ask for the services and primitives selected."""
    for panel in panels:
        for target in panel.get("targets", []):
            if target["type"] != "promql":
                assert (target["service"], target["primitive"]) == ("${service:pipe}", "${primitive:pipe}")


def test_every_line_has_a_name_of_its_own(panels: list[Panel]) -> None:
    """A PromQL that is split by labels names each line by them: no series is called by its frame."""
    for panel in panels:
        for target in panel.get("targets", []):
            if target["type"] == "promql":
                by = re.match(r".*?\bby \(([^)]*)\)", target["expr"])
                split = bool(by and by.group(1)) and not target["expr"].startswith(("min(", "count("))
                assert target["legend"]
                assert ("{{" in target["legend"]) == split, target


def test_every_query_is_on_a_dashboard(boards: dict[str, Board]) -> None:
    """No named query is left over: each is asked by some panel."""
    asked = {str(sorted(_bare(target).items())) for board in boards.values() for target in _targets(board)}
    public = [value for name, value in vars(queries).items() if not name.startswith("_") and callable(value)]
    own = [value for value in public if value.__module__ == queries.__name__]

    assert len(own) > 20
    assert {str(sorted(_bare(query().to_json_data()).items())) for query in own} == asked


def _targets(board: Board) -> list[dict[str, Any]]:
    return [target for panel in board["panels"] for target in panel.get("targets", [])]


def _bare(target: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in target.items() if key != "refId"}


@pytest.mark.parametrize("missing", ["title", "description", "unit", "no_data"])
def test_an_incomplete_panel_is_refused(missing: str) -> None:
    """A panel without one of its texts does not build."""
    texts: dict[str, Any] = {"title": "Calls", "description": "How many.", "unit": "reqps", "no_data": "None"}

    with pytest.raises(drawn.IncompletePanelError, match=missing):
        drawn.stat(queries.calls(), steps=config.PLAIN, **(texts | {missing: " "}))


def test_a_panel_without_a_query_is_refused() -> None:
    """A panel that asks nothing does not build."""
    with pytest.raises(drawn.IncompletePanelError, match="query"):
        drawn.timeseries(title="Calls", description="How many.", unit="reqps", no_data="None")


def test_words_too_long_for_the_place_of_a_number_are_refused() -> None:
    """Grafana would make their letters tiny."""
    texts: dict[str, Any] = {"title": "Calls", "description": "How many.", "unit": "reqps"}
    longest = "Nobody has called anything"

    drawn.stat(queries.calls(), steps=config.PLAIN, no_data=longest, **texts)
    with pytest.raises(drawn.IncompletePanelError, match="says too much"):
        drawn.stat(queries.calls(), steps=config.PLAIN, no_data=f"{longest}!", **texts)


def test_no_value_is_drawn_neither_as_good_nor_as_bad(panels: list[Panel]) -> None:
    """In the colour of plain text, with the panel's own words."""
    for panel in panels:
        if panel["type"] in {"stat", "bargauge"}:
            defaults = panel["fieldConfig"]["defaults"]
            ((mapping),) = defaults["mappings"]
            assert mapping["options"]["match"] == "null"
            assert mapping["options"]["result"] | {"index": 0} == {
                "text": defaults["noValue"], "color": "text", "index": 0,
            }  # fmt: skip


def test_apply_stands_only_where_there_is_a_value_to_set(boards: dict[str, Board]) -> None:
    """What changes the code alone has a table of its own, with a link in the button's place."""
    tables = {panel["title"]: panel for panel in boards["code"]["panels"]}
    values, code = tables["Suggestions"], tables["Suggestions for the code"]

    assert [one["targets"][0]["changes"] for one in (values, code)] == ["value", "code"]
    assert any(_property(one, "actions") for one in _shown(values))
    assert not any(_property(one, "actions") for one in code["fieldConfig"]["overrides"])
