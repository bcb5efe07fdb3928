"""A forked child: nothing that threads of the parent held is held in it, and what it counts is its own."""

from __future__ import annotations

from collections.abc import Callable

from support.forking import FORKED

Python = Callable[[str], str]


def test_locks_that_threads_of_the_parent_hold_are_free_in_the_child(python: Python) -> None:
    """A child whose parent was, in other threads, in the middle of everything, does its work."""
    code = f"""{FORKED}
from ai_runtime_intelligent import (
    CachePrimitive, ConcurrencyLimitPrimitive, FallbackPrimitive, RetryPrimitive, guard, instrument)
from ai_runtime_intelligent.primitives import shared
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.primitives.names import NUMBERS
from ai_runtime_intelligent.primitives.workflow_classes import WORKFLOW_CLASSES
from ai_runtime_intelligent.runtime.tunables import TUNABLES
import asyncio

answers = CachePrimitive("answers", lambda q: q.upper())
retry = RetryPrimitive("retry", lambda q: q.upper())
fallback = FallbackPrimitive("fallback", lambda q: q.upper(), lambda q: "other")
limit = ConcurrencyLimitPrimitive("limit", lambda q: q.upper())
parts = (answers, retry, fallback, limit)
asyncio.run(retry.execute("a"))

def work():
    call = instrument(lambda: 1, name="made in the child")
    CachePrimitive("also made in the child", call)
    return [asyncio.run(part.execute("a")) for part in parts], answers.execute_sync("b"), call()

locks = [guard.lock, shared._lock, *(one._lock for one in (CATALOG, TUNABLES, NUMBERS, WORKFLOW_CLASSES))]
kinds = type(threading.Lock()), type(threading.RLock())
for part in parts:
    for name, value in [*vars(part).items(), *((n, v) for one in vars(part).values() for n, v in
                                               getattr(one, "__dict__", {{}}).items())]:
        if isinstance(value, kinds):
            locks.append(value)
assert len(locks) >= 9, len(locks)
held(*locks)
print(in_child(work))
"""

    assert python(code) == "(['A', 'A', 'A', 'A'], 'B', 1)"


def test_calls_and_slots_of_the_parents_threads_do_not_hold_up_the_child(python: Python) -> None:
    """A call that a thread of the parent makes is made anew, its slot is free, and its renewal counts no more."""
    code = f"""{FORKED}
from ai_runtime_intelligent import CachePrimitive, ConcurrencyLimitPrimitive
from ai_runtime_intelligent.primitives.renewals import MOST_THREADS
import asyncio

begun, never = threading.Semaphore(0), threading.Event()
parent = os.getpid()

def slow(question):
    if os.getpid() == parent:
        begun.release()
        never.wait()
    return question.upper()

cache = CachePrimitive("answers", slow)
limit = ConcurrencyLimitPrimitive("limit", slow, limit=1)

def run(call):
    threading.Thread(target=call, daemon=True).start()
    begun.acquire()

run(lambda: cache.execute_sync("a"))
run(lambda: asyncio.run(limit.execute("b")))
renewals = cache._renewals
for _ in range(MOST_THREADS):
    run(lambda: renewals.begin_in_thread(lambda: slow("c")))
assert not renewals.begin_in_thread(lambda: None)

def work():
    done = threading.Event()
    renewing = renewals.begin_in_thread(done.set)
    done.wait()
    return cache.execute_sync("a"), asyncio.run(limit.execute("b")), asyncio.run(limit.execute("b")), renewing

print(in_child(work))
"""

    assert python(code) == "('A', 'B', 'B', True)"


def test_a_fork_in_the_middle_of_a_call_ends_it_in_both_processes(python: Python) -> None:
    """Who forks within a cached and limited call gives back in each process what it took there."""
    code = f"""{FORKED}
from ai_runtime_intelligent import CachePrimitive, ConcurrencyLimitPrimitive
import asyncio

def forking(question):
    return in_child(lambda: "child") if os.fork() else "the child itself"

cache = CachePrimitive("answers", forking)
limit = ConcurrencyLimitPrimitive("limit", forking, limit=1)
first = cache.execute_sync("a")
async def both():
    return await limit.execute("b"), limit._slots.taken
second = asyncio.run(both())
if first == "child" and second[0] == "child":
    print(first, second)
os._exit(0) if "itself" in first + second[0] else None
"""

    assert python(code) == "child ('child', 0)"
