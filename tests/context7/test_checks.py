"""Checks: each speaks where it should, and is silent where it only looks so."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import Final

import pytest
from ai_runtime_intelligent.context7.source.index import SourceIndex
from ai_runtime_intelligent.context7.source.records import Remark
from ai_runtime_intelligent.context7.source.roots import Roots

HEAD: Final = """
import asyncio, subprocess, time, functools
import requests as rq
from functools import lru_cache
from time import sleep as nap
from openai import AsyncOpenAI
from tenacity import retry, stop_after_attempt, wait_fixed
"""


def remarks(tmp_path: Path, source: str) -> tuple[Remark, ...]:
    """What the checks say of a module with the usual imports."""
    (tmp_path / "module.py").write_text(HEAD + dedent(source), encoding="utf-8")
    (found,) = SourceIndex(Roots([tmp_path])).sources()
    assert not found.problem
    return found.remarks


def body(text: str) -> str:
    """A coroutine with that body."""
    return "async def work(items, client, session):\n" + indent(dedent(text), "    ")


SPOKEN: Final = {
    "blocking_call": (
        body("time.sleep(1)"),
        body("nap(1)"),
        body("return rq.get('http://x', timeout=3)"),
        body("import urllib.request\nurllib.request.urlopen('http://x')"),
        body("if items:\n    subprocess.run(['ls'])"),
    ),
    "no_timeout": ("def work():\n    return rq.post('http://x', json={})\n",),
    "lost_task": (body("asyncio.create_task(client.ask())"),),
    "swallowed_cancel": (
        body("try:\n    await client.ask()\nexcept:\n    pass"),
        body("try:\n    await client.ask()\nexcept (ValueError, BaseException):\n    print('x')"),
    ),
    "cached_method": (
        "class A:\n    @functools.cache\n    def f(self, x): ...\n",
        "class A:\n    @lru_cache(maxsize=None)\n    def f(self, x): ...\n",
        "class A:\n    @lru_cache(None)\n    def f(self, x): ...\n",
    ),
    "client_in_loop": (body("for item in items:\n    client = AsyncOpenAI(api_key='x')\n    print(client, item)"),),
    "retry_at_once": (
        body("while True:\n    try:\n        return await client.ask()\n    except OSError:\n        continue"),
        body(
            "for _ in range(3):\n    try:\n        await client.ask()\n        break\n    except OSError:\n        pass"
        ),
        body(
            "while True:\n    try:\n        for item in items:\n            return await client.ask(item)\n"
            "    except httpx.ReadTimeout:\n        pass"
        ),
        "@retry\nasync def work(): ...\n",
        "@retry(reraise=True)\ndef work(): ...\n",
    ),
    "await_in_loop": (
        body("found = []\nfor item in items:\n    found.append(await client.ask(item))"),
        body("found = {}\nfor item in items:\n    answer = await ask(item)\n    found[item] = answer"),
        body("total = 0\nfor item in items:\n    total += await price(item.id)"),
        body("return [await client.ask(item) for item in items]"),
        body("return {item: await ask(item) for item in items}"),
    ),
    "serial_awaits": (
        body("profile = await load_profile(client)\norders = await client.fetch_orders(3)\nreturn profile, orders"),
        body("with x:\n    a = await get_a()\n    b = await get_b()\n    c = await get_c(a)\nreturn b"),
    ),
}
SILENT: Final = {
    "blocking": body("await asyncio.sleep(1)\nawait asyncio.to_thread(time.sleep, 1)\ndo(lambda: time.sleep(1))"),
    "blocking in a thread": body("def inner():\n    time.sleep(1)\nawait asyncio.to_thread(inner)"),
    "blocking without a loop": "def work():\n    time.sleep(1)\n    rq.get('x', timeout=2)\n",
    "a name of one's own": "async def work(time, rq):\n    time.sleep(1)\n    rq.get('x')\n",
    "another get": body("session.get('x')\nitems.get('y')"),
    "timeout in options": "def work(options):\n    rq.get('x', **options)\n",
    "a kept task": body("task = asyncio.create_task(client.ask())\nawait task\nitems.append(asyncio.create_task(x()))"),
    "cancel is raised": body("try:\n    await client.ask()\nexcept BaseException:\n    print('x')\n    raise"),
    "cancel has a handler": body(
        "try:\n    await client.ask()\nexcept asyncio.CancelledError:\n    raise\nexcept BaseException:\n    pass"
    ),
    "cancel is handed on": body("try:\n    await client.ask()\nexcept BaseException as error:\n    client.fail(error)"),
    "cleaning up": body(
        "try:\n    await client.ask()\nexcept BaseException:\n    try:\n        await client.close()\n"
        "    except BaseException:\n        pass\n    raise"
    ),
    "a bounded cache": "class A:\n    @lru_cache(maxsize=8)\n    def f(self): ...\n",
    "a cached property": "class A:\n    @functools.cached_property\n    def f(self): ...\n",
    "a cached function": "@functools.cache\ndef f(x): ...\n",
    "a cached static method": "class A:\n    @staticmethod\n    @functools.cache\n    def f(x): ...\n",
    "a client for each item": body("for key in items:\n    client = AsyncOpenAI(api_key=key)"),
    "a retry that waits": body(
        "while True:\n    try:\n        return await client.ask()\n    except OSError:\n        await asyncio.sleep(1)"
    ),
    "a retry that gives up": body(
        "while True:\n    try:\n        return await client.ask()\n    except OSError:\n        raise ValueError"
    ),
    "a fallback": body(
        "for one in items:\n    try:\n        return await one.ask()\n    except OSError:\n        pass"
    ),
    "tenacity with stop": "@retry(stop=stop_after_attempt(3), wait=wait_fixed(1))\ndef f(): ...\n",
    "a chain": body("x = 1\nfor step in items:\n    x = await step.execute(x)\nreturn x"),
    "a chain through a list": body("xs = [1]\nfor step in items:\n    xs.append(await step.execute(xs[-1]))"),
    "the first that answers": body(
        "for item in items:\n    found = await ask(item)\n    if found:\n        return found"
    ),
    "an effect in order": body("for item in items:\n    await client.ask(item)"),
    "a stream": body("out = []\nfor _ in items:\n    out.append(await client.reader.read(items))"),
    "a queue": body("out = []\nfor item in items:\n    out.append(await queue.get(item))"),
    "a session that is shared": body("out = []\nfor item in items:\n    out.append(await get_user(session, item))"),
    "one database session": body("a = await get_a(session)\nb = await get_b(session)"),
    "one needs the other": body("user = await get_user(client)\norders = await get_orders(user)"),
    "actions": body("a = await create_order(client)\nb = await charge(client)"),
    "a decision": body("out = []\nfor item in items:\n    if await client.wants(item):\n        out.append(item)"),
    "a decision in an expression": body("return [item if await client.wants(item) else None for item in items]"),
    "one that calls itself": "async def walk(x):\n    return [await walk(one) for one in x]\n",
    "waiting in turn": body("out = []\nfor item in items:\n    out.append(await wait_for_batch(item))"),
    "asking a person": body("out = []\nfor item in items:\n    out.append(await self.approve(item))"),
    "parts that build on each other": (
        "class A:\n    async def f(self):\n        self.a = await self.get_a()\n"
        "        self.b = await self.get_b(self.a)\n"
    ),
    "parts of one object": (
        "class A:\n    async def f(self):\n        self.a = await self.get_a()\n        self.b = await self.get_b()\n"
    ),
    "a reader that connects again": body(
        "while True:\n    try:\n        async for x in client.all():\n            await client.take(x)\n"
        "            break\n    except OSError:\n        pass\n    print(items)"
    ),
    "a retry that connects first": body(
        "while True:\n    try:\n        return await client.ask()\n    except OSError:\n        pass\n"
        "    await client.open()"
    ),
    "another attempt at what was damaged": body(
        "for _ in range(3):\n    try:\n        return await client.ask()\n    except DamagedError:\n        pass"
    ),
    "an asynchronous generator": body("return [one async for one in client.ask()]"),
}


@pytest.mark.parametrize(
    ("check", "source"), [(check, source) for check, sources in SPOKEN.items() for source in sources]
)
def test_it_speaks(tmp_path: Path, check: str, source: str) -> None:
    """Once, of the right lines, with a reason and a question for the documentation."""
    found = remarks(tmp_path, source)

    assert {one.check for one in found} - {"blocking_call"} <= {check}
    (remark,) = [one for one in found if one.check == check]
    lines = len((HEAD + dedent(source)).splitlines())
    assert len(HEAD.splitlines()) < remark.line <= remark.end_line <= lines
    assert remark.title
    assert remark.why.endswith(".")
    assert remark.library
    assert remark.question


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(tmp_path: Path, case: str) -> None:
    """Where it only looks as if something were wrong."""
    assert remarks(tmp_path, SILENT[case]) == ()


def test_nested_loops_are_told_once(tmp_path: Path) -> None:
    """A client in the inner loop is one remark, not two."""
    source = body("for a in items:\n    for b in items:\n        print(AsyncOpenAI(), a, b)")

    assert [one.check for one in remarks(tmp_path, source)] == ["client_in_loop"]


def test_it_stays_silent_on_well_kept_libraries() -> None:
    """On httpx, tenacity and click, some 20,000 lines, there is nothing to say."""
    import click  # noqa: PLC0415
    import httpx  # noqa: PLC0415
    import tenacity  # noqa: PLC0415

    index = SourceIndex(Roots([Path(str(one.__file__)).parent for one in (click, httpx, tenacity)]))
    sources = index.sources()

    assert len(sources) > 40
    assert [one for source in sources for one in source.remarks] == []
    assert [source.file for source in sources if source.problem] == []
