"""Calls in turn that run together: which shapes are rewritten and into what, which are left, and why."""

from __future__ import annotations

import textwrap
from typing import Final

import pytest
from airuntime_backend.adapters.advisor_llm.patch import patched
from airuntime_backend.adapters.patches.rules import diff_of
from airuntime_backend.adapters.patches.together import Callee, UnsafeError, callee_at, gathered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.turns import HEAD, Ran, body_of, caller, comments, ran, rewritten

ROWS: Final = {
    "two below each other": (
        """
        one = await fetch(a)
        two = await fetch(b)
        return one, two
        """,
        """
        one, two = await asyncio.gather(fetch(a), fetch(b))
        return one, two
        """,
    ),
    "comments and keywords": (
        """
        # whom we ask first
        one = await fetch(a, more=1)  # the first
        # and then

        two = await fetch(number=b)
        return one, two
        """,
        """
        # whom we ask first
        one, two = await asyncio.gather(
            fetch(a, more=1),  # the first
            # and then
            fetch(number=b),
        )
        return one, two
        """,
    ),
    "on several lines": (
        """
        one = await fetch(
            a,
            more=[  # two
                1, 2],
        )
        two = await fetch(b)
        return one, two
        """,
        """
        one, two = await asyncio.gather(
            fetch(
                a,
                more=[  # two
                    1, 2],
            ),
            fetch(b),
        )
        return one, two
        """,
    ),
    "those that need each other stay apart": (
        """
        one = await fetch(a)
        two = await fetch(b)
        three = await fetch(one)
        four = await fetch(two)
        return three, four
        """,
        """
        one, two = await asyncio.gather(fetch(a), fetch(b))
        three, four = await asyncio.gather(fetch(one), fetch(two))
        return three, four
        """,
    ),
    "no more than may run at once": (
        """
        one = await fetch(1)
        two = await fetch(2)
        three = await fetch(3)
        four = await fetch(4)
        five = await fetch(5)
        return one, two, three, four, five
        """,
        """
        one, two, three, four = await asyncio.gather(fetch(1), fetch(2), fetch(3), fetch(4))
        five = await fetch(5)
        return one, two, three, four, five
        """,
    ),
    "in a branch, in a loop": (
        """
        sums = []
        for x in xs:
            if x:
                one = await fetch(x)
                two = await fetch(f"{x}!")
                sums.append((one, two))
        return sums
        """,
        """
        sums = []
        for x in xs:
            if x:
                one, two = await asyncio.gather(fetch(x), fetch(f"{x}!"))
                sums.append((one, two))
        return sums
        """,
    ),
    "what is appended": (
        """
        found: list[object] = []
        for x in xs:  # each
            found.append(await fetch(x, more=a))  # slowly
        # all of them
        return found
        """,
        """
        found: list[object] = []
        at_once = asyncio.Semaphore(4)

        async def one_fetch(x):
            async with at_once:
                # each
                # slowly
                return await fetch(x, more=a)

        found.extend(await asyncio.gather(*(one_fetch(x) for x in xs)))
        # all of them
        return found
        """,
    ),
    "two names for an item": (
        """
        found = list()
        for n, x in enumerate(xs):
            found.append(await fetch(x, n))
        return found
        """,
        """
        found = list()
        at_once = asyncio.Semaphore(4)

        async def one_fetch(n, x):
            async with at_once:
                return await fetch(x, n)

        found.extend(await asyncio.gather(*(one_fetch(n, x) for n, x in enumerate(xs))))
        return found
        """,
    ),
    "a list of what they give": (
        """
        return [await fetch(x) for x in sorted(xs) if x != b]
        """,
        """
        at_once = asyncio.Semaphore(4)

        async def one_fetch(x):
            async with at_once:
                return await fetch(x)

        return await asyncio.gather(*(one_fetch(x) for x in sorted(xs) if x != b))
        """,
    ),
    "two lists, and names that are taken": (
        """
        at_once = 1
        first = [await fetch(x) for x in xs]
        second: list[object] = [
            await fetch(x, at_once)
            for x in ("a  b", "c")
        ]
        return first, second
        """,
        """
        at_once = 1
        at_once_ = asyncio.Semaphore(4)

        async def one_fetch(x):
            async with at_once_:
                return await fetch(x)

        first = await asyncio.gather(*(one_fetch(x) for x in xs))
        at_once__ = asyncio.Semaphore(4)

        async def one_fetch_(x):
            async with at_once__:
                return await fetch(x, at_once)

        second: list[object] = await asyncio.gather(*(one_fetch_(x) for x in ("a  b", "c")))
        return first, second
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), ROWS.values(), ids=ROWS)
def test_calls_that_do_not_need_each_other_run_together(before: str, after: str) -> None:
    """All else stays as it was written, comments too, and it gives what it gave."""
    source = caller(before.strip("\n"))
    made = rewritten(source)

    assert body_of(made) == textwrap.dedent(after.strip("\n"))
    assert comments(made) == comments(source)
    assert alike(source, made)


def alike(before: str, after: str, *, fails: object = None) -> bool:
    """Whether both give, ask for and raise the same, the second of them no more than four at once."""
    old, new = (ran(source, None, 1, 2, [3, 4, 5, 6, 7, 0], fails=fails) for source in (before, after))
    assert old.most <= 1
    assert new.most <= 4
    return (old.gave, old.raised) == (new.gave, new.raised) and asked_alike(old, new)


def asked_alike(old: Ran, new: Ran) -> bool:
    """Whether the same was asked for; after an error more may have been."""
    return old.asked == new.asked or (bool(old.raised) and set(map(str, old.asked)) <= set(map(str, new.asked)))


ROW: Final = "one = await fetch(a)\ntwo = await fetch(b)\n"
LOOP: Final = "found = []\nfor x in xs:\n    found.append(await fetch(x))\n"
LEFT: Final = {
    "each needs another": ("one = await fetch(a)\ntwo = await fetch(one)\n", "each needs what the one before it gave"),
    "something between": ("one = await fetch(a)\nprint(one)\ntwo = await fetch(b)\n", "do not stand one below"),
    "a call between": ("one = await fetch(a)\ntwo = await fetch(client.next())\n", "client.next() does something"),
    "a walrus between": ("one = await fetch(c := a)\ntwo = await fetch(b)\n", "c := a does something between"),
    "an await between": ("one = await fetch(await client)\ntwo = await fetch(b)\n", "await client does something"),
    "the same name twice": ("one = await fetch(a)\none = await fetch(b)\n", "two of the calls bind the same name"),
    "in a try": (f"try:\n{textwrap.indent(ROW, '    ')}except LookupError:\n    return None\n", "they stand in a try"),
    "in a finally": (f"try:\n    pass\nfinally:\n{textwrap.indent(ROW, '    ')}", "they stand in a try"),
    "in a with": (f"async with client:\n{textwrap.indent(ROW, '    ')}", "they stand in a with"),
    "seen by a closure": (f"def see():\n    return one\n{ROW}client(see)\n", "a function within it sees one"),
    "a global": (f"global one\n{ROW}", "one is not its own"),
    "a semicolon": ("one = await fetch(a); two = await fetch(b)\n", "do not stand one below the other"),
    "results dropped": ("await fetch(a)\nawait fetch(b)\n", "do not stand one below the other"),
    "an attribute bound": ("client.one = await fetch(a)\nclient.two = await fetch(b)\n", "do not stand one below"),
    "no call": ("return a\n", "awaits no call of fetch by its name"),
    "not awaited itself": ("return await asyncio.wait_for(fetch(a), 1)\n", "awaits no call of fetch by its name"),
    "another's fetch": ("fetch = client\n" + ROW, "awaits no call of fetch by its name"),
    "a method of that name": ("one = await client.fetch(a)\ntwo = await client.fetch(b)\n", "awaits no call of fetch"),
    "asyncio is something else": ("asyncio = client\n" + ROW, "asyncio is the name of something else there"),
    "another runtime": ("import trio\n" + ROW, "does not run on asyncio alone"),
    "a generator, perhaps": (LOOP.replace("xs", "client"), "nothing says that client is a collection"),
    "a generator's alias": ("ys = client.all()\n" + LOOP.replace("xs", "ys"), "nothing says that ys is a collection"),
    "two origins": ("ys = [a]\nif b:\n    ys = client\n" + LOOP.replace("xs", "ys"), "nothing says that ys is"),
    "an iterator": (LOOP.replace("xs", "iter(xs)"), "nothing says that iter(xs) is a collection"),
    "an asynchronous loop": (LOOP.replace("for", "async for"), "its loop is asynchronous or has an else"),
    "an else": (f"{LOOP}else:\n    return None\n", "its loop is asynchronous or has an else"),
    "more in the loop": (LOOP + "    if x:\n        break\n", "its loop does more with each call than to append"),
    "not just appended": (LOOP.replace("await fetch(x)", "(x, await fetch(x))"), "its loop does more with each call"),
    "a list from elsewhere": (LOOP.replace("found = []\n", "found = client\n"), "found is not made empty just before"),
    "a list with another name": (LOOP.replace("found = []\n", "found = kept = []\n"), "found is not made empty just"),
    "a list that was given away": (LOOP.replace("[]\n", "[]\nclient(found)\n"), "found is not made empty just before"),
    "a list that a call needs": (LOOP.replace("fetch(x)", "fetch(found)"), "found is seen while the calls run"),
    "an item used later": (f"{LOOP}return x\n", "x is used outside of its loop too"),
    "an item of parts": (LOOP.replace("for x", "for client.x"), "client.x is more than names"),
    "a loop in a try": (f"try:\n{textwrap.indent(LOOP, '    ')}finally:\n    client()\n", "they stand in a try"),
    "a set": ("return {await fetch(x) for x in xs}\n", "a comprehension that makes no list"),
    "two loops in one": ("return [await fetch(x) for y in xs for x in y]\n", "is asynchronous or has two loops"),
    "a condition that calls": ("return [await fetch(x) for x in xs if client(x)]\n", "the condition of its"),
    "part of more": ("return len([await fetch(x) for x in xs])\n", "is part of another expression"),
    "a head on two lines": (LOOP.replace("in xs", "in (\n    xs\n)"), "the head of its loop is on several lines"),
    "a strange separator": (f"'\\x0c'\n{ROW}".replace("\\x0c", "\x0c"), "characters that end lines for some readers"),
    "a comment within": ("return [await fetch(x)  # one\n    for x in xs]\n", "comments stand in its comprehension"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "why"), LEFT.values(), ids=LEFT)
def test_what_is_not_surely_safe_is_left_with_the_reason(body: str, why: str) -> None:
    """Nobody has to guess why there is no patch."""
    with pytest.raises(UnsafeError) as error:
        rewritten(caller(body))

    assert why in error.value.reason


def fetching(body: str, head: str = "async def fetch(self, number, more=0):", before: str = "") -> tuple[str, int]:
    """A module whose ``fetch`` is a method with this body, and its line."""
    source = f"import asyncio\n{before}\n\nclass Shop:\n    {head}\n{textwrap.indent(body, ' ' * 8)}"
    return source, source[: source.index("def fetch")].count("\n") + 1


EFFECTS: Final = {
    "sets an attribute": ("self.last = number\n", "it sets self.last"),
    "sets an item": ("self.all[number] = 1\n", "it sets self.all[number]"),
    "sets what it was given": ("number.seen = True\n", "it sets number.seen"),
    "deletes": ("del self.all[number]\n", "it sets self.all[number]"),
    "adds up": ("self.n += 1\n", "it sets self.n"),
    "appends": ("self.all.append(number)\n", "it changes self.all"),
    "appends to an alias": ("all = self.all\nall.append(number)\n", "it changes all"),
    "sets a global": ("global LAST\nLAST = number\n", "it sets LAST"),
    "prints": ("print(number)\n", "it calls print"),
    "goes on": ("return next(self.all)\n", "it calls next"),
    "posts": ("return await self.client.post(number)\n", "self.client.post may write"),
    "saves": ("await save_order(number)\n", "save_order may write"),
    "executes": ("return await self.db.execute(number)\n", "self.db.execute may write"),
    "inserts": ("return await self.db.execute('INSERT INTO x VALUES (1)')\n", "self.db.execute may write"),
    "locks": ("async with self.lock:\n    return number\n", "it enters self.lock"),
    "yields": ("yield number\n", "it yields"),
    "within another method": ("return await self.helped(number)\n", "it sets self.last"),
}


@pytest.mark.parametrize(("body", "why"), EFFECTS.values(), ids=EFFECTS)
def test_a_function_whose_calls_see_each_other_is_left(body: str, why: str) -> None:
    """Its own body counts, and those that it calls in its class and module."""
    source, line = fetching(body)
    source += "\n    async def helped(self, number):\n        self.last = number\n"

    with pytest.raises(UnsafeError) as error:
        callee_at("fetch", "shop.py", source, line)

    assert error.value.reason.startswith("fetch may change what its other calls see: ")
    assert why in error.value.reason


@pytest.mark.parametrize(
    "body",
    [
        "return await self.client.get(number)\n",
        "rows = []\nrows.append(await self.client.get(number))\nrows[0] = 1\nreturn rows\n",
        "async with self.client.get(number) as answer:\n    return await answer.json()\n",
        "async with self.semaphore:\n    return await self.client.get(number)\n",
        "return await self.db.execute('select * from orders where id = ?', number)\n",
        "return await self.client.chat.completions.create(model='m', messages=[number])\n",
        "return await self.again(number)\n",
        "answer = await self.client.get(number)\nanswer['n'] = number\nreturn answer\n",
    ],
)
def test_a_function_that_only_asks_may_run_side_by_side(body: str) -> None:
    """What it makes itself is its own; a model is asked, not written to."""
    source, line = fetching(body)
    source += "\n    async def again(self, number):\n        return await self.again(number)\n"

    assert callee_at("fetch", "src/shop.py", source, line) == Callee("fetch", "Shop", "shop", line)


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("def fetch():\n    pass\n", 1, "is no coroutine function"),
        ("fetch = Cache('fetch')\n", 1, "is no function whose source can be read"),
        ("@cached\nasync def fetch():\n    pass\n", 2, "it is decorated by cached, which cannot be looked into"),
        ("async def fetch(:\n", 1, "does not parse"),
    ],
)
def test_what_is_no_readable_coroutine_function_is_left(source: str, line: int, why: str) -> None:
    """There is nothing to see, so nothing is safe."""
    with pytest.raises(UnsafeError, match=why):
        callee_at("fetch", "shop.py", source, line)


THEIRS: Final = "async def fetch(number):\n    return number\n"
IMPORTS: Final = {
    "by its name": ("from .items import fetch\n", "fetch", True),
    "by another name": ("from shop.items import fetch as ask\n", "ask", True),
    "of its module": ("from shop import items\n", "items.fetch", True),
    "of a renamed module": ("import shop.items as things\n", "things.fetch", True),
    "of another module": ("from .others import fetch\n", "fetch", False),
    "another of the module": ("from .items import other as fetch\n", "fetch", False),
    "bound twice": ("from .items import fetch\nfetch = print\n", "fetch", False),
}


@pytest.mark.parametrize(("head", "name", "found"), IMPORTS.values(), ids=IMPORTS)
def test_a_function_of_another_file_is_known_by_its_import(head: str, name: str, *, found: bool) -> None:
    """``asyncio`` is imported where it was not; the document string stays first."""
    source = f'"""A shop."""\n\n{head}\n\nasync def page(a, b):\n    one = await {name}(a)\n    two = await {name}(b)\n'
    line = source[: source.index("async def page")].count("\n") + 1
    callee = callee_at("fetch", "src/shop/items.py", THEIRS, 1)
    if not found:
        with pytest.raises(UnsafeError, match="awaits no call of fetch by its name"):
            gathered(source, line, callee, here=False, at_once=4)
        return
    after = gathered(source, line, callee, here=False, at_once=4)

    assert after.startswith('"""A shop."""\n\n')
    assert "\nimport asyncio\n" in after
    assert f"    one, two = await asyncio.gather({name}(a), {name}(b))\n" in after


def test_a_method_is_known_by_self_in_its_own_class() -> None:
    """Not by another object, and not in another class."""
    source, line = fetching("return number\n")
    calls = "        one = await self.fetch(1)\n        two = await self.fetch(2)\n"
    source += f"\n    async def page(self):\n{calls}\n\nclass Other:\n    async def page(self):\n{calls}"
    callee = callee_at("fetch", "shop.py", source, line)
    first, second = (n for n, text in enumerate(source.splitlines(), 1) if "def page" in text)

    assert "one, two = await asyncio.gather(self.fetch(1), self.fetch(2))" in gathered(
        source, first, callee, here=True, at_once=4
    )
    with pytest.raises(UnsafeError, match="awaits no call of fetch"):
        gathered(source, second, callee, here=True, at_once=4)


@pytest.mark.parametrize("change", ["\r\n", "\t"])
def test_line_ends_and_indents_stay_as_they_are(change: str) -> None:
    """The file is written as its author writes."""
    source = caller(f"{ROW}{LOOP}return one, two, found\n")
    source = source.replace("\n", "\r\n") if change == "\r\n" else source.replace("    ", "\t")
    made = rewritten(source)

    assert ("\r\n" in made, "\t" in made) == (change == "\r\n", change == "\t")
    assert made.count("\n") == made.count("\r\n") or change == "\t"
    assert "    " not in made or change != "\t"
    assert alike(source, made)


def test_the_diff_of_it_applies_exactly_and_is_found_only_once() -> None:
    """As any other patch is applied; of what was rewritten nothing is left to rewrite."""
    source = caller(f"{ROW}{LOOP}return one, two, found\n")
    made = rewritten(source)

    assert patched(diff_of("shop.py", source, made), {"shop.py": source}) == {"shop.py": (source, made)}
    with pytest.raises(UnsafeError):
        rewritten(made)


VALUES: Final = st.sampled_from(
    ["1", "a", "b", "xs[0]", "f'{a}-{b}'", "(a, b)", "-a", "a if b else 3", "v0", "v1", "v2", "*xs[:1]"]
)
NOTES: Final = st.sampled_from(["", "  # so", "  #: why?"])


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A statement of a caller, of the sort that people write."""
    name, value, note = f"v{draw(st.integers(0, 4))}", draw(VALUES), draw(NOTES)
    above = draw(st.sampled_from(["", "# next\n", "\n", "\n# one\n# two\n"]))
    row = st.sampled_from(
        [f"{name} = await fetch({value}){note}\n", f"{name} = await fetch(\n    {value},\n    more=1,\n){note}\n"]
    )
    loop = (
        f"{name} = []\nfor x{name} in xs:{note}\n    {name}.append(await fetch(x{name}, {value.lstrip('*')})){note}\n"
    )
    others = st.sampled_from(
        [f"{name} = {value.lstrip('*')}{note}\n", loop, f"{name} = [await fetch(y) for y in xs]{note}\n"]
    )
    return above + draw(st.one_of(row, row, row, others))


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """The body of a caller; some of it may stand in a block."""
    lines = "".join(draw(st.lists(statements(), min_size=2, max_size=7)))
    block = draw(st.sampled_from(["", "if a:\n", "for again in range(2):\n", "try:\n", "while True:\n"]))
    end = {"try:\n": "finally:\n    pass\n", "while True:\n": "    break\n"}.get(block, "")
    inner = draw(st.sampled_from(["", "# the rest\n"]))
    body = f"{block}{textwrap.indent(lines, '    ')}{end}" if block else lines
    return f"v0 = v1 = v2 = v3 = v4 = 0\n{body}{inner}return v0, v1, v2, v3, v4\n"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies(), st.integers(2, 4), st.sampled_from([None, 1, 5]))
def test_whatever_is_rewritten_gives_what_it_gave(body: str, at_once: int, fails: object) -> None:
    """Run both: the same results, the same calls in their order, the same error; every comment is kept."""
    source = caller(body)
    try:
        made = rewritten(source, at_once)
    except UnsafeError:
        return

    assert comments(made) == comments(source)
    assert patched(diff_of("shop.py", source, made), {"shop.py": source})["shop.py"][1] == made
    assert made.startswith(HEAD)
    assert alike(source, made)
    assert alike(source, made, fails=fails)
