"""The ledger's routes, queries and command: what the books say, as JSON, frames and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.api.ledger_views import ledger_csv
from airuntime_backend.app import create_app
from airuntime_backend.engine.accounts import Accounts
from flask.testing import FlaskClient
from support.backend import settings
from support.books import HOUR, Shop, arm
from support.errors import assert_canonical_error

T = 100 * HOUR
END = T + 3 * HOUR + 60


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop of which three hours are booked, the first of them corrected; a model that words cost 10 cents."""
    shop = Shop.on(f"sqlite:///{tmp_path}/state.db")
    shop.arms.told = lambda *_: (arm(20, 0.02), arm(180, 0.01))
    shop.move(shop.apply(T), "confirmed", T + HOUR)
    shop.book(T + HOUR + 60)
    shop.arms.told = lambda *_: (arm(20, 0.02), arm(380, 0.01))
    with shop.ledger.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO model_call (key, model, at, usd, answer, refusal) VALUES ('k', 'm', ?, 0.1, '', '')", (T,)
        )
    shop.book(END)
    yield shop
    shop.ledger.close()


@pytest.fixture
def client(shop: Shop, tmp_path: Path) -> FlaskClient:
    """A client of the shop's backend."""
    app = create_app(settings(tmp_path), metrics=shop.meter, ledger=shop.ledger, clock=shop.clock)
    client: FlaskClient = app.test_client()
    return client


def rows(client: FlaskClient, type_: str) -> list[dict[str, Any]]:
    """The rows of a query type over everything that is booked."""
    body = {"queries": [{"refId": "A", "type": type_}], "range": {"from": T * 1000, "to": END * 1000}}
    (frame,) = client.post("/api/query", json=body).get_json()["results"]["A"]["frames"]
    names = [field["name"] for field in frame["schema"]["fields"]]
    return [dict(zip(names, row, strict=True)) for row in zip(*frame["data"]["values"], strict=True)]


def test_the_ledger_tells_saved_own_cost_and_net(client: FlaskClient) -> None:
    """Three hours of 3.80 USD; two of them kept 20 calls on the old value; a model was asked."""
    told = client.get("/ledger").get_json()

    assert told["currency"] == "USD"
    assert told["saved"]["usd"]["mid"] == pytest.approx(11.4)
    assert (told["model_usd"], told["holdout_usd"]) == pytest.approx((0.1, 0.4))
    assert told["net_usd"]["mid"] == pytest.approx(10.9)
    assert told["roi"] == pytest.approx(10.9 / 0.5)
    assert told["priced_ratio"] == 0.9
    assert told["prices"] == ["a table of 2026-11-01"]
    assert told["booked_until"] == {"shop": T + 3 * HOUR}


def test_each_change_has_its_interval_its_basis_and_the_bill_without_it(client: FlaskClient) -> None:
    """The service spent 15 USD; without the change it would have been 26.40."""
    (one,) = client.get("/ledger").get_json()["changes"]

    assert (one["service"], one["primitive"], one["phase"], one["basis"]) == ("shop", "answers", "kept", "holdout")
    assert (one["began"], one["kept"], one["ended"], one["ageing_since"]) == (T, T + HOUR, None, None)
    assert one["saved"]["usd"]["low"] < 11.4 < one["saved"]["usd"]["high"]
    assert one["bill_usd"] == 15.0
    assert one["without_usd"]["mid"] == pytest.approx(26.4)
    assert (one["windows"], one["corrections"], one["calls"]) == (3, 1, 1140.0)


def test_a_span_and_a_service_may_be_asked_for(client: FlaskClient) -> None:
    """The hours that begin in the span; models' cost belongs to no service."""
    hour = client.get("/ledger", query_string={"from": round((T + HOUR) * 1000), "to": round((T + 2 * HOUR) * 1000)})
    shop = client.get("/ledger", query_string={"service": "shop"}).get_json()

    assert hour.get_json()["saved"]["usd"]["mid"] == pytest.approx(3.8)
    assert shop["model_usd"] == 0.0
    assert client.get("/ledger?service=other").get_json()["changes"] == []


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=%20", "to=99999999999999999", "from=10&to=5", "service=" + "x" * 201, "shop=1"]
)
def test_a_wrong_span_is_refused(client: FlaskClient, query: str) -> None:
    """With the field, in the one shape of errors."""
    assert_canonical_error(client.get(f"/ledger?{query}"), 400, "bad_request")


def test_the_csv_has_a_line_for_each_entry_and_its_columns_add_up(client: FlaskClient) -> None:
    """A correction is a line of its own with its differences."""
    answer = client.get("/ledger.csv")

    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.mimetype == "text/csv"
    assert [(one["entry"], one["basis"]) for one in lines] == [
        ("0", "measured"),
        ("1", "measured"),
        ("0", "holdout"),
        ("0", "holdout"),
        ("", "model_calls"),
    ]
    assert sum(float(one["saved_usd"] or 0) for one in lines) == pytest.approx(11.4)
    assert sum(float(one["net_usd"] or 0) for one in lines) == pytest.approx(10.9)
    assert sum(float(one["calls"] or 0) for one in lines) == 1140
    assert sum(float(one["service_usd"] or 0) for one in lines) == 15.0
    assert lines[1]["note"] == "200 calls came in after the window was booked"
    assert {one["currency"] for one in lines} == {"USD"}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=x"])
def test_names_are_no_formulas(shop: Shop, name: str) -> None:
    """A spreadsheet shows what a service calls its tunable, and calculates nothing; numbers stay numbers."""
    entry = shop.books.entries(0.0, 1e12)[0]
    wild = Accounts(shop.ledger, shop.books).read(0.0, 1e9)
    booking = replace(entry.booking, tunable=name, holdout_usd=-1.0)
    text = ledger_csv(replace(wild, entries=(replace(entry, booking=booking),)))

    (line, _) = csv.DictReader(io.StringIO(text, newline=""))
    assert line["tunable"] == f"'{name}"
    assert line["holdout_usd"] == "-1.0"


def test_the_query_types_say_the_same(client: FlaskClient) -> None:
    """Dashboards show what finance downloads."""
    (one,) = rows(client, "ledger")
    assert one["usd"] == pytest.approx(11.4)
    assert one["net_usd"] == pytest.approx(11.0)
    assert (one["basis"], one["ageing_since"]) == ("holdout", None)

    everything, shop = rows(client, "roi")
    assert (everything["service"], everything["model_usd"]) == ("all", 0.1)
    assert everything["roi"] == pytest.approx(10.9 / 0.5)
    assert (shop["service"], shop["net_usd"]) == ("shop", pytest.approx(11.0))

    (bill,) = rows(client, "bill")
    assert (bill["bill_usd"], bill["without_usd"]) == (15.0, pytest.approx(26.4))

    earned = rows(client, "earnings")
    assert [row["usd"] for row in earned] == pytest.approx([3.8, 7.6, 11.4])
    assert earned[-1]["usd_low"] < 11.4 < earned[-1]["usd_high"]
