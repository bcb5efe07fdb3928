"""The policy's file: read with every key checked, and again when it changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from airuntime_backend.adapters.policy_file import NoPolicy, PolicyFile, read_policy
from airuntime_backend.errors import BadRequestError, PolicyUnreadableError
from airuntime_backend.policy import Policy

RULES: Final = ("cold_cache", "narrow_limit", "useless_cache")
EXAMPLE: Final = Path(__file__).parents[3] / "docs" / "policy.example.yaml"


def written(tmp_path: Path, text: str) -> Path:
    """A policy file of that text."""
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_documentation_is_a_policy() -> None:
    """Every key of it is read: what it says is what is in force."""
    policy = read_policy(EXAMPLE, RULES)

    assert policy.model_fields_set == set(Policy.model_fields)
    assert [window.name for window in policy.freeze] == ["weekend", "nights", "turn-of-the-year"]
    assert (policy.freeze[1].from_, policy.freeze[1].to) == (18 * 60, 9 * 60)
    assert (policy.changes_per_day, policy.blast_radius.calls, policy.blast_radius.spend) == (5, 0.6, 0.5)
    assert policy.second_person.wanted("shop", "high")
    assert not policy.second_person.wanted("shop", "low")
    asked = {rule: policy.autonomy.asked(rule) for rule in (*RULES, "retry_storm")}
    assert asked == {
        "cold_cache": "auto",
        "narrow_limit": "apply-with-approval",
        "useless_cache": "off",
        "retry_storm": "suggest",
    }


def test_an_empty_file_restricts_nothing(tmp_path: Path) -> None:
    """It is the policy that holds without a file."""
    assert read_policy(written(tmp_path, "# nothing yet\n"), RULES) == NoPolicy().policy()


BAD: Final = [
    ("frieze: []\n", "1: frieze: is no key of a policy"),
    ("time_zone: Mars/Olympus\n", "1: time_zone: must be a time zone such as Europe/Berlin, got 'Mars/Olympus'"),
    ("\nchanges_per_day: -1\n", "2: changes_per_day: Input should be greater than or equal to 0, got '-1'"),
    ("changes_per_day: 1\nchanges_per_day: 2\n", "2: changes_per_day: is given twice, first on line 1"),
    ("freeze:\n  - name: n\n", "2: freeze.0: must name days, from and to, or since and until: as it is, it would"),
    ("freeze:\n  - name: n\n    days: [mon]\n    from: 25:00\n", "4: freeze.0.from: must be a time of day such"),
    ("freeze:\n  - name: n\n    days: [mo]\n", "3: freeze.0.days.0: Input should be 'mon', 'tue'"),
    ("freeze:\n  - {name: n, days: [mon]}\n  - {name: n, days: [tue]}\n", "1: freeze has two windows of the name n"),
    ("freeze:\n  - name: n\n    since: 2026-12-20T10:00:00Z\n", "3: freeze.0.since: must be without a time zone"),
    ("freeze:\n  - {name: n, since: 2026-12-20, until: 2026-12-19}\n", "2: freeze.0: until must be after since"),
    ("blast_radius:\n  calls: 60\n", "2: blast_radius.calls: Input should be less than or equal to 1, got '60'"),
    ("second_person:\n  risks: [huge]\n", "2: second_person.risks.0: Input should be 'low', 'medium' or 'high'"),
    ("autonomy:\n  rules:\n    cold_cahce: auto\n", "3: autonomy.rules.cold_cahce: is no rule; known are cold_cache"),
    ("autonomy:\n  rules:\n    cold_cache: full\n", "3: autonomy.rules.cold_cache: Input should be 'off', 'suggest'"),
    ("rules: [cold_*, hot_*]\n", "1: rules.1: fits no rule; known are cold_cache"),
    ("services: shop\n", "1: services: must be a list, such as [one, two], got 'shop'"),
    ("freeze: [\n", "2: is not YAML: "),
    ("freeze:\n  - {name: n, from: 9, to: 17}\n", "2: freeze.0.from: must be a time of day such as 18:00, from 00:00"),
    ("freeze:\n  - {name: n, from: 9:00:00, to: 17:00}\n", "2: freeze.0.from: must be a time of day such as 18:00"),
    ("freeze:\n  - {name: n, since: 2026-13-45}\n", " has a value that is none: month must be in 1..12"),
    ("services: &own [*own]\n", "1: services.0: refers to itself"),
    ("services: !!python/name:os.system x\n", "1: is not plain YAML: could not determine a constructor"),
    (f"services: {'[' * 5000}{']' * 5000}\n", " is nested too deeply"),
    ("- a\n", "1: must be keys with values"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), BAD)
def test_what_is_wrong_is_told_with_file_line_and_key(tmp_path: Path, text: str, problem: str) -> None:
    """Nobody has to search for it."""
    path = written(tmp_path, text)

    with pytest.raises(BadRequestError) as caught:
        read_policy(path, RULES)

    assert str(caught.value).startswith(f"{path}:{problem}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """At the start, which it stops."""
    with pytest.raises(BadRequestError, match=r"the policy cannot be read: .*none\.yaml: No such file or directory"):
        PolicyFile(tmp_path / "none.yaml", RULES)


def test_a_changed_file_is_read_again_and_a_bad_one_forbids_all_until_it_is_mended(tmp_path: Path) -> None:
    """The newest word counts, and of no word nobody makes his own."""
    path = written(tmp_path, "changes_per_day: 1\n")
    policies = PolicyFile(path, RULES)
    assert policies.policy().changes_per_day == 1

    for text, at in (("changes_per_day: two\n", 1), ("changes_per_day: 2\n", 2)):
        path.write_text(text, encoding="utf-8")
        os.utime(path, (at, at))
        if at == 1:
            with pytest.raises(
                PolicyUnreadableError, match=r"nothing is changed until it is mended: .*:1: changes_per"
            ):
                policies.policy()

    assert policies.policy().changes_per_day == 2
    path.unlink()
    with pytest.raises(PolicyUnreadableError, match="No such file"):
        policies.policy()
