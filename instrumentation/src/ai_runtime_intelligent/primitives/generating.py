"""Generators and async generators, measured: an execution lasts from the first step to the last.

Between two steps the caller's code runs, which is not the generator's time: there it is neither the current execution
nor the current span. What is sent, thrown or closed reaches the generator as it would without us.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from .definition import Definition
from .frame import hide
from .steps import NOT_MEASURED, Steps

Function = Callable[..., Any]


def measured_generator(function: Function, definition: Definition, *, is_async: bool) -> Function:
    """A generator function around ``function``, async as that is."""
    return _measured_async(function, definition) if is_async else _measured_sync(function, definition)


def _measured_sync(function: Function, definition: Definition) -> Function:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **kwargs)
        steps = NOT_MEASURED if definition.bound is None else Steps(definition.bound, args, kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            steps.resume()
            try:  # the item lies in a list, so that nobody but the caller holds it while the caller works on it
                given = [generator.send(sent) if thrown is None else generator.throw(thrown)]
            except StopIteration as stop:
                steps.close(None)
                return stop.value
            except BaseException as error:
                hide(error)
                steps.close(error)
                raise
            steps.pause(given[0])
            sent = thrown = None
            try:
                sent = yield given.pop()
            except BaseException as error:  # noqa: BLE001 - it is the generator's to handle
                hide(error)
                thrown = error

    return wrapper


def _measured_async(function: Function, definition: Definition) -> Function:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        generator = function(*args, **kwargs)
        steps = NOT_MEASURED if definition.bound is None else Steps(definition.bound, args, kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            steps.resume()
            try:
                given = [await (generator.asend(sent) if thrown is None else generator.athrow(thrown))]
            except StopAsyncIteration:
                steps.close(None)
                return
            except BaseException as error:
                hide(error)
                steps.close(error)
                raise
            steps.pause(given[0])
            sent = thrown = None
            try:
                sent = yield given.pop()
            except BaseException as error:  # noqa: BLE001 - it is the generator's to handle
                hide(error)
                thrown = error

    return wrapper
