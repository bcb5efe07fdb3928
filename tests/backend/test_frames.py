"""Frames say the same in JSON and in Arrow, and lose nothing on the way."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import pytest
from airuntime_backend.api.frames import Field, Frame, to_arrow, to_json
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import ipc

NOON = 1_767_225_600_123
"""Milliseconds since 1970 of 2026-01-01 00:00:00.123 UTC."""

FRAME = Frame(
    "cache",
    (
        Field("time", "time", (NOON, None)),
        Field("hit_ratio", "number", (0.25, None), {"service": "shop"}, {"unit": "percentunit"}),
        Field("primitive", "string", ("answers", None)),
        Field("ok", "boolean", (True, None)),
    ),
    {"executedQueryString": "up"},
)


def arrow_of(frame: Frame, ref_id: str = "A") -> Any:
    """The frame as a reader of Arrow sees it."""
    return ipc.open_file(to_arrow(frame, ref_id)).read_all()


def decoded(frame: Frame, column: int = 0) -> list[Any]:
    """One column of the JSON form, after the decoding that Grafana does."""
    data = json.loads(json.dumps(to_json(frame, "A"), allow_nan=False))["data"]
    values: list[Any] = data["values"][column]
    special = {"NaN": math.nan, "Inf": math.inf, "NegInf": -math.inf}
    for name, places in ((data.get("entities") or [None] * (column + 1))[column] or {}).items():
        for place in places:
            values[place] = special[name]
    return values


def test_json_form_holds_schema_and_columns() -> None:
    """The JSON form names every column with its type, labels and config, and holds the values by column."""
    told = to_json(FRAME, "B")

    assert told["schema"]["name"] == "cache"
    assert told["schema"]["refId"] == "B"
    assert told["schema"]["meta"] == {"executedQueryString": "up"}
    assert told["schema"]["fields"][1] == {
        "name": "hit_ratio",
        "type": "number",
        "labels": {"service": "shop"},
        "config": {"unit": "percentunit"},
    }
    assert told["data"] == {"values": [[NOON, None], [0.25, None], ["answers", None], [True, None]]}


def test_arrow_form_carries_what_grafana_restores() -> None:
    """The Arrow file names frame, refId and meta in its schema and name, labels and config in each field."""
    schema = arrow_of(FRAME, "B").schema

    assert schema.metadata == {b"name": b"cache", b"refId": b"B", b"meta": b'{"executedQueryString": "up"}'}
    field = schema.field(1)
    assert field.metadata[b"name"] == b"hit_ratio"
    assert json.loads(field.metadata[b"labels"]) == {"service": "shop"}
    assert json.loads(field.metadata[b"config"]) == {"unit": "percentunit"}
    assert [str(field.type) for field in schema] == ["timestamp[ns]", "double", "string", "bool"]
    assert all(field.nullable for field in schema)


def test_arrow_times_are_exact_nanoseconds() -> None:
    """A time in milliseconds becomes the same instant in nanoseconds, and no time stays no time."""
    column = arrow_of(FRAME).column("time")

    assert column.cast("int64").to_pylist() == [NOON * 1_000_000, None]
    assert column[0].as_py().replace(tzinfo=dt.UTC) == dt.datetime(2026, 1, 1, 0, 0, 0, 123000, tzinfo=dt.UTC)


def test_numbers_that_json_lacks_become_entities() -> None:
    """NaN and the infinities are null in the values and named by their places, so that JSON stays JSON."""
    frame = Frame("odd", (Field("value", "number", (1.0, math.nan, math.inf, -math.inf, None)),))

    data = to_json(frame, "A")["data"]

    assert data["values"] == [[1.0, None, None, None, None]]
    assert data["entities"] == [{"NaN": [1], "Inf": [2], "NegInf": [3]}]


def test_arrow_tells_nan_from_nothing() -> None:
    """In Arrow NaN is a value and None is its absence."""
    column = arrow_of(Frame("odd", (Field("value", "number", (math.nan, None)),))).column("value")

    assert column.null_count == 1
    assert math.isnan(column[0].as_py())


def test_empty_frames_are_readable() -> None:
    """A frame without rows, or without columns, still is a frame in both forms."""
    rows, columns = Frame("none", (Field("value", "number", ()),)), Frame("bare", ())

    assert arrow_of(rows).num_rows == 0
    assert arrow_of(columns).num_columns == 0
    assert to_json(rows, "A")["data"] == {"values": [[]]}
    assert to_json(columns, "A")["data"] == {"values": []}


def test_columns_of_one_name_stay_apart() -> None:
    """Two series may share a name and differ in labels only."""
    frame = Frame(
        "wide",
        (Field("value", "number", (1,), {"service": "a"}), Field("value", "number", (2,), {"service": "b"})),
    )

    table = arrow_of(frame)

    assert [table.column(place)[0].as_py() for place in (0, 1)] == [1.0, 2.0]


def test_columns_of_different_lengths_are_refused() -> None:
    """A frame that could not be drawn is refused where it is made, with the lengths."""
    with pytest.raises(ValueError, match="differ in length"):
        Frame("bad", (Field("a", "number", (1,)), Field("b", "number", ())))


@given(st.lists(st.none() | st.floats()))
def test_both_forms_give_back_the_numbers(values: list[float | None]) -> None:
    """Whatever the numbers are, a reader of either form gets them back."""
    frame = Frame("any", (Field("value", "number", tuple(values)),))

    expected = [repr(value) for value in values]

    assert [repr(value) for value in decoded(frame)] == expected
    assert [repr(value) for value in arrow_of(frame).column("value").to_pylist()] == expected
