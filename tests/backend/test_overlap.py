"""Which changes must not run at once: what the call graph says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import Guardrail, Suggestion, step_of
from airuntime_backend.engine.overlap import clash, in_the_way
from support.flow import suggestion

ENTRY, SEARCH, CACHE, MODEL, ASIDE = (
    Subject("shop", name, "function") for name in ["entry", "search", "cache", "model", "aside"]
)
GRAPH: Final = {ENTRY: (SEARCH, ASIDE), SEARCH: (CACHE,), CACHE: (MODEL,), MODEL: (), ASIDE: ()}


def change_of(subject: Subject, tunable_of: str = "") -> Suggestion:
    """A suggestion for the primitive, whose tunable may be another's."""
    one = suggestion()
    owner = tunable_of or subject.primitive
    tunable = replace(step_of(one).tunable, primitive=owner, name=f"{owner}.ttl_seconds")
    return replace(one, subject=subject, tunable=tunable)


CASES: Final = [
    (CACHE, CACHE, "changes the same primitive, cache"),
    (CACHE, MODEL, "changes model, which cache calls"),
    (MODEL, CACHE, "changes cache, which calls model"),
    (ENTRY, MODEL, "changes model, which entry calls"),
    (MODEL, ENTRY, "changes entry, which calls model"),
    (CACHE, ASIDE, ""),
    (CACHE, replace(CACHE, service="bakery"), ""),
    (CACHE, Subject("shop", "new", "function"), ""),
]


@pytest.mark.parametrize(("wanted", "other", "why"), CASES)
def test_caller_and_callee_clash_at_any_depth_and_others_do_not(wanted: Subject, other: Subject, why: str) -> None:
    """A caller's numbers hold those of all that it calls; what lies beside is measured by its own."""
    assert clash(change_of(wanted), change_of(other), GRAPH) == why


def test_it_is_the_same_whoever_is_first() -> None:
    """What one must not run beside must not run beside it."""
    everyone = [change_of(one) for one in GRAPH]

    for one in everyone:
        for other in everyone:
            assert bool(clash(one, other, GRAPH)) == bool(clash(other, one, GRAPH))


def test_a_tunable_of_another_primitive_counts_as_touched() -> None:
    """What is set matters, and not only what is to be mended by it."""
    assert clash(change_of(ASIDE, tunable_of="model"), change_of(CACHE), GRAPH)


def test_a_circle_of_calls_comes_to_an_end() -> None:
    """Two that call each other clash."""
    circle = {CACHE: (MODEL,), MODEL: (CACHE,)}

    assert clash(change_of(CACHE), change_of(MODEL), circle) == "changes model, which cache calls"


def test_a_number_of_the_whole_service_clashes_with_all_of_it() -> None:
    """And with nothing of another service."""
    wide = replace(change_of(CACHE), guardrails=(Guardrail("service_usd_per_call", 0.1, relative=True),))

    told = "changes the same service, and service_usd_per_call is a number of all of it"
    assert clash(wide, change_of(ASIDE), GRAPH) == clash(change_of(ASIDE), wide, GRAPH) == told
    assert clash(wide, change_of(replace(ASIDE, service="bakery")), GRAPH) == ""


def test_the_first_that_is_in_the_way_is_named() -> None:
    """By its tunable, with the reason."""
    running = [change_of(ASIDE), change_of(MODEL)]

    told = "model.ttl_seconds changes model, which cache calls: their effects could not be told apart"
    assert in_the_way(change_of(CACHE), running, GRAPH) == told
    assert in_the_way(change_of(CACHE), running[:1], GRAPH) == ""
