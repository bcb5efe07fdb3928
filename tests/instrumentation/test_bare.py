"""A measured function against the bare one: nobody can tell them apart by what they do."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import traceback
import typing
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ai_runtime_intelligent import instrument, setup_apm
from hypothesis import given, settings
from hypothesis import strategies as st

Bare = Callable[..., Any]
Seen = list[tuple[str, Any]]

NOT_BEGUN = ("@functools.wraps", "def ", "async def ")

SEEN: contextvars.ContextVar[int] = contextvars.ContextVar("seen", default=0)


class Odd(Exception):  # noqa: N818 - an error of the user's with a shape of its own
    """An error that cannot be built from its args."""

    def __init__(self, code: int, *, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Frozen(Exception):  # noqa: N818 - the same
    """An error that takes no attributes."""

    code: int = 1


class Interrupt(BaseException):
    """What is no Exception."""


MAKERS: list[Callable[[], BaseException]] = [
    lambda: ValueError("no"),
    lambda: KeyError("no"),
    TimeoutError,
    lambda: Odd(7, detail="odd"),
    lambda: Frozen(3),
    lambda: Interrupt("now"),
    lambda: SystemExit(3),
    lambda: asyncio.CancelledError("stop"),
    lambda: ExceptionGroup("two", [ValueError("a"), OSError("b")]),
]


def made(number: int) -> BaseException:
    """A new error of this sort."""
    return MAKERS[number]()


@pytest.fixture(scope="module", params=[True, False], ids=["measured", "not measured"])
def measuring(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Once while everything is measured, once while nothing is."""
    apm = setup_apm("bare", export_to_prometheus=False) if request.param else None
    yield request.param
    if apm is not None:
        apm.shutdown()


def lines(error: BaseException | None) -> list[tuple[str, str]]:
    """The functions and lines of a traceback. A generator that never began has a line of its own: its first."""
    found = traceback.extract_tb(error.__traceback__) if error is not None else []
    return [(frame.name, line) for frame in found if not (line := frame.line or "").startswith(NOT_BEGUN)]


def of_error(error: BaseException) -> tuple[str, Any]:
    """Everything that a handler can see of an error."""
    chain = [(type(one), lines(one)) for one in (error.__cause__, error.__context__)]
    return "raised", (type(error), error.args, vars(error), lines(error), chain)


def told(call: Callable[[], Any]) -> tuple[str, Any]:
    """What a call did."""
    try:
        return "returned", call()
    except BaseException as error:  # noqa: BLE001 - any outcome is to be compared
        return of_error(error)


def subject(error: int | None, seen: Seen) -> Bare:
    """A function with a signature that has a bit of everything."""

    def function(a: int, /, b: str = "b", *rest: int, key: bytes = b"", **more: float) -> tuple[Any, ...]:
        """What it is for."""
        seen.append(("called", (a, b, rest, key, sorted(more))))
        SEEN.set(SEEN.get() + 1)
        try:
            if error is not None:
                raise made(error)
        finally:
            seen.append(("finally", SEEN.get()))
        return a, b, rest, key, more

    return function


arguments = st.tuples(
    st.lists(st.integers(), max_size=4), st.dictionaries(st.sampled_from(["b", "key", "x", "y"]), st.integers())
)
errors = st.one_of(st.none(), st.integers(0, len(MAKERS) - 1))


@settings(max_examples=100, deadline=None)
@given(given_arguments=arguments, error=errors)
@pytest.mark.usefixtures("measuring")
def test_property_function(given_arguments: tuple[list[int], dict[str, int]], error: int | None) -> None:
    """Values, errors with their tracebacks, side effects and refusals of arguments are those of the bare function."""
    args, kwargs = given_arguments

    def play(wrap: Callable[[Bare], Bare]) -> tuple[Any, Seen, int]:
        seen: Seen = []
        call = wrap(subject(error, seen))
        outcome = contextvars.copy_context().run(told, lambda: call(*args, **kwargs))
        return comparable(outcome), seen, SEEN.get()

    assert play(lambda bare: instrument(bare, name="f")) == play(lambda bare: bare)


def comparable(outcome: tuple[str, Any]) -> tuple[str, str]:
    """An outcome without the identities of error objects in it."""
    return outcome[0], repr(outcome[1])


@settings(max_examples=60, deadline=None)
@given(error=errors, cancelled=st.booleans(), steps=st.integers(0, 3))
@pytest.mark.usefixtures("measuring")
def test_property_coroutine(error: int | None, cancelled: bool, steps: int) -> None:  # noqa: FBT001 - a parameter
    """Results, errors, tracebacks, cancellation with its message and its handling are those of the bare coroutine."""

    async def function(seen: Seen) -> str:
        try:
            for step in range(steps):
                seen.append(("step", step))
                await asyncio.sleep(0)
            if error is not None:
                raise made(error)
        except asyncio.CancelledError as cancellation:
            seen.append(("cancelled", cancellation.args))
            await asyncio.sleep(0)
            raise
        return "result"

    async def run(call: Bare) -> tuple[Any, ...]:
        seen: Seen = []
        task = asyncio.ensure_future(told_async(call, seen))
        await asyncio.sleep(0)
        asked = cancelled and task.cancel("enough")
        return asked, comparable(await task), seen

    assert asyncio.run(run(instrument(function, name="f"))) == asyncio.run(run(function))


async def told_async(call: Bare, seen: Seen) -> tuple[str, Any]:
    """What awaiting a call did."""
    try:
        return "returned", await call(seen)
    except BaseException as error:  # noqa: BLE001 - any outcome is to be compared
        return of_error(error)


moves = st.lists(
    st.one_of(
        st.just(("next", None)),
        st.tuples(st.just("send"), st.integers()),
        st.tuples(st.just("throw"), st.integers(0, len(MAKERS) - 1)),
        st.just(("exit", None)),
        st.just(("close", None)),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(moves=moves, stubborn=st.booleans(), catches=st.booleans(), gives=st.integers(0, 4))
@pytest.mark.usefixtures("measuring")
def test_property_generator(
    moves: list[tuple[str, Any]],
    stubborn: bool,  # noqa: FBT001 - a parameter of the test
    catches: bool,  # noqa: FBT001
    gives: int,
) -> None:
    """For any sequence of next, send, throw and close a measured generator does what the bare one does."""

    def function() -> Generator[Any, Any, str]:
        for number in range(gives):
            try:
                sent = yield number
            except ValueError as error:
                if not catches:
                    raise KeyError("other") from error
                yield "caught"
            except GeneratorExit:
                if stubborn:
                    yield "no"
                raise
            else:
                if sent is not None:
                    yield ("sent", sent)
        return "done"

    def play(call: Bare) -> list[tuple[str, str]]:
        generator = call()
        played = [comparable(told(lambda move=move: step(generator, *move))) for move in moves]  # type: ignore[misc]
        with contextlib.suppress(RuntimeError):  # the stubborn one refuses to end once
            generator.close()
        return played

    assert play(instrument(function, name="f")) == play(function)


def step(generator: Generator[Any, Any, Any], move: str, value: Any) -> Any:
    """Make one move."""
    if move == "next":
        return next(generator)
    if move == "send":
        return generator.send(value)
    if move == "throw":
        return generator.throw(made(value))
    return generator.close() if move == "close" else generator.throw(GeneratorExit())


@settings(max_examples=150, deadline=None)
@given(moves=moves, catches=st.booleans(), gives=st.integers(0, 4))
@pytest.mark.usefixtures("measuring")
def test_property_async_generator(moves: list[tuple[str, Any]], catches: bool, gives: int) -> None:  # noqa: FBT001
    """For any sequence of anext, asend, athrow and aclose a measured async generator does what the bare one does."""

    async def function() -> AsyncGenerator[Any, Any]:
        for number in range(gives):
            try:
                sent = yield number
            except ValueError as error:
                if not catches:
                    raise KeyError("other") from error
                await asyncio.sleep(0)
                yield "caught"
            else:
                if sent is not None:
                    yield ("sent", sent)

    async def play(call: Bare) -> list[tuple[str, str]]:
        generator = call()
        return [comparable(await told_async(lambda _, move=move: async_step(generator, *move), [])) for move in moves]

    assert asyncio.run(play(instrument(function, name="f"))) == asyncio.run(play(function))


async def async_step(generator: AsyncGenerator[Any, Any], move: str, value: Any) -> Any:
    """Make one move."""
    if move == "next":
        return await anext(generator)
    if move == "send":
        return await generator.asend(value)
    if move == "throw":
        return await generator.athrow(made(value))
    return await (generator.aclose() if move == "close" else generator.athrow(GeneratorExit()))


def of_everything() -> list[Bare]:
    """A function of each sort."""

    def plain(a: int, /, *, b: str = "b") -> list[int]:
        """Plain."""
        return [a, len(b)]

    async def coroutine(a: int, *rest: int) -> int:
        """Coroutine."""
        return a + len(rest)

    def generator(a: int) -> Generator[int, None, None]:
        """Generator."""
        yield a

    async def async_generator(a: int) -> AsyncGenerator[int, None]:
        """Async generator."""
        yield a

    return [plain, coroutine, generator, async_generator]


@pytest.mark.parametrize("function", of_everything(), ids=lambda function: function.__name__)
def test_from_outside_it_is_the_function(function: Bare) -> None:
    """Signature, annotations, names, docstring, module and sort are those of the bare function."""
    measured = instrument(function)

    assert inspect.signature(measured) == inspect.signature(function)
    assert typing.get_type_hints(measured) == typing.get_type_hints(function)
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        assert getattr(measured, name) == getattr(function, name)
    for sort in ("isfunction", "iscoroutinefunction", "isgeneratorfunction", "isasyncgenfunction"):
        assert getattr(inspect, sort)(measured) is getattr(inspect, sort)(function)
    assert inspect.getsource(measured) == inspect.getsource(function)
