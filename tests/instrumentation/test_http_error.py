"""What errors say in HTTP's terms: those of real clients, and whatever has their shape."""

from __future__ import annotations

from email.message import Message
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import aiohttp
import httpx2
import openai
import pytest
import requests
from ai_runtime_intelligent.primitives.http_error import http_status, is_final, retry_after
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

REQUEST = httpx2.Request("POST", "https://api.example/v1")


class BotoError(Exception):
    """What botocore raises, by its shape."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__("boto")
        self.response = {"ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers}}


class AnthropicShapedError(Exception):
    """What anthropic raises, by its shape."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__("anthropic")
        self.status_code = status
        self.response = httpx2.Response(status, headers=headers, request=REQUEST)


class WaitError(Exception):
    """An error with a number of seconds on it."""

    def __init__(self, seconds: Any) -> None:
        super().__init__("wait")
        self.retry_after = seconds


def of_openai(status: int, headers: dict[str, str]) -> Exception:
    """The openai client's own error."""
    return openai.APIStatusError("no", response=httpx2.Response(status, headers=headers, request=REQUEST), body=None)


def of_httpx(status: int, headers: dict[str, str]) -> Exception:
    """What `raise_for_status()` raises."""
    try:
        httpx2.Response(status, headers=headers, request=REQUEST).raise_for_status()
    except httpx2.HTTPStatusError as error:
        return error
    raise AssertionError(status)


def of_requests(status: int, headers: dict[str, str]) -> Exception:
    """What requests raises; its response is false for such a status."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    return requests.HTTPError(response=response)


def of_aiohttp(status: int, headers: dict[str, str]) -> Exception:
    """The error of aiohttp, with status and headers on itself."""
    multi = CIMultiDictProxy(CIMultiDict(headers))
    info = aiohttp.RequestInfo(URL("https://api.example"), "POST", multi, URL("https://api.example"))
    return aiohttp.ClientResponseError(info, (), status=status, headers=multi)


def of_urllib(status: int, headers: dict[str, str]) -> Exception:
    """The error of urllib, which calls the status `code`."""
    message = Message()
    for name, value in headers.items():
        message[name] = value
    error = HTTPError("https://api.example", status, "no", message, None)
    error.close()
    return error


CLIENTS = [of_openai, of_httpx, of_requests, of_aiohttp, of_urllib, AnthropicShapedError, BotoError]


@pytest.mark.parametrize("client", CLIENTS)
def test_retry_after_is_read_from_every_client(client: Any) -> None:
    """The header is found wherever the client keeps it, and through an error that was raised from it."""
    error = client(429, {"Retry-After": "7"})
    wrapped = RuntimeError("our own")
    wrapped.__cause__ = error

    assert (retry_after(error), retry_after(wrapped)) == (7.0, 7.0)
    assert (http_status(error), is_final(error), is_final(wrapped)) == (429, False, False)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (401, True), (404, True), (422, True), (408, False), (409, False), (425, False), (500, False)],
)
def test_what_was_refused_for_good_is_final(client: Any, status: int, final: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A request that is wrong stays wrong; conflicts, limits and failures of the server may pass."""
    assert is_final(client(status, {})) is final


def test_the_server_has_the_last_word() -> None:
    """`x-should-retry` goes before the status, `retry-after-ms` before `retry-after`."""
    assert not is_final(of_openai(400, {"x-should-retry": "true"}))
    assert is_final(of_openai(503, {"x-should-retry": "false"}))
    assert retry_after(of_openai(429, {"retry-after-ms": "250", "retry-after": "1"})) == 0.25


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, 0, None, "7"])
def test_seconds_that_make_no_sense_ask_for_nothing(seconds: Any) -> None:
    """Only a finite positive number is a wait."""
    assert retry_after(WaitError(seconds)) == 0.0
    assert retry_after(WaitError(2.5)) == 2.5


def test_errors_of_any_shape_are_survived() -> None:
    """A property that raises, headers without `get`, an error without anything: nothing is said, nothing raised."""

    class HostileError(Exception):
        @property
        def response(self) -> Any:
            raise RuntimeError("no")

        @property
        def headers(self) -> Any:
            return SimpleNamespace(get=lambda _: 1 / 0)

    for error in (HostileError(), ValueError(), None):
        assert retry_after(error) == 0.0
    assert (http_status(HostileError()), is_final(HostileError()), is_final(ValueError())) == (None, False, False)


@given(st.text())
def test_property_any_header_is_survived(text: str) -> None:
    """Whatever stands in the header, the answer is a wait that can be waited."""
    error = BotoError(429, {"retry-after": text})

    assert 0.0 <= retry_after(error) < float("inf")
