"""Autonomy: how far a rule may go by itself, earned by its record and taken back when the record turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from ai_runtime_intelligent.flow.suggestion import Expected
from ai_runtime_intelligent.flow.trust import Held, Prediction
from airuntime_backend.adapters.policy_file import read_policy
from airuntime_backend.engine import autonomy
from airuntime_backend.engine.autonomy import standing
from airuntime_backend.policy import Autonomy, Policy
from support.backend import Backend, as_person, shop
from support.shop import busy, keep

MEASURED: Final[dict[Held, float]] = {"kept": 0.65, "short": 0.3, "missed": 0.1}


def kept(times: int, held: Held = "kept") -> list[Held]:
    """So many predictions that held, or came to something else."""
    return [held] * times


def tried(*held: Held, measured: float | None = None) -> tuple[Prediction, ...]:
    """Predictions of a hit ratio of 0.5 to 0.8 from 0.2, and what came of them."""
    expected = Expected("cache_hit_ratio", "1", "higher", 0.2, 0.5, 0.8)
    return tuple(
        Prediction("cold_cache", expected, MEASURED[one] if measured is None else measured, one) for one in held
    )


AUTO: Final = Autonomy(default="auto")
CASES: Final[list[tuple[tuple[Prediction, ...], str, str]]] = [
    ((), "apply-with-approval", "auto is not earned yet: 0 of the 5 predictions that it takes were judged"),
    (tried(*kept(4)), "apply-with-approval", "auto is not earned yet: 4 of the 5"),
    (tried(*kept(5)), "auto", "earned: 5 predictions judged, trust 0.90"),
    (tried(*kept(5), "missed"), "apply-with-approval", "not borne out: 1 of its last 5 predictions missed"),
    (tried("missed", *kept(5)), "auto", "earned: 6 predictions judged, trust 0.82"),
    (tried("missed", "missed", *kept(5)), "apply-with-approval", "its trust is 0.75, at least 0.80 is asked"),
    (tried(*kept(5, "short")), "apply-with-approval", "its trust is 0.65, at least 0.80 is asked"),
    (tried(*kept(5), measured=0.95), "apply-with-approval", "its usual error is 67%, at most 50% is allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "level", "why"), CASES)
def test_auto_is_earned_and_lost_by_the_record(record: tuple[Prediction, ...], level: str, why: str) -> None:
    """Until then a person approves; the reason has the numbers."""
    found = standing("cold_cache", AUTO, record)

    assert (found.asked, found.level) == ("auto", level)
    assert why in found.why


@pytest.mark.parametrize("level", ["off", "suggest", "apply-with-approval"])
def test_the_other_levels_are_as_the_policy_says(level: Any) -> None:
    """No record lifts a rule above what the policy lets it do."""
    found = standing("cold_cache", Autonomy(rules={"cold_cache": level}), tried(*kept(50)))

    assert (found.level, found.why) == (level, "as the policy says")


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """A backend whose policy is as the test says: ``backend.world`` is cold, and nothing is suggested yet."""
    path = tmp_path / "policy.yaml"
    path.write_text("{}", encoding="utf-8")
    with shop(tmp_path, policy_file=path) as backend:
        yield backend


def let(tmp_path: Path, level: str, more: str = "") -> None:
    """Let the rule of the cold cache go so far."""
    text = f"autonomy: {{rules: {{cold_cache: {level}}}}}\n{more}"
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")


def record(monkeypatch: pytest.MonkeyPatch, *held: Held) -> None:
    """Let this be the rule's record from now on."""
    for module in ("autonomy", "guard"):
        monkeypatch.setattr(
            f"airuntime_backend.engine.{module}.predictions",
            lambda _: {str(index): one for index, one in enumerate(tried(*held))},
        )


def level_of(backend: Backend) -> tuple[str, str]:
    """How far the rule may go, as the API has it."""
    (one,) = (one for one in backend.client.get("/policy").get_json()["autonomy"] if one["rule"] == "cold_cache")
    return one["asked"], one["level"]


def test_a_rule_that_is_off_suggests_nothing(backend: Backend, tmp_path: Path) -> None:
    """What it finds is still told."""
    let(tmp_path, "off")
    backend.tick()

    latest = backend.ledger.diagnosis()
    assert backend.client.get("/suggestions").get_json()["suggestions"] == []
    assert latest is not None
    assert [one.name for one in latest[0].findings] == ["cold_cache"]
    assert level_of(backend) == ("off", "off")


def test_a_rule_that_may_ask_waits_for_a_person(backend: Backend, tmp_path: Path) -> None:
    """Anybody who operates may approve; the change is the rule's."""
    let(tmp_path, "apply-with-approval")
    backend.tick()
    queued = backend.suggestion()
    [listed] = backend.client.get("/suggestions").get_json()["suggestions"]
    started = backend.move("approve", queued).get_json()

    assert (queued["status"], queued["queue"]["who"], queued["queue"]["waits_for"]) == ("queued", "airuntime", "person")
    assert "rule cold_cache is apply-with-approval" in queued["queue"]["why"]
    assert listed["queue"] == queued["queue"]
    assert started["queue"] is None
    assert (started["status"], started["rollout"]["change"]["asked_by"]) == ("applied", "airuntime")


def test_what_a_person_takes_out_of_the_queue_stays_out(backend: Backend, tmp_path: Path) -> None:
    """The rule asks once; then it is a person's to ask for."""
    let(tmp_path, "apply-with-approval")
    backend.tick()
    backend.move("cancel", backend.suggestion())
    backend.tick(10)

    assert backend.suggestion()["status"] == "open"
    assert backend.move("apply", backend.suggestion()).get_json()["status"] == "applied"


def test_auto_that_is_not_earned_waits_for_a_person(backend: Backend, tmp_path: Path) -> None:
    """The policy alone is not enough."""
    let(tmp_path, "auto")
    backend.tick()

    found = backend.suggestion()
    assert (found["status"], found["queue"]["waits_for"]) == ("queued", "person")
    assert "auto is not earned yet: 0 of the 5" in found["queue"]["why"]
    assert level_of(backend) == ("auto", "apply-with-approval")


def test_auto_that_is_earned_starts_and_is_taken_back_when_the_record_turns(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are in the audit trail and in the metric, with the reason."""
    let(tmp_path, "auto")
    record(monkeypatch, *kept(5))
    backend.tick()
    started = backend.suggestion()
    earned = backend.client.get("/metrics").text
    record(monkeypatch, *kept(5), "missed")
    backend.tick(10)

    assert started["status"] == "applied"
    assert [(one["action"], one["who"], one["via"]) for one in started["history"]] == [
        ("begin", "airuntime", "autonomy")
    ]
    metric = 'airuntime_rule_autonomy{asked="auto",level="%s",rule="cold_cache"} 1.0'
    assert metric % "auto" in earned
    assert metric % "apply-with-approval" in backend.client.get("/metrics").text
    turns = [(entry.before, entry.after) for entry in backend.ledger.audit("cold_cache")]
    assert turns == [("suggest", "auto"), ("auto", "apply-with-approval")]
    assert "1 of its last 5 predictions missed" in backend.ledger.audit("cold_cache")[-1].why


def test_auto_starts_nothing_in_a_freeze_and_starts_after_it(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy holds for rules as for people."""
    let(tmp_path, "auto", "freeze: [{name: morning, from: 02:00, to: 03:00}]")
    record(monkeypatch, *kept(5))
    backend.tick()
    frozen = backend.suggestion()
    backend.tick(3 * 3600 - backend.clock.at)

    assert (frozen["status"], frozen["history"]) == ("open", [])
    assert backend.suggestion()["status"] == "applied"


def test_where_two_are_wanted_a_rule_needs_one_person_who_is_known(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that has earned to go by itself."""
    let(tmp_path, "auto", "second_person: {risks: [low]}")
    record(monkeypatch, *kept(5))
    backend.tick()
    queued = backend.suggestion()
    nameless = backend.move("approve", queued)
    url = f"/suggestions/{queued['id']}/approve"
    started = as_person(backend, "alice").post(url, json={"revision": queued["revision"]}).get_json()

    assert queued["queue"]["why"] == "somebody must approve what a rule starts by itself (policy.second_person)"
    assert nameless.status_code == 403
    assert started["status"] == "applied"


def test_a_real_record_is_read_from_the_verdicts(tmp_path: Path) -> None:
    """One change that was kept is all that the policy asks for here, and only of its own rule."""
    path = tmp_path / "policy.yaml"
    path.write_text("autonomy: {default: auto, earn: {tried: 1, usual_error: 9}}\n", encoding="utf-8")
    with shop(tmp_path, busy()) as backend:
        keep(backend)
        (one,) = autonomy.standings(("cold_cache",), _policy(tmp_path), backend.ledger)
        (other,) = autonomy.standings(("retry_storm",), _policy(tmp_path), backend.ledger)

    assert (one.level, one.why) == ("auto", "earned: 1 predictions judged, trust 0.83")
    assert other.level == "apply-with-approval"


def _policy(tmp_path: Path) -> Policy:
    return read_policy(tmp_path / "policy.yaml", ("cold_cache", "retry_storm"))
