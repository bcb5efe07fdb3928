"""Whether a model is asked what it answered already: told from the arguments, and counted where no answer was kept."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from ai_runtime_intelligent import instrument
from ai_runtime_intelligent.primitives.repeats import question_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from .conftest import Value

Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def repeated(value: Value, primitive: str) -> float | None:
    """The counter of one primitive."""
    return value("airuntime_repeated_calls_total", primitive=primitive, kind="llm")


class Message(BaseModel):
    """A message as clients have them."""

    role: str
    content: str


@dataclass
class Turn:
    """The same without pydantic."""

    text: str
    notes: list[str] = field(default_factory=list)


class Client:
    """An object with state that is no data, as clients are, and a history that is."""

    def __init__(self) -> None:
        self.lock, self.history = object(), list[str]()


@given(Json, Json)
def test_equal_questions_have_equal_numbers_and_others_have_others(one: Any, other: Any) -> None:
    """Equal as JSON has it, in which true is not 1."""
    same = repr(one) == repr(other)
    assert question_of(("q", one), {}) == question_of(("q", one), {})
    assert same or one == other or question_of(("q", one), {}) != question_of(("q", other), {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a", 1], ["a", True]),
        (["a", -1], ["a", -2]),
        (["a", 1], ["a", "1"]),
        (Message(role="user", content="a"), Message(role="user", content="b")),
        (Turn("a"), Turn("a", ["and"])),
        (deque(["a"]), ["a"]),
        ({"a": "b"}, [("a", "b")]),
    ],
)
def test_what_differs_differs(one: object, other: object) -> None:
    """Also where Python calls it equal."""
    assert question_of((one,), {}) != question_of((other,), {})


@pytest.mark.parametrize("made", [lambda: Message(role="user", content="a"), lambda: Turn("a"), lambda: {"a", "b"}])
def test_records_are_what_they_hold(made: Callable[[], object]) -> None:
    """Not the objects that they are."""
    assert question_of((made(),), {}) == question_of((made(),), {}) is not None


def test_order_of_named_arguments_does_not_matter() -> None:
    """As it does not for the call."""
    assert question_of((), {"model": "m", "prompt": "a"}) == question_of((), {"prompt": "a", "model": "m"})
    assert question_of(([{"role": "user", "content": "a"}],), {}) == question_of(
        ([{"content": "a", "role": "user"}],), {}
    )


@pytest.mark.parametrize("args", [(), (1, 2.0), ("",), (Client(),), (iter("abc"), "text"), (["a"] * 20_000,)])
def test_what_cannot_be_seen_is_not_judged(args: tuple[object, ...]) -> None:
    """No text, what is read as it goes, and what is too large to look at."""
    assert question_of(args, {}) is None


def test_a_thing_without_end_is_not_judged() -> None:
    """A list may hold itself."""
    endless: list[Any] = ["a"]
    endless.append(endless)

    assert question_of((endless,), {}) is None


def test_an_object_is_another_question_once_its_history_is() -> None:
    """A method that goes on with a conversation asks something else each time."""
    client = Client()
    before = question_of((client, "go on"), {})
    assert before == question_of((client, "go on"), {}) is not None

    client.history.append("what was said")

    assert before != question_of((client, "go on"), {})


def test_only_what_was_answered_before_counts(value: Value) -> None:
    """Not the first time, not another question, and not after a failure."""
    down = True

    @instrument(kind="llm", name="writer")
    def ask(prompt: str) -> str:
        if prompt == "late" and down:
            raise TimeoutError
        return "answer"

    for prompt in ("one", "two", "one", "one"):
        ask(prompt)
    assert repeated(value, "writer") == 2
    for _ in range(2):
        with pytest.raises(TimeoutError):
            ask("late")
    down = False
    ask("late")
    assert repeated(value, "writer") == 2
    ask("late")
    assert repeated(value, "writer") == 3


def test_primitives_do_not_share_what_they_remember(value: Value) -> None:
    """Another model asked the same is a second opinion."""

    @instrument(kind="llm", name="first")
    def first(prompt: str) -> str:
        return prompt

    @instrument(kind="llm", name="second")
    def second(prompt: str) -> str:
        return prompt

    first("a"), second("a")

    assert repeated(value, "first") == repeated(value, "second") == 0


def test_samples_drawn_side_by_side_are_no_repeats(value: Value) -> None:
    """Nobody has the answer yet."""

    @instrument(kind="llm", name="sampler")
    async def sample(prompt: str) -> str:
        await asyncio.sleep(0)
        return prompt

    async def five() -> None:
        await asyncio.gather(*(sample("a") for _ in range(5)))

    asyncio.run(five())
    assert repeated(value, "sampler") == 0
    asyncio.run(five())
    assert repeated(value, "sampler") == 5


def test_streams_and_generators_count_too(value: Value) -> None:
    """Once each, however many pieces they give."""

    @instrument(kind="llm", name="stream")
    def pieces(prompt: str) -> Iterator[str]:
        yield from prompt

    for _ in range(3):
        assert list(pieces("abc")) == ["a", "b", "c"]

    assert repeated(value, "stream") == 2


def test_a_call_whose_question_is_not_seen_is_not_counted(value: Value) -> None:
    """There is no series that would look like a model that is never asked the same."""

    @instrument(kind="llm", name="blind")
    def ask(number: int) -> str:
        return str(number)

    ask(1), ask(1)

    assert repeated(value, "blind") is None
