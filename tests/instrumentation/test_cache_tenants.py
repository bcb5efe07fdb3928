"""Tenants never share an answer, however they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive, as_tenant
from ai_runtime_intelligent.primitives.tenant import carried_tenant
from hypothesis import given, settings
from hypothesis import strategies as st

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio

TENANTS = st.sampled_from(["acme", "b", 1, True, 1.0, "1", ("acme", "q"), None])
KEYS = st.sampled_from(["q", "acme", 1, ("acme", "q"), ("b", "q")])


class Model:
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def execute(self, value: Any) -> str:
        """Answer with the number of the call."""
        self.calls += 1
        return f"{value} {self.calls}"


async def test_explicit_tenant_is_part_of_every_key(value: Value) -> None:
    """Equal inputs of two tenants are two answers; an unknown tenant shares with nobody."""
    model = Model()
    cache = CachePrimitive("c", model, key=lambda ask: ask["q"], tenant=lambda ask: ask["who"])
    for who in ("a", "b", "a", None, None):
        await cache.execute({"q": "x", "who": who})

    assert model.calls == 4
    assert value("airuntime_cache_requests_total", primitive="c", kind="cache", result="hit") == 1
    assert value("airuntime_cache_requests_total", primitive="c", kind="cache", result="bypass") == 2


async def test_tenant_and_key_may_read_the_context() -> None:
    """A key or tenant function that needs two arguments gets the context as well."""
    model = Model()
    cache = CachePrimitive("c", model, key=lambda q, context: (q, context["locale"]), tenant=lambda _, c: c["org"])
    for locale, org in (("de", 1), ("en", 1), ("de", 2), ("de", 1)):
        await cache.execute("x", {"locale": locale, "org": org})

    assert model.calls == 3


async def test_carried_tenant_reaches_tasks_and_threads() -> None:
    """`as_tenant()` holds for tasks and threads that begin inside it, and not after it."""
    model = Model()
    cache = CachePrimitive("c", model)
    with as_tenant("acme"):
        await asyncio.gather(cache.execute("q"), asyncio.create_task(cache.execute("q")))
        assert await asyncio.to_thread(carried_tenant, None) == "acme"
    await cache.execute("q")

    assert model.calls == 2
    assert carried_tenant(None) is None


@pytest.mark.parametrize(
    "context",
    [
        {"tenant": "acme"},
        {"tenant_id": "acme"},
        {"metadata": {"tenant": "acme"}},
        SimpleNamespace(tenant="acme"),
        SimpleNamespace(metadata={"tenant_id": "acme"}),
    ],
)
async def test_context_carries_its_tenant(context: Any) -> None:
    """An attribute, a key or the metadata of the context names the tenant; `as_tenant()` goes before it."""
    assert carried_tenant(context) == "acme"
    with as_tenant("other"):
        assert carried_tenant(context) == "other"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TENANTS, KEYS), max_size=20))
async def test_property_no_answer_crosses_tenants(asked: list[tuple[Hashable, Hashable]]) -> None:
    """Whatever tenants and keys look like, an answer goes only to the tenant that it was made for."""

    async def answer(_: Any, context: Any) -> tuple[type, Hashable]:
        return type(context["tenant"]), context["tenant"]

    cache = CachePrimitive("p", answer)
    for tenant, key in asked:
        assert await cache.execute(key, context={"tenant": tenant}) == (type(tenant), tenant)
