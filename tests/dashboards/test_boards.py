"""What the dashboards have in common, and how they lead to each other and to action."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ai_runtime_intelligent.contract import kinds, names
from airuntime_dashboards import config, grid, style, targets

from .conftest import Board, panels_of

APP = names.APP_PLUGIN_ID


def test_uids_are_those_of_the_contract(boards: dict[str, Board]) -> None:
    """Links, provisioning and bookmarks find each dashboard under its fixed uid."""
    assert {name: board["uid"] for name, board in boards.items()} == names.DASHBOARD_UIDS


def test_every_dashboard_starts_alike(board: Board) -> None:
    """The last quarter of an hour, refreshed every five seconds, in the current schema, with the tag."""
    assert board["time"] == {"from": "now-15m", "to": "now"}
    assert board["refresh"] == "5s"
    assert board["schemaVersion"] == 42
    assert board["tags"] == ["airuntime"]


def test_dashboards_lead_to_each_other(board: Board) -> None:
    """Each dashboard links to the two others and takes time range and variables along."""
    others = {f"/d/{uid}" for uid in names.DASHBOARD_UIDS.values() if uid != board["uid"]}

    assert {link["url"] for link in board["links"]} == others
    assert all(link["keepTime"] and link["includeVars"] for link in board["links"])


def test_variables_are_the_same_everywhere(board: Board) -> None:
    """Service and primitive can be chosen, several at once or all, from the contract's lists."""
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}

    assert {name: variable["query"] for name, variable in variables.items()} == {
        "service": "services",
        "primitive": {"query": "primitives", "service": "${service:pipe}"},
    }
    assert all(v["multi"] and v["includeAll"] and v["allValue"] == ".*" for v in variables.values())
    assert all(v["datasource"] == config.DATASOURCE for v in variables.values())


def test_changes_are_marked_on_every_dashboard(board: Board) -> None:
    """Annotations come from our data source and follow the variables."""
    (changes,) = board["annotations"]["list"]

    assert changes["enable"]
    assert changes["target"]["type"] == "annotations"
    assert changes["target"]["datasource"] == changes["datasource"] == config.DATASOURCE


def test_apply_posts_the_revision_that_the_row_shows(boards: dict[str, Board]) -> None:
    """The button names what it changes, and sends the row's id and revision to the app."""
    table = next(panel for panel in panels_of(boards["code"]) if panel["title"] == "Suggestions")
    (action,) = _properties(table, "actions")["actions"]

    assert _properties(table, "actions")["custom.cellOptions"] == {"type": "actions"}
    assert action["fetch"]["method"] == "POST"
    assert action["fetch"]["url"] == f"/api/plugins/{APP}/resources/suggestions/${{__data.fields.id}}/apply"
    assert json.loads(action["fetch"]["body"].replace("${__data.fields.revision}", "3")) == {"revision": 3}
    assert "${__data.fields.from}" in action["confirmation"]
    assert "${__data.fields.to}" in action["confirmation"]


def test_a_suggestion_opens_its_page(boards: dict[str, Board]) -> None:
    """The title of a suggestion leads to the page with its evidence."""
    table = next(panel for panel in panels_of(boards["code"]) if panel["title"] == "Suggestions")
    (link,) = _properties(table, "title")["links"]

    assert link["url"] == f"/a/{APP}/suggestions/${{__data.fields.id}}"


def _properties(panel: dict[str, Any], column: str) -> dict[str, Any]:
    override = next(o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == column)
    return {entry["id"]: entry["value"] for entry in override["properties"]}


def test_every_word_of_the_contract_has_a_colour() -> None:
    """No phase, outcome or cache answer is drawn in a colour of chance, and no two phases in one colour."""
    assert set(style.PHASE_COLOURS) == set(kinds.PHASES)
    assert set(style.OUTCOME_COLOURS) == set(kinds.OUTCOMES)
    assert set(style.CACHE_RESULT_COLOURS) == set(kinds.CACHE_RESULTS)
    assert len(set(style.PHASE_COLOURS.values())) == len(kinds.PHASES)


def test_thresholds_must_ascend_from_the_bottom() -> None:
    """Thresholds that Grafana would misread are refused."""
    for wrong in (((0.0, "good"),), ((None, "good"), (2.0, "warning"), (1.0, "bad"))):
        with pytest.raises(ValueError, match="ascend"):
            style.steps(wrong)


def test_a_row_must_be_filled() -> None:
    """A row whose panels leave a hole or run over does not build."""
    with pytest.raises(ValueError, match="cannot fill"):
        grid.row("Now", 4, object(), object(), widths=(12, 8))


def test_an_unknown_query_type_is_refused() -> None:
    """A panel cannot ask what nobody answers."""
    with pytest.raises(ValueError, match="unknown query type 'sql'"):
        targets.rows("sql")
