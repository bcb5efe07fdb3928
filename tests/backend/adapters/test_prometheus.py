"""The Prometheus client: every way in which Prometheus can fail has its own clear error and a limit on the wait."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import responses
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.errors import BackendError, BadRequestError, UpstreamError
from airuntime_backend.ports import Sample, Series
from responses.matchers import urlencoded_params_matcher
from support.prometheus import free_port
from support.sockets import mute

BASE: Final = "http://prometheus.test:9090"
ASK: Final[dict[str, Callable[[Prometheus], object]]] = {
    "instant": lambda client: client.instant("up", 10.0),
    "range": lambda client: client.range("up", 0.0, 60.0, 15.0),
    "ready": lambda client: client.ready(),
}
URLS: Final = {
    "instant": ("POST", f"{BASE}/api/v1/query"),
    "range": ("POST", f"{BASE}/api/v1/query_range"),
    "ready": ("GET", f"{BASE}/api/v1/status/buildinfo"),
}
SLOW: Final = 0.3
"""Timeout in seconds of a client that meets a slow server."""


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """What stands in for the network: a request that is not expected fails."""
    with responses.RequestsMock() as wire:
        yield wire


@pytest.fixture(params=sorted(ASK))
def call(request: pytest.FixtureRequest) -> str:
    """One way of asking after the other."""
    return str(request.param)


def answer(wire: responses.RequestsMock, call: str, body: object, status: int = 200) -> None:
    """Let Prometheus answer a call so; anything but bytes as JSON."""
    method, url = URLS[call]
    wire.add(method, url, body if isinstance(body, bytes) else json.dumps(body), status=status)


def fails(call: str, url: str = BASE, timeout: float = 10.0) -> BackendError:
    """The error that a call raises."""
    with pytest.raises(BackendError) as raised:
        ASK[call](Prometheus(url, timeout))
    return raised.value


def vector(*rows: Any, kind: str = "vector", **more: object) -> dict[str, object]:
    """A success as Prometheus tells it."""
    return {"status": "success", "data": {"resultType": kind, "result": list(rows)}, **more}


def test_an_instant_query_gives_its_samples(wire: responses.RequestsMock) -> None:
    """Query, time and timeout are sent in a form, and special numbers understood."""
    sent = {"query": "up", "time": "10.0", "timeout": "10000ms"}
    body = vector({"metric": {"job": "a"}, "value": [10, "1"]}, {"metric": {}, "value": [10, "NaN"]})
    wire.post(URLS["instant"][1], json=body, match=[urlencoded_params_matcher(sent)])

    one, other = Prometheus(f"{BASE}/").instant("up", 10.0)

    assert one == Sample({"job": "a"}, 1.0)
    assert math.isnan(other.value)


def test_a_scalar_is_one_sample(wire: responses.RequestsMock) -> None:
    """Such as ``scalar(x)`` or ``1`` give."""
    wire.post(URLS["instant"][1], json={"status": "success", "data": {"resultType": "scalar", "result": [10, "+Inf"]}})

    assert Prometheus(BASE).instant("1") == (Sample({}, math.inf),)


def test_a_range_query_gives_its_series(wire: responses.RequestsMock) -> None:
    """Start, end and step in seconds, each value with its time."""
    sent = {"query": "up", "start": "0.0", "end": "60.0", "step": "15.0", "timeout": "500ms"}
    body = vector({"metric": {"job": "a"}, "values": [[0, "1"], [15.5, "-Inf"]]}, kind="matrix")
    wire.post(URLS["range"][1], json=body, match=[urlencoded_params_matcher(sent)])

    series = Prometheus(BASE, 0.5).range("up", 0.0, 60.0, 15.0)

    assert series == (Series({"job": "a"}, ((0.0, 1.0), (15.5, -math.inf))),)


def test_ready_tells_the_version(wire: responses.RequestsMock) -> None:
    """Which shows that it answers."""
    answer(wire, "ready", {"status": "success", "data": {"version": "3.5.0"}})

    assert Prometheus(BASE).ready() == "3.5.0"


def test_down_says_where_it_was_looked_for(call: str) -> None:
    """Nobody listens."""
    url = f"http://127.0.0.1:{free_port()}"

    error = fails(call, url)

    assert isinstance(error, UpstreamError)
    assert error.message == f"Prometheus at {url} cannot be reached (ConnectionError): check that it runs"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"HTTP/1.1 200 OK\r\n"])
def test_slow_is_given_up_and_says_how_long_it_was_waited_for(call: str, said: bytes) -> None:
    """Whether nothing came, or the answer stopped halfway."""
    with mute(said) as url:
        before = time.monotonic()
        error = fails(call, url, SLOW)
        waited = time.monotonic() - before

    assert isinstance(error, UpstreamError)
    step = "check what keeps it busy" if call == "ready" else "narrow the query or the range"
    assert error.message == f"Prometheus at {url} did not answer within 0.3 s: {step}"
    assert waited < 10 * SLOW


def test_an_answer_that_breaks_off_is_told() -> None:
    """A proxy that dies in the middle."""
    with mute(b"no HTTP at all\r\n\r\n") as url:
        error = fails("instant", url, SLOW)

    assert error.message == f"Prometheus at {url} cannot be reached (ConnectionError): check that it runs"


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_query_is_told_in_prometheus_own_words(wire: responses.RequestsMock, status: int) -> None:
    """It is the query's fault: the field and its value are named."""
    told = "1:3: parse error: unexpected end of input in aggregation"
    answer(wire, "instant", {"status": "error", "errorType": "bad_data", "error": told}, status)

    error = fails("instant")

    assert isinstance(error, BadRequestError)
    assert error.message == f"Prometheus refused the query: {told}"
    assert (error.field, error.value) == ("expr", "up")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "no org id"),
        (429, "too many outstanding requests"),
        (503, "query timed out in expression evaluation"),
        (500, "internal error"),
    ],
)
def test_other_errors_are_told_with_their_status(
    wire: responses.RequestsMock, call: str, status: int, told: str
) -> None:
    """It is not the query's fault."""
    answer(wire, call, {"status": "error", "errorType": "execution", "error": told}, status)

    error = fails(call)

    assert isinstance(error, UpstreamError)
    assert error.message == f"Prometheus at {BASE} answered {status}: {told}"


def test_a_very_long_message_is_cut(wire: responses.RequestsMock) -> None:
    """A panel has little room."""
    answer(wire, "instant", {"status": "error", "error": "x" * 10_000}, 500)

    assert len(fails("instant").message) < 600


NOT_PROMETHEUS: Final = (
    (b"<html>Welcome to nginx</html>", "answered 200 without Prometheus' JSON: is it Prometheus?"),
    (b"{oops", "answered 200 without Prometheus' JSON: is it Prometheus?"),
    (b"\xff\xfe", "answered 200 without Prometheus' JSON: is it Prometheus?"),
    (b"", "answered 200 without Prometheus' JSON: is it Prometheus?"),
    (b"[]", "answered 200 without Prometheus' JSON: is it Prometheus?"),
    (b"{}", "answered 200 without Prometheus' JSON: is it Prometheus?"),
)


@pytest.mark.parametrize(("body", "told"), NOT_PROMETHEUS)
def test_what_is_not_prometheus_is_told(wire: responses.RequestsMock, call: str, body: bytes, told: str) -> None:
    """Another server, or half an answer."""
    answer(wire, call, body)

    error = fails(call)

    assert isinstance(error, UpstreamError)
    assert error.message == f"{BASE} {told}"


@pytest.mark.parametrize("data", [None, [], "text", {}, {"result": []}])
def test_a_success_without_a_result_is_told(wire: responses.RequestsMock, data: object) -> None:
    """As an endpoint that only looks like Prometheus gives."""
    answer(wire, "instant", {"status": "success", "data": data})

    assert fails("instant").message == f"{BASE} answered without a result: is it Prometheus?"


@pytest.mark.parametrize(
    "row",
    [
        {},
        7,
        {"metric": {}},
        {"metric": {}, "value": [1]},
        {"metric": {}, "value": [1, "many"]},
        {"metric": {}, "value": None},
    ],
)
def test_a_row_in_another_form_is_told(wire: responses.RequestsMock, row: object) -> None:
    """And does not end in a traceback."""
    answer(wire, "instant", vector(row))

    error = fails("instant")

    assert isinstance(error, UpstreamError)
    assert error.message == f"{BASE} answered in another form than Prometheus': is it Prometheus?"


def test_a_version_in_another_form_is_told(wire: responses.RequestsMock) -> None:
    """Health stays an answer."""
    answer(wire, "ready", {"status": "success", "data": ["3.5.0"]})

    assert fails("ready").message == f"{BASE} answered in another form than Prometheus': is it Prometheus?"


def test_a_result_of_another_kind_is_the_querys_fault(wire: responses.RequestsMock) -> None:
    """A range vector where a number is wanted."""
    answer(wire, "instant", vector(kind="matrix"))

    error = fails("instant")

    assert isinstance(error, BadRequestError)
    assert error.message == "the query gives a matrix, not a vector"


@pytest.mark.parametrize(
    ("call", "kind", "row"),
    [
        ("instant", "vector", {"metric": {}, "histogram": [10, {"count": "1", "sum": "2"}]}),
        ("range", "matrix", {"metric": {}, "values": [[1, "1"]], "histograms": [[10, {"count": "1"}]]}),
    ],
)
def test_native_histograms_are_told_and_how_to_ask_instead(
    wire: responses.RequestsMock, call: str, kind: str, row: object
) -> None:
    """They are no numbers, and half of them must not be drawn as all."""
    answer(wire, call, vector(row, kind=kind))

    error = fails(call)

    assert isinstance(error, BadRequestError)
    assert error.message.startswith("the query gives native histograms, not numbers: ask for histogram_quantile()")


def test_a_warning_is_logged_and_the_answer_used(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    """A partial answer is better than none, but not in silence."""
    told = "PromQL warning: ignored histogram"
    answer(wire, "instant", vector({"metric": {}, "value": [10, "1"]}, warnings=[told]))

    with caplog.at_level(logging.WARNING):
        samples = Prometheus(BASE).instant("up", 10.0)

    assert samples == (Sample({}, 1.0),)
    assert caplog.messages == [f"Prometheus at {BASE} warns of 'up': {told}"]


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_password_in_the_url_is_used_but_never_told(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """It goes to Prometheus, and into no error and no log."""
    url = "http://reader:hunter2@prometheus.test:9090"
    wire.post(f"{url}/api/v1/query", json={"status": "error", "error": "no"}, status=status)

    error = fails("instant", url)

    assert wire.calls[0].request.headers["Authorization"] == "Basic cmVhZGVyOmh1bnRlcjI="
    assert "hunter2" not in error.message + caplog.text
    assert "reader" not in error.message


def test_a_password_is_not_told_when_it_is_down(call: str) -> None:
    """Health shows this message to everybody."""
    port = free_port()

    error = fails(call, f"http://reader:hunter2@127.0.0.1:{port}")

    assert (
        error.message
        == f"Prometheus at http://127.0.0.1:{port} cannot be reached (ConnectionError): check that it runs"
    )


def test_a_real_prometheus_answers(empty_prometheus: str) -> None:
    """The forms above are those of the real one: numbers, special numbers, and its own words for a wrong query."""
    client = Prometheus(empty_prometheus)

    assert client.instant("vector(2)", 10.0) == (Sample({}, 2.0),)
    assert client.instant("1 / 0", 10.0) == (Sample({}, math.inf),)
    (series,) = client.range("vector(time())", 0.0, 30.0, 15.0)
    assert series.points == ((0.0, 0.0), (15.0, 15.0), (30.0, 30.0))
    assert client.ready().startswith(("2.", "3."))
    with pytest.raises(BadRequestError, match=r"^Prometheus refused the query: .*1:5: parse error: unclosed"):
        client.instant("sum(")
