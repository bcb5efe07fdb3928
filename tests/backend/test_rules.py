"""Every finding has a rule, every rule its words, its page, and a change that its inverse undoes."""

from __future__ import annotations

from pathlib import Path

import pytest
from ai_runtime_intelligent.flow.evidence import gather
from ai_runtime_intelligent.flow.finding import CHECKS, Finding
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window
from ai_runtime_intelligent.flow.suggestion import Tunable, propose
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.rules import RULES
from airuntime_backend.adapters.rules.rule import Rule, nothing_to_set
from airuntime_backend.manifest import Primitive
from airuntime_backend.ports import Case

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "rules"
IDS = [rule.id for rule in RULES]
CHANGING = [rule for rule in RULES if rule.advise is not nothing_to_set]
MENDING = [rule for rule in RULES if rule.mend is not nothing_to_set]

NUMBERS = {
    "cache_expired_ratio": 0.6, "cache_hit_ratio": 0.2, "cache_reuse_seconds_p90": 30.0, "cache_capacity_ratio": 0.5,
    "router_premium_ratio": 1.0, "router_easy_ratio": 0.7, "usd_per_routed_call": 0.01, "retry_attempts_per_call": 2.5,
    "retry_failed_ratio": 0.6, "retry_gave_up_ratio": 0.4, "queue_share": 0.6, "branches_per_call": 3.0,
    "seconds_mean": 0.5, "timeout_ratio": 0.1, "error_ratio": 0.11, "fallback_ratio": 0.97,
    "calls_per_caller": 4.0, "share_of_caller": 0.8,
}  # fmt: skip
KNOBS = {
    "cold_cache": ("ttl_seconds", 2.0), "thrashing_cache": ("max_entries", 100.0),
    "premium_routing": ("threshold", 0.0),
    "retry_storm": ("backoff_seconds", 0.0), "useless_retry": ("max_attempts", 5.0),
    "serial_stage": ("max_concurrency", 1.0), "narrow_limit": ("limit", 4.0), "short_timeout": ("timeout_seconds", 1.0),
    "dead_primary": ("trip_failures", 0.0),
}  # fmt: skip


def finding(rule: Rule) -> Finding:
    """A finding that the rule answers, with everything measured."""
    subject, window = Subject("shop", "part", "cache"), Window(0, 600)
    signals = tuple(Signal(subject, name, "1", "measured", value, 900, window, "q") for name, value in NUMBERS.items())
    return Finding("finding_1", subject, rule.finding, 0.5, 0.99, "it is so", signals, causes=("deeper",))


def case(rule: Rule, **changed: float) -> Case:
    """The case with its tunable; ``changed`` replaces the tunable's value or maximum."""
    name, value = KNOBS[rule.id]
    top = changed.get("maximum", 86_400.0)
    tunable = Tunable(f"part.{name}", "part", "float", changed.get("value", value), value, 0.0, top, "1", "")
    return Case(finding(rule), Primitive(name="part", kind="cache"), {name: tunable})


def test_there_are_enough_rules_and_each_answers_one_finding() -> None:
    """No finding has two rules that could contradict each other."""
    assert len(RULES) >= 14
    assert len({rule.finding for rule in RULES}) == len(set(IDS)) == len(RULES)


def test_no_finding_is_without_a_rule() -> None:
    """Whatever is found, somebody says what to do."""
    named = {check.name for check in CHECKS} | {"coming_breach"}

    assert named == {rule.finding for rule in RULES}


def test_each_rule_has_its_page_and_no_page_is_without_a_rule() -> None:
    """The documentation names what each rule sees, and whether it changes anything."""
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(IDS)
    for rule in RULES:
        text = (ROOT / rule.page).read_text(encoding="utf-8")

        assert text.startswith(f"# {rule.id}\n"), rule.id
        assert all(f"`{measure}`" in text for measure in rule.needs), rule.id
        assert ("| inverse |" in text) is (rule in CHANGING or rule in MENDING), rule.id
        assert f"[{rule.id}]({rule.id}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_each_rule_says_what_to_do_with_the_numbers_that_it_saw(rule: Rule) -> None:
    """And it says something when a number is missing."""
    whole, bare = finding(rule), Finding("f", Subject("s", "p", "cache"), rule.finding, 0.5, 0.99, "", ())
    words = rule.remedy(whole)

    assert len(words) > 40
    assert "unknown" not in words or not set(rule.needs) <= set(NUMBERS)
    assert rule.id == "coming_breach" or rule.remedy(bare)
    assert rule.questions


@pytest.mark.parametrize("rule", CHANGING, ids=[rule.id for rule in CHANGING])
def test_each_change_is_within_bounds_claims_an_improvement_and_starts_from_what_is(rule: Rule) -> None:
    """What the flow would refuse is not advised: the inverse is the value that it starts from."""
    advice = rule.advise(case(rule))

    assert advice is not None
    suggestion = propose(gather(finding(rule)), advice, at=1.0)
    assert suggestion.rule == rule.id
    assert suggestion.from_value == KNOBS[rule.id][1] != suggestion.to_value
    assert suggestion.expected.low < suggestion.expected.high


@pytest.mark.parametrize("rule", CHANGING, ids=[rule.id for rule in CHANGING])
def test_a_rule_says_nothing_without_its_tunable_or_its_numbers(rule: Rule) -> None:
    """A guess is no advice."""
    whole = case(rule)
    blind = Finding("f", whole.finding.subject, rule.finding, 0.5, 0.99, "", ())

    assert rule.advise(Case(whole.finding, whole.primitive, {})) is None
    assert rule.advise(Case(blind, whole.primitive, whole.tunables)) is None


CALLER = Primitive(name="page", kind="function", callees=("part",))


@pytest.mark.parametrize("rule", MENDING, ids=[rule.id for rule in MENDING])
def test_advice_for_the_code_is_about_the_caller_and_claims_what_a_measurement_can_refute(rule: Rule) -> None:
    """No tunable is set: what is changed is the code of whoever calls, by as much as so many at once can save."""
    found = finding(rule)
    advice = RulesAdvisor().advise(Case(found, Primitive(name="part", kind="llm"), {}, (CALLER,)))

    assert advice is not None
    suggestion = propose(gather(found), advice, at=1.0)
    assert (suggestion.rule, suggestion.subject) == (rule.id, Subject("shop", "page", "function"))
    assert (suggestion.step, suggestion.target, suggestion.code) == (None, "code of page", None)
    assert suggestion.expected.now == pytest.approx(4 * 0.5 / 0.8)
    assert suggestion.expected.low < suggestion.expected.high < suggestion.expected.now
    assert "Up to 4 at once" in suggestion.claim


@pytest.mark.parametrize("rule", MENDING, ids=[rule.id for rule in MENDING])
@pytest.mark.parametrize("callers", [(), (CALLER, CALLER), (CALLER,)])
def test_there_is_no_advice_for_code_that_is_not_one_callers_or_may_ask_for_one_at_a_time_only(
    rule: Rule, callers: tuple[Primitive, ...]
) -> None:
    """Nobody knows which caller it is, or the limit says so."""
    one = Tunable("part.limit", "part", "int", 1.0, 1.0, 1.0, 9.0, "1", "")
    tunables = {"limit": one} if len(callers) == 1 else {}

    assert RulesAdvisor().advise(Case(finding(rule), Primitive(name="part", kind="llm"), tunables, callers)) is None


@pytest.mark.parametrize("name", ["cold_cache", "thrashing_cache", "retry_storm", "narrow_limit", "short_timeout"])
def test_a_rule_stops_at_the_declared_bound(name: str) -> None:
    """At the bound there is nothing left to suggest."""
    rule = next(one for one in RULES if one.id == name)
    value = max(1.0, KNOBS[name][1])

    assert rule.advise(case(rule, value=value, maximum=value)) is None
