"""Grafana's own schema, as its foundation SDK has it, knows everything that the dashboards use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ai_runtime_intelligent.contract import names
from grafana_foundation_sdk.cog import plugins, runtime, variants
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as schema

from .conftest import Board, panels_of


@dataclass
class OurQuery(variants.Dataquery):
    """A query of our data source, which the SDK cannot know."""

    ref_id: str
    type: str
    fields: dict[str, Any]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> OurQuery:
        """Read one; raises KeyError where what every query has is missing."""
        fields = {key: value for key, value in data.items() if key not in ("refId", "type")}
        return cls(data["refId"], data["type"], fields)

    def to_json(self) -> dict[str, object]:
        """Write it back."""
        return {"refId": self.ref_id, "type": self.type, **self.fields}


@pytest.fixture
def sdk() -> Iterator[runtime.Runtime]:
    """The SDK with Grafana's panels and our query registered; afterwards as it was."""
    known = runtime.Runtime()
    before = dict(known.dataquery_variants), dict(known.panelcfg_variants)
    plugins.register_default_plugins()
    runtime.register_dataquery_variant(runtime.DataqueryConfig(names.DATASOURCE_PLUGIN_ID, OurQuery.from_json))
    yield known
    type(known).dataquery_variants, type(known).panelcfg_variants = before


def test_the_sdk_reads_every_dashboard(board: Board, sdk: runtime.Runtime) -> None:
    """Each dashboard parses, every panel is of a type that Grafana has, and every query is ours."""
    parsed = schema.Dashboard.from_json(board)

    assert parsed.panels is not None
    assert len(parsed.panels) == len(board["panels"])
    for panel in parsed.panels:
        if isinstance(panel, schema.Panel):
            assert panel.type_val in sdk.panelcfg_variants
            assert all(isinstance(target, OurQuery) for target in panel.targets or [])


def test_the_sdk_loses_nothing_that_panels_need(board: Board, sdk: runtime.Runtime) -> None:
    """Written again from the schema's classes, panels keep their place, queries, units and options."""
    assert sdk.panelcfg_variants
    written = json.loads(JSONEncoder().encode(schema.Dashboard.from_json(board)))

    for ours, theirs in zip(panels_of(board), panels_of(written), strict=True):
        for key in ("title", "description", "gridPos", "id", "type"):
            assert theirs[key] == ours[key]
        assert theirs.get("targets", []) == ours.get("targets", [])
        assert _defaults(theirs).items() >= _defaults(ours).items()


def _defaults(panel: dict[str, Any]) -> dict[str, Any]:
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    return {
        key: defaults[key] for key in ("unit", "noValue", "decimals", "min", "max", "thresholds") if key in defaults
    }


def test_variables_and_annotations_are_understood(board: Board, sdk: runtime.Runtime) -> None:
    """The choices at the top and the markers survive the schema."""
    assert sdk.dataquery_variants
    parsed = schema.Dashboard.from_json(board)

    assert parsed.templating is not None
    assert [variable.name for variable in parsed.templating.list_val or []] == ["service", "primitive"]
    assert parsed.annotations is not None
    assert [annotation.name for annotation in parsed.annotations.list_val or []] == ["Changes"]
